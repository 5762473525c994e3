//! The wording of problems of one object of a release.

use super::super::{count, t};
use wire::{Code, Problem};

/// The sentence for a problem of an object; none for other problems.
pub(super) fn sentence(problem: &Problem) -> Option<String> {
    let arg = |name: &str| problem.arg(name).to_owned();
    let sentence = match problem.code {
        Code::FieldOwned => t!(
            problem.field_owned,
            object = arg("object"),
            manager = arg("manager"),
            field = arg("field")
        ),
        Code::Undecided => count!(
            problem.undecided,
            n = problem.arg("count").parse::<u32>().unwrap_or(1)
        ),
        Code::ObjectMalformed => t!(
            problem.object_malformed,
            object = arg("object"),
            field = arg("field")
        ),
        Code::InvalidField => t!(
            problem.invalid_field,
            object = arg("object"),
            field = arg("field"),
            reason = arg("reason")
        ),
        Code::KindNotServed => t!(
            problem.kind_not_served,
            kind = arg("kind"),
            version = arg("version"),
            object = arg("object")
        ),
        Code::DuplicateObject => duplicate_object(problem),
        Code::OwnedByOther => t!(
            problem.owned_by_other,
            object = arg("object"),
            owner = arg("owner")
        ),
        _ => return None,
    };
    Some(sentence)
}

/// An object that is rendered twice, by one template or by two.
fn duplicate_object(problem: &Problem) -> String {
    let arg = |name: &str| problem.arg(name).to_owned();
    if problem.arg("template") == problem.arg("other") {
        return t!(
            problem.duplicate_object_of_template,
            object = arg("object"),
            template = arg("template")
        );
    }
    t!(
        problem.duplicate_object,
        object = arg("object"),
        template = arg("template"),
        other = arg("other")
    )
}

/// How a cluster comes to serve a kind.
pub(super) fn missing_kind(problem: &Problem) -> String {
    let arg = |name: &str| problem.arg(name).to_owned();
    if !problem.arg("served").is_empty() {
        t!(hint.kind_of_other_version, versions = arg("served"))
    } else if !problem.arg("replacement").is_empty() {
        t!(
            hint.kind_replaced,
            removed = arg("removed"),
            replacement = arg("replacement")
        )
    } else if !problem.arg("removed").is_empty() {
        t!(hint.kind_removed, removed = arg("removed"))
    } else if !problem.arg("chart").is_empty() {
        t!(hint.kind_of_chart, chart = arg("chart"))
    } else {
        t!(hint.kind_unknown)
    }
}

/// Where an invalid field comes from.
pub(super) fn invalid_field(problem: &Problem) -> String {
    if problem.arg("template").is_empty() {
        return t!(hint.invalid_field);
    }
    t!(
        hint.invalid_field_of_template,
        template = problem.arg("template").to_owned(),
        line = problem.arg("line").to_owned()
    )
}
