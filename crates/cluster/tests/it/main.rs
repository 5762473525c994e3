//! What the other rooms rely on, asked of the sandbox and, unchanged, of a real API server.
//!
//! Each test is a function over a [`World`]; [`suite!`] makes three tests of it: over the sandbox's
//! service, over the sandbox's HTTPS with the whole way to a cluster, and over a real API server.

#![expect(
    clippy::unwrap_used,
    reason = "a test says what failed by where it failed"
)]

mod changes;
mod connection;
mod facts;
mod objects;
mod ports;
mod readiness;
mod rights;
mod watching;
mod world;

use world::World;

macro_rules! suite {
    ($($room:ident::$test:ident,)*) => {
        mod sandbox {
            $(#[tokio::test]
            async fn $test() {
                super::$room::$test(super::World::in_memory().await).await;
            })*
        }
        mod sandbox_over_https {
            $(#[tokio::test]
            async fn $test() {
                super::$room::$test(super::World::over_https().await).await;
            })*
        }
        mod real {
            $(#[tokio::test]
            async fn $test() {
                if let Some(world) = super::World::real(stringify!($test)).await {
                    super::$room::$test(world).await;
                }
            })*
        }
    };
}

suite! {
    changes::a_mark_is_set_and_taken_away_and_nothing_else_changes,
    changes::only_the_object_that_was_looked_at_is_deleted,
    changes::a_port_of_a_pod_that_is_not_there_is_told_in_time,
    connection::a_servers_certificate_is_looked_at_and_judged,
    facts::a_cluster_tells_its_version_nodes_and_ranges,
    facts::the_clock_of_a_server_is_in_its_answers,
    facts::the_service_range_is_told_by_objects_and_by_a_refusal,
    facts::what_a_credential_may_not_read_stays_empty,
    objects::what_was_applied_is_read_back,
    objects::an_object_that_is_not_there_is_none,
    objects::a_field_of_another_manager_is_a_conflict_that_names_it,
    objects::a_dry_run_keeps_nothing,
    objects::a_list_chooses_by_labels_and_has_all_pages,
    objects::a_write_over_a_newer_one_is_a_conflict,
    objects::making_what_is_there_says_so,
    objects::what_is_deleted_goes_and_is_waited_for,
    objects::what_a_finalizer_holds_is_named,
    objects::a_refused_object_says_which_field,
    objects::a_definition_brings_a_kind,
    objects::an_unknown_kind_is_named,
    readiness::a_deployment_becomes_ready,
    readiness::an_image_that_cannot_be_pulled_is_named_and_heals,
    readiness::a_load_balancer_gets_its_address,
    readiness::a_job_completes,
    readiness::a_wait_can_be_stopped,
    rights::a_viewer_may_look_and_not_write,
    rights::a_credential_says_who_it_is,
    rights::a_token_that_nobody_knows_is_told_apart,
    watching::a_watch_follows_changes,
    watching::a_namespace_that_is_held_says_by_what,
}
