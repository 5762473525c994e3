//! `.Files`: the files of a chart that are not templates.
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gotmpl::{ElementType, FunctionError, Map, Object, Parameter, Signature, Value};

use crate::model::{Chart, File};

#[derive(Debug)]
pub(super) struct Files(Vec<File>);

impl Files {
    pub(super) fn from_chart(chart: &Chart) -> Self {
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
            return Value::strings::<&str>([]);
        }
        let text = text.strip_suffix('\n').unwrap_or(&text);
        Value::strings(text.split('\n'))
    }
}

fn lossy(file: &File) -> String {
    gotmpl::go_string::from_bytes(&file.data)
}

/// A pattern with `*`, `**`, `?`, `[…]` and `{a,b}`; `*` does not match a slash.
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

    fn signature(&self, name: &str) -> Option<Signature> {
        match name {
            "Get" | "GetBytes" | "Glob" | "Lines" => Some(Signature::exact(&[Parameter::Str])),
            "AsConfig" | "AsSecrets" => Some(Signature::exact(&[])),
            _ => None,
        }
    }

    fn call_method(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, FunctionError>> {
        let text = arguments
            .first()
            .and_then(Value::as_str)
            .unwrap_or_default();
        Some(Ok(match name {
            "Get" => self.text(text).into(),
            "GetBytes" => Value::bytes(self.get(text).map(|file| &*file.data).unwrap_or_default()),
            "Glob" => Value::Object(std::sync::Arc::new(self.glob(text))),
            "Lines" => self.lines(text),
            "AsConfig" => self.yaml(|file| lossy(file).into()),
            "AsSecrets" => self.yaml(|file| STANDARD.encode(&file.data).into()),
            _ => return None,
        }))
    }

    fn underlying(&self) -> Option<Value> {
        let files = self.0.iter();
        let map: Map = files
            .map(|file| (file.name.as_str(), Value::bytes(&*file.data)))
            .collect();
        Some(map.with_element_type(ElementType::Byte).into())
    }
}
