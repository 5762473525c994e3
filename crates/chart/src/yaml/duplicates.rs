//! Keys that a text contains twice in one map: Helm takes the last one without a word.
use std::collections::HashMap;

use super::node::{Content, Node, documents};
use super::{Error, without_byte_order_mark};

/// A key that one map contains twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateKey {
    /// The keys from the root.
    pub path: Vec<String>,
    /// The line of the first occurrence, whose value is ignored; from 1.
    pub first_line: usize,
    /// The line of the repeated key, from 1.
    pub line: usize,
    /// The column of the repeated key, from 1.
    pub column: usize,
}

impl DuplicateKey {
    /// The message, with both lines.
    pub fn reason(&self) -> String {
        let key = self.path.last().map_or("", String::as_str);
        format!(
            "key {key} is set in line {} and again in line {}",
            self.first_line, self.line
        )
    }
}

/// Refuses a text with a duplicate key.
///
/// # Errors
/// The first duplicate key, with both lines.
pub fn refuse_duplicate_keys(text: &str) -> Result<(), Error> {
    match duplicate_keys(text).first() {
        None => Ok(()),
        Some(key) => Err(Error::at(text, key.line, key.column, key.reason())),
    }
}

/// The duplicate keys of the first document of a text, in its order; none when it is not YAML.
pub fn duplicate_keys(text: &str) -> Vec<DuplicateKey> {
    let documents = documents(without_byte_order_mark(text), true).unwrap_or_default();
    let mut found = Vec::new();
    if let Some(root) = documents.first() {
        collect(root, &mut Vec::new(), &mut found);
    }
    found
}

fn collect(node: &Node, path: &mut Vec<String>, found: &mut Vec<DuplicateKey>) {
    match &node.content {
        Content::Map { entries, .. } => {
            let mut first_lines: HashMap<&str, usize> = HashMap::new();
            for (key, value) in entries {
                let Content::Scalar { text, .. } = &key.content else {
                    continue;
                };
                path.push(text.clone());
                let line = key.start.line + 1;
                match first_lines.get(text.as_str()) {
                    // A map may contain several merge keys.
                    Some(first_line) if text != "<<" => found.push(DuplicateKey {
                        path: path.clone(),
                        first_line: *first_line,
                        line,
                        column: key.start.column + 1,
                    }),
                    Some(_) => {}
                    None => {
                        first_lines.insert(text, line);
                    }
                }
                collect(value, path, found);
                path.pop();
            }
        }
        Content::List { items, .. } => {
            for (index, item) in items.iter().enumerate() {
                path.push(index.to_string());
                collect(item, path, found);
                path.pop();
            }
        }
        Content::Scalar { .. } | Content::Alias(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_key_is_found_with_both_lines() {
        let text = "\u{feff}a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\nl: [{x: 1, x: 2}]\na: 2\n";
        let found: Vec<_> = duplicate_keys(text)
            .into_iter()
            .map(|key| (key.path.join("."), key.first_line, key.line, key.column))
            .collect();
        assert_eq!(
            found,
            [
                ("b.c".to_owned(), 3, 5, 3),
                ("l.0.x".to_owned(), 6, 6, 12),
                ("a".to_owned(), 1, 7, 1),
            ]
        );
    }

    #[test]
    fn a_text_with_a_repeated_key_is_refused_with_both_lines() {
        let error = refuse_duplicate_keys("a: 1\nb: 2\na: 3\n").expect_err("a is there twice");
        assert_eq!(
            error.to_string(),
            "line 3, column 1: key a is set in line 1 and again in line 3"
        );
        assert_eq!(refuse_duplicate_keys("a: 1\nb: {a: 2}\n"), Ok(()));
    }

    #[test]
    fn merge_keys_and_equal_keys_of_two_maps_are_no_duplicates() {
        let text = "x: &x {a: 1}\ny: &y {a: 2}\nz:\n  <<: *x\n  <<: *y\n";
        assert_eq!(duplicate_keys(text), []);
        assert_eq!(duplicate_keys("a: ["), []);
    }

    #[test]
    fn helm_takes_the_last_value() {
        let values = crate::Values::parse("a: 1\nb: 2\na: 3\n").expect("values");
        assert_eq!(values.to_json(), serde_json::json!({"a": 3, "b": 2}));
    }
}
