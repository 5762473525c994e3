//! The product page: one page made of what details and reviews answer.
//!
//! The page itself is always whole; what could not be fetched says so on it, and the API answers
//! with the code of the failed call. Start at [`ProductPage`].

use std::fmt::Write as _;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};

use super::PORT;
use crate::programs::call::call;
use crate::programs::{Pod, Program, reply};
use crate::object;

const TITLE: &str = "The Comedy of Errors";

/// The front of the sample.
#[derive(Debug)]
pub(super) struct ProductPage {
    pod: Pod,
}

impl ProductPage {
    pub(super) fn new(pod: Pod) -> Self {
        Self { pod }
    }

    async fn fetch(&self, service: &str, id: &str) -> Result<Value, StatusCode> {
        call(&self.pod, service, PORT, &format!("/{service}/{id}")).await
    }

    async fn page(&self) -> String {
        let details = self.fetch("details", "0").await;
        let reviews = self.fetch("reviews", "0").await;
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Simple Bookstore App</title></head>\n\
             <body><h3>{TITLE}</h3>\n{}{}</body></html>\n",
            details.map_or_else(|_| unavailable("details"), |details| of_details(&details)),
            reviews.map_or_else(|_| unavailable("reviews"), |reviews| of_reviews(&reviews)),
        )
    }

    async fn api(&self, path: &str) -> Response<Bytes> {
        let (id, below) = path.split_once('/').unwrap_or((path, ""));
        let service = match below {
            "" => "details",
            "reviews" | "ratings" => below,
            _ => return reply::not_found(),
        };
        match self.fetch(service, id).await {
            Ok(found) => reply::json(StatusCode::OK, &found),
            Err(code) => reply::json(code, &json!({"error": sorry(service)})),
        }
    }
}

fn sorry(what: &str) -> String {
    format!("Sorry, product {what} are currently unavailable for this book.")
}

fn unavailable(what: &str) -> String {
    format!(
        "<h4>Error fetching product {what}!</h4>\n<p>{}</p>\n",
        sorry(what)
    )
}

fn of_details(details: &Value) -> String {
    let mut rows = String::new();
    for (label, name) in [
        ("Type", "type"),
        ("Pages", "pages"),
        ("Publisher", "publisher"),
        ("Language", "language"),
        ("ISBN-10", "ISBN-10"),
        ("ISBN-13", "ISBN-13"),
    ] {
        let value = details[name]
            .as_str()
            .map_or_else(|| details[name].to_string(), str::to_owned);
        // Writing to a String cannot fail.
        let _ = writeln!(rows, "<dt>{label}:</dt><dd>{value}</dd>");
    }
    format!("<h4>Book Details</h4>\n<dl>\n{rows}</dl>\n")
}

fn of_reviews(reviews: &Value) -> String {
    let mut said = String::new();
    for review in object::items(reviews, "/reviews") {
        let stars = match object::number(review, "/rating/stars") {
            Some(stars) => format!(" ({stars} stars)"),
            None => object::text(review, "/rating/error").to_owned(),
        };
        let _ = writeln!(
            said,
            "<blockquote>{}<small>{}</small>{stars}</blockquote>",
            object::text(review, "/text"),
            object::text(review, "/reviewer"),
        );
    }
    format!("<h4>Book Reviews</h4>\n{said}")
}

impl Program for ProductPage {
    fn listens_on(&self, port: u16) -> bool {
        port == PORT
    }

    fn respond(&self, request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>> {
        async move {
            let path = request.uri().path();
            match path {
                "/" | "/productpage" => reply::html(self.page().await),
                "/health" => reply::text(StatusCode::OK, "Product page is healthy"),
                "/api/v1/products" => {
                    let all = json!([{"id": 0, "title": TITLE}]);
                    reply::json(StatusCode::OK, &all)
                }
                _ => match path.strip_prefix("/api/v1/products/") {
                    Some(below) => self.api(below).await,
                    None => reply::not_found(),
                },
            }
        }
        .boxed()
    }
}
