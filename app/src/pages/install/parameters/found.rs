//! Values that were found on other clusters, such as the addresses of a control plane, to be taken with one click.

use super::{Editing, editor};
use crate::{
    api,
    editor::Place,
    parts::{Button, Pill, Tone},
    words::t,
};
use leptos::{prelude::*, task::spawn_local};
use std::collections::HashSet;
use wire::{
    DraftId,
    install::{Edit, FieldView, FoundValue, ParametersView, Scalar},
};

/// The found values. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Found {
    values: RwSignal<Vec<FoundValue>>,
    editing: Editing,
}

impl Found {
    /// The values of a draft, read when its form is open.
    pub(super) fn of(draft: DraftId) -> Self {
        let found = Self {
            values: RwSignal::default(),
            editing: editor(),
        };
        Effect::new(move |_| {
            let draft = draft.clone();
            spawn_local(async move {
                // The form is whole without them.
                if let Ok(values) = api::install::found_values(draft).await {
                    let _ = found.values.try_set(values);
                }
            });
        });
        found
    }

    /// The values that were found for a path, in the order of their clusters.
    pub(super) fn at(self, path: &[String]) -> Vec<FoundValue> {
        self.values
            .with(|values| at(values, path).cloned().collect())
    }

    /// The first value for each field that has none.
    pub(super) fn untaken(self) -> Vec<FoundValue> {
        let values = self.values.get();
        self.editing.view.with(|view| untaken(&values, view))
    }

    /// The origin of a field's value, when it is a found one.
    pub(super) fn origin(self, field: &FieldView) -> Option<String> {
        let value = field.value.as_ref()?.text();
        let found = self.at(&field.path).into_iter();
        let mut same = found.filter(|found| found.value == value);
        same.next().map(|found| origin(&found))
    }

    /// Sets a field to a found value.
    pub(super) fn take(self, found: FoundValue) {
        self.set(&found);
        self.editing.flush();
        self.editing.focus.set(Some((Place::Field(found.path), 0)));
    }

    /// Sets all fields that have no value yet.
    pub(super) fn take_all(self) {
        for found in untrack(move || self.untaken()) {
            self.set(&found);
        }
        self.editing.flush();
    }

    fn set(self, found: &FoundValue) {
        self.editing.set(Edit::Set {
            path: found.path.clone(),
            value: Scalar::Text(found.value.clone()),
        });
        if let Some(path) = found.enable.clone() {
            let value = Scalar::Bool(true);
            self.editing.set(Edit::Set { path, value });
        }
    }
}

fn at<'v>(values: &'v [FoundValue], path: &[String]) -> impl Iterator<Item = &'v FoundValue> {
    values.iter().filter(move |found| found.path == path)
}

/// The first value for each field that has neither a value nor a default.
fn untaken(values: &[FoundValue], view: &ParametersView) -> Vec<FoundValue> {
    let is_empty = |field: &FieldView| {
        let shown = field.value.as_ref().or(field.default.as_ref());
        shown.is_none_or(|value| value.text().is_empty())
    };
    let empty = view.fields.iter().filter(|field| is_empty(field));
    let mut open: HashSet<&[String]> = empty.map(|field| field.path.as_slice()).collect();
    let first = values
        .iter()
        .filter(|found| open.remove(found.path.as_slice()));
    first.cloned().collect()
}

/// Where a value was found.
fn origin(found: &FoundValue) -> String {
    match &found.mesh {
        Some(mesh) => t!(install.found_in_mesh, mesh = mesh.to_string()),
        None => t!(
            install.found_on_cluster,
            cluster = found.cluster.to_string()
        ),
    }
}

/// The found values of a field that differ from its value.
#[component]
pub(super) fn FoundValues(
    /// The path of the field.
    path: Vec<String>,
    /// What the field shows.
    #[prop(into)]
    shown: Signal<String>,
    found: Found,
) -> impl IntoView {
    let others = Memo::new(move |_| {
        let shown = shown.get();
        let mut values = found.at(&path);
        values.retain(|value| value.value != shown);
        values
    });
    let row = move |value: FoundValue| {
        let taken = value.clone();
        let (label, origin) = (
            t!(install.use_found, value = value.value.clone()),
            origin(&value),
        );
        let source = value.source.as_ref().map(|object| format!(" · {object}"));
        view! {
            <p class="flex flex-wrap items-center gap-x-2 gap-y-1 mt-1.5 text-[12px] text-ink-3">
                <Button press=move || found.take(taken.clone())>
                    <span class="font-mono break-words">{label}</span>
                </Button>
                <span class="min-w-0 break-words">{origin} {source}</span>
                {value.is_pod_address.then(|| view! { <Pill tone=Tone::Warn>{t!(install.found_pod_address)}</Pill> })}
            </p>
        }
    };
    move || others.get().into_iter().map(row).collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::{ClusterName, MeshName, install::FieldKind};

    fn found(path: &str, value: &str, mesh: Option<&str>) -> FoundValue {
        FoundValue {
            path: path.split('.').map(str::to_owned).collect(),
            value: value.to_owned(),
            mesh: mesh.map(|name| MeshName::new(name).expect("a name")),
            cluster: ClusterName::new("east").expect("a name"),
            source: None,
            is_pod_address: false,
            enable: None,
        }
    }

    fn field(path: &str, default: &str, value: Option<&str>) -> FieldView {
        FieldView {
            path: path.split('.').map(str::to_owned).collect(),
            description: String::new(),
            kind: FieldKind::Text,
            default: Some(Scalar::Text(default.to_owned())),
            value: value.map(|value| Scalar::Text(value.to_owned())),
            required: false,
            line: None,
        }
    }

    #[test]
    fn all_found_values_are_the_first_ones_of_fields_without_a_value() {
        let values = [
            found("a.pilot", "10.0.0.1", Some("demo")),
            found("a.pilot", "10.9.0.1", Some("other")),
            found("a.policy", "10.0.0.2", None),
            found("a.zipkin", "10.0.0.3", None),
            found("a.unknown", "10.0.0.4", None),
        ];
        let view = ParametersView {
            fields: vec![
                field("a.pilot", "", None),
                field("a.policy", "", Some("10.7.0.1")),
                field("a.zipkin", "zipkin.local", None),
            ],
            ..ParametersView::default()
        };
        assert_eq!(untaken(&values, &view), values[..1]);
    }

    #[test]
    fn a_found_value_names_its_mesh_or_its_cluster() {
        assert_eq!(origin(&found("a", "1", Some("demo"))), "found: mesh demo");
        assert_eq!(origin(&found("a", "1", None)), "found: cluster east");
    }
}
