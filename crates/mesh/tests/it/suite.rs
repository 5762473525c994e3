//! Runs each scenario on two sandboxes over HTTPS with rights enforced, and all of them, one after the
//! other, on two real API servers.

use crate::fixture::side;
use crate::{fixture::side_of, joining, pair::Pair};
use sandbox::Shape;

async fn sandboxes() -> Pair {
    Pair {
        east: side("east", Shape::control_plane()).await,
        west: side("west", Shape::remote()).await,
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
}
