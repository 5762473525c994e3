//! The groups of a form: the fields with one parent, in the order of their first field.

use std::collections::{HashMap, HashSet};
use wire::install::{FieldView, ParametersView};

/// A form with more fields starts with collapsed groups.
const MANY_FIELDS: usize = 60;

/// A group of fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// The path of the parent, joined by dots; empty for the values at the top.
    pub(super) name: String,
    /// The paths of its matching fields.
    pub(super) fields: Vec<Vec<String>>,
    /// How many of them are changed.
    pub(super) changed: usize,
    /// How many errors the text has in them.
    pub(super) errors: usize,
    /// How many values are missing in them before the chart renders.
    pub(super) missing: usize,
}

/// What of a form is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// A part of a key or of a help text, in lower case.
    pub(super) query: String,
    /// Whether only changed fields are shown.
    pub(super) changed_only: bool,
}

impl Filter {
    /// Whether it leaves fields out: the groups that are left are open then.
    pub(super) fn is_active(&self) -> bool {
        self.changed_only || !self.query.is_empty()
    }

    fn matches(&self, field: &FieldView) -> bool {
        (!self.changed_only || field.value.is_some())
            && (self.query.is_empty()
                || field.path.join(".").to_lowercase().contains(&self.query)
                || field.description.to_lowercase().contains(&self.query))
    }
}

/// The name of the group of a field.
pub(super) fn group_name(path: &[String]) -> String {
    path.split_last()
        .map_or_else(String::new, |(_, parents)| parents.join("."))
}

/// The groups of the matching fields.
pub(super) fn groups(view: &ParametersView, filter: &Filter) -> Vec<Group> {
    let mut errors: HashMap<&str, usize> = HashMap::new();
    for error in &view.faults {
        *errors.entry(error.path.as_str()).or_default() += 1;
    }
    let missing: HashSet<&str> = view
        .missing
        .iter()
        .map(|value| value.path.as_str())
        .collect();
    let mut positions: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for field in view.fields.iter().filter(|field| filter.matches(field)) {
        let name = group_name(&field.path);
        let position = *positions.entry(name.clone()).or_insert(groups.len());
        if position == groups.len() {
            groups.push(Group {
                name,
                fields: Vec::new(),
                changed: 0,
                errors: 0,
                missing: 0,
            });
        }
        if let Some(group) = groups.get_mut(position) {
            group.fields.push(field.path.clone());
            group.changed += usize::from(field.value.is_some());
            let path = field.path.join(".");
            group.errors += errors.get(path.as_str()).copied().unwrap_or_default();
            group.missing += usize::from(missing.contains(path.as_str()));
        }
    }
    groups
}

/// The groups that are open at first: all of a short form; of a long one the first, and those with changed or
/// required fields.
pub(super) fn open_at_first(view: &ParametersView) -> HashSet<String> {
    let all = groups(view, &Filter::default());
    if view.fields.len() <= MANY_FIELDS {
        return all.into_iter().map(|group| group.name).collect();
    }
    let required = view.fields.iter().filter(|field| field.required);
    let required: HashSet<String> = required.map(|field| group_name(&field.path)).collect();
    let is_open = |position: usize, group: &Group| {
        position == 0 || group.changed > 0 || required.contains(&group.name)
    };
    let open = all.into_iter().enumerate();
    let open = open.filter(|(position, group)| is_open(*position, group));
    open.map(|(_, group)| group.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::install::{FieldKind, MissingValue, Scalar, ValuesError};

    fn field(path: &str, description: &str, value: Option<&str>) -> FieldView {
        FieldView {
            path: path.split('.').map(str::to_owned).collect(),
            description: description.to_owned(),
            kind: FieldKind::Text,
            default: None,
            value: value.map(|value| Scalar::Text(value.to_owned())),
            required: false,
            line: None,
        }
    }

    fn view(fields: Vec<FieldView>) -> ParametersView {
        ParametersView {
            fields,
            faults: vec![ValuesError {
                line: 1,
                column: 1,
                path: "image.tag".to_owned(),
                message: "is no text".to_owned(),
            }],
            ..ParametersView::default()
        }
    }

    fn names(groups: &[Group]) -> Vec<(&str, usize, usize, usize)> {
        let row = |group: &Group| (group.fields.len(), group.changed, group.errors);
        let row = |group| {
            let (fields, changed, errors) = row(group);
            (group.name.as_str(), fields, changed, errors)
        };
        groups.iter().map(row).collect()
    }

    #[test]
    fn fields_with_one_parent_are_one_group_with_its_counts() {
        let view = view(vec![
            field("zone", "", None),
            field("image.tag", "The tag", Some("v2")),
            field("size", "", None),
            field("image.pull", "When it is pulled", None),
        ]);
        let all = groups(&view, &Filter::default());
        assert_eq!(names(&all), [("", 2, 0, 0), ("image", 2, 1, 1)]);
        let changed = Filter {
            changed_only: true,
            ..Filter::default()
        };
        assert_eq!(names(&groups(&view, &changed)), [("image", 1, 1, 1)]);
    }

    #[test]
    fn a_group_counts_the_values_that_are_missing_in_it() {
        let mut view = view(vec![field("db.host", "", None), field("db.port", "", None)]);
        view.missing = ["db.host", "zone", ""]
            .map(|path| MissingValue {
                path: path.to_owned(),
                message: None,
            })
            .into();
        let all = groups(&view, &Filter::default());
        assert_eq!((all.len(), all[0].missing), (1, 1));
    }

    #[test]
    fn a_query_finds_keys_and_help_texts() {
        let view = view(vec![
            field("zone", "Where it runs", None),
            field("image.pull", "When it is pulled", None),
        ]);
        let found = |query: &str| {
            let filter = Filter {
                query: query.to_owned(),
                changed_only: false,
            };
            groups(&view, &filter).len()
        };
        assert_eq!(
            (found("image.p"), found("where"), found("nothing")),
            (1, 1, 0)
        );
    }

    #[test]
    fn a_long_form_starts_with_its_first_changed_and_required_groups() {
        let mut fields: Vec<FieldView> = (0..70)
            .map(|number| field(&format!("group{number}.value"), "", None))
            .collect();
        fields[5].value = Some(Scalar::Bool(true));
        fields[9].required = true;
        let open = open_at_first(&view(fields.clone()));
        let mut open: Vec<&str> = open.iter().map(String::as_str).collect();
        open.sort_unstable();
        assert_eq!(open, ["group0", "group5", "group9"]);
        fields.truncate(60);
        assert_eq!(open_at_first(&view(fields)).len(), 60);
    }
}
