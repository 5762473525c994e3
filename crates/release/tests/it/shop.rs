//! The chart of the tests: a shop of ten objects, two CRDs among them, and hooks.

use crate::test_cluster::{TestCluster, within};
use chart::{Chart, Manifests, Values};
use cluster::{Object, ObjectRef, WaitOptions};
use release::{
    CrdDeletion, Error, Event, Install, Mode, Operation, Plan, Release, ReleaseKey,
    cluster_capabilities, install, plan, upgrade,
};
use std::{collections::BTreeMap, sync::Mutex};
use wire::{Namespace, ReleaseName, decision::Decisions};

const TEMPLATES: &[(&str, &str)] = &[
    (
        "templates/access.yaml",
        "apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Release.Name }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ .Release.Name }}
rules:
- apiGroups: [\"\"]
  resources: [configmaps]
  verbs: [get, list]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .Release.Name }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ .Release.Name }}}
subjects:
- {kind: ServiceAccount, name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}
",
    ),
    (
        "templates/settings.yaml",
        "apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  colour: {{ .Values.colour | quote }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}
  annotations:
    helm.sh/resource-policy: keep
stringData:
  password: s3cret
",
    ),
    (
        "templates/web.yaml",
        "apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  type: LoadBalancer
  selector: {app: {{ .Release.Name }}}
  ports: [{name: http, port: 80}]
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: 1
  selector:
    matchLabels: {app: {{ .Release.Name }}}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}}
    spec:
      serviceAccountName: {{ .Release.Name }}
      containers:
      - name: web
        image: {{ .Values.image }}
        ports: [{containerPort: 80}]
",
    ),
    (
        "templates/gadget.yaml",
        "apiVersion: {{ .Values.group }}/v1
kind: Gadget
metadata:
  name: {{ .Release.Name }}
spec:
  size: 3
",
    ),
    (
        "templates/hooks.yaml",
        "{{- range $moment := list \"post-install\" \"pre-delete\" }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ $.Release.Name }}-{{ $moment }}
  annotations:
    helm.sh/hook: {{ $moment }}
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: main, image: {{ $.Values.hookImage }}}
{{- end }}
",
    ),
    (
        "templates/NOTES.txt",
        "{{ .Release.Name }} is {{ .Values.colour }}.\n",
    ),
];

/// The chart, rendered for one place of one world.
pub(crate) struct Shop {
    pub(crate) key: ReleaseKey,
    pub(crate) chart: Chart,
    pub(crate) values: Values,
    /// Labels that its namespace has to carry.
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) manifests: Manifests,
    pub(crate) plan: Plan,
    /// The group of its own kinds.
    pub(crate) group: String,
    /// The newest revision when its upgrade was planned; none for any.
    pub(crate) planned_after: Option<u32>,
    /// What was decided in the review.
    pub(crate) decisions: Decisions,
}

/// The files of the chart, with kinds in a group of the test's own.
pub(crate) fn files(world: &TestCluster) -> (String, Vec<(String, Vec<u8>)>) {
    let (group, gadget) = world.crd("Gadget");
    let (_, widget) = world.crd("Widget");
    let both = format!("---\n{gadget}\n---\n{widget}\n");
    let values = format!(
        "colour: blue\nimage: docker.io/library/web:1\nhookImage: docker.io/library/hook:1\n\
         group: {group}\n"
    );
    let chart = "apiVersion: v2\nname: shop\nversion: 1.2.3\nappVersion: \"4.5\"\n\
                 description: A shop.\n";
    let mut files = vec![
        ("Chart.yaml".to_owned(), chart.as_bytes().to_vec()),
        ("values.yaml".to_owned(), values.into_bytes()),
        ("crds/kinds.yaml".to_owned(), both.into_bytes()),
    ];
    for (name, text) in TEMPLATES {
        files.push(((*name).to_owned(), text.as_bytes().to_vec()));
    }
    (group, files)
}

impl Shop {
    /// The shop in the world's own namespace; `values` is what an operator would set.
    pub(crate) async fn new(world: &TestCluster, values: &str) -> Self {
        let namespace = world.namespace.clone();
        Self::within(world, &namespace, values).await
    }

    pub(crate) async fn within(world: &TestCluster, namespace: &str, values: &str) -> Self {
        let (group, files) = files(world);
        let chart = Chart::from_files(files).unwrap();
        let rendered = Self::of(world, chart, (namespace, "web-shop"), values).await;
        Self { group, ..rendered }
    }

