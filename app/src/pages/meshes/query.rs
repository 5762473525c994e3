//! The query of a mesh's page: the selected step of the setup and the shown checks. A reload, a link and the way back
//! show the same.

use super::{checks::CheckTab, setup::StepKey};
use crate::urls;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use wire::MeshName;

/// What the query names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PageQuery {
    /// The selected step; none for the current one.
    pub(super) step: Option<StepKey>,
    /// The shown checks.
    pub(super) checks: CheckTab,
}

impl PageQuery {
    fn from_query(get: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            step: get("step").map(StepKey::from),
            checks: get("checks").map_or(CheckTab::default(), |tab| CheckTab::from_query(&tab)),
        }
    }

    /// The path of the page of a mesh with this query.
    pub(super) fn path(&self, mesh: &MeshName) -> String {
        let checks = (self.checks != CheckTab::default()).then(|| self.checks.as_str().to_owned());
        let step = self.step.as_ref().map(|step| step.as_str().to_owned());
        let pairs = [("step", step), ("checks", checks)].into_iter();
        let pairs = pairs.filter_map(|(key, value)| {
            value.map(|value| format!("{key}={}", urls::percent_encoded(&value)))
        });
        let query = pairs.collect::<Vec<_>>().join("&");
        let page = urls::mesh(mesh);
        if query.is_empty() {
            page
        } else {
            format!("{page}?{query}")
        }
    }
}

/// The query of the page, and the way to change it in place. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Queried {
    /// The query now.
    pub(super) now: Memo<PageQuery>,
    replace: Callback<PageQuery>,
}

impl Queried {
    /// The query of the page of a mesh.
    pub(super) fn of(mesh: StoredValue<MeshName>) -> Self {
        let query = use_query_map();
        let navigate = use_navigate();
        let replace = Callback::new(move |query: PageQuery| {
            let options = NavigateOptions {
                replace: true,
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&query.path(&mesh.get_value()), options);
        });
        Self {
            now: Memo::new(move |_| PageQuery::from_query(|key| query.read().get(key))),
            replace,
        }
    }

    /// Changes the query without an entry in the history.
    pub(super) fn change(self, change: impl FnOnce(&mut PageQuery)) {
        let mut query = self.now.get_untracked();
        change(&mut query);
        self.replace.run(query);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_as_it_was_written_and_has_no_defaults() {
        let mesh = MeshName::new("shop").expect("a name");
        assert_eq!(PageQuery::default().path(&mesh), "/meshes/shop");
        let query = PageQuery {
            step: Some(StepKey::from("join-west".to_owned())),
            checks: CheckTab::Skipped,
        };
        let path = query.path(&mesh);
        assert_eq!(path, "/meshes/shop?step=join-west&checks=skipped");
        let pairs: Vec<_> = path
            .split(['?', '&'])
            .filter_map(|pair| pair.split_once('='))
            .collect();
        let get = |key: &str| {
            let found = pairs.iter().find(|(name, _)| *name == key);
            found.map(|(_, value)| (*value).to_owned())
        };
        assert_eq!(PageQuery::from_query(get), query);
    }
}
