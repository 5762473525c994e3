//! The request of a list in the query of its URL: filter, sort and window survive a reload, and a link shows
//! the same rows. Start at [`ListQuery::of`].

use crate::urls::percent_encoded;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use wire::list::{Choice, ListRequest, SortKey};

/// The request of the list of a page. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct ListQuery<Sort: SortKey, State: Choice> {
    /// The request.
    pub(crate) request: Memo<ListRequest<Sort, State>>,
    set: Callback<ListRequest<Sort, State>>,
}

impl<Sort: SortKey, State: Choice> ListQuery<Sort, State> {
    /// The request of the page with this path.
    pub(crate) fn of(path: impl Into<Signal<String>>) -> Self {
        let path = path.into();
        let query = use_query_map();
        let request = Memo::new(move |_| ListRequest::from_query(|key| query.read().get(key)));
        let navigate = use_navigate();
        let set = Callback::new(move |wanted: ListRequest<Sort, State>| {
            let before = request.get_untracked();
            let options = NavigateOptions {
                // Each word that is typed is no page to go back to.
                replace: before.words != wanted.words,
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&to_url(&path.get_untracked(), &wanted), options);
        });
        Self { request, set }
    }

    /// The request now, for a change of it.
    pub(crate) fn now(self) -> ListRequest<Sort, State> {
        self.request.get_untracked()
    }

    /// Shows the rows of another request.
    pub(crate) fn show(self, request: ListRequest<Sort, State>) {
        self.set.run(request);
    }
}

/// The URL of a request.
fn to_url<Sort: SortKey, State: Choice>(path: &str, request: &ListRequest<Sort, State>) -> String {
    let query = request.query();
    let pairs = query
        .iter()
        .map(|(key, value)| format!("{key}={}", percent_encoded(value)));
    let query = pairs.collect::<Vec<_>>().join("&");
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::release::ReleasesRequest;

    #[test]
    fn the_url_of_a_request_has_its_filter_and_no_defaults() {
        let request = ReleasesRequest {
            words: "shop & more".into(),
            offset: 50,
            ..ReleasesRequest::default()
        };
        let url = to_url("/releases", &request);
        assert_eq!(url, "/releases?words=shop%20%26%20more&page=2");
        let url = to_url("/releases", &ReleasesRequest::default());
        assert_eq!(url, "/releases");
    }
}
