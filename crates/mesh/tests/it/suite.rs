//! Runs each scenario on two sandboxes over HTTPS with rights enforced, and all of them, each in a
//! namespace of its own, on two real API servers.

use crate::{
    adopt,
    fixture::{test_cluster, test_cluster_of},
    join, leave,
    pair::Pair,
    probe, rotate,
};
use sandbox::Network;

async fn sandboxes() -> Pair {
    let network = Network::new();
    Pair {
        east: test_cluster("east", sandbox_istio::control_plane(), &network).await,
        west: test_cluster("west", sandbox_istio::remote(), &network).await,
        namespace: "istio-system".into(),
    }
}

macro_rules! suite {
    (alone { $($module:ident::$test:ident,)* } together { $($place:ident::$other:ident,)* }) => {
        mod sandboxes {
            $(#[tokio::test]
            async fn $test() {
                super::$module::$test(&super::sandboxes().await).await;
            })*
            $(#[tokio::test]
            async fn $other() {
                super::$place::$other(&super::sandboxes().await).await;
            })*
        }

        #[tokio::test]
        async fn the_same_on_real_api_servers() {
            let lab = match lab::Lab::start().await {
                Ok(lab) => lab,
                Err(error) => return lab::skip("the_same_on_real_api_servers", &error),
            };
            let pair = |scenario: &str| Pair {
                east: test_cluster_of("east", &lab.control_plane().kubeconfig()),
                west: test_cluster_of("west", &lab.remote().kubeconfig()),
                namespace: scenario.replace('_', "-").chars().take(50).collect(),
            };
            let one_by_one = async {
                $(
                    let own = pair(stringify!($test));
                    Box::pin($module::$test(&own)).await;
                    own.delete_cluster_objects().await;
                )*
            };
            tokio::join!(
                Box::pin(one_by_one),
                $(async {
                    Box::pin($place::$other(&pair(stringify!($other)))).await;
                },)*
            );
        }
    };
}

// The role and binding of Istio 1.0 have one name per cluster, those of istiod one per namespace.
suite! {
    alone {
        join::istio_1_0_joins_without_existing_objects,
        join::objects_of_a_script_are_adopted,
        rotate::istio_1_0_gets_a_new_secret,
        rotate::a_join_of_a_script_is_rotated_and_adopted,
        leave::istio_1_0_leaves_and_joins_again,
        leave::a_join_of_a_script_leaves_after_its_plan,
        adopt::a_join_by_the_scripts_of_istio_1_0_is_adopted,
    }
    together {
        probe::a_job_probes_and_is_deleted,
        join::istiod_joins_without_existing_objects,
        join::objects_of_a_chart_keep_their_rules_and_manager,
        join::a_rejected_token_is_noticed_and_replaced,
        join::a_change_since_the_plan_stops_the_join,
        join::with_an_untrusted_ca_no_secret_is_written,
        join::a_cluster_joins_neither_itself_nor_under_a_taken_id,
        join::an_interrupted_join_continues,
        join::candidate_addresses_have_their_source,
        rotate::istiod_keeps_its_secret,
        rotate::without_a_join_there_is_no_rotation,
        leave::istiod_leaves_and_joins_again,
        leave::objects_of_a_chart_and_shared_objects_stay,
        leave::objects_of_another_control_plane_stay,
        leave::a_secret_with_several_keys_loses_one,
        leave::an_unreachable_remote_leaves_the_primary,
        adopt::a_join_by_istioctl_is_adopted,
        adopt::a_join_by_hand_is_adopted,
        adopt::an_adopted_reader_of_a_release_stays_with_it,
        adopt::a_join_that_is_not_clear_is_not_adopted,
    }
}
