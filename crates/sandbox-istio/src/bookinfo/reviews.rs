//! Reviews of a book; since version 2 with the stars of ratings.
//!
//! Start at [`Reviews`].

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response, StatusCode};
use sandbox::{PodContext, Program, response};
use serde_json::{Value, json};

use super::PORT;
use crate::service_call::call;
use crate::workload::Workload;

const REVIEWS: [(&str, &str); 2] = [
    ("Reviewer1", "Two pairs of twins and not one dull page."),
    ("Reviewer2", "Short, loud, and better on a stage."),
];

/// The service with the reviews.
#[derive(Debug)]
pub(super) struct Reviews {
    workload: Workload,
    /// The colour of the stars; `None` in version 1, which has none.
    colour: Option<&'static str>,
}

impl Reviews {
    pub(super) fn new(pod: PodContext, version: &str) -> Self {
        let colour = match version {
            "v2" => Some("black"),
            "v3" => Some("red"),
            _ => None,
        };
        Self {
            workload: Workload::new(pod),
            colour,
        }
    }

    async fn reviews(&self, id: u32) -> Value {
        let stars = match self.colour {
            Some(colour) => self.stars(id, colour).await,
            None => [Value::Null, Value::Null],
        };
        let reviews: Vec<Value> = REVIEWS
            .iter()
            .zip(stars)
            .map(|((reviewer, text), stars)| {
                let mut review = json!({"reviewer": reviewer, "text": text});
                if !stars.is_null() {
                    review["rating"] = stars;
                }
                review
            })
            .collect();
        json!({"id": id.to_string(), "podname": self.workload.pod.name(), "reviews": reviews})
    }

    async fn stars(&self, id: u32, colour: &str) -> [Value; 2] {
        let path = format!("/ratings/{id}");
        let ratings = call(&self.workload, "ratings", PORT, &path).await;
        REVIEWS.map(|(reviewer, _)| match &ratings {
            Ok(ratings) => json!({"stars": ratings["ratings"][reviewer], "color": colour}),
            Err(_) => json!({"error": "Ratings service is currently unavailable"}),
        })
    }
}

impl Program for Reviews {
    fn listens_on(&self, port: u16) -> bool {
        port == PORT
    }

    fn respond(&self, request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>> {
        async move {
            let path = request.uri().path();
            if path == "/health" {
                return response::json(StatusCode::OK, &json!({"status": "Reviews is healthy"}));
            }
            let id = path.strip_prefix("/reviews/").map(str::parse::<u32>);
            match id {
                Some(Ok(id)) => response::json(StatusCode::OK, &self.reviews(id).await),
                _ => response::not_found(),
            }
        }
        .boxed()
    }
}
