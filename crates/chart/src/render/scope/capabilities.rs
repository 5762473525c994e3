//! `.Capabilities`.
use std::collections::BTreeSet;
use std::sync::Arc;

use gotmpl::{Fault, Map, Object, Value};

use crate::render::Capabilities;

/// The Helm that templates are told they run under.
const HELM_VERSION: &str = "v3.17.2";

pub(super) fn object(capabilities: &Capabilities) -> Value {
    let version = KubeVersion::new(&capabilities.kube_version);
    let helm: Map = [
        ("Version", Value::from(HELM_VERSION)),
        ("GitCommit", "".into()),
        ("GitTreeState", "clean".into()),
        ("GoVersion", "go1.23.7".into()),
    ]
    .into_iter()
    .collect();
    let map: Map = [
        ("KubeVersion", Value::Object(Arc::new(version))),
        (
            "APIVersions",
            Value::Object(Arc::new(ApiVersions(capabilities.api_versions.clone()))),
        ),
        ("HelmVersion", helm.into()),
    ]
    .into_iter()
    .collect();
    map.into()
}

#[derive(Debug)]
struct KubeVersion {
    version: String,
    major: String,
    minor: String,
}

impl KubeVersion {
    fn new(version: &str) -> Self {
        let numbers = version.trim_start_matches('v');
        let mut parts = numbers.split('.');
        let major = parts.next().unwrap_or_default().to_owned();
        let minor = parts.next().unwrap_or_default().to_owned();
        Self {
            version: format!("v{numbers}"),
            major,
            minor,
        }
    }
}

impl Object for KubeVersion {
    fn type_name(&self) -> &'static str {
        "chartutil.KubeVersion"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Version" => Some(self.version.as_str().into()),
            "Major" => Some(self.major.as_str().into()),
            "Minor" => Some(self.minor.as_str().into()),
            _ => None,
        }
    }

    fn method(&self, name: &str, _: &[Value]) -> Option<Result<Value, Fault>> {
        matches!(name, "GitVersion" | "String").then(|| Ok(self.version.as_str().into()))
    }

    fn display(&self) -> String {
        self.version.clone()
    }
}

#[derive(Debug)]
struct ApiVersions(BTreeSet<String>);

impl Object for ApiVersions {
    fn type_name(&self) -> &'static str {
        "chartutil.VersionSet"
    }

    fn method(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, Fault>> {
        if name != "Has" {
            return None;
        }
        Some(match arguments {
            [Value::Str(version)] => Ok(self.0.contains(&**version).into()),
            [other] => Err(Fault::new(format!(
                "wrong type for value; expected string; got {}",
                other.type_name()
            ))),
            _ => Err(Fault::new(format!(
                "wrong number of args for Has: want 1 got {}",
                arguments.len()
            ))),
        })
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::list(
            self.0.iter().map(|version| version.as_str().into()),
        ))
    }
}
