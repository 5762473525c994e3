//! The sample application: a product page and the three services it is made of.
//!
//! All answer on 9080. Start at [`part`].

mod details;
mod productpage;
mod ratings;
mod reviews;

use std::sync::Arc;

use super::{Pod, Program};

/// Where every part answers.
const PORT: u16 = 9080;

/// The part of the sample that an image is of.
pub(super) fn part(image: &str, pod: Pod) -> Option<Arc<dyn Program>> {
    if !image.contains("bookinfo") {
        return None;
    }
    let last = super::last_part(image);
    let is = |name: &str| last.split('-').any(|word| word == name);
    if is("productpage") {
        Some(Arc::new(productpage::ProductPage::new(pod)))
    } else if is("details") {
        Some(Arc::new(details::Details))
    } else if is("reviews") {
        let version = last.rsplit('-').next().unwrap_or("v1");
        Some(Arc::new(reviews::Reviews::new(pod, version)))
    } else if is("ratings") {
        Some(Arc::new(ratings::Ratings))
    } else {
        None
    }
}
