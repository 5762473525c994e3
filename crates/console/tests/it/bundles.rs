//! Current Istio from the card ack-istio: Istio's own charts of a repository, each a release of its own.

use crate::{
    istio_charts::IstioCharts,
    support::{
        EAST, Operate as _, World, ended, operator, reference, release, setup, succeeded, until,
        write,
    },
    test_repositories::{TestRepositories, archive},
};
use catalog::{Address, Digest, Transport};
use cluster::Kind;
use console::{Console, Setup};
use std::{collections::HashSet, fmt::Write as _};
use wire::{
    ChartName, ChartRef, ClusterName, Code, DraftId, HelmVersion, Namespace, Problem, ReleaseName,
    Repository,
    check::CheckStatus,
    install::{NewDraftRequest, TargetRequest, ValuesWarning},
    job::{JobState, JobView, PhaseName, PhaseState},
};

pub(crate) const VERSION: &str = "1.31.1";
/// The releases of a primary with both gateways.
const RELEASES: [&str; 5] = [
    "istio-base",
    "istiod",
    "istio-ingressgateway",
    "istio-eastwestgateway",
    "expose-istiod",
];
/// Parameters with which istiod fits a node of the sandbox.
const PARAMETERS: &str = "
global: {meshID: shop, multiCluster: {clusterName: east}}
gateways: {istio-ilbgateway: {enabled: true}}
";

/// A repository of charts of these versions, as Istio publishes them.
pub(crate) async fn repository(archive: impl Fn(&str) -> Vec<u8>) -> TestRepositories {
    repository_of(&[VERSION], |name, _| archive(name)).await
}

/// The same with several versions.
pub(crate) async fn repository_of(
    versions: &[&str],
    archive: impl Fn(&str, &str) -> Vec<u8>,
) -> TestRepositories {
    let repositories = TestRepositories::open().await;
    let mut index = "apiVersion: v1\nentries:\n".to_owned();
    for name in ["base", "istiod", "gateway"] {
        writeln!(index, "  {name}:").unwrap();
        for version in versions {
            let packed = archive(name, version);
            let (digest, file) = (Digest::of(&packed), format!("{name}-{version}.tgz"));
            writeln!(
                index,
                "  - {{name: {name}, version: {version}, urls: [{file}], digest: \"{digest}\"}}"
            )
            .unwrap();
            repositories.put(&format!("/{file}"), packed);
        }
    }
    repositories.put("/index.yaml", index);
    repositories
}

pub(crate) async fn world(url: Option<&str>) -> World {
    let folder = tempfile::tempdir().unwrap();
    let address = url.map(|url| Address::parse(url, Transport::Plain).unwrap());
    let setup = Setup {
        istio_charts: address,
        ..setup()
    };
    World::of(Console::open(folder.path(), setup).unwrap(), folder).await
}

pub(crate) fn card(chart: &str, version: &str) -> ChartRef {
    ChartRef {
        repository: Repository::new("built-in").unwrap(),
        chart: ChartName::new(chart).unwrap(),
        version: version.to_owned(),
    }
}

async fn new_draft(console: &Console, chart: ChartRef) -> Result<DraftId, Problem> {
    let request = NewDraftRequest { chart };
    let created = console.new_draft(&operator(), request).await;
    created.map_err(|error| Problem::from(&error))
}

/// A draft of a card, on its way to the sandbox.
async fn draft(console: &Console, chart: &str) -> DraftId {
    istio_draft(console, card(chart, VERSION)).await
}

/// The same for a card in any version.
pub(crate) async fn istio_draft(console: &Console, card: ChartRef) -> DraftId {
    let id = new_draft(console, card).await.unwrap();
    let target = TargetRequest {
        draft: id.clone(),
        cluster: ClusterName::new(EAST).unwrap(),
        namespace: Namespace::new("istio-system").unwrap(),
        release: ReleaseName::new("ignored").unwrap(),
        helm: HelmVersion::V3,
        revision: 0,
    };
    console.set_target(&operator(), target).await.unwrap();
    id
}

