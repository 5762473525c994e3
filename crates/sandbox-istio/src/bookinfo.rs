//! The sample application bookinfo: a product page and the three services behind it.
//!
//! All services listen on port 9080. Start at [`program`].

mod details;
mod productpage;
mod ratings;
mod reviews;

use std::sync::Arc;

use sandbox::{PodContext, Program, image_name};

/// The port of every service.
const PORT: u16 = 9080;

/// The service of the sample that an image contains.
pub(crate) fn program(image: &str, pod: PodContext) -> Option<Arc<dyn Program>> {
    if !image.contains("bookinfo") {
        return None;
    }
    let name = image_name(image);
    let contains = |service: &str| name.split('-').any(|word| word == service);
    if contains("productpage") {
        Some(Arc::new(productpage::ProductPage::new(pod)))
    } else if contains("details") {
        Some(Arc::new(details::Details))
    } else if contains("reviews") {
        let version = name.rsplit('-').next().unwrap_or("v1");
        Some(Arc::new(reviews::Reviews::new(pod, version)))
    } else if contains("ratings") {
        Some(Arc::new(ratings::Ratings))
    } else {
        None
    }
}
