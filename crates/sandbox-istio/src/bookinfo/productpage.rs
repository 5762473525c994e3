//! The product page: one page with the responses of details and reviews.
//!
//! The page is always complete and shows an error for each failed call; the API responds with the
//! status code of the failed call. Start at [`ProductPage`].

use std::fmt::Write as _;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response, StatusCode};
use sandbox::{PodContext, Program, object, response};
use serde_json::{Value, json};

use super::PORT;
use crate::service_call::call;
use crate::workload::Workload;

const TITLE: &str = "The Comedy of Errors";

/// The front end of the sample.
#[derive(Debug)]
pub(super) struct ProductPage {
    workload: Workload,
}

impl ProductPage {
    pub(super) fn new(pod: PodContext) -> Self {
        Self {
            workload: Workload::new(pod),
        }
    }

    async fn fetch(&self, service: &str, id: &str) -> Result<Value, StatusCode> {
        call(&self.workload, service, PORT, &format!("/{service}/{id}")).await
    }

    async fn page(&self) -> String {
        let details = self.fetch("details", "0").await;
        let reviews = self.fetch("reviews", "0").await;
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Simple Bookstore App</title></head>\n\
             <body><h3>{TITLE}</h3>\n{}{}</body></html>\n",
            details.map_or_else(|_| unavailable("details"), |details| details_html(&details)),
            reviews.map_or_else(|_| unavailable("reviews"), |reviews| reviews_html(&reviews)),
        )
    }

    async fn api(&self, path: &str) -> Response<Bytes> {
        let (id, rest) = path.split_once('/').unwrap_or((path, ""));
        let service = match rest {
            "" => "details",
            "reviews" | "ratings" => rest,
            _ => return response::not_found(),
        };
        match self.fetch(service, id).await {
            Ok(found) => response::json(StatusCode::OK, &found),
            Err(code) => response::json(code, &json!({"error": error_message(service)})),
        }
    }
}

fn error_message(service: &str) -> String {
    format!("Sorry, product {service} are currently unavailable for this book.")
}

fn unavailable(service: &str) -> String {
    format!(
        "<h4>Error fetching product {service}!</h4>\n<p>{}</p>\n",
        error_message(service)
    )
}

fn details_html(details: &Value) -> String {
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

fn reviews_html(reviews: &Value) -> String {
    let mut quotes = String::new();
    for review in object::items(reviews, "/reviews") {
        let stars = match object::number(review, "/rating/stars") {
            Some(stars) => format!(" ({stars} stars)"),
            None => object::text(review, "/rating/error").to_owned(),
        };
        let _ = writeln!(
            quotes,
            "<blockquote>{}<small>{}</small>{stars}</blockquote>",
            object::text(review, "/text"),
            object::text(review, "/reviewer"),
        );
    }
    format!("<h4>Book Reviews</h4>\n{quotes}")
}

impl Program for ProductPage {
    fn listens_on(&self, port: u16) -> bool {
        port == PORT
    }

    fn respond(&self, request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>> {
        async move {
            let path = request.uri().path();
            match path {
                "/" | "/productpage" => response::html(self.page().await),
                "/health" => response::text(StatusCode::OK, "Product page is healthy"),
                "/api/v1/products" => {
                    let products = json!([{"id": 0, "title": TITLE}]);
                    response::json(StatusCode::OK, &products)
                }
                _ => match path.strip_prefix("/api/v1/products/") {
                    Some(path) => self.api(path).await,
                    None => response::not_found(),
                },
            }
        }
        .boxed()
    }
}
