//! One watcher per kind and namespace; subscribers always see the latest complete snapshot.
//!
//! A watcher starts with its first subscriber and ends with its last. After an error it restarts with a
//! backoff, and its snapshot carries the error until a list succeeds. Objects are shared: a new snapshot
//! clones pointers, not objects. Start at [`Watches::watch`].

use crate::{
    AsConsole, AsUser, Error, ExceededLimit, Identity as _, Kind, Object, change_watch,
    connect::failure, kinds_watch, limits::WATCH_TIMEOUT_SECONDS,
};
use futures::{Stream, StreamExt as _};
use kube::{
    api::{DynamicObject, PartialObjectMeta, TypeMeta},
    runtime::{WatchStreamExt as _, watcher},
};
use parking_lot::Mutex;
use serde::Serialize;
use serde_json::json;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use wire::ClusterName;

/// The annotation in which `kubectl apply` keeps a copy of the object: of a Secret, its data.
const COPY_ANNOTATION: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Namespace and name of an object.
type ObjectKey = (String, String);

/// An object of a snapshot.
type Entry = (ObjectKey, Arc<Object>);

/// The latest state of one kind.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The objects by namespace and name.
    pub objects: Arc<BTreeMap<ObjectKey, Arc<Object>>>,
    /// Whether the first list is complete.
    pub synced: bool,
    /// The error while the kind cannot be read.
    pub problem: Option<String>,
}

/// API version, kind and namespace of a watcher.
type WatcherKey = (String, String, Option<String>);

/// A watcher, and its label selector.
type ChangesKey = (WatcherKey, String);

/// What a watcher reads of the objects.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Content {
    Objects,
    /// The metadata of the objects that a label selector selects.
    Metadata(String),
}

/// The watchers of one cluster.
#[derive(Clone)]
pub struct Watches {
    cluster: AsConsole,
    running: Arc<Mutex<HashMap<(WatcherKey, Content), watch::Sender<Snapshot>>>>,
    counted: Arc<Mutex<HashMap<ChangesKey, watch::Sender<u64>>>>,
    follows_kinds: Arc<AtomicBool>,
    stop: CancellationToken,
}

impl Watches {
    /// The watchers of `cluster`; `stop` ends all of them.
    pub fn new(cluster: AsConsole, stop: CancellationToken) -> Self {
        Self {
            cluster,
            running: Arc::default(),
            counted: Arc::default(),
            follows_kinds: Arc::default(),
            stop,
        }
    }

    /// The name of the cluster.
    pub fn cluster_name(&self) -> &ClusterName {
        self.cluster.cluster().name()
    }

    /// Discovers the kinds of the cluster at the next use.
    pub fn forget_kinds(&self) {
        self.cluster.cluster().forget_kinds();
    }

    /// Drops the cached kinds of the cluster, for the console and for `user`, when a CRD or an APIService
    /// changes. The first call starts the watch, which ends with the other watchers.
    pub fn follow_kinds(&self, user: &AsUser) {
        if !self.follows_kinds.swap(true, Ordering::Relaxed) {
            let clients = [self.cluster.cluster().clone(), user.cluster().clone()];
            tokio::spawn(kinds_watch::run(clients, self.stop.clone()));
        }
    }

    /// Watches a kind, in one namespace or in all.
    ///
    /// # Errors
    /// [`Error::NoSuchKind`] when the cluster does not serve the kind; the rest as [`Cluster::kinds`].
    pub async fn watch(
        &self,
        kind: Kind<'_>,
        namespace: Option<&str>,
    ) -> Result<watch::Receiver<Snapshot>, Error> {
        self.subscribe(kind, namespace, Content::Objects).await
    }

    /// Watches the metadata of a kind, in one namespace or in all; `labels` is a label selector or "". The API
    /// server sends nothing else of the objects. Neither the managed fields nor the copy of the object that
    /// kubectl writes into an annotation are kept.
    ///
    /// # Errors
    /// As [`Watches::watch`].
    pub async fn watch_metadata(
        &self,
        kind: Kind<'_>,
        namespace: Option<&str>,
        labels: &str,
    ) -> Result<watch::Receiver<Snapshot>, Error> {
        let content = Content::Metadata(labels.to_owned());
        self.subscribe(kind, namespace, content).await
    }

    async fn subscribe(
        &self,
        kind: Kind<'_>,
        namespace: Option<&str>,
        content: Content,
    ) -> Result<watch::Receiver<Snapshot>, Error> {
        let cluster = self.cluster.cluster();
        let served = cluster.kind(kind).await?;
        let namespace = namespace.filter(|_| served.namespaced).map(str::to_owned);
        let (api_version, kind) = (kind.api_version.to_owned(), kind.kind.to_owned());
        let key = (api_version.clone(), kind.clone(), namespace.clone());
        let key = (key, content.clone());
        let mut running = self.running.lock();
        if let Some(sender) = running
            .get(&key)
            .filter(|sender| sender.receiver_count() > 0)
        {
            return Ok(sender.subscribe());
        }
        let (sender, receiver) = watch::channel(Snapshot::default());
        running.insert(key, sender.clone());
        let types = TypeMeta { api_version, kind };
        let config = watcher::Config::default().timeout(WATCH_TIMEOUT_SECONDS);
        let (namespace, stop) = (namespace.as_deref(), self.stop.clone());
        match content {
            Content::Objects => {
                let events = watcher(cluster.list_api(&served, namespace), config);
                let parse = move |object| parse(object, &types);
                tokio::spawn(run(events, parse, sender, stop));
            }
            Content::Metadata(labels) => {
                let api = cluster.metadata_api(&served, namespace);
                let events = watcher(api, config.labels(&labels));
                let parse = move |object| parse(without_copies(object), &types);
                tokio::spawn(run(events, parse, sender, stop));
            }
        }
        Ok(receiver)
    }

