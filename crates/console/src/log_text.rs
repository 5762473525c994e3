//! What the log says about an error: the chain of causes without what charts, values and clusters say.
//!
//! The text of a template's `fail`, of a parser or of an API server repeats values, and values are
//! passwords. Pages show it; the log has the kind of the error and its position.

use crate::Error;
use std::error::Error as StdError;

/// An error and its causes, separated by colons.
pub(crate) fn log_text(error: &Error) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = cause {
        let (text, is_last) = match own_text(error) {
            Some(text) => (text, true),
            None => (error.to_string(), false),
        };
        if texts.last() != Some(&text) {
            texts.push(text);
        }
        cause = if is_last { None } else { error.source() };
    }
    texts.join(": ")
}

/// The text of an error that repeats what others wrote; none for an error in our own words.
fn own_text(error: &(dyn StdError + 'static)) -> Option<String> {
    if let Some(error) = downcast::<chart::Error>(error) {
        return Some(match error.location() {
            Some((file, line, _)) => format!("the chart has an error in {file}, line {line}"),
            None => "the chart has an error".to_owned(),
        });
    }
    if let Some(error) = downcast::<chart::yaml::Error>(error) {
        return Some(format!("line {}, column {}", error.line, error.column));
    }
    if let Some(status) = downcast::<cluster::ApiStatus>(error) {
        return Some(format!("status {} {}", status.code, status.reason));
    }
    match downcast::<release::Error>(error)? {
        release::Error::Hook { hook, .. } => Some(format!("hook {hook} failed")),
        release::Error::Record { secret, .. } => {
            Some(format!("the record {secret} cannot be read"))
        }
        _ => None,
    }
}

/// The error as this type, also in a box.
fn downcast<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let boxed = || error.downcast_ref::<Box<T>>().map(AsRef::as_ref);
    error.downcast_ref::<T>().or_else(boxed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chart::yaml;

    #[test]
    fn the_log_has_the_place_of_an_error_and_no_value() {
        let name = wire::ClusterName::new("east").expect("a name");
        let status = cluster::ApiStatus {
            code: 422,
            reason: "Invalid".into(),
            message: "Invalid value: \"c4n4ry\"".into(),
            causes: Vec::new(),
        };
        let refused = cluster::Error::Refused {
            cluster: name,
            verb: cluster::Verb::Apply,
            object: "Secret shop/key".into(),
            source: status,
        };
        let hook = release::Error::Hook {
            hook: cluster::ObjectRef {
                api_version: "batch/v1".into(),
                kind: "Job".into(),
                namespace: Some("shop".into()),
                name: "migrate".into(),
            },
            reason: "password c4n4ry is wrong".into(),
        };
        let values = yaml::read("password: c4n4ry: x").expect_err("no YAML");
        let chart = chart::Error::NotAMapping {
            file: "values.yaml".into(),
            found: "c4n4ry".into(),
        };
        let upload = Error::Upload {
            file: "shop.tgz".into(),
            source: Box::new(chart),
        };
        for (error, text) in [
            (
                Error::Release(release::Error::Cluster(refused)),
                "could not apply Secret shop/key on cluster east: status 422 Invalid",
            ),
            (Error::Release(hook), "hook Job shop/migrate failed"),
            (
                Error::Yaml(values),
                "the values are not valid YAML: line 1, column",
            ),
            (
                upload,
                "shop.tgz is not a chart archive: the chart has an error",
            ),
        ] {
            let logged = log_text(&error);
            assert!(logged.contains(text), "{logged}");
            assert!(!logged.contains("c4n4ry"), "{logged}");
        }
    }
}
