//! Functions for semantic versions and version ranges.
mod constraint;
mod semantic;

use std::sync::Arc;

use gotmpl::{FunctionError, Functions, Object, Parameter, Signature, Value};

use super::text;
use Parameter::Str;
pub(crate) use constraint::matches;
use semantic::Version;

pub(super) fn add(table: &mut Functions) {
    table.add("semverCompare", Signature::exact(&[Str, Str]), |a| {
        matches(text(a, 0), text(a, 1))
            .map(Value::Bool)
            .map_err(FunctionError::Message)
    });
    table.add("semver", Signature::exact(&[Str]), |a| {
        let version = Version::parse(text(a, 0)).map_err(FunctionError::new)?;
        Ok(value(version, text(a, 0)))
    });
}

const TYPE: &str = "*semver.Version";

/// A version as an object with methods.
#[derive(Debug)]
struct VersionObject {
    version: Version,
    original: String,
}

fn value(version: Version, original: &str) -> Value {
    Value::Object(Arc::new(VersionObject {
        version,
        original: original.to_owned(),
    }))
}

impl Object for VersionObject {
    fn type_name(&self) -> &'static str {
        TYPE
    }

    fn signature(&self, name: &str) -> Option<Signature> {
        match name {
            "Major" | "Minor" | "Patch" | "Prerelease" | "Metadata" | "Original" | "String"
            | "IncMajor" | "IncMinor" | "IncPatch" => Some(Signature::exact(&[])),
            "Compare" | "LessThan" | "GreaterThan" | "Equal" | "LessThanEqual"
            | "GreaterThanEqual" => Some(Signature::exact(&[Parameter::Object(TYPE)])),
            _ => None,
        }
    }

    fn call_method(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, FunctionError>> {
        let version = &self.version;
        let [major, minor, patch] = version.numbers;
        let next = |numbers: [u64; 3]| {
            let version = Version {
                numbers,
                prerelease: String::new(),
                build: String::new(),
            };
            let original = version.to_string();
            value(version, &original)
        };
        if let [Value::Object(other)] = arguments {
            // The other version is parsed again from its text.
            let other = Version::parse(&other.string()?).ok()?;
            let order = version.compare(&other);
            return Some(Ok(match name {
                "Compare" => Value::Int(order as i64),
                "LessThan" => order.is_lt().into(),
                "GreaterThan" => order.is_gt().into(),
                "LessThanEqual" => order.is_le().into(),
                "GreaterThanEqual" => order.is_ge().into(),
                _ => order.is_eq().into(),
            }));
        }
        Some(Ok(match name {
            "Major" => Value::Uint64(major),
            "Minor" => Value::Uint64(minor),
            "Patch" => Value::Uint64(patch),
            "Prerelease" => version.prerelease.as_str().into(),
            "Metadata" => version.build.as_str().into(),
            "Original" => self.original.as_str().into(),
            "IncMajor" => next([major.saturating_add(1), 0, 0]),
            "IncMinor" => next([major, minor.saturating_add(1), 0]),
            "IncPatch" if version.prerelease.is_empty() => {
                next([major, minor, patch.saturating_add(1)])
            }
            "IncPatch" => next([major, minor, patch]),
            _ => version.to_string().into(),
        }))
    }

    fn string(&self) -> Option<String> {
        Some(self.version.to_string())
    }
}
