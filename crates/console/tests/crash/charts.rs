//! Small charts under the names of Istio's: hooks, a CRD, and what the steps of a mesh look for.

use catalog::Catalog;
use chart::Chart;
use wire::Repository;

/// Newer than any built-in chart, so that the steps of a mesh use it.
const VERSION: &str = "99.0.0";

const CONTROL_PLANE: &str = r#"apiVersion: v1
kind: ServiceAccount
metadata: {name: istio-pilot}
---
apiVersion: v1
kind: Service
metadata: {name: istio-pilot, labels: {istio: pilot}}
spec:
  selector: {istio: pilot}
  ports: [{name: grpc-xds, port: 15010}, {name: http-discovery, port: 8080}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istio-pilot, labels: {istio: pilot}}
spec:
  selector: {matchLabels: {istio: pilot}}
  template:
    metadata: {labels: {istio: pilot, istio-mixer-type: policy, app: jaeger}}
    spec:
      serviceAccountName: istio-pilot
      containers: [{name: discovery, image: "docker.io/istio/pilot:1.0.2"}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istio-telemetry, labels: {istio-mixer-type: telemetry}}
spec:
  selector: {matchLabels: {istio-mixer-type: telemetry}}
  template:
    metadata: {labels: {istio-mixer-type: telemetry, istio: statsd-prom-bridge}}
    spec:
      containers: [{name: mixer, image: "docker.io/istio/mixer:1.0.2"}]
"#;

const REMOTE: &str = r"apiVersion: v1
kind: ConfigMap
metadata: {name: istio}
data:
  mesh: |
    defaultConfig:
      discoveryAddress: {{ .Values.global.remotePilotAddress }}:15005
---
apiVersion: v1
kind: ConfigMap
metadata: {name: addresses}
data:
  pilot: {{ .Values.global.remotePilotAddress | quote }}
  policy: {{ .Values.global.remotePolicyAddress | quote }}
";

/// A Job for these events, deleted when it succeeded.
fn hook(name: &str, events: &str) -> String {
    format!(
        r#"apiVersion: batch/v1
kind: Job
metadata:
  name: {name}
  annotations: {{"helm.sh/hook": "{events}", "helm.sh/hook-delete-policy": "before-hook-creation,hook-succeeded"}}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{{name: main, image: "docker.io/library/busybox:1"}}]
"#
    )
}

/// A ConfigMap that a hook leaves.
const LEFT: &str = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Chart.Name }}-installed
  annotations: {"helm.sh/hook": "post-install,post-upgrade"}
data: {chart: {{ .Chart.Name }}}
"#;

const CRD: &str = r"apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: virtualservices.networking.istio.io}
spec:
  group: networking.istio.io
  names: {kind: VirtualService, listKind: VirtualServiceList, plural: virtualservices, singular: virtualservice}
  scope: Namespaced
  versions:
    - name: v1alpha3
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
";

fn chart(name: &str, templates: &str, crds: &[(&str, &str)]) -> Chart {
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let metadata = format!("apiVersion: v2\nname: {name}\nversion: {VERSION}\nappVersion: 1.0.2\n");
    let hooks = [
        ("before", "pre-install,pre-upgrade,pre-rollback"),
        ("after", "post-install,post-upgrade,post-rollback"),
        ("removal", "pre-delete,post-delete"),
    ];
    let mut files = vec![
        file("Chart.yaml", &metadata),
        file("values.yaml", "global: {}\n"),
        file("templates/all.yaml", templates),
        file("templates/left.yaml", LEFT),
    ];
    for (at, events) in hooks {
        let text = hook(&format!("{name}-{at}"), events);
        files.push(file(&format!("templates/{at}.yaml"), &text));
    }
    for (at, text) in crds {
        files.push(file(&format!("crds/{at}.yaml"), text));
    }
    Chart::from_files(files).expect("a chart")
}

/// The built-in charts, and newer small ones when these are wanted.
pub(crate) fn catalog(small: bool) -> Catalog {
    if !small {
        return Catalog::built_in().expect("the built-in charts");
    }
    let built_in = Repository::new("built-in").expect("a name");
    let charts = [
        chart("ack-istio", CONTROL_PLANE, &[("crd", CRD)]),
        chart("ack-istio-remote", REMOTE, &[]),
    ];
    let catalog = Catalog::built_in().expect("the built-in charts");
    charts.into_iter().fold(catalog, |catalog, chart| {
        catalog.with(&built_in, chart).expect("a name")
    })
}
