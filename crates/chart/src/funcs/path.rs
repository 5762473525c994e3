//! Functions for slash-separated paths.
use gotmpl::{Functions, Parameter, Signature};

use super::text;

pub(super) fn add(table: &mut Functions) {
    let add_unary =
        |table: &mut Functions, names: [&'static str; 2], change: fn(&str) -> String| {
            for name in names {
                table.add(name, Signature::exact(&[Parameter::Str]), move |a| {
                    Ok(change(text(a, 0)).into())
                });
            }
        };
    add_unary(table, ["base", "osBase"], base);
    add_unary(table, ["dir", "osDir"], |path| match path.rfind('/') {
        Some(at) => clean(path.get(..=at).unwrap_or_default()),
        None => ".".to_owned(),
    });
    add_unary(table, ["ext", "osExt"], |path| {
        let name = path.rsplit('/').next().unwrap_or_default();
        name.rfind('.')
            .and_then(|at| name.get(at..))
            .unwrap_or_default()
            .to_owned()
    });
    add_unary(table, ["clean", "osClean"], clean);
    for name in ["isAbs", "osIsAbs"] {
        table.add(name, Signature::exact(&[Parameter::Str]), |a| {
            Ok(text(a, 0).starts_with('/').into())
        });
    }
}

fn base(path: &str) -> String {
    if path.is_empty() {
        return ".".to_owned();
    }
    match path.trim_end_matches('/').rsplit('/').next() {
        Some("") | None => "/".to_owned(),
        Some(name) => name.to_owned(),
    }
}

fn clean(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}
