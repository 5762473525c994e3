//! Details: the facts about a book.
//!
//! Start at [`Details`].

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response, StatusCode};
use sandbox::{Program, response};
use serde_json::json;

use super::PORT;

/// The service with the facts about a book.
#[derive(Debug)]
pub(super) struct Details;

impl Program for Details {
    fn listens_on(&self, port: u16) -> bool {
        port == PORT
    }

    fn respond(&self, request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>> {
        async move {
            let path = request.uri().path();
            if path == "/health" {
                return response::json(StatusCode::OK, &json!({"status": "Details is healthy"}));
            }
            let Some(id) = path.strip_prefix("/details/") else {
                return response::not_found();
            };
            let Ok(id) = id.parse::<u32>() else {
                let error = json!({"error": "please provide numeric product id"});
                return response::json(StatusCode::BAD_REQUEST, &error);
            };
            let book = json!({
                "id": id, "author": "William Shakespeare", "year": 1595, "type": "paperback",
                "pages": 200, "publisher": "PublisherA", "language": "English",
                "ISBN-10": "1234567890", "ISBN-13": "123-1234567890",
            });
            response::json(StatusCode::OK, &book)
        }
        .boxed()
    }
}
