//! The cleanup of a cluster: leftovers are listed, backed up and deleted as selected.

use crate::support::Operate as _;
use crate::{
    meshes::{Pair, WEST, request},
    support::{EAST, ended, operator, release, succeeded},
};
use cluster::{Cluster, Object, ObjectRef};
use console::Error;
use serde_json::{Value, json};
use wire::{
    ClusterName, Code,
    job::{JobState, JobView, PhaseName, PhaseState},
    mesh::{CleanupPlanView, CleanupRequest, StepKind, StepState},
};

fn east() -> ClusterName {
    ClusterName::new(EAST).unwrap()
}

async fn make(cluster: &Cluster, object: Value) -> ObjectRef {
    let object = Object::new(object).unwrap();
    cluster.create(&object).await.unwrap().reference()
}

fn route() -> Value {
    json!({"apiVersion": "networking.istio.io/v1alpha3", "kind": "VirtualService",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"hosts": ["web"], "http": [{"route": [{"destination": {"host": "web"}}]}]}})
}

fn root() -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "istio-ca-root-cert", "namespace": "default",
                     "labels": {"istio.io/config": "true"}},
        "data": {"root-cert.pem": "a certificate"}})
}

/// A mesh whose control plane came and went, and what it left.
async fn cluster_with_leftovers() -> (Pair, ObjectRef, ObjectRef) {
    let pair = Pair::new().await;
    pair.accept().await;
    pair.run_step(StepKind::ControlPlane).await;
    let job = pair
        .console
        .uninstall(&operator(), &release("ack-istio"))
        .await;
    succeeded(&pair.console, &job.unwrap()).await;
    let cluster = pair.east();
    let route = make(&cluster, route()).await;
    let root = make(&cluster, root()).await;
    (pair, route, root)
}

async fn planned(pair: &Pair) -> CleanupPlanView {
    let plan = pair
        .console
        .plan_cleanup(&operator(), &pair.mesh, &east())
        .await;
    plan.unwrap()
}

fn everything(pair: &Pair) -> CleanupRequest {
    CleanupRequest {
        mesh: pair.mesh.clone(),
        cluster: east(),
        runtime_objects: true,
        crds: true,
        namespaces: vec!["istio-system".into()],
    }
}

async fn is_there(pair: &Pair, object: &ObjectRef) -> bool {
    match pair.east().get(object).await {
        Err(cluster::Error::NoSuchKind { .. }) => false,
        found => found.unwrap().is_some(),
    }
}

fn phase(job: &JobView, name: PhaseName) -> (PhaseState, u32, u32) {
    let mut phases = job.phases.iter();
    let phase = phases.find(|phase| phase.name == name).unwrap();
    (phase.state, phase.done, phase.total)
}

#[tokio::test]
async fn leftovers_are_backed_up_and_deleted() {
    let (pair, route, root) = cluster_with_leftovers().await;
    let ann = operator();
    let plan = planned(&pair).await;
    assert_eq!(plan.problem, None);
    assert_eq!(plan.crds.len(), 50);
    let used = plan.crds.iter().filter(|crd| !crd.objects.is_empty());
    let used: Vec<_> = used.collect();
    assert_eq!(used.len(), 1, "{used:?}");
    assert_eq!(used[0].objects, [("default".to_owned(), 1)]);
    assert_eq!(plan.runtime_objects, std::slice::from_ref(&root));
    assert!(
        plan.namespaces[0].can_be_deleted(true, true),
        "{:?}",
        plan.namespaces
    );

    let fresh = pair
        .console
        .backup_cluster(&ann, &pair.mesh, &east())
        .await
        .unwrap();
    assert!(
        fresh.contains("kind: VirtualService") && fresh.contains("- web"),
        "{fresh}"
    );

    let job = pair
        .console
        .clean_up(&ann, everything(&pair))
        .await
        .unwrap();
    let done = succeeded(&pair.console, &job).await;
    assert_eq!(done.mesh.as_ref(), Some(&pair.mesh));
    let names: Vec<PhaseName> = done.phases.iter().map(|phase| phase.name).collect();
    assert_eq!(
        names,
        [
            PhaseName::Backup,
            PhaseName::RuntimeObjects,
            PhaseName::CustomResources,
            PhaseName::CrdDeletion,
            PhaseName::Namespaces,
        ]
    );
    assert!(
        done.phases
            .iter()
            .all(|phase| phase.state == PhaseState::Done)
    );
    assert_eq!(
        phase(&done, PhaseName::CrdDeletion),
        (PhaseState::Done, 50, 50)
    );
    assert_eq!((done.completed, done.objects), (53, 53));
    let kept = pair.console.job_backup(&ann, &job).await.unwrap();
    assert_eq!(kept, fresh);
    assert_eq!(done.backup, Some(u32::try_from(kept.len()).unwrap()));

    assert!(planned(&pair).await.is_empty());
    assert!(!is_there(&pair, &route).await && !is_there(&pair, &root).await);
    let audit = audit(&pair);
    for line in [
        "download a backup of istio-control-plane in mesh article",
        "clean up istio-control-plane of mesh article: run-time objects, CRDs, namespace istio-system",
    ] {
        assert!(audit.iter().any(|entry| entry == line), "{audit:?}");
    }
    let other = wire::JobId::new("other").unwrap();
    let none = pair.console.job_backup(&ann, &other).await;
    assert!(matches!(none, Err(Error::NoBackup(_))));
    pair.console.delete_backup(&ann, &job).await.unwrap();
    let gone = pair.console.job_backup(&ann, &job).await;
    assert!(matches!(gone, Err(Error::NoBackup(_))));
    let without = pair.console.job(&ann, &job).await.unwrap();
    assert_eq!(without.backup, None);

    // The control plane is installed again with its CRDs.
    pair.run_step(StepKind::ControlPlane).await;
}

