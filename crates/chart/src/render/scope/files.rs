//! `.Files`: the files of a chart that are not templates.
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gotmpl::{Fault, Map, Object, Value};

use crate::model::{Chart, File};

#[derive(Debug)]
pub(super) struct Files(Vec<File>);

impl Files {
    pub(super) fn of(chart: &Chart) -> Self {
        Self(chart.files().to_vec())
    }

    fn get(&self, name: &str) -> Option<&File> {
        self.0.iter().find(|file| file.name == name)
    }

    fn text(&self, name: &str) -> String {
        self.get(name).map(lossy).unwrap_or_default()
    }

    fn glob(&self, pattern: &str) -> Self {
        let Some(pattern) = glob(pattern) else {
            return Self(Vec::new());
        };
        Self(
            self.0
                .iter()
                .filter(|file| pattern.is_match(&file.name))
                .cloned()
                .collect(),
        )
    }

    fn as_map(&self, contents: impl Fn(&File) -> Value) -> Value {
        let map: Map = self
            .0
            .iter()
            .map(|file| {
                (
                    file.name.rsplit('/').next().unwrap_or_default(),
                    contents(file),
                )
            })
            .collect();
        map.into()
    }

    fn yaml(&self, contents: impl Fn(&File) -> Value) -> Value {
        let text = crate::yaml::write(&self.as_map(contents)).unwrap_or_default();
        text.trim_end_matches('\n').into()
    }

    fn lines(&self, name: &str) -> Value {
        let text = self.text(name);
        if text.is_empty() {
            return Value::list([]);
        }
        let text = text.strip_suffix('\n').unwrap_or(&text);
        Value::list(text.split('\n').map(Value::from))
    }
}

fn lossy(file: &File) -> String {
    String::from_utf8_lossy(&file.data).into_owned()
}

/// A pattern with `*`, `**`, `?`, `[…]` and `{a,b}`; `*` stops at a slash.
fn glob(pattern: &str) -> Option<regex::Regex> {
    let mut out = String::from("^(?s:");
    let mut chars = pattern.chars().peekable();
    let mut braces = 0;
    while let Some(c) = chars.next() {
        match c {
            '*' if chars.next_if_eq(&'*').is_some() => out.push_str(".*"),
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '[' => {
                out.push('[');
                if chars.next_if_eq(&'!').is_some() {
                    out.push('^');
                }
            }
            ']' | '-' => out.push(c),
            '{' => {
                braces += 1;
                out.push_str("(?:");
            }
            '}' if braces > 0 => {
                braces -= 1;
                out.push(')');
            }
            ',' if braces > 0 => out.push('|'),
            '\\' => out.push_str(&regex::escape(&chars.next()?.to_string())),
            c => out.push_str(&regex::escape(&c.to_string())),
        }
    }
    out.push_str(")$");
    regex::RegexBuilder::new(&out)
        .size_limit(1 << 20)
        .build()
        .ok()
}

impl Object for Files {
    fn type_name(&self) -> &'static str {
        "engine.files"
    }

    fn method(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, Fault>> {
        let wanted = match name {
            "Get" | "GetBytes" | "Glob" | "Lines" => 1,
            "AsConfig" | "AsSecrets" => 0,
            _ => return None,
        };
        let text = match arguments {
            [] if wanted == 0 => "",
            [Value::Str(text)] if wanted == 1 => text,
            [other] if wanted == 1 => {
                let got = other.type_name();
                let reason = format!("wrong type for value; expected string; got {got}");
                return Some(Err(Fault::new(reason)));
            }
            _ => {
                let got = arguments.len();
                let reason = format!("wrong number of args for {name}: want {wanted} got {got}");
                return Some(Err(Fault::new(reason)));
            }
        };
        Some(Ok(match name {
            "Get" | "GetBytes" => self.text(text).into(),
            "Glob" => Value::Object(std::sync::Arc::new(self.glob(text))),
            "Lines" => self.lines(text),
            "AsConfig" => self.yaml(|file| lossy(file).into()),
            _ => self.yaml(|file| STANDARD.encode(&file.data).into()),
        }))
    }

    fn underlying(&self) -> Option<Value> {
        let map: Map = self
            .0
            .iter()
            .map(|file| (file.name.as_str(), lossy(file).into()))
            .collect();
        Some(map.into())
    }
}
