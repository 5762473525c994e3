//! A caller without a session can call no use case; the table of use cases is complete.

use crate::support::{EAST, World, draft, everything, operator, release};
use console::{Caller, Error, Role};
use std::{collections::BTreeSet, path::Path};
use wire::{
    ChartName, ClusterName, JobId, MeshName, Repository, Secret, ServiceName,
    check::{CheckCode, DoctorRequest},
    cluster::{
        AddClustersRequest, AddMountedRequest, ColourRequest, OverrideNetworkRequest, ProbeRequest,
        ProbeStage, ReadKubeconfigRequest, RenameRequest, ReplaceRequest,
    },
    install::{Edit, EditAuthor, EditRequest, NewDraftRequest, TargetRequest},
    mesh::{
        ChooseAddressRequest, CleanupRequest, NewMeshRequest, RepairRequest, ServiceRef,
        ServicesRequest, SetPrometheusRequest, StepKind, StepRef,
    },
    object::{LogRequest, ObjectRequest},
    repository::{CredentialsRequest, RepositoryRequest, UploadRequest},
    sandbox::SetFaultRequest,
};

fn at_example() -> RepositoryRequest {
    RepositoryRequest {
        name: "example".into(),
        url: "https://charts.example".into(),
        credentials: CredentialsRequest::Anonymous,
        ca_bundle: String::new(),
        plain: false,
        provenance: false,
    }
}

/// The use cases that ask who calls, as the source names them.
fn doors() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    found
}