fn audit(pair: &Pair) -> Vec<String> {
    let database = pair.database();
    let mut statement = database.prepare("SELECT target FROM audit").unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[tokio::test]
async fn crds_are_kept_without_a_backup_unless_selected() {
    let (pair, route, root) = cluster_with_leftovers().await;
    let some = CleanupRequest {
        crds: false,
        namespaces: Vec::new(),
        ..everything(&pair)
    };
    let job = pair.console.clean_up(&operator(), some).await.unwrap();
    let done = succeeded(&pair.console, &job).await;
    assert_eq!((done.backup, done.phases.len()), (None, 1));
    assert!(is_there(&pair, &route).await && !is_there(&pair, &root).await);
    assert_eq!(planned(&pair).await.crds.len(), 50);
}

#[tokio::test]
async fn a_job_without_a_stored_backup_deletes_nothing() {
    let (pair, route, root) = cluster_with_leftovers().await;
    let drop = "DROP TABLE backups";
    pair.database().execute(drop, []).unwrap();
    let job = pair.console.clean_up(&operator(), everything(&pair)).await;
    let job = job.unwrap();
    let failed = ended(&pair.console, &job).await;
    let JobState::Failed(problem) = &failed.state else {
        panic!("{failed:#?}");
    };
    assert_eq!(problem.code, Code::Storage);
    assert_eq!(phase(&failed, PhaseName::Backup).0, PhaseState::Failed);
    assert_eq!(
        phase(&failed, PhaseName::RuntimeObjects).0,
        PhaseState::Pending
    );
    assert!(is_there(&pair, &route).await && is_there(&pair, &root).await);
}

#[tokio::test]
async fn a_cluster_in_use_is_not_cleaned_up() {
    let pair = Pair::new().await;
    let ann = operator();
    pair.accept().await;
    pair.run_step(StepKind::ControlPlane).await;
    let plan = planned(&pair).await;
    assert_eq!(plan.problem.unwrap().code, Code::StepNotUndone);
    assert!(!plan.crds.is_empty());
    assert_eq!(
        plan.review, None,
        "a plan that is blocked cannot be started"
    );

    // Without any installed step, only the membership prevents the cleanup.
    let west = ClusterName::new(WEST).unwrap();
    let there = pair
        .console
        .plan_cleanup(&ann, &pair.mesh, &west)
        .await
        .unwrap();
    assert_eq!(there.problem, None);
    pair.run_step(StepKind::Join).await;
    let there = pair
        .console
        .plan_cleanup(&ann, &pair.mesh, &west)
        .await
        .unwrap();
    let problem = there.problem.unwrap();
    assert_eq!(problem.code, Code::StepNotUndone);
    assert!(problem.args.contains(&("step".into(), "join".into())));

    pair.console.new_mesh(&ann, request("other")).await.unwrap();
    let plan = planned(&pair).await;
    assert_eq!(plan.problem.unwrap().code, Code::ClusterInMesh);
    assert_eq!(plan.review, None);
    let nowhere = ClusterName::new("nowhere").unwrap();
    let stranger = pair.console.plan_cleanup(&ann, &pair.mesh, &nowhere).await;
    assert!(matches!(stranger, Err(Error::NoStep)));
    assert_eq!(pair.step(StepKind::Join).await.state, StepState::Done);
}

#[tokio::test]
async fn no_other_job_starts_on_a_cluster_during_its_cleanup() {
    let (pair, ..) = cluster_with_leftovers().await;
    let ann = operator();
    let mut lock = route();
    lock["metadata"]["name"] = json!("locked");
    lock["metadata"]["finalizers"] = json!(["example.org/lock"]);
    let locked = make(&pair.east(), lock).await;
    let job = pair
        .console
        .clean_up(&ann, everything(&pair))
        .await
        .unwrap();
    let waits = |view: &JobView| {
        view.blocking
            .as_ref()
            .is_some_and(|blocking| blocking.object == locked)
    };
    let held = crate::support::until(&pair.console, &job, waits).await;
    let reason = held.blocking.unwrap().reason;
    assert!(
        reason.contains("finalizers example.org/lock, set by "),
        "{reason}"
    );
    let step = pair.step(StepKind::ControlPlane).await.step;
    let busy = pair.console.run_step(&ann, &step).await;
    assert!(matches!(busy, Err(Error::Busy { .. })), "{busy:?}");
    let plan = planned(&pair).await;
    assert_eq!(plan.problem.unwrap().code, Code::Busy);
    assert_eq!(plan.review, None);

    // Whoever set the finalizer takes it off, and the job ends.
    let mut live = pair.east().get(&locked).await.unwrap().unwrap();
    live.value_mut()["metadata"]["finalizers"] = json!([]);
    pair.east().replace(&live).await.unwrap();
    succeeded(&pair.console, &job).await;
    assert!(planned(&pair).await.is_empty());
}
