//! Releases on the sandbox and, unchanged, on a real API server; read and removed by the real helm.
//!
//! Each test is a function over a `TestCluster`, which is the one of `cluster`'s suite; what is installed is
//! in [`shop`].

#![expect(
    clippy::unwrap_used,
    reason = "a test says what failed by where it failed"
)]

mod adopt;
mod built_in;
#[allow(dead_code, reason = "the crash matrix of `console` uses all of it")]
#[path = "../../../console/tests/crash/state.rs"]
mod cluster_state;
mod crds;
mod fault_matrix;
mod fields;
mod helm;
mod hooks;
mod install;
mod lease;
mod mark_failed;
mod recreate;
mod refused;
mod review;
mod rollback;
mod settings;
mod shop;
#[allow(dead_code, reason = "the suite of `cluster` uses all of it")]
#[path = "../../../cluster/tests/it/test_cluster.rs"]
mod test_cluster;
mod test_runs;
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
    adopt::an_object_of_a_join_is_adopted_and_returned,
    built_in::the_built_in_charts_become_ready_and_are_uninstalled,
    install::a_chart_of_ten_objects_is_installed,
    install::the_namespace_and_crds_are_created_with_the_release,
    install::the_namespace_has_the_requested_labels,
    install::an_existing_release_name_is_rejected,
    install::a_foreign_object_fails_the_install_before_any_change,
    install::an_install_that_is_not_ready_leaves_a_failed_revision_that_can_be_resumed,
    install::a_failed_hook_is_named,
    install::an_install_can_be_cancelled,
    install::a_terminating_namespace_is_rejected,
    hooks::a_failed_hook_deletes_only_what_it_has_created,
    hooks::a_hook_that_succeeded_is_not_run_again_when_an_install_is_resumed,
    hooks::a_hook_that_succeeded_is_not_run_again_when_an_uninstall_is_resumed,
    hooks::a_hook_of_two_runs_is_resumed_at_the_run_that_did_not_succeed,
    review::pending_objects_are_distinct_from_checked_objects,
    review::kinds_that_are_not_served_are_refused_before_any_change,
    review::kinds_that_a_template_defines_come_with_the_release,
    review::an_object_that_is_rendered_twice_is_refused,
    review::an_invalid_field_names_its_line_and_no_owner,
    review::lists_are_applied_and_deleted_as_their_items,
    review::an_object_without_a_name_names_its_template,
    review::unchanged_objects_are_kept_and_changed_objects_shown,
    review::foreign_and_rejected_objects_are_reported,
    review::the_objects_of_a_release_are_read_live,
    review::releases_are_listed_by_their_newest_revision,
    upgrade::the_next_revision_updates_and_deletes_objects,
    upgrade::an_upgrade_that_was_planned_before_another_one_changes_nothing,
    upgrade::ten_revisions_are_kept_and_the_deployed_one_among_them,
    upgrade::a_failed_upgrade_leaves_the_previous_revision_deployed,
    upgrade::a_missing_or_pending_release_is_not_upgraded,
    upgrade::an_interrupted_upgrade_is_completed_as_the_same_revision,
    fields::a_field_of_an_unknown_manager_is_left_or_taken_as_decided,
    fields::a_field_that_a_webhook_controller_owns_is_left_to_it_at_an_upgrade_and_a_rollback,
    recreate::an_object_with_a_changed_immutable_field_is_recreated_when_that_is_chosen,
    crds::crds_are_compared_at_an_upgrade_and_applied_by_choice,
    rollback::the_content_of_an_earlier_revision_comes_back,
    rollback::a_pending_release_is_rolled_back_once,
    rollback::a_rollback_that_ended_unnoticed_is_not_done_twice,
    test_runs::the_tests_of_a_release_run_in_order_and_their_results_are_recorded,
    test_runs::a_failed_test_is_named_and_the_release_stays_deployed,
    test_runs::a_release_with_a_pending_or_newer_revision_is_not_tested,
    mark_failed::a_pending_revision_is_marked_as_failed_and_the_release_upgraded,
    mark_failed::a_revision_whose_operation_went_on_is_not_marked,
    settings::parts_that_are_written_at_the_same_time_are_all_kept,
    settings::without_the_permission_they_are_refused_and_not_read,
    settings::they_go_with_their_release,
    lease::it_names_its_holder_and_is_given_up,
    lease::a_holder_that_renews_it_is_named,
    lease::it_expires_when_no_renewal_is_seen,
    lease::without_the_permission_the_record_decides,
    lease::it_comes_with_the_namespace_of_the_release,
    uninstall::everything_is_deleted_except_crds_and_kept_objects,
    uninstall::missing_and_foreign_objects_are_skipped,
    uninstall::a_failed_release_can_be_removed,
    uninstall::a_missing_release_cannot_be_removed,
    uninstall::chosen_crds_are_deleted_after_a_backup,
    uninstall::a_finalizer_that_blocks_a_crd_is_named_and_the_rest_resumed,
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_ends_at_the_same_time_keeps_its_result() {
    let world = TestCluster::in_memory().await;
    mark_failed::an_operation_that_ends_at_the_same_time_keeps_its_result(world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_overwrites_no_state_that_changes_meanwhile() {
    let world = TestCluster::in_memory().await;
    test_runs::a_test_overwrites_no_state_that_changes_meanwhile(world).await;
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
    helm::either_rolls_back_what_the_other_upgraded,
    helm::helm_reads_the_results_of_our_tests_and_we_those_of_helm,
    helm::helm_upgrades_what_was_marked_as_failed,
    helm::helm_4_goes_on_without_force_and_we_after_it,
    helm::a_release_that_helm_4_applied_client_side_is_upgraded,
}
