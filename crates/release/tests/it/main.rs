//! Releases on the sandbox and, unchanged, on a real API server; read and removed by the real helm.
//!
//! Each test is a function over a `TestCluster`, which is the one of `cluster`'s suite; what is installed is
//! in [`shop`].

#![expect(
    clippy::unwrap_used,
    reason = "a test says what failed by where it failed"
)]

mod built_in;
mod helm;
mod install;
mod refused;
mod review;
mod shop;
#[allow(dead_code, reason = "the suite of `cluster` uses all of it")]
#[path = "../../../cluster/tests/it/test_cluster.rs"]
mod test_cluster;
mod uninstall;
mod upgrade;

use test_cluster::TestCluster;

macro_rules! suite {
    ($($room:ident::$test:ident,)*) => {
        mod sandbox {
            $(#[tokio::test]
            async fn $test() {
                super::$room::$test(super::TestCluster::in_memory().await).await;
            })*
        }
        mod real {
            $(#[tokio::test]
            async fn $test() {
                if let Some(world) = super::TestCluster::real(stringify!($test)).await {
                    super::$room::$test(world).await;
                }
            })*
        }
    };
}

suite! {
    built_in::the_built_in_charts_become_ready_and_go_again,
    install::a_chart_of_ten_objects_is_installed,
    install::its_namespace_and_kinds_come_along,
    install::its_namespace_carries_the_labels_that_were_asked_for,
    install::a_name_that_is_taken_is_refused,
    install::an_object_of_somebody_else_stops_it_before_anything_is_made,
    install::what_cannot_become_ready_leaves_a_failed_revision_that_can_be_continued,
    install::a_hook_that_fails_is_named,
    install::it_can_be_stopped,
    install::a_namespace_on_its_way_out_is_refused,
    review::what_comes_along_is_told_apart_from_what_was_checked,
    review::what_is_installed_is_kept_and_what_changed_is_shown,
    review::what_is_not_ours_or_refused_is_told,
    review::the_objects_of_a_release_are_read_live,
    review::releases_are_listed_by_their_newest_revision,
    upgrade::the_next_revision_changes_and_takes_away,
    upgrade::ten_revisions_are_kept_and_the_deployed_one_among_them,
    upgrade::an_upgrade_that_fails_leaves_the_revision_before_in_charge,
    upgrade::what_is_not_there_or_not_finished_is_not_upgraded,
    uninstall::everything_goes_but_definitions_and_what_is_to_be_kept,
    uninstall::what_is_gone_or_taken_over_is_left_alone,
    uninstall::a_failed_release_can_be_removed,
    uninstall::what_is_not_there_cannot_be_removed,
}

/// Tests that need a program outside, so a cluster with an address.
macro_rules! outside {
    ($($room:ident::$test:ident,)*) => {
        mod sandbox_over_https {
            $(#[tokio::test]
            async fn $test() {
                super::$room::$test(super::TestCluster::over_https().await, stringify!($test)).await;
            })*
        }
        mod real_outside {
            $(#[tokio::test]
            async fn $test() {
                if let Some(world) = super::TestCluster::real(stringify!($test)).await {
                    super::$room::$test(world, stringify!($test)).await;
                }
            })*
        }
    };
}

outside! {
    helm::helm_reads_our_release_and_removes_it,
    helm::a_release_of_helm_is_read_and_removed,
    helm::helm_upgrades_our_release,
    helm::helm_keeps_the_same_revisions,
}
