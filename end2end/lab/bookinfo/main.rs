//! The services of the sample bookinfo, as one program: `bookinfo productpage | details | ratings |
//! reviews-v1 | reviews-v2 | reviews-v3 | pause`.
//!
//! Paths, fields and status codes are those of Istio's sample; the pages are shorter. The program has no
//! dependencies, so that the lab compiles it with rustc alone. `pause` holds the namespaces of a pod.

mod http;
mod productpage;
mod reviews;

use http::{Request, Response};
use std::process::ExitCode;

const PORT: u16 = 9080;

const USAGE: &str =
    "bookinfo productpage | details | ratings | reviews-v1 | reviews-v2 | reviews-v3 | pause";

fn main() -> ExitCode {
    let part = std::env::args().nth(1).unwrap_or_default();
    let respond: fn(&Request) -> Response = match part.as_str() {
        "productpage" => productpage::respond,
        "details" => details,
        "ratings" => ratings,
        "reviews-v1" => |request| reviews::respond(request, None),
        "reviews-v2" => |request| reviews::respond(request, Some("black")),
        "reviews-v3" => |request| reviews::respond(request, Some("red")),
        "pause" => loop {
            std::thread::park();
        },
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::FAILURE;
        }
    };
    match http::serve(PORT, respond) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bookinfo: cannot listen on port {PORT}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn details(request: &Request) -> Response {
    match request.path() {
        "/health" => Response::json(200, r#"{"status":"Details is healthy"}"#),
        path => match number_after(path, "/details/") {
            Some(id) => Response::json(
                200,
                &format!(
                    r#"{{"id":{id},"author":"William Shakespeare","year":1595,"type":"paperback","pages":200,"publisher":"PublisherA","language":"English","ISBN-10":"1234567890","ISBN-13":"123-1234567890"}}"#
                ),
            ),
            None => Response::json(400, r#"{"error":"please provide numeric product id"}"#),
        },
    }
}

fn ratings(request: &Request) -> Response {
    match request.path() {
        "/health" => Response::json(200, r#"{"status":"Ratings is healthy"}"#),
        path => match number_after(path, "/ratings/") {
            Some(id) => Response::json(
                200,
                &format!(r#"{{"id":{id},"ratings":{{"Reviewer1":5,"Reviewer2":4}}}}"#),
            ),
            None => Response::json(400, r#"{"error":"please provide numeric product ID"}"#),
        },
    }
}

/// The number in a path such as `/details/0`.
fn number_after(path: &str, prefix: &str) -> Option<u32> {
    path.strip_prefix(prefix)?.parse().ok()
}
