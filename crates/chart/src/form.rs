//! The form for a chart's values, as data: the scalars of its schema, in the order of the schema, and
//! the scalars of its default values that the schema does not have.
//!
//! The form and the YAML text are two views of the same values: a field shows the value in the
//! text, and [`yaml::edit`](crate::yaml::edit) writes a change to the text. Start at [`form`].

mod comments;
mod inferred;
mod ordered;

use std::collections::{HashMap, HashSet};

use gotmpl::{Budget, ITEM_SIZE, Value};

use crate::error::Error;
use crate::json::{invalid_json, parsed_size};
use crate::model::Chart;
use crate::values::{DEFAULTS_KEY, lifted_defaults};
use crate::yaml::edit::value_at;
use crate::yaml::{self, Scalar};
use inferred::inferred;
use ordered::Ordered;

/// The maximum depth of a field; deeper values are edited in the text.
const MAX_DEPTH: usize = 20;

/// The maximum number of fields; the others are edited in the text.
const MAX_FIELDS: usize = 5000;
/// The maximum size of the texts of all fields, in bytes.
const MAX_TEXT_SIZE: usize = 4 << 20;

/// A field of a form.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The path of the value.
    pub path: Vec<String>,
    /// The title in the schema.
    pub title: Option<String>,
    /// The description in the schema.
    pub description: Option<String>,
    /// The type of the value.
    pub kind: FieldKind,
    /// The default value.
    pub default: Option<Scalar>,
    /// The value in the text.
    pub value: Option<Scalar>,
    /// Whether the schema requires the value.
    pub required: bool,
}

impl Field {
    /// The path of the parent map, which is the group of the field.
    pub fn group(&self) -> &[String] {
        self.path.split_last().map_or(&[], |(_, group)| group)
    }
}

/// The type of a field's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Any text.
    Text,
    /// Any number.
    Number,
    /// An integer.
    Integer,
    /// A boolean.
    Boolean,
    /// One of these.
    Enum(Vec<String>),
}

/// The form of a chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form {
    /// The fields, in the order of the schema and then of the default values.
    pub fields: Vec<Field>,
    /// Whether the chart has no schema, so that fields and types come from its default values.
    pub is_inferred: bool,
    /// Whether fields are left out, because there are too many or their texts are too long.
    pub is_truncated: bool,
}

/// The fields of a chart, with the values in the user's text.
///
/// A field of the schema without a description has the comment of its default value. A value whose schema refers to itself has no fields: it is edited in the text.
///
/// # Errors
/// [`Error::BadSchema`] when the schema is not JSON, [`Error::Yaml`] when the text is not YAML,
/// [`Error::Limit`] when the schema exceeds a limit.
pub fn form(chart: &Chart, text: &str, budget: &Budget) -> Result<Form, Error> {
    let user_values = yaml::read_first(text).map_err(|source| Error::Yaml {
        file: "values".to_owned(),
        source,
    })?;
    let lifted = lifted_defaults(chart, &user_values).map(Value::Map);
    let defaults = lifted.as_ref().unwrap_or_else(|| chart.values());
    let (mut form, free) = match chart.schema_text() {
        Some(schema) => of_schema(chart, schema, (&user_values, defaults), budget)?,
        None => {
            let form = Form {
                is_inferred: true,
                ..Form::default()
            };
            (form, HashSet::new())
        }
    };
    if !form.is_truncated {
        let mut inferred = inferred(chart, defaults, budget)?;
        let is_free = |path: &[String]| {
            (1..path.len()).any(|length| {
                path.get(..length)
                    .is_some_and(|parent| free.contains(parent))
            })
        };
        inferred.retain(|field| !is_free(&field.path));
        add_inferred(&mut form, inferred, &user_values);
    }
    if lifted.is_some() {
        let is_internal = |field: &Field| field.path.first().is_some_and(|key| key == DEFAULTS_KEY);
        form.fields.retain(|field| !is_internal(field));
    }
    Ok(form)
}

