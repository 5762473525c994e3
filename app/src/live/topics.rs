//! The topics of an event stream, as its URL has them.

use crate::urls::percent_encoded;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The objects that pages follow, by kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Topics(BTreeMap<String, BTreeSet<String>>);

impl Topics {
    /// Adds an object, if there is one.
    pub(super) fn with(mut self, kind: &str, name: Option<String>) -> Self {
        if let Some(name) = name {
            self.0.entry(kind.to_owned()).or_default().insert(name);
        }
        self
    }

    /// Adds the topics of another page.
    pub(super) fn add(&mut self, other: &Self) {
        for (kind, names) in &other.0 {
            let own = self.0.entry(kind.clone()).or_default();
            own.extend(names.iter().cloned());
        }
    }

    /// The query of the stream: the objects of a kind are separated by commas, which no name has.
    pub(super) fn query(&self) -> String {
        let kinds = self.0.iter().map(|(kind, names)| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            format!("{kind}={}", percent_encoded(&names.join(",")))
        });
        kinds.collect::<Vec<_>>().join("&")
    }
}

#[cfg(test)]
mod tests {
    use super::Topics;

    fn job(id: &str) -> Topics {
        Topics::default().with("job", Some(id.to_owned()))
    }

    #[test]
    fn the_query_has_each_object_of_all_pages_once() {
        let mut topics = job("b").with("mesh", None);
        topics.add(&job("a").with("release", Some("east/shop/web".into())));
        topics.add(&job("b"));
        assert_eq!(topics.query(), "job=a%2Cb&release=east%2Fshop%2Fweb");
        assert_eq!(Topics::default().query(), "");
    }
}
