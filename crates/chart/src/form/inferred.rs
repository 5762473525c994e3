//! Fields for the default values of a chart: type and order as in `values.yaml`, comments as help.
//!
//! Start at [`inferred`].

use gotmpl::{Budget, Value};

use super::comments::Comments;
use super::{Field, FieldKind, MAX_DEPTH, MAX_FIELDS};
use crate::error::Error;
use crate::json::parsed_size;
use crate::model::Chart;
use crate::values::DEFAULTS_KEY;
use crate::yaml::node::{Content, Node, documents};
use crate::yaml::{Scalar, edit::value_at};

/// The fields of the scalars in the default values, without the values of the user. The defaults of a chart of Istio
/// lie below one key, which no path has. Lists and empty
/// maps have none: they are edited in the text.
///
/// # Errors
/// [`Error::Limit`] when the values exceed a limit.
pub(super) fn inferred(
    chart: &Chart,
    defaults: &Value,
    budget: &Budget,
) -> Result<Vec<Field>, Error> {
    let text = chart.values_text();
    budget.reserve_memory(parsed_size(text))?;
    // A chart with defaults that cannot be read was refused before.
    let Some(root) = documents(text, true)
        .ok()
        .and_then(|roots| roots.into_iter().next())
    else {
        return Ok(Vec::new());
    };
    let root = below_defaults_key(&root).unwrap_or(&root);
    let mut walk = Walk {
        defaults,
        budget,
        comments: Comments::read(text),
        fields: Vec::new(),
    };
    walk.map(root, &mut Vec::new())?;
    Ok(walk.fields)
}

/// The map of the defaults of a chart of Istio.
fn below_defaults_key(root: &Node) -> Option<&Node> {
    let Content::Map { entries, .. } = &root.target().content else {
        return None;
    };
    let is_key = |key: &Node| match &key.content {
        Content::Scalar { text, .. } => text == DEFAULTS_KEY,
        _ => false,
    };
    let found = entries.iter().find(|(key, _)| is_key(key));
    found.map(|(_, value)| value)
}

struct Walk<'a> {
    defaults: &'a Value,
    budget: &'a Budget,
    comments: Comments<'a>,
    fields: Vec<Field>,
}

impl Walk<'_> {
    fn map(&mut self, node: &Node, path: &mut Vec<String>) -> Result<(), Error> {
        let Content::Map { entries, .. } = &node.target().content else {
            return Ok(());
        };
        if path.len() >= MAX_DEPTH {
            return Ok(());
        }
        for (key, value) in entries {
            self.budget.charge_step()?;
            // One more than a form shows, so that it says that some are left out.
            if self.fields.len() > MAX_FIELDS {
                break;
            }
            let Content::Scalar { text, .. } = &key.content else {
                continue;
            };
            path.push(text.clone());
            match &value.target().content {
                Content::Map { .. } => self.map(value, path)?,
                Content::Scalar { .. } => self.scalar(key, value, path),
                Content::List { .. } | Content::Alias(_) => {}
            }
            path.pop();
        }
        Ok(())
    }

    fn scalar(&mut self, key: &Node, value: &Node, path: &[String]) {
        let keys: Vec<&str> = path.iter().map(String::as_str).collect();
        let default = value_at(self.defaults, &keys);
        let Some(default) = default.and_then(|default| Scalar::from_value(&default)) else {
            return;
        };
        let lines = (key.start.line, value.end.line);
        self.fields.push(Field {
            path: path.to_vec(),
            title: None,
            description: self.comments.of(&keys.join("."), lines.0, lines.1),
            kind: match default {
                Scalar::Bool(_) => FieldKind::Boolean,
                Scalar::Integer(_) => FieldKind::Integer,
                Scalar::Number(_) | Scalar::Written(_) => FieldKind::Number,
                Scalar::Null | Scalar::Text(_) => FieldKind::Text,
            },
            default: Some(default),
            value: None,
            required: false,
        });
    }
}
