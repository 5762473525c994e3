//! The service reviews, in three versions: without stars, with black ones, with red ones.
#![expect(
    clippy::disallowed_methods,
    reason = "the name of the pod is in its environment"
)]

use crate::{
    http::{Request, Response, get},
    number_after,
};

const TEXTS: [(&str, &str); 2] = [
    (
        "Reviewer1",
        "An extremely entertaining play by Shakespeare. The slapstick humour is refreshing!",
    ),
    (
        "Reviewer2",
        "Absolutely fun and entertaining. The play lacks thematic depth when compared to other plays by Shakespeare.",
    ),
];

/// Responds with the reviews of a product, with stars of this color from the service ratings.
pub(crate) fn respond(request: &Request, color: Option<&str>) -> Response {
    if request.path() == "/health" {
        return Response::json(200, r#"{"status":"Reviews is healthy"}"#);
    }
    let Some(id) = number_after(request.path(), "/reviews/") else {
        return Response::json(400, r#"{"error":"please provide numeric product ID"}"#);
    };
    let ratings = color.map(|_| get("ratings", &format!("/ratings/{id}"), request));
    let reviews = TEXTS.map(|(reviewer, text)| {
        let rating = match (&ratings, color) {
            (Some(Ok((200, body))), Some(color)) => stars(body, reviewer, color),
            (Some(_), _) => {
                r#","rating":{"error":"Ratings service is currently unavailable"}"#.to_owned()
            }
            (None, _) => String::new(),
        };
        format!(r#"{{"reviewer":"{reviewer}","text":"{text}"{rating}}}"#)
    });
    let pod = std::env::var("HOSTNAME").unwrap_or_default();
    let reviews = reviews.join(",");
    Response::json(
        200,
        &format!(r#"{{"id":"{id}","podname":"{pod}","clustername":"null","reviews":[{reviews}]}}"#),
    )
}

/// The rating of a reviewer in a response such as `{"id":0,"ratings":{"Reviewer1":5,"Reviewer2":4}}`.
fn stars(ratings: &str, reviewer: &str, color: &str) -> String {
    let name = format!("\"{reviewer}\":");
    let digits = ratings.split_once(&name).map(|(_, rest)| rest.trim_start());
    let stars = digits
        .and_then(|rest| rest.chars().next()?.to_digit(10))
        .unwrap_or(0);
    format!(r#","rating":{{"stars":{stars},"color":"{color}"}}"#)
}
