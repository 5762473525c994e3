//! The service productpage: the page of a book, and its API.

use crate::http::{Request, Response, get};

const PRODUCTS: &str = r#"[{"id":0,"title":"The Comedy of Errors","descriptionHtml":"A comedy by William Shakespeare."}]"#;

/// Rows of the details: the field and its label.
const DETAILS: [(&str, &str); 6] = [
    ("type", "Type"),
    ("pages", "Pages"),
    ("publisher", "Publisher"),
    ("language", "Language"),
    ("ISBN-10", "ISBN-10"),
    ("ISBN-13", "ISBN-13"),
];

/// A response of a service: its status and its JSON. A service that does not answer is an error 500 of this
/// service.
type Answer = (u16, String);

pub(crate) fn respond(request: &Request) -> Response {
    let path = request.path();
    match path {
        "/" | "/index.html" => Response::html(page("<a href=\"/productpage\">Normal user</a>")),
        "/health" => Response::html("Product page is healthy".to_owned()),
        "/productpage" => Response::html(productpage(request)),
        "/login" => Response::see_other("/productpage", &format!("user={}", username(request))),
        "/logout" => Response::see_other("/productpage", "user=; Max-Age=0"),
        "/api/v1/products" => Response::json(200, PRODUCTS),
        _ => match path.strip_prefix("/api/v1/products/") {
            Some(rest) => api(rest, request),
            None => Response::json(404, r#"{"error":"Not Found"}"#),
        },
    }
}

/// `ID`, `ID/reviews` or `ID/ratings` below `/api/v1/products/`.
fn api(path: &str, request: &Request) -> Response {
    let (id, service) = match path.split_once('/') {
        None => (path, "details"),
        Some((id, service @ ("reviews" | "ratings"))) => (id, service),
        Some(_) => return Response::json(404, r#"{"error":"Not Found"}"#),
    };
    let (status, body) = ask(service, id, request);
    Response::json(status, &body)
}

fn ask(service: &str, id: &str, request: &Request) -> Answer {
    // Reviews are requested twice, as in Istio's sample.
    let attempts = if service == "reviews" { 2 } else { 1 };
    let mut answer = unavailable(service, 500);
    for _ in 0..attempts {
        answer = match get(service, &format!("/{service}/{id}"), request) {
            Ok((200, body)) => return (200, body),
            Ok((status, _)) => unavailable(service, status),
            Err(error) => {
                eprintln!("bookinfo: {service}: {error}");
                unavailable(service, 500)
            }
        };
    }
    answer
}

fn unavailable(service: &str, status: u16) -> Answer {
    let text = match service {
        "details" => "product details",
        "reviews" => "product reviews",
        _ => "product ratings",
    };
    let error = format!("Sorry, {text} are currently unavailable for this book.");
    (status, format!(r#"{{"error":"{error}"}}"#))
}

fn productpage(request: &Request) -> String {
    let details = ask("details", "0", request);
    let reviews = ask("reviews", "0", request);
    page(&format!(
        "<h1>The Comedy of Errors</h1>\n{}\n{}",
        details_section(&details),
        reviews_section(&reviews)
    ))
}

fn details_section((status, body): &Answer) -> String {
    if *status != 200 {
        return "<h4>Error fetching product details</h4>\n<p>Sorry, product details are currently unavailable for this book.</p>".to_owned();
    }
    let rows =
        DETAILS.map(|(field, label)| format!("<dt>{label}:</dt><dd>{}</dd>", value(body, field)));
    format!("<h4>Book Details</h4>\n<dl>{}</dl>", rows.concat())
}

fn reviews_section((status, body): &Answer) -> String {
    if *status != 200 {
        return "<h4>Error fetching product reviews</h4>\n<p>Sorry, product reviews are currently unavailable for this book.</p>".to_owned();
    }
    let reviews = body.split("{\"reviewer\":").skip(1).map(|review| {
        let stars = value(review, "stars").parse().unwrap_or(0);
        let color = value(review, "color");
        let rating = if review.contains("Ratings service is currently unavailable") {
            "<i>Ratings service is currently unavailable</i>".to_owned()
        } else if stars > 0 {
            format!("<font color=\"{color}\">{}</font>", "★".repeat(stars))
        } else {
            String::new()
        };
        format!("<blockquote>{}</blockquote>{rating}", value(review, "text"))
    });
    format!(
        "<h4>Book Reviews</h4>\n{}",
        reviews.collect::<Vec<_>>().concat()
    )
}

/// The value of a field in JSON of the services, which has no escaped characters.
fn value<'a>(json: &'a str, field: &str) -> &'a str {
    let name = format!("\"{field}\":");
    let Some((_, rest)) = json.split_once(&name) else {
        return "";
    };
    let rest = rest.trim_start();
    match rest.strip_prefix('"') {
        Some(text) => text.split('"').next().unwrap_or_default(),
        None => rest.split([',', '}']).next().unwrap_or_default(),
    }
}

/// The name in the form of a login, with letters and digits only.
fn username(request: &Request) -> String {
    let form = if request.method == "POST" {
        request.body.as_str()
    } else {
        ""
    };
    let fields = form.split('&').filter_map(|field| field.split_once('='));
    let mut names = fields.filter(|(key, _)| *key == "username");
    let (_, name) = names.next_back().unwrap_or_default();
    name.chars().filter(char::is_ascii_alphanumeric).collect()
}

fn page(content: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Simple Bookstore App</title></head><body>\n{content}\n</body></html>\n"
    )
}
