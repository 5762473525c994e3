//! Runs each scenario on two sandboxes over HTTPS with rights enforced, and all of them, each in a
//! namespace of its own, on two real API servers.

use crate::{
    fixture::{test_cluster, test_cluster_of},
    joining, leaving,
    pair::Pair,
    probing, rotating,
};
use sandbox::{Network, Shape};

async fn sandboxes() -> Pair {
    let network = Network::new();
    Pair {
        east: test_cluster("east", Shape::control_plane(), &network).await,
        west: test_cluster("west", Shape::remote(), &network).await,
        namespace: "istio-system".into(),
    }
}

macro_rules! suite {
    (alone { $($room:ident::$test:ident,)* } together { $($place:ident::$other:ident,)* }) => {
        mod sandboxes {
            $(#[tokio::test]
            async fn $test() {
                super::$room::$test(&super::sandboxes().await).await;
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
                    Box::pin($room::$test(&own)).await;
                    own.clear().await;
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

// The old line's role and binding have one name a cluster, today's one a namespace.
suite! {
    alone {
        joining::the_old_line_joins_from_nothing,
        joining::what_a_script_made_is_adopted,
        rotating::the_old_line_gets_a_new_secret,
        rotating::what_a_script_joined_is_rotated_and_adopted,
        leaving::the_old_line_leaves_and_comes_again,
        leaving::what_a_script_joined_leaves_once_it_is_shown,
    }
    together {
        probing::a_job_tries_and_goes,
        joining::todays_line_joins_from_nothing,
        joining::what_a_chart_made_keeps_its_rules_and_its_keeper,
        joining::a_token_that_is_refused_is_seen_and_replaced,
        joining::what_changed_since_the_plan_stops_the_join,
        joining::an_authority_of_somebody_else_gives_no_secret,
        joining::a_cluster_does_not_join_itself_or_under_a_taken_name,
        joining::a_join_that_was_stopped_goes_on_where_it_stopped,
        joining::addresses_are_offered_with_their_source,
        rotating::todays_line_keeps_its_secret,
        rotating::what_has_not_joined_is_not_rotated,
        leaving::todays_line_leaves_and_comes_again,
        leaving::what_a_chart_brought_and_others_use_stays,
        leaving::what_another_control_plane_reads_with_stays,
        leaving::a_secret_of_several_keys_loses_one,
        leaving::a_remote_that_is_no_more_leaves_the_primary,
    }
}
