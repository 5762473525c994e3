//! `.Capabilities`.
use std::collections::BTreeSet;
use std::sync::Arc;

use gotmpl::{FunctionError, Object, Parameter, Signature, Value};

use super::go_struct::GoStruct;
use crate::facts::Capabilities;

/// The Helm version that templates see.
const HELM_VERSION_FIELDS: [(&str, &str, &str); 4] = [
    ("Version", "version", "v3.17.2"),
    (
        "GitCommit",
        "git_commit",
        "cc0bbbd6d6276b83880042c1ecb34087e84d41eb",
    ),
    ("GitTreeState", "git_tree_state", "clean"),
    ("GoVersion", "go_version", "go1.23.7"),
];

pub(super) fn object(capabilities: &Capabilities) -> Value {
    let helm = HELM_VERSION_FIELDS.map(|(go, json, text)| (go, json, text.into()));
    let versions = ApiVersions(capabilities.api_versions.clone());
    GoStruct::new(
        "*chartutil.Capabilities",
        [
            (
                "KubeVersion",
                "KubeVersion",
                kube_version(&capabilities.kube_version),
            ),
            (
                "APIVersions",
                "APIVersions",
                Value::Object(Arc::new(versions)),
            ),
            (
                "HelmVersion",
                "HelmVersion",
                GoStruct::new("version.BuildInfo", helm).into(),
            ),
        ],
    )
    .into()
}

fn kube_version(version: &str) -> Value {
    let numbers = version.trim_start_matches('v');
    let mut parts = numbers.split('.');
    let mut part = || Value::from(parts.next().unwrap_or_default());
    let version = Value::from(format!("v{numbers}"));
    let record = GoStruct::new(
        "chartutil.KubeVersion",
        [
            ("Version", "Version", version.clone()),
            ("Major", "Major", part()),
            ("Minor", "Minor", part()),
        ],
    );
    record
        .with_methods(["GitVersion", "String"], version)
        .into()
}

#[derive(Debug)]
struct ApiVersions(BTreeSet<String>);

impl Object for ApiVersions {
    fn type_name(&self) -> &'static str {
        "chartutil.VersionSet"
    }

    fn signature(&self, name: &str) -> Option<Signature> {
        (name == "Has").then_some(Signature::exact(&[Parameter::Str]))
    }

    fn call_method(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, FunctionError>> {
        match (name, arguments) {
            ("Has", [Value::Str(version)]) => Some(Ok(self.0.contains(&**version).into())),
            _ => None,
        }
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::strings(self.0.iter().map(String::as_str)))
    }
}