/// The fields of a schema, and the paths of the values whose keys it leaves free.
fn of_schema(
    chart: &Chart,
    schema: &str,
    (user_values, defaults): (&Value, &Value),
    budget: &Budget,
) -> Result<(Form, HashSet<Vec<String>>), Error> {
    budget.reserve_memory(parsed_size(schema))?;
    let root: Ordered = serde_json::from_str(schema).map_err(|error| Error::BadSchema {
        chart: chart.name().to_owned(),
        reason: invalid_json(&error),
    })?;
    let mut collector = FieldCollector {
        root: &root,
        user_values,
        defaults,
        budget,
        open: Vec::new(),
        remaining_text: MAX_TEXT_SIZE,
        free: HashSet::new(),
        form: Form::default(),
    };
    collector.object(&root, &mut Vec::new())?;
    Ok((collector.form, collector.free))
}

/// Adds the fields that a form does not have yet: behind the last field of their group, if it has one.
fn add_inferred(form: &mut Form, inferred: Vec<Field>, user_values: &Value) {
    let known: HashMap<Vec<String>, usize> = form
        .fields
        .iter()
        .enumerate()
        .map(|(at, field)| (field.path.clone(), at))
        .collect();
    let mut last_of_group: HashMap<Vec<String>, usize> = HashMap::new();
    for (at, field) in form.fields.iter().enumerate() {
        last_of_group.insert(field.group().to_vec(), at);
    }
    // Each field with the one behind which it is; the others are at the end.
    let mut added: Vec<(usize, Field)> = Vec::new();
    for mut field in inferred {
        if let Some(of_schema) = known
            .get(&field.path)
            .and_then(|at| form.fields.get_mut(*at))
        {
            if of_schema.title.is_none() && of_schema.description.is_none() {
                of_schema.description = field.description;
            }
            continue;
        }
        if form.fields.len() + added.len() >= MAX_FIELDS {
            form.is_truncated = true;
            break;
        }
        let keys: Vec<&str> = field.path.iter().map(String::as_str).collect();
        let value = value_at(user_values, &keys);
        field.value = value.and_then(|value| Scalar::from_value(&value));
        let place = last_of_group.get(field.group()).copied();
        added.push((place.unwrap_or(usize::MAX), field));
    }
    let placed = std::mem::take(&mut form.fields).into_iter().enumerate();
    let mut fields: Vec<(usize, Field)> = placed.chain(added).collect();
    fields.sort_by_key(|(place, _)| *place);
    form.fields = fields.into_iter().map(|(_, field)| field).collect();
}

struct FieldCollector<'a> {
    root: &'a Ordered,
    user_values: &'a Value,
    defaults: &'a Value,
    budget: &'a Budget,
    /// The schemas of the objects around the current one.
    open: Vec<&'a Ordered>,
    remaining_text: usize,
    /// The paths of the values whose keys the schema leaves free, such as labels.
    free: HashSet<Vec<String>>,
    form: Form,
}

impl<'a> FieldCollector<'a> {
    fn object(&mut self, schema: &'a Ordered, path: &mut Vec<String>) -> Result<(), Error> {
        let refers_to_itself = self.open.iter().any(|outer| std::ptr::eq(*outer, schema));
        let Some(Ordered::Object(properties)) = schema.get("properties") else {
            self.free.insert(path.clone());
            return Ok(());
        };
        if path.len() >= MAX_DEPTH || refers_to_itself {
            return Ok(());
        }
        self.open.push(schema);
        let required: HashSet<&str> = schema
            .get("required")
            .map_or(&[][..], Ordered::items)
            .iter()
            .filter_map(Ordered::text)
            .collect();
        for (name, schema) in properties {
            self.budget.charge_step()?;
            if self.form.is_truncated {
                break;
            }
            let schema = self.resolve_ref(schema);
            path.push(name.clone());
            match kind(schema) {
                Some(kind) => self.add_field(schema, kind, path, required.contains(&**name)),
                None => self.object(schema, path)?,
            }
            path.pop();
        }
        self.open.pop();
        Ok(())
    }