/// The use cases in a folder and below it.
fn collect(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap();
        for part in text.split("pub async fn ").skip(1) {
            let (name, rest) = part.split_once('(').unwrap();
            let signature = rest.split_once('{').unwrap().0;
            if signature.contains("caller: &Caller") {
                found.insert(name.to_owned());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_without_a_session_can_call_nothing() {
    let world = World::new().await;
    let console = &world.console;
    let anonymous = &Caller {
        role: Role::Anonymous,
        ..operator()
    };
    let id = &draft(console, "built-in", "ack-istio", EAST).await;
    let job = &JobId::new("nothing").unwrap();
    let cluster = &ClusterName::new(EAST).unwrap();
    let at = &release("ack-istio");
    let (repository, name) = (
        &Repository::new("built-in").unwrap(),
        &ChartName::new("ack-istio").unwrap(),
    );
    let chart = &console
        .newest_chart(&operator(), repository, name)
        .await
        .unwrap();
    let text = || Secret::new(world.listening.kubeconfig());
    let mut asked = BTreeSet::new();
    macro_rules! refused {
        ($door:ident $(, $argument:expr)*) => {
            let answer = console.$door(anonymous $(, $argument)*).await;
            let refused = matches!(&answer, Err(Error::NotPermitted { .. }));
            assert!(refused, "{} accepts a caller without a session", stringify!($door));
            asked.insert(stringify!($door).to_owned());
        };
    }
    refused!(sessions);
    refused!(end_session, "none");
    refused!(log_out);
    refused!(log_out_everywhere);
    refused!(catalog, everything());
    refused!(chart_versions, repository, name);
    refused!(repositories);
    refused!(probe_repository, at_example());
    refused!(add_repository, at_example());
    refused!(refresh_repository, repository);
    refused!(remove_repository, repository);
    let upload = UploadRequest {
        file: "shop.tgz".into(),
        archive: String::new(),
    };
    refused!(upload_chart, upload);
    refused!(remove_upload, chart);
    refused!(newest_chart, repository, name);
    refused!(chart, chart);
    refused!(mesh_options);
    refused!(clusters);
    refused!(cluster_list, &wire::cluster::ClustersRequest::default());
    refused!(cluster, cluster);
    refused!(
        read_kubeconfig,
        ReadKubeconfigRequest { kubeconfig: text() }
    );
    let contexts = vec![(EAST.to_owned(), "west".to_owned())];
    refused!(
        add_clusters,
        AddClustersRequest {
            kubeconfig: text(),
            contexts
        }
    );
    refused!(sandbox_faults, cluster);
    let fault = SetFaultRequest {
        cluster: cluster.clone(),
        key: "fail-probe".into(),
        value: "web".into(),
    };
    refused!(set_sandbox_fault, fault);
    refused!(cluster_admission);
    refused!(mounted_cluster);
    let here = AddMountedRequest {
        name: "here".into(),
    };
    refused!(add_mounted_cluster, here);
    refused!(remove_cluster, cluster);
    refused!(
        new_draft,
        NewDraftRequest {
            chart: chart.clone()
        }
    );
    refused!(upgrade_choices, at);
    refused!(
        new_upgrade,
        wire::upgrade::NewUpgradeRequest {
            release: at.clone(),
            chart: chart.clone()
        }
    );
    refused!(
        plan_rollback,
        at,
        wire::Revision(1),
        wire::decision::Decisions::default()
    );
    let decide = wire::decision::DecideRequest {
        draft: id.clone(),
        decisions: wire::decision::Decisions::default(),
        revision: 1,
    };
    refused!(decide, decide);
    let revoke = wire::release::RevokeRequest {
        at: at.clone(),
        object: wire::ObjectName {
            kind: "ConfigMap".into(),
            api_version: "v1".into(),
            namespace: None,
            name: "a".into(),
        },
        path: ".data.a".into(),
    };
    refused!(revoke_left_field, revoke);
    refused!(plan_test, at);
    refused!(plan_mark_failed, at);
    refused!(
        compare_revisions,
        at,
        (wire::Revision(1), wire::Revision(2))
    );
    refused!(draft, id);
    let target = TargetRequest {
        draft: id.clone(),
        cluster: cluster.clone(),
        namespace: at.namespace.clone(),
        release: at.release.clone(),
        helm: wire::HelmVersion::V3,
        revision: 1,
    };
    refused!(set_target, target);
    refused!(accept_warnings, id, true);
    refused!(checks, id);
    refused!(parameters, id);
    let edit = EditRequest {
        draft: id.clone(),
        text: "a: 1".into(),
        edit: Edit::Text,
        revision: 1,
        author: EditAuthor {
            editor: "test".into(),
            sequence: 0,
        },
    };
    refused!(edit, edit);
    refused!(found_values, id);
    refused!(effective_values, id);
    refused!(default_values, id);
    refused!(review, id);
    let shown = console.review(&operator(), id).await.unwrap().review;
    let missing = &wire::ReviewId::new("nothing").unwrap();
    refused!(start_reviewed, &shown.id, None);
    refused!(start_reviewed, missing, None);
    refused!(plan_differences, &shown.id, missing);
    refused!(plan_resume, job);
    refused!(plan_undo, job);
    refused!(stop_job, job);
    refused!(jobs, &wire::job::JobsRequest::default());
    refused!(job, job);
    refused!(follow_job, job);
    refused!(doctor, DoctorRequest::default(), &|_, _| {});
    refused!(follow_clusters);
    refused!(follow_jobs);
    refused!(follow_changes);
    refused!(follow_release, at);
    refused!(frame);
    refused!(releases);
    refused!(release_namespaces, cluster);
    refused!(release_list, &wire::release::ReleasesRequest::default());
    refused!(release, at);
    refused!(plan_uninstall, at);
    let of = ObjectRequest {
        at: at.clone(),
        object: wire::ObjectName {
            kind: "Deployment".into(),
            api_version: "apps/v1".into(),
            namespace: Some("istio-system".into()),
            name: "istio-pilot".into(),
        },
    };
    refused!(object, &of);
    let log = LogRequest {
        of,
        pod: "istio-pilot-1".into(),
        container: "discovery".into(),
        previous: false,
    };
    refused!(container_log, &log);
    let probe = ProbeRequest {
        kubeconfig: text(),
        context: EAST.to_owned(),
        stage: ProbeStage::Connection,
    };
    refused!(probe, probe);
    let rename = RenameRequest {
        cluster: cluster.clone(),
        name: "west".into(),
    };
    refused!(rename_cluster, rename);
    let colour = ColourRequest {
        cluster: cluster.clone(),
        colour: wire::cluster::ClusterColour::try_from(2).unwrap(),
    };
    refused!(set_cluster_colour, colour);
    let replace = ReplaceRequest {
        cluster: cluster.clone(),
        kubeconfig: text(),
        context: EAST.to_owned(),
    };
    refused!(replace_credential, replace);
    refused!(cluster_network, cluster);
    let tell = OverrideNetworkRequest {
        cluster: cluster.clone(),
        network: Some("n1".into()),
        pods: None,
        services: None,
    };
    refused!(override_cluster_network, tell);
    let mesh = &MeshName::new("article").unwrap();
    let step = &StepRef {
        mesh: mesh.clone(),
        kind: StepKind::Join,
        cluster: cluster.clone(),
    };
    let new = NewMeshRequest {
        istio: None,
        name: mesh.to_string(),
        primary: cluster.clone(),
        remotes: vec![cluster.clone()],
        accepted: true,
    };
    refused!(new_mesh, new);
    refused!(meshes);
    refused!(mesh, mesh);
    refused!(forget_mesh, mesh);
    refused!(accept_checks, mesh);
    refused!(plan_step, step);
    refused!(plan_step_undo, step);
    let choose = ChooseAddressRequest {
        step: step.clone(),
        address: "https://10.0.0.1".into(),
    };
    refused!(choose_address, choose);
    refused!(verify_mesh, mesh);
    refused!(mesh_services, mesh, &ServicesRequest::default());
    let service = ServiceRef {
        mesh: mesh.clone(),
        namespace: at.namespace.clone(),
        service: ServiceName::new("details").unwrap(),
    };
    refused!(mesh_service, &service);
    refused!(pin_service, &service);
    refused!(unpin_service, &service);
    refused!(mesh_traffic, mesh);
    let remove = SetPrometheusRequest {
        mesh: mesh.clone(),
        at: None,
    };
    refused!(set_prometheus, remove);
    refused!(update_remote_addresses, mesh, cluster);
    refused!(test_connectivity, mesh);
    refused!(follow_health, mesh);
    refused!(follow_checks, id);
    refused!(recheck_mesh, mesh);
    refused!(plan_rotation, mesh, cluster);
    refused!(plan_token_restoration, mesh, cluster);
    refused!(plan_adoption, mesh, cluster);
    refused!(plan_adoption_undo, mesh, cluster);
    refused!(plan_leave, mesh, cluster);
    let repair = RepairRequest {
        mesh: mesh.clone(),
        cluster: cluster.clone(),
        check: CheckCode::PodsWithoutSidecar,
    };
    refused!(plan_repair, repair);
    refused!(plan_cleanup, mesh, cluster);
    let clear = CleanupRequest {
        mesh: mesh.clone(),
        cluster: cluster.clone(),
        runtime_objects: true,
        crds: true,
        namespaces: Vec::new(),
    };
    refused!(cleanup, (&shown.id, None), clear);
    refused!(start_uninstall, (&shown.id, None), Vec::new());
    refused!(backup_cluster, mesh, cluster);
    refused!(job_backup, job);
    refused!(job_logs, job);
    refused!(delete_backup, job);
    refused!(reveal_kubeconfig, mesh, cluster);
    assert_eq!(
        asked,
        doors(),
        "a use case is not in the table of this test"
    );
    assert_eq!(console.clusters(&operator()).await.unwrap().len(), 1);
    let untouched = console.parameters(&operator(), id).await.unwrap();
    assert_eq!(untouched.text, "");
}
