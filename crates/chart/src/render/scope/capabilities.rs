//! `.Capabilities`.
use std::collections::BTreeSet;
use std::sync::Arc;

use gotmpl::{FunctionError, Object, Parameter, Signature, Value};
use wire::HelmVersion;

use super::go_struct::GoStruct;
use crate::facts::Capabilities;

/// The build of Helm that templates see, as Go name, JSON name and text.
fn helm_build(helm: HelmVersion) -> Vec<(&'static str, &'static str, Value)> {
    let [version, commit, go] = match helm {
        HelmVersion::V3 => [
            "v3.17.2",
            "cc0bbbd6d6276b83880042c1ecb34087e84d41eb",
            "go1.23.7",
        ],
        HelmVersion::V4 => [
            "v4.1.4",
            "05fa37973dc9e42b76e1d2883494c87174b6074f",
            "go1.25.9",
        ],
    };
    let mut fields = vec![
        ("Version", "version", version.into()),
        ("GitCommit", "git_commit", commit.into()),
        ("GitTreeState", "git_tree_state", "clean".into()),
        ("GoVersion", "go_version", go.into()),
    ];
    if helm == HelmVersion::V4 {
        fields.push(("KubeClientVersion", "kube_client_version", "v1.35".into()));
    }
    fields
}

/// The Go names of the types of `.Capabilities`: itself, the version, and the API versions.
fn type_names(helm: HelmVersion) -> [&'static str; 3] {
    match helm {
        HelmVersion::V3 => [
            "*chartutil.Capabilities",
            "chartutil.KubeVersion",
            "chartutil.VersionSet",
        ],
        HelmVersion::V4 => [
            "*common.Capabilities",
            "common.KubeVersion",
            "common.VersionSet",
        ],
    }
}

pub(super) fn object(capabilities: &Capabilities, helm: HelmVersion) -> Value {
    let [type_name, _, version_set] = type_names(helm);
    let versions = ApiVersions {
        type_name: version_set,
        versions: capabilities.api_versions.clone(),
    };
    GoStruct::new(
        type_name,
        [
            (
                "KubeVersion",
                "KubeVersion",
                kube_version(capabilities, helm),
            ),
            (
                "APIVersions",
                "APIVersions",
                Value::Object(Arc::new(versions)),
            ),
            (
                "HelmVersion",
                "HelmVersion",
                GoStruct::new("version.BuildInfo", helm_build(helm)).into(),
            ),
        ],
    )
    .into()
}

fn kube_version(capabilities: &Capabilities, helm: HelmVersion) -> Value {
    let [_, type_name, _] = type_names(helm);
    let numbers = capabilities.kube_version.trim_start_matches('v');
    let compared = capabilities.comparable_kube_version(helm);
    let mut parts = compared.trim_start_matches('v').split('.');
    let mut part = || Value::from(parts.next().unwrap_or_default());
    let version = Value::from(format!("v{numbers}"));
    let record = GoStruct::new(
        type_name,
        [
            ("Version", "Version", version.clone()),
            ("Major", "Major", part()),
            ("Minor", "Minor", part()),
        ],
    );
    let compared = format!("v{}", compared.trim_start_matches('v'));
    record
        .with_methods([("String", compared.into()), ("GitVersion", version)])
        .into()
}

#[derive(Debug)]
struct ApiVersions {
    type_name: &'static str,
    versions: BTreeSet<String>,
}

impl Object for ApiVersions {
    fn type_name(&self) -> &'static str {
        self.type_name
    }

    fn signature(&self, name: &str) -> Option<Signature> {
        (name == "Has").then_some(Signature::exact(&[Parameter::Str]))
    }

    fn call_method(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, FunctionError>> {
        match (name, arguments) {
            ("Has", [Value::Str(version)]) => Some(Ok(self.versions.contains(&**version).into())),
            _ => None,
        }
    }

    fn underlying(&self) -> Option<Value> {
        Some(Value::strings(self.versions.iter().map(String::as_str)))
    }
}