    /// Any chart, at a namespace and under a name.
    pub(crate) async fn of(
        world: &TestCluster,
        chart: Chart,
        (namespace, name): (&str, &str),
        values: &str,
    ) -> Self {
        let values = Values::parse(values).unwrap();
        let key = ReleaseKey {
            namespace: Namespace::new(namespace).unwrap(),
            release: ReleaseName::new(name).unwrap(),
        };
        let cluster_capabilities = cluster_capabilities(&world.user()).await.unwrap();
        let facts = cluster_capabilities.facts(
            &key,
            jiff::Timestamp::UNIX_EPOCH,
            chart::Seed::new([7; 32]),
        );
        let manifests = chart::render(&chart, &values, &facts).unwrap();
        let plan = plan(&manifests, &key, &cluster_capabilities.kinds).unwrap();
        Self {
            key,
            chart,
            values,
            labels: BTreeMap::new(),
            manifests,
            plan,
            group: String::new(),
            planned_after: None,
            decisions: Decisions::default(),
        }
    }

    pub(crate) async fn install(&self, world: &TestCluster) -> Result<Release, Error> {
        self.install_as(world, Mode::Install, within(40)).await.0
    }

    /// Installs, and returns the events.
    pub(crate) async fn install_as(
        &self,
        world: &TestCluster,
        mode: Mode,
        waiting: WaitOptions,
    ) -> (Result<Release, Error>, Vec<Event>) {
        let events = Mutex::new(Vec::new());
        let on_event = |event| events.lock().unwrap().push(event);
        let outcome = self.execute(world, mode, waiting, &on_event).await;
        (outcome, events.into_inner().unwrap())
    }

    /// Installs; `on_event` hears each step as it happens.
    pub(crate) async fn install_with_events(
        &self,
        world: &TestCluster,
        on_event: &(dyn Fn(Event) + Send + Sync),
    ) -> Result<Release, Error> {
        self.execute(world, Mode::Install, within(20), on_event)
            .await
    }

    /// Upgrades; `on_event` hears each step as it happens.
    pub(crate) async fn upgrade_with_events(
        &self,
        world: &TestCluster,
        on_event: &(dyn Fn(Event) + Send + Sync),
    ) -> Result<Release, Error> {
        self.execute(world, Mode::Upgrade, within(20), on_event)
            .await
    }

    async fn execute(
        &self,
        world: &TestCluster,
        mode: Mode,
        waiting: WaitOptions,
        on_event: &(dyn Fn(Event) + Send + Sync),
    ) -> Result<Release, Error> {
        let (user, watches) = (world.user(), world.watches());
        let install_request = Install {
            operation: Operation {
                user: &user,
                watches: &watches,
                key: &self.key,
                wait: &waiting,
                clock: jiff::Timestamp::now,
                on_event,
            },
            chart: &self.chart,
            values: &self.values,
            labels: &self.labels,
            manifests: &self.manifests,
            plan: &self.plan,
            mode,
            planned_after: self.planned_after,
            decisions: &self.decisions,
        };
        match mode {
            Mode::Upgrade | Mode::ResumeUpgrade => upgrade(&install_request).await,
            Mode::Install | Mode::Resume => install(&install_request).await,
        }
    }

    /// An object of the release by its kind; all are called after it.
    pub(crate) fn object(&self, api_version: &str, kind: &str) -> ObjectRef {
        self.named(api_version, kind, "web-shop")
    }

    pub(crate) fn named(&self, api_version: &str, kind: &str, name: &str) -> ObjectRef {
        ObjectRef {
            kind: kind.into(),
            api_version: api_version.into(),
            namespace: Some(self.key.namespace.to_string()),
            name: name.into(),
        }
    }

    pub(crate) async fn get(&self, world: &TestCluster, object: &ObjectRef) -> Option<Object> {
        world.cluster.get(object).await.unwrap()
    }
}

/// What went wrong, with all its causes.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// Uninstalls a release within so many seconds.
pub(crate) async fn uninstall_within(
    world: &TestCluster,
    key: &ReleaseKey,
    seconds: u64,
) -> Result<(), Error> {
    uninstall_with_crds(world, key, (seconds, &CrdDeletion::default())).await
}

/// Uninstalls a release with these CRDs.
pub(crate) async fn uninstall_with_crds(
    world: &TestCluster,
    key: &ReleaseKey,
    (seconds, crds): (u64, &CrdDeletion),
) -> Result<(), Error> {
    let (user, watches) = (world.user(), world.watches());
    let operation = Operation {
        user: &user,
        watches: &watches,
        key,
        wait: &within(seconds),
        clock: jiff::Timestamp::now,
        on_event: &|_| {},
    };
    release::uninstall(&operation, crds).await
}
