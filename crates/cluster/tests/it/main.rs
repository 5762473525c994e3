//! The contract of this crate, tested on the sandbox and, unchanged, on a real API server.
//!
//! Each test is a function over a [`TestCluster`]; [`suite!`] makes three tests of it: on the sandbox's
//! service, on the sandbox over HTTPS with the complete client, and on a real API server.

#![expect(clippy::unwrap_used, reason = "a panic of a test names its line")]

mod access;
mod connection;
mod container_log;
mod discovery;
mod facts;
mod hostile;
mod metadata;
mod objects;
mod port_forward;
mod readiness;
mod test_cluster;
mod watches;

use test_cluster::TestCluster;

macro_rules! suite {
    ($($module:ident::$test:ident,)*) => {
        mod sandbox {
            $(#[tokio::test]
            async fn $test() {
                super::$module::$test(super::TestCluster::in_memory().await).await;
            })*
        }
        mod sandbox_over_https {
            $(#[tokio::test]
            async fn $test() {
                super::$module::$test(super::TestCluster::over_https().await).await;
            })*
        }
        mod real {
            $(#[tokio::test]
            async fn $test() {
                if let Some(test) = super::TestCluster::real(stringify!($test)).await {
                    super::$module::$test(test).await;
                }
            })*
        }
    };
}

suite! {
    metadata::a_metadata_patch_sets_and_removes_keys_and_nothing_else,
    metadata::a_deletion_by_uid_spares_a_new_object_of_the_name,
    metadata::a_port_of_an_absent_pod_is_an_error_in_time,
    connection::the_certificate_of_a_server_is_read_and_verified,
    facts::a_cluster_has_facts_about_version_nodes_and_cidrs,
    facts::the_server_time_is_in_the_responses,
    facts::the_service_cidr_comes_from_objects_or_from_an_error,
    facts::facts_that_a_credential_may_not_read_are_empty,
    objects::an_applied_object_is_read_back,
    objects::an_absent_object_is_none,
    objects::a_field_of_another_manager_is_a_conflict_that_names_the_manager,
    objects::a_dry_run_stores_nothing,
    objects::a_list_selects_by_labels_and_has_all_pages,
    objects::a_replace_of_a_newer_object_is_a_conflict,
    objects::creating_an_existing_object_is_an_error,
    objects::a_deletion_is_awaited_with_its_dependents,
    objects::an_object_blocked_by_a_finalizer_is_reported_with_it,
    objects::a_rejected_object_is_reported_with_its_field,
    objects::a_crd_adds_a_kind,
    objects::a_kind_whose_crd_was_deleted_is_not_served_any_more,
    objects::a_crd_of_others_is_known_after_a_minute_at_most,
    objects::a_crd_of_others_is_known_at_once_while_changes_are_watched,
    objects::an_unknown_kind_is_an_error_with_its_name,
    readiness::a_deployment_becomes_ready,
    readiness::a_failed_image_pull_is_reported_and_recovers,
    readiness::a_load_balancer_gets_its_address,
    readiness::a_job_completes,
    readiness::a_wait_can_be_cancelled,
    access::a_viewer_may_read_and_not_write,
    access::a_credential_has_a_user,
    access::an_unknown_token_is_unauthorized,
    watches::a_watch_follows_changes,
    watches::a_watch_of_metadata_has_nothing_else_of_the_selected_objects,
    watches::a_blocked_namespace_is_reported_with_the_reason,
}
