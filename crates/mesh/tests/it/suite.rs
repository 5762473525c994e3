//! Runs each scenario on two sandboxes over HTTPS with rights enforced, and all of them, one after the
//! other, on two real API servers.

use crate::{
    fixture::{side, side_of},
    joining, leaving,
    pair::Pair,
    rotating,
};
use sandbox::{Network, Shape};

async fn sandboxes() -> Pair {
    let network = Network::new();
    Pair {
        east: side("east", Shape::control_plane(), &network).await,
        west: side("west", Shape::remote(), &network).await,
        namespace: "istio-system".into(),
    }
}

macro_rules! suite {
    ($($room:ident::$test:ident,)*) => {
        mod sandboxes {
            $(#[tokio::test]
            async fn $test() {
                super::$room::$test(&super::sandboxes().await).await;
            })*
        }

        #[tokio::test]
        async fn the_same_on_real_api_servers() {
            let lab = match lab::Lab::start().await {
                Ok(lab) => lab,
                Err(error) => return lab::skip("the_same_on_real_api_servers", &error),
            };
            let (east, west) = (lab.control_plane().kubeconfig(), lab.remote().kubeconfig());
            let mut number = 0;
            $(
                number += 1;
                eprintln!("on real API servers: {}", stringify!($test));
                let pair = Pair {
                    east: side_of("east", &east),
                    west: side_of("west", &west),
                    namespace: format!("mesh-{number}"),
                };
                Box::pin($room::$test(&pair)).await;
                pair.clear().await;
            )*
        }
    };
}

suite! {
    joining::the_old_line_joins_from_nothing,
    joining::todays_line_joins_from_nothing,
    joining::what_a_script_made_is_adopted,
    joining::what_a_chart_made_keeps_its_rules_and_its_keeper,
    joining::a_token_that_is_refused_is_seen_and_replaced,
    joining::what_changed_since_the_plan_stops_the_join,
    joining::an_authority_of_somebody_else_gives_no_secret,
    joining::a_cluster_does_not_join_itself_or_under_a_taken_name,
    joining::addresses_are_offered_with_their_source,
    rotating::the_old_line_gets_a_new_secret,
    rotating::todays_line_keeps_its_secret,
    rotating::what_a_script_joined_is_rotated_and_adopted,
    rotating::what_has_not_joined_is_not_rotated,
    leaving::the_old_line_leaves_and_comes_again,
    leaving::todays_line_leaves_and_comes_again,
    leaving::what_a_script_joined_leaves_once_it_is_shown,
    leaving::what_a_chart_brought_and_others_use_stays,
    leaving::what_another_control_plane_reads_with_stays,
    leaving::a_secret_of_several_keys_loses_one,
    leaving::a_remote_that_is_no_more_leaves_the_primary,
}