/// The state of each release, in the order in which a job works on them.
fn parts(job: &JobView) -> Vec<(String, PhaseState)> {
    let mut parts: Vec<(String, PhaseState)> = Vec::new();
    for phase in &job.phases {
        let part = phase.part.as_ref().unwrap().to_string();
        match parts.last_mut().filter(|(known, _)| *known == part) {
            Some((_, state)) if *state == PhaseState::Done => *state = phase.state,
            Some(_) => {}
            None => parts.push((part, phase.state)),
        }
    }
    parts
}

/// The installed releases, by name.
async fn installed(world: &World) -> Vec<String> {
    let cluster = world.cluster();
    let secrets = cluster.list_objects(
        Kind::SECRET,
        Some("istio-system"),
        "owner=helm,status=deployed",
    );
    let mut names: Vec<String> = secrets
        .await
        .unwrap()
        .iter()
        .map(|secret| secret.text("/metadata/labels/name").to_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn istio_is_installed_as_its_own_charts_and_uninstalled_by_one_undo() {
    let test = "istio_is_installed_as_its_own_charts_and_uninstalled_by_one_undo";
    let Some(charts) = IstioCharts::find(test) else {
        return;
    };
    let repositories = repository(|name| charts.archive(name, VERSION)).await;
    let world = world(Some(&format!("http://{}", repositories.host))).await;
    let (console, ann) = (&world.console, operator());

    let of_card = card("ack-istio", VERSION);
    let versions = console
        .chart_versions(&ann, &of_card.repository, &of_card.chart)
        .await
        .unwrap();
    assert_eq!(versions.problem, None);
    let offered: Vec<(&str, bool)> = versions
        .versions
        .iter()
        .map(|row| (row.version.as_str(), row.recommended))
        .collect();
    assert_eq!(offered, [(VERSION, true), ("1.0.0", false)]);
    assert_eq!(versions.versions[0].fits[0].0.as_str(), EAST);
    let page = console.chart(&ann, &of_card).await.unwrap();
    assert_eq!(page.parts.len(), RELEASES.len());

    let id = draft(console, "ack-istio").await;
    let view = console.draft(&ann, &id).await.unwrap();
    let releases: Vec<&str> = view.releases.iter().map(ReleaseName::as_str).collect();
    assert_eq!(releases, RELEASES);
    assert_eq!(view.release, "istiod");
    let parameters = write(console, &id, PARAMETERS).await;
    assert_eq!(parameters.problem, None);
    assert!(
        parameters.objects.is_some_and(|objects| objects > 40),
        "{:?}",
        parameters.objects
    );
    let checks = world.checks(&id).await;
    let failed: Vec<_> = checks
        .iter()
        .filter(|check| check.status == CheckStatus::Failed)
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    console.accept_warnings(&ann, &id, true).await.unwrap();

    let review = console.review(&ann, &id).await.unwrap();
    assert_eq!(review.problem, None);
    let planned: Vec<&str> = review
        .parts
        .iter()
        .map(|part| part.release.as_str())
        .collect();
    assert_eq!(planned, RELEASES);
    assert_eq!(review.parts[0].counts.crds, 15);
    // The rights are those of all parts.
    let objects = review.parts.iter().flat_map(|part| &part.objects);
    let kinds: HashSet<&str> = objects.map(|row| row.object.kind.as_str()).collect();
    let checked: usize = review.rights.arg("kinds").parse().unwrap();
    assert_eq!(review.rights.status, CheckStatus::Passed);
    assert!(checked >= kinds.len(), "{checked} of {kinds:?}");
    assert_eq!(review.command.lines().count(), RELEASES.len());
    assert!(
        review
            .command
            .contains(&format!("istiod --repo http://{}", repositories.host))
    );
    let job = console.start_shown(&ann, &review.review).await.unwrap();
    let view = succeeded(console, &job).await;
    let done = RELEASES.map(|release| (release.to_owned(), PhaseState::Done));
    assert_eq!(parts(&view), done);
    let waits = view
        .phases
        .iter()
        .filter(|phase| phase.name == PhaseName::InjectionWebhook);
    assert_eq!(waits.count(), 2, "each gateway waits for the webhook");
    let mut expected = RELEASES.map(str::to_owned);
    expected.sort();
    assert_eq!(installed(&world).await, expected);
    let cluster = world.cluster();
    let pods = cluster.list_objects(Kind::POD, Some("istio-system"), "istio");
    let pods = pods.await.unwrap();
    let images = pods.iter().map(|pod| pod.text("/spec/containers/0/image"));
    let gateways = images.filter(|image| image.ends_with(&format!("/proxyv2:{VERSION}")));
    assert_eq!(
        gateways.count(),
        2,
        "the injector fills the images of the gateways"
    );
    let istiod = world
        .cluster()
        .get(&reference("apps/v1", "Deployment", "istiod"))
        .await;
    let istiod = istiod.unwrap().unwrap();
    let environment = istiod.list("/spec/template/spec/containers/0/env").iter();
    let mut cluster = environment.filter(|variable| variable["name"] == "CLUSTER_ID");
    assert_eq!(cluster.next().unwrap()["value"], "east");

    let undo = console.plan_undo(&ann, &job).await.unwrap();
    assert_eq!(undo.review.confirm.as_deref(), Some("ack-istio"));
    let first = undo.phases[0].part.as_ref().unwrap();
    assert_eq!(first.as_str(), "expose-istiod", "the last one first");
    let undo = console.start_shown(&ann, &undo.review).await.unwrap();
    succeeded(console, &undo).await;
    assert!(installed(&world).await.is_empty());
    let crds = world
        .cluster()
        .list_objects(Kind::CRD, None, "")
        .await
        .unwrap();
    assert_eq!(crds.len(), 15, "Istio's policy keeps its CRDs");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_fails_leaves_the_earlier_ones_and_the_job_goes_on_with_it() {
    let test = "a_part_that_fails_leaves_the_earlier_ones_and_the_job_goes_on_with_it";
    let Some(charts) = IstioCharts::find(test) else {
        return;
    };
    let repositories = repository(|name| charts.archive(name, VERSION)).await;
    let world = world(Some(&format!("http://{}", repositories.host))).await;
    let (console, ann) = (&world.console, operator());
    world.sandbox.fail_image_pull("proxyv2");
    let id = draft(console, "ack-istio").await;
    let job = console.deploy(&ann, &id).await.unwrap();
    let blocked = |job: &JobView| {
        job.blocking
            .as_ref()
            .is_some_and(|blocking| blocking.reason.contains("pull"))
    };
    let view = until(console, &job, blocked).await;
    assert_eq!(view.blocking.unwrap().object.name, "istio-ingressgateway");
    console.stop_job(&ann, &job).await.unwrap();
    let view = ended(console, &job).await;
    assert!(
        matches!(view.state, JobState::Failed(_)),
        "{:?}",
        view.state
    );
    let done = |release: &str| (release.to_owned(), PhaseState::Done);
    let stopped = ("istio-ingressgateway".to_owned(), PhaseState::Stopped);
    assert_eq!(parts(&view), [done("istio-base"), done("istiod"), stopped]);
    assert_eq!(installed(&world).await, ["istio-base", "istiod"]);

    // While the job runs or another one works on its releases, neither goes on.
    world.sandbox.restore_image_pull("proxyv2");
    let rest = console.plan_resume(&ann, &job).await.unwrap();
    let left: Vec<_> = rest
        .phases
        .iter()
        .filter_map(|phase| phase.part.as_ref())
        .collect();
    assert!(
        left.iter()
            .all(|part| part.as_str() == "istio-ingressgateway"),
        "{left:?}"
    );
    let resumed = console.start_shown(&ann, &rest.review).await.unwrap();
    succeeded(console, &resumed).await;
    assert_eq!(
        installed(&world).await,
        ["istio-base", "istio-ingressgateway", "istiod"]
    );
    let undo = console.plan_undo(&ann, &job).await.unwrap();
    let undo = console.start_shown(&ann, &undo.review).await.unwrap();
    succeeded(console, &undo).await;
    assert!(installed(&world).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remote_has_required_parameters_and_removed_ones() {
    let test = "a_remote_has_required_parameters_and_removed_ones";
    let Some(charts) = IstioCharts::find(test) else {
        return;
    };
    let repositories = repository(|name| charts.archive(name, VERSION)).await;
    let world = world(Some(&format!("http://{}", repositories.host))).await;
    let (console, ann) = (&world.console, operator());
    let id = draft(console, "ack-istio-remote").await;
    let empty = console.parameters(&ann, &id).await.unwrap();
    let missing: Vec<&str> = empty
        .missing
        .iter()
        .map(|value| value.path.as_str())
        .collect();
    assert_eq!(
        missing,
        [
            "global.multiCluster.clusterName",
            "global.remotePilotAddress"
        ]
    );
    let text = "global:
  remotePilotAddress: 10.1.2.3
  remotePolicyAddress: 10.1.2.4
  remoteZipkinAddress: 10.1.2.5
  multiCluster: {clusterName: west}
";
    let parameters = write(console, &id, text).await;
    assert_eq!((parameters.problem, parameters.missing.len()), (None, 0));
    let [ValuesWarning::Removed { path, note }] = parameters.warnings.as_slice() else {
        panic!("{:?}", parameters.warnings);
    };
    assert_eq!(path, "global.remotePolicyAddress");
    assert!(note.contains("AuthorizationPolicy"), "{note}");
    let job = console.deploy(&ann, &id).await.unwrap();
    succeeded(console, &job).await;
    assert_eq!(
        installed(&world).await,
        ["istio-base", "istio-remote-zipkin", "istiod"]
    );
    let slice = reference("discovery.k8s.io/v1", "EndpointSlice", "zipkin");
    let slice = world.cluster().get(&slice).await.unwrap().unwrap();
    assert_eq!(slice.text("/endpoints/0/addresses/0"), "10.1.2.5");
    let busy = console
        .plan_uninstall(&ann, &release("istiod"))
        .await
        .unwrap();
    assert!(busy.removed.len() > 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn charts_that_cannot_be_had_are_a_problem_before_there_is_a_draft() {
    let problem = async |world: &World, version: &str| {
        let draft = new_draft(&world.console, card("ack-istio", version)).await;
        draft.expect_err("no draft")
    };
    let without = world(None).await;
    let found = problem(&without, VERSION).await;
    assert_eq!(found.code, Code::NoIstioCharts);
    assert_eq!(
        found.arg("files"),
        "base-1.31.1.tgz, gateway-1.31.1.tgz, istiod-1.31.1.tgz"
    );
    let found = problem(&without, "1.99.0").await;
    assert_eq!(
        (found.code, found.arg("known")),
        (Code::UnknownIstio, "1.30, 1.31")
    );

    let silent = world(Some("http://127.0.0.1:9")).await;
    assert_eq!(
        problem(&silent, VERSION).await.code,
        Code::RepositoryUnreachable
    );
    let of_card = card("ack-istio", VERSION);
    let versions = silent
        .console
        .chart_versions(&operator(), &of_card.repository, &of_card.chart)
        .await
        .unwrap();
    assert_eq!(
        versions.versions.len(),
        1,
        "the built-in version is still offered"
    );
    assert_eq!(versions.problem.unwrap().code, Code::RepositoryUnreachable);

    let repositories = repository(|name| archive(name, VERSION)).await;
    repositories.put(
        &format!("/istiod-{VERSION}.tgz"),
        archive("istiod", "1.31.0"),
    );
    let changed = world(Some(&format!("http://{}", repositories.host))).await;
    assert_eq!(problem(&changed, VERSION).await.code, Code::DigestDiffers);
}
