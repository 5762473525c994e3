//! The columns of the built-in kinds.
//!
//! Kinds without columns of their own have Name and Age. Start at [`columns`].

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Column;
use super::format::{ago, at, containers, count, format_duration, labels, name, or_none, size};
use super::{pods, volumes};
use crate::object;

/// The columns of a kind.
pub(super) fn columns(id: &str) -> Vec<Column> {
    match id {
        "pods" => pods::pod(),
        "nodes" => pods::node(),
        "deployments.apps" => deployment(),
        "replicasets.apps" => replica_set(),
        "statefulsets.apps" => stateful_set(),
        "daemonsets.apps" => daemon_set(),
        "jobs.batch" => job(),
        "cronjobs.batch" => cron_job(),
        "poddisruptionbudgets.policy" => disruption_budget(),
        "services" => service(),
        "endpoints" => endpoints(),
        "namespaces" => named([Column::new("Status", |object| at(object, "/status/phase"))]),
        "configmaps" => named([Column::new("Data", |object| size(object, "/data"))]),
        "serviceaccounts" => named([Column::new("Secrets", |object| size(object, "/secrets"))]),
        "secrets" => named([
            Column::new("Type", |object| object["type"].clone()),
            Column::new("Data", |object| size(object, "/data")),
        ]),
        "customresourcedefinitions.apiextensions.k8s.io" => vec![
            Column::new("Name", name),
            Column::new("Created At", |object| {
                object["metadata"]["creationTimestamp"].clone()
            }),
        ],
        "persistentvolumes" => volumes::volume(),
        "persistentvolumeclaims" => volumes::claim(),
        "storageclasses.storage.k8s.io" => volumes::class(),
        "events" | "events.events.k8s.io" => event(),
        "horizontalpodautoscalers.autoscaling" => autoscaler(),
        "rolebindings.rbac.authorization.k8s.io"
        | "clusterrolebindings.rbac.authorization.k8s.io" => {
            named([Column::new("Role", |object| {
                let text = |pointer: &str| object::text(object, pointer).to_owned();
                json!(format!(
                    "{}/{}",
                    text("/roleRef/kind"),
                    text("/roleRef/name")
                ))
            })])
        }
        "clusterroles.rbac.authorization.k8s.io" | "roles.rbac.authorization.k8s.io" => vec![
            Column::new("Name", name),
            Column::new("Created At", |object| {
                object["metadata"]["creationTimestamp"].clone()
            }),
        ],
        "mutatingwebhookconfigurations.admissionregistration.k8s.io"
        | "validatingwebhookconfigurations.admissionregistration.k8s.io" => {
            named([Column::new("Webhooks", |object| size(object, "/webhooks"))])
        }
        "servicecidrs.networking.k8s.io" => named([Column::new("CIDRs", |object| {
            let all: Vec<&str> = object::items(object, "/spec/cidrs")
                .filter_map(Value::as_str)
                .collect();
            json!(all.join(","))
        })]),
        _ => named([]),
    }
}

/// The columns Name and Age, with others between them.
fn named<const N: usize>(between: [Column; N]) -> Vec<Column> {
    let mut columns = vec![Column::new("Name", name)];
    columns.extend(between);
    columns.push(Column::age());
    columns
}

fn workload(columns: Vec<Column>) -> Vec<Column> {
    let wide = [
        Column::new("Containers", |object| containers(object, "name")).wide(),
        Column::new("Images", |object| containers(object, "image")).wide(),
        Column::new("Selector", |object| {
            labels(object, "/spec/selector/matchLabels")
        })
        .wide(),
    ];
    columns.into_iter().chain(wide).collect()
}

fn ready(object: &Value) -> Value {
    let ready = count(object, "/status/readyReplicas");
    json!(format!("{ready}/{}", count(object, "/spec/replicas")))
}

fn deployment() -> Vec<Column> {
    workload(named([
        Column::new("Ready", ready),
        Column::integer("Up-to-date", |object| {
            json!(count(object, "/status/updatedReplicas"))
        }),
        Column::integer("Available", |object| {
            json!(count(object, "/status/availableReplicas"))
        }),
    ]))
}

fn replica_set() -> Vec<Column> {
    workload(named([
        Column::integer("Desired", |object| json!(count(object, "/spec/replicas"))),
        Column::integer("Current", |object| json!(count(object, "/status/replicas"))),
        Column::integer("Ready", |object| {
            json!(count(object, "/status/readyReplicas"))
        }),
    ]))
}

fn stateful_set() -> Vec<Column> {
    let mut columns = named([Column::new("Ready", ready)]);
    columns.push(Column::new("Containers", |object| containers(object, "name")).wide());
    columns.push(Column::new("Images", |object| containers(object, "image")).wide());
    columns
}

fn daemon_set() -> Vec<Column> {
    workload(named([
        Column::integer("Desired", |set| {
            json!(count(set, "/status/desiredNumberScheduled"))
        }),
        Column::integer("Current", |set| {
            json!(count(set, "/status/currentNumberScheduled"))
        }),
        Column::integer("Ready", |set| json!(count(set, "/status/numberReady"))),
        Column::integer("Up-to-date", |set| {
            json!(count(set, "/status/updatedNumberScheduled"))
        }),
        Column::integer("Available", |set| {
            json!(count(set, "/status/numberAvailable"))
        }),
        Column::new("Node Selector", |set| {
            labels(set, "/spec/template/spec/nodeSelector")
        }),
    ]))
}

