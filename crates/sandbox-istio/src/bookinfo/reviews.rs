//! Reviews: what readers said; from the second version on with the stars of ratings.
//!
//! Start at [`Reviews`].

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};

use super::PORT;
use crate::programs::call::call;
use crate::programs::{Pod, Program, reply};

const SAID: [(&str, &str); 2] = [
    ("Reviewer1", "Two pairs of twins and not one dull page."),
    ("Reviewer2", "Short, loud, and better on a stage."),
];

/// The service with the reviews.
#[derive(Debug)]
pub(super) struct Reviews {
    pod: Pod,
    /// The colour of the stars, from the second version on.
    colour: Option<&'static str>,
}

impl Reviews {
    pub(super) fn new(pod: Pod, version: &str) -> Self {
        let colour = match version {
            "v2" => Some("black"),
            "v3" => Some("red"),
            _ => None,
        };
        Self { pod, colour }
    }

    async fn of(&self, id: u32) -> Value {
        let stars = match self.colour {
            Some(colour) => self.stars(id, colour).await,
            None => [Value::Null, Value::Null],
        };
        let reviews: Vec<Value> = SAID
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
        json!({"id": id.to_string(), "podname": self.pod.name, "reviews": reviews})
    }

    async fn stars(&self, id: u32, colour: &str) -> [Value; 2] {
        let path = format!("/ratings/{id}");
        let rated = call(&self.pod, "ratings", PORT, &path).await;
        SAID.map(|(reviewer, _)| match &rated {
            Ok(rated) => json!({"stars": rated["ratings"][reviewer], "color": colour}),
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
                return reply::json(StatusCode::OK, &json!({"status": "Reviews is healthy"}));
            }
            let id = path.strip_prefix("/reviews/").map(str::parse::<u32>);
            match id {
                Some(Ok(id)) => reply::json(StatusCode::OK, &self.of(id).await),
                _ => reply::not_found(),
            }
        }
        .boxed()
    }
}