    /// Counts the changes of the objects of a kind, in one namespace or in all; `labels` is a label selector
    /// or "". Only the metadata of the objects is read. The number increases when an object changes, when a
    /// list is complete, and when the watch is interrupted.
    ///
    /// # Errors
    /// As [`Watches::watch`].
    pub async fn follow_changes(
        &self,
        kind: Kind<'_>,
        namespace: Option<&str>,
        labels: &str,
    ) -> Result<watch::Receiver<u64>, Error> {
        let cluster = self.cluster.cluster();
        let served = cluster.kind(kind).await?;
        let namespace = namespace.filter(|_| served.namespaced).map(str::to_owned);
        let (api_version, kind) = (kind.api_version.to_owned(), kind.kind.to_owned());
        let key = ((api_version, kind, namespace.clone()), labels.to_owned());
        let mut counted = self.counted.lock();
        if let Some(sender) = counted
            .get(&key)
            .filter(|sender| sender.receiver_count() > 0)
        {
            return Ok(sender.subscribe());
        }
        counted.retain(|_, sender| sender.receiver_count() > 0);
        let (sender, receiver) = watch::channel(0);
        counted.insert(key, sender.clone());
        let api = cluster.metadata_api(&served, namespace.as_deref());
        let count = change_watch::run(api, labels.to_owned(), sender, self.stop.clone());
        tokio::spawn(count);
        Ok(receiver)
    }
}

async fn run<K: Send>(
    events: impl Stream<Item = Result<watcher::Event<K>, watcher::Error>> + Send,
    parse: impl Fn(K) -> Option<Entry>,
    sender: watch::Sender<Snapshot>,
    stop: CancellationToken,
) {
    let mut events = events.default_backoff().boxed();
    let mut listed = BTreeMap::new();
    loop {
        let event = tokio::select! {
            () = stop.cancelled() => return,
            () = sender.closed() => return,
            event = events.next() => event,
        };
        match event {
            None => return,
            Some(Err(error)) => {
                let problem = Some(problem(&error));
                sender.send_modify(|snapshot| snapshot.problem = problem);
            }
            Some(Ok(event)) => apply(event, &parse, &mut listed, &sender),
        }
    }
}

/// Why a kind cannot be watched: the message of the API server, else ours.
fn problem(error: &watcher::Error) -> String {
    if let Some(exceeded) = ExceededLimit::in_chain(error) {
        return exceeded.to_string();
    }
    match error {
        watcher::Error::InitialListFailed(kube::Error::Api(status))
        | watcher::Error::WatchStartFailed(kube::Error::Api(status))
        | watcher::Error::WatchFailed(kube::Error::Api(status))
        | watcher::Error::WatchError(status) => status.message.clone(),
        watcher::Error::NoResourceVersion => {
            "the API server sent a list without a resource version".to_owned()
        }
        error => failure(error),
    }
}

/// An object with its kind, which lists leave out, and which metadata has not.
fn parse(object: impl Serialize, types: &TypeMeta) -> Option<Entry> {
    let mut value = serde_json::to_value(object).ok()?;
    value["apiVersion"] = json!(types.api_version);
    value["kind"] = json!(types.kind);
    let object = Object::new(value).ok()?;
    let key = (object.text("/metadata/namespace"), object.name());
    let key = (key.0.to_owned(), key.1.to_owned());
    Some((key, Arc::new(object)))
}

/// Metadata without what repeats other parts of the object.
fn without_copies(
    mut object: PartialObjectMeta<DynamicObject>,
) -> PartialObjectMeta<DynamicObject> {
    object.metadata.managed_fields = None;
    let annotations = object.metadata.annotations.as_mut();
    annotations.map(|annotations| annotations.remove(COPY_ANNOTATION));
    object
}

/// Applies one event of a watcher to the snapshot; `listed` collects a new list until it is complete.
fn apply<K>(
    event: watcher::Event<K>,
    parse: impl Fn(K) -> Option<Entry>,
    listed: &mut BTreeMap<ObjectKey, Arc<Object>>,
    sender: &watch::Sender<Snapshot>,
) {
    match event {
        watcher::Event::Init => listed.clear(),
        watcher::Event::InitApply(object) => listed.extend(parse(object)),
        watcher::Event::InitDone => {
            let objects = Arc::new(std::mem::take(listed));
            sender.send_replace(Snapshot {
                objects,
                synced: true,
                problem: None,
            });
        }
        watcher::Event::Apply(object) => sender.send_modify(|snapshot| {
            Arc::make_mut(&mut snapshot.objects).extend(parse(object));
            snapshot.problem = None;
        }),
        watcher::Event::Delete(object) => sender.send_modify(|snapshot| {
            if let Some((key, _)) = parse(object) {
                Arc::make_mut(&mut snapshot.objects).remove(&key);
            }
        }),
    }
}