    /// Resolves a `$ref` within the same file.
    fn resolve_ref(&self, schema: &'a Ordered) -> &'a Ordered {
        let mut schema = schema;
        for _ in 0..MAX_DEPTH {
            let Some(Ordered::Text(pointer)) = schema.get("$ref") else {
                break;
            };
            let pointer = pointer.strip_prefix('#');
            let is_path = |pointer: &&str| pointer.is_empty() || pointer.starts_with('/');
            let Some(pointer) = pointer.filter(is_path) else {
                break;
            };
            let found = pointer
                .split('/')
                .skip(1)
                .try_fold(self.root, |schema, key| schema.get(key));
            let Some(found) = found else { break };
            schema = found;
        }
        schema
    }

    /// Adds a field, unless there are too many or its texts are too long.
    fn add_field(&mut self, schema: &Ordered, kind: Kind<'_>, path: &[String], required: bool) {
        let text = |key| schema.get(key).and_then(Ordered::text);
        let (title, description) = (text("title"), text("description"));
        let texts = [title, description, text("default")].into_iter().flatten();
        let size = path.iter().map(|key| key.len() + ITEM_SIZE);
        let size: usize = size.chain(texts.map(str::len)).chain([kind.size()]).sum();
        let remaining = self.remaining_text.checked_sub(size);
        let Some(remaining) = remaining.filter(|_| self.form.fields.len() < MAX_FIELDS) else {
            self.form.is_truncated = true;
            return;
        };
        self.remaining_text = remaining;
        let keys: Vec<&str> = path.iter().map(String::as_str).collect();
        let scalar_at =
            |value: &Value| value_at(value, &keys).and_then(|value| Scalar::from_value(&value));
        self.form.fields.push(Field {
            path: path.to_vec(),
            title: title.map(str::to_owned),
            description: description.map(str::to_owned),
            kind: kind.into_owned(),
            default: scalar_at(self.defaults)
                .or_else(|| schema.get("default").and_then(Ordered::scalar)),
            value: scalar_at(self.user_values),
            required,
        });
    }
}

/// The type of a field, with the texts of the schema.
enum Kind<'s> {
    Plain(FieldKind),
    Enum(Vec<&'s str>),
}

impl Kind<'_> {
    fn size(&self) -> usize {
        match self {
            Self::Plain(_) => 0,
            Self::Enum(options) => options.iter().map(|option| option.len() + ITEM_SIZE).sum(),
        }
    }

    fn into_owned(self) -> FieldKind {
        match self {
            Self::Plain(kind) => kind,
            Self::Enum(options) => {
                FieldKind::Enum(options.into_iter().map(str::to_owned).collect())
            }
        }
    }
}

/// The field type for a schema; `None` when the value is not a scalar.
fn kind(schema: &Ordered) -> Option<Kind<'_>> {
    let options: Vec<&str> = schema
        .get("enum")
        .map_or(&[][..], Ordered::items)
        .iter()
        .filter_map(Ordered::text)
        .collect();
    if !options.is_empty() {
        return Some(Kind::Enum(options));
    }
    let name = match schema.get("type")? {
        Ordered::Text(name) => name.as_str(),
        Ordered::List(names) => {
            let mut names = names
                .iter()
                .filter_map(Ordered::text)
                .filter(|name| *name != "null");
            names.next()?
        }
        _ => return None,
    };
    let kind = match name {
        "string" => FieldKind::Text,
        "number" => FieldKind::Number,
        "integer" => FieldKind::Integer,
        "boolean" => FieldKind::Boolean,
        _ => return None,
    };
    Some(Kind::Plain(kind))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests;
