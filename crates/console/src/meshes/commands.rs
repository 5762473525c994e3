//! The kubectl and helm commands that are equivalent to a step. Pure.
//!
//! Each block is for one cluster; the kubeconfig context has the name of the cluster. Start at [`install`]
//! or [`join`].

use crate::{bundles::PartDraft, draft::Draft, mask};
use ::mesh::{
    join::Plan,
    step::{Side, Step},
};
use serde_json::{Value, json};
use wire::{ClusterName, job::MemberRef, mesh::CommandView};

/// Writes the built-in charts to the current folder.
const EXPORT_COMMAND: &str = "meshspan export .";

/// An installation by Helm, with the namespace's labels before it. Of a bundle, each part has its values and its
/// command.
pub(super) fn install(
    cluster: &ClusterName,
    (draft, parts): (&Draft, &[PartDraft]),
    command: &str,
) -> Vec<CommandView> {
    let mut lines = Vec::new();
    let namespace = &draft.namespace;
    let is_built_in = |draft: &Draft| draft.chart.repository.as_str() == catalog::BUILT_IN;
    let charts = parts.iter().map(|part| &part.draft);
    let is_exported = if parts.is_empty() {
        is_built_in(draft)
    } else {
        charts.clone().any(is_built_in)
    };
    if is_exported {
        lines.push(EXPORT_COMMAND.to_owned());
    }
    if !draft.labels.is_empty() {
        let labels = draft
            .labels
            .iter()
            .map(|(key, value)| format!("{key}={value}"));
        let labels: Vec<String> = labels.collect();
        lines.push(format!(
            "kubectl --context {cluster} create namespace {namespace}"
        ));
        lines.push(format!(
            "kubectl --context {cluster} label namespace {namespace} {}",
            labels.join(" ")
        ));
    }
    if parts.is_empty() {
        lines.push(here("cat > values.yaml", &draft.values));
    }
    let of_part = |part: &Draft| here(&format!("cat > {}.yaml", part.release), &part.values);
    lines.extend(charts.map(of_part));
    let commands = command.lines();
    lines.extend(commands.map(|command| format!("{command} --kube-context {cluster}")));
    vec![CommandView {
        cluster: cluster.clone(),
        text: lines.join("\n"),
    }]
}

/// A command with a text as its standard input, unchanged.
fn here(command: &str, text: &str) -> String {
    format!("{command} <<'END'\n{}\nEND", text.trim_end())
}

/// A join: the reader on the remote, its token, and the Secret on the primary.
pub(super) fn join(plan: &Plan, member: &MemberRef) -> Vec<CommandView> {
    let MemberRef { primary, remote } = member;
    let on_remote: Vec<String> = plan.steps.iter().filter_map(manifest).collect();
    let apply = |cluster: &ClusterName| {
        format!("kubectl --context {cluster} apply --server-side --field-manager meshspan -f -")
    };
    let (namespace, token) = (&plan.spec.member.namespace, &plan.token.name);
    let mut lines = Vec::new();
    if !on_remote.is_empty() {
        lines.push(here(&apply(remote), &on_remote.join("---\n")));
    }
    lines.push(format!(
        "TOKEN=$(kubectl --context {remote} --namespace {namespace} get secret {token} \
         --output jsonpath='{{.data.token}}' | base64 --decode)"
    ));
    let secret = format!("{} <<END\n{}\nEND", apply(primary), remote_secret(plan));
    let namespace = plan.steps.iter().find_map(|step| {
        let own = step.side == Side::Primary && step.object.kind == "Namespace";
        let changes = own && step.action.is_change();
        changes.then(|| here(&apply(primary), &mask::yaml(&step.manifest)))
    });
    let on_primary: Vec<String> = namespace.into_iter().chain([secret]).collect();
    vec![
        CommandView {
            cluster: remote.clone(),
            text: lines.join("\n"),
        },
        CommandView {
            cluster: primary.clone(),
            text: on_primary.join("\n"),
        },
    ]
}

/// The manifest that a step applies on the remote.
fn manifest(step: &Step) -> Option<String> {
    let applies = step.side == Side::Remote && step.manifest.is_object();
    applies.then(|| mask::yaml(&step.manifest))
}

/// The Secret on the primary, with the shell's own variable for the token.
fn remote_secret(plan: &Plan) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let spec = &plan.spec;
    let name = &spec.member.id;
    let ca_bundle = STANDARD.encode(&spec.ca_bundle);
    let own = |step: &&Step| step.side == Side::Primary && step.object == plan.secret;
    let planned = plan.steps.iter().find(own).map(|step| &step.manifest);
    let metadata = planned.map_or(&Value::Null, |manifest| &manifest["metadata"]);
    let head = json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata});
    format!(
        "{head}
stringData:
  {name}: |
    apiVersion: v1
    kind: Config
    clusters:
    - name: {name}
      cluster:
        server: {server}
{tls}        certificate-authority-data: {ca_bundle}
    contexts:
    - name: {name}
      context:
        cluster: {name}
        user: {name}
    current-context: {name}
    users:
    - name: {name}
      user:
        token: $TOKEN",
        head = mask::yaml(&head).trim_end(),
        server = spec.server,
        tls = match &spec.tls_server_name {
            Some(name) => format!("        tls-server-name: {name}\n"),
            None => String::new(),
        },
    )
}
