//! Ratings: the stars that reviewers gave a book.
//!
//! Start at [`Ratings`].

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response, StatusCode};
use sandbox::{Program, response};
use serde_json::json;

use super::PORT;

/// The service with the stars.
#[derive(Debug)]
pub(super) struct Ratings;

impl Program for Ratings {
    fn listens_on(&self, port: u16) -> bool {
        port == PORT
    }

    fn respond(&self, request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>> {
        async move {
            let path = request.uri().path();
            if path == "/health" {
                return response::json(StatusCode::OK, &json!({"status": "Ratings is healthy"}));
            }
            let id = path.strip_prefix("/ratings/").map(str::parse::<u32>);
            let Some(Ok(id)) = id else {
                return response::not_found();
            };
            let stars = json!({"id": id, "ratings": {"Reviewer1": 5, "Reviewer2": 4}});
            response::json(StatusCode::OK, &stars)
        }
        .boxed()
    }
}