fn job() -> Vec<Column> {
    workload(named([
        Column::new("Status", |job| {
            let is_done = object::items(job, "/status/conditions")
                .any(|condition| condition["type"] == "Complete" && condition["status"] == "True");
            json!(if is_done { "Complete" } else { "Running" })
        }),
        Column::new("Completions", |job| {
            let done = count(job, "/status/succeeded");
            json!(format!("{done}/{}", count(job, "/spec/completions")))
        }),
        Column::timed("Duration", |job, now| {
            let time = |pointer: &str| object::text(job, pointer).parse::<Timestamp>().ok();
            let started = time("/status/startTime");
            let ended = time("/status/completionTime");
            json!(match (started, ended) {
                (Some(started), Some(ended)) =>
                    format_duration(ended.duration_since(started).as_secs()),
                (Some(_), None) => ago(object::text(job, "/status/startTime"), now),
                _ => String::new(),
            })
        }),
    ]))
}

fn cron_job() -> Vec<Column> {
    workload(named([
        Column::new("Schedule", |job| job["spec"]["schedule"].clone()),
        Column::new("Timezone", |job| at(job, "/spec/timeZone")),
        Column::new("Suspend", |job| {
            json!(if job["spec"]["suspend"] == true {
                "True"
            } else {
                "False"
            })
        }),
        Column::integer("Active", |job| size(job, "/status/active")),
        Column::timed("Last Schedule", |job, now| {
            match object::text(job, "/status/lastScheduleTime") {
                "" => json!("<none>"),
                time => json!(ago(time, now)),
            }
        }),
    ]))
}

fn disruption_budget() -> Vec<Column> {
    fn or_unset(value: &Value) -> Value {
        match value {
            Value::Null => json!("N/A"),
            Value::String(text) => json!(text),
            number => json!(number.to_string()),
        }
    }
    named([
        Column::new("Min Available", |budget| {
            or_unset(&budget["spec"]["minAvailable"])
        }),
        Column::new("Max Unavailable", |budget| {
            or_unset(&budget["spec"]["maxUnavailable"])
        }),
        Column::integer("Allowed Disruptions", |budget| {
            json!(count(budget, "/status/disruptionsAllowed"))
        }),
    ])
}

fn service() -> Vec<Column> {
    let mut columns = named([
        Column::new("Type", |service| service["spec"]["type"].clone()),
        Column::new("Cluster-IP", |service| at(service, "/spec/clusterIP")),
        Column::new("External-IP", |service| {
            let service_type = object::text(service, "/spec/type");
            let addresses: Vec<&str> = object::items(service, "/status/loadBalancer/ingress")
                .filter_map(|ingress| ingress["ip"].as_str())
                .collect();
            match service_type {
                "LoadBalancer" if addresses.is_empty() => json!("<pending>"),
                "ExternalName" => at(service, "/spec/externalName"),
                _ => or_none(&addresses.join(",")),
            }
        }),
        Column::new("Port(s)", |service| {
            let ports: Vec<String> = object::items(service, "/spec/ports")
                .map(|port| {
                    let protocol = object::text(port, "/protocol");
                    let node = port["nodePort"].as_i64();
                    let node = node.map(|node| format!(":{node}")).unwrap_or_default();
                    format!("{}{node}/{protocol}", port["port"])
                })
                .collect();
            or_none(&ports.join(","))
        }),
    ]);
    columns.push(Column::new("Selector", |service| labels(service, "/spec/selector")).wide());
    columns
}

fn endpoints() -> Vec<Column> {
    named([Column::new("Endpoints", |object| {
        let mut all = Vec::new();
        for subset in object::items(object, "/subsets") {
            for address in object::items(subset, "/addresses") {
                for port in object::items(subset, "/ports") {
                    all.push(format!("{}:{}", object::text(address, "/ip"), port["port"]));
                }
            }
        }
        or_none(&all.join(","))
    })])
}

fn event() -> Vec<Column> {
    vec![
        Column::timed("Last Seen", |event, now| {
            json!(ago(object::text(event, "/lastTimestamp"), now))
        }),
        Column::new("Type", |event| event["type"].clone()),
        Column::new("Reason", |event| event["reason"].clone()),
        Column::new("Object", |event| {
            let kind = object::text(event, "/involvedObject/kind").to_lowercase();
            json!(format!(
                "{kind}/{}",
                object::text(event, "/involvedObject/name")
            ))
        }),
        Column::new("Message", |event| event["message"].clone()),
        Column::new("Name", name).wide(),
    ]
}

fn autoscaler() -> Vec<Column> {
    named([
        Column::new("Reference", |scaler| {
            let text = |pointer: &str| object::text(scaler, pointer).to_owned();
            json!(format!(
                "{}/{}",
                text("/spec/scaleTargetRef/kind"),
                text("/spec/scaleTargetRef/name")
            ))
        }),
        Column::new("Targets", |_| json!("<unknown>")),
        Column::new("MinPods", |scaler| {
            json!(count(scaler, "/spec/minReplicas").to_string())
        }),
        Column::integer("MaxPods", |scaler| {
            json!(count(scaler, "/spec/maxReplicas"))
        }),
        Column::integer("Replicas", |scaler| {
            json!(count(scaler, "/status/currentReplicas"))
        }),
    ])
}
