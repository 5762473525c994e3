//! The rows of a review: each object with its change and its diff, and their counts.

use crate::{diff, mask, render::Rendered};
use release::{MissingKind, ObjectReview, PlannedChange};
use wire::{
    Code, ObjectName, Problem,
    install::{Change, ObjectDiff, ReviewCounts},
};

/// A reviewed object as a row.
pub(crate) fn object(difference: &ObjectReview) -> ObjectDiff {
    let text = |object: &cluster::Object| mask::yaml(&mask::shown(object));
    let new = |object: &cluster::Object| diff::added(&text(object));
    let (change, lines) = match &difference.change {
        PlannedChange::Create(made) => (Change::Create, new(made)),
        PlannedChange::Update { from, to } => {
            (Change::Update, diff::changes(&text(from), &text(to)))
        }
        PlannedChange::Adopt { from, to } => (Change::Adopt, diff::changes(&text(from), &text(to))),
        PlannedChange::Unchanged => (Change::Keep, Vec::new()),
        PlannedChange::NamespacePending => (Change::CreateInNewNamespace, new(&difference.object)),
        PlannedChange::KindPending => (Change::CreateOfNewKind, new(&difference.object)),
        PlannedChange::KindNotServed(missing) => {
            let of_object = MissingKind {
                object: difference.object.reference(),
                ..missing.clone()
            };
            let problem = Problem::from(&of_object);
            (Change::Refused(problem), new(&difference.object))
        }
        PlannedChange::Recreate => (Change::Recreate, new(&difference.object)),
        PlannedChange::Undecided => (Change::Undecided, Vec::new()),
        PlannedChange::OwnedByOther(owner) => {
            let problem = Problem::new(Code::OwnedByOther)
                .with("object", difference.object.reference())
                .with("owner", owner.label());
            (Change::Refused(problem), Vec::new())
        }
        PlannedChange::Rejected(error) => (
            Change::Refused(Problem::from(error)),
            new(&difference.object),
        ),
    };
    ObjectDiff {
        object: difference.object.reference(),
        change,
        lines,
    }
}

/// The objects that are deleted, because the next revision does not have them.
pub(crate) fn deleted(objects: &[ObjectName]) -> impl Iterator<Item = ObjectDiff> {
    objects.iter().map(|object| ObjectDiff {
        object: object.clone(),
        change: Change::Delete,
        lines: Vec::new(),
    })
}

/// The hooks of a release.
pub(super) fn hooks(rendered: &Rendered) -> Vec<ObjectDiff> {
    let hook = |hook: &chart::Hook| {
        let manifest = &hook.manifest;
        let object = cluster::Object::new(manifest.object.clone());
        let lines = object.map(|object| diff::added(&mask::yaml(&mask::shown(&object))));
        ObjectDiff {
            object: ObjectName {
                kind: manifest.kind.clone(),
                api_version: manifest.api_version.clone(),
                namespace: manifest.namespace.clone(),
                name: manifest.name.clone(),
            },
            change: Change::Hook,
            lines: lines.unwrap_or_default(),
        }
    };
    rendered.manifests.hooks.iter().map(hook).collect()
}

/// The sum of counts.
pub(crate) fn total(counts: impl Iterator<Item = ReviewCounts>) -> ReviewCounts {
    counts.fold(ReviewCounts::default(), |sum, part| ReviewCounts {
        created: sum.created + part.created,
        changed: sum.changed + part.changed,
        adopted: sum.adopted + part.adopted,
        kept: sum.kept + part.kept,
        deleted: sum.deleted + part.deleted,
        in_new_namespace: sum.in_new_namespace + part.in_new_namespace,
        of_new_kind: sum.of_new_kind + part.of_new_kind,
        recreated: sum.recreated + part.recreated,
        undecided: sum.undecided + part.undecided,
        refused: sum.refused + part.refused,
        crds: sum.crds + part.crds,
        hooks: sum.hooks + part.hooks,
    })
}

/// The number of objects by change.
pub(crate) fn count(objects: &[ObjectDiff]) -> ReviewCounts {
    let mut counts = ReviewCounts::default();
    for object in objects {
        let place = match object.change {
            Change::Create => &mut counts.created,
            Change::Update => &mut counts.changed,
            Change::Adopt => &mut counts.adopted,
            Change::Keep => &mut counts.kept,
            Change::Delete => &mut counts.deleted,
            Change::CreateInNewNamespace => &mut counts.in_new_namespace,
            Change::CreateOfNewKind => &mut counts.of_new_kind,
            Change::Hook => &mut counts.hooks,
            Change::Recreate => &mut counts.recreated,
            Change::Undecided => &mut counts.undecided,
            Change::Refused(_) => &mut counts.refused,
        };
        *place += 1;
        if object.object.kind == "CustomResourceDefinition" {
            counts.crds += 1;
        }
    }
    counts
}
