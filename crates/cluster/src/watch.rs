//! One watcher a kind and namespace, published as state: who looks gets the newest whole snapshot.
//!
//! A watcher begins with its first reader and ends with its last. It starts again by itself, with a
//! back-off, and says in its snapshot when it cannot read.

use crate::{AsConsole, Cluster, Error, Object};
use futures::StreamExt as _;
use kube::{
    api::DynamicObject,
    runtime::{WatchStreamExt as _, watcher},
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The newest state of one kind.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Its objects by namespace and name.
    pub objects: Arc<BTreeMap<(String, String), Object>>,
    /// Whether the first list is complete.
    pub synced: bool,
    /// Why it cannot be read just now.
    pub problem: Option<String>,
}

type Key = (String, String, Option<String>);

/// The watchers of one cluster.
#[derive(Clone)]
pub struct Watches {
    cluster: AsConsole,
    running: Arc<Mutex<HashMap<Key, watch::Sender<Snapshot>>>>,
    stop: CancellationToken,
}

impl Watches {
    /// Watchers over `cluster`; `stop` ends all of them.
    pub fn new(cluster: AsConsole, stop: CancellationToken) -> Self {
        Self {
            cluster,
            running: Arc::default(),
            stop,
        }
    }

    /// The cluster they watch.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Follows a kind, in one namespace or all.
    ///
    /// # Errors
    /// [`Error::NoSuchKind`] when it is not served; the rest as [`Cluster::kinds`].
    pub async fn follow(
        &self,
        api_version: &str,
        kind: &str,
        namespace: Option<&str>,
    ) -> Result<watch::Receiver<Snapshot>, Error> {
        let known = self.cluster.kind(api_version, kind).await?;
        let namespace = namespace.filter(|_| known.namespaced).map(str::to_owned);
        let key = (api_version.to_owned(), kind.to_owned(), namespace.clone());
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = running
            .get(&key)
            .filter(|sender| sender.receiver_count() > 0)
        {
            return Ok(sender.subscribe());
        }
        let (sender, receiver) = watch::channel(Snapshot::default());
        running.insert(key, sender.clone());
        let api = self.cluster.api(&known, namespace.as_deref());
        let types = (api_version.to_owned(), kind.to_owned());
        tokio::spawn(run(api, types, sender, self.stop.clone()));
        Ok(receiver)
    }
}

async fn run(
    api: kube::Api<DynamicObject>,
    types: (String, String),
    sender: watch::Sender<Snapshot>,
    stop: CancellationToken,
) {
    let config = watcher::Config::default().timeout(290);
    let mut events = watcher(api, config).default_backoff().boxed();
    let mut coming = BTreeMap::new();
    loop {
        let event = tokio::select! {
            () = stop.cancelled() => return,
            () = sender.closed() => return,
            event = events.next() => event,
        };
        match event {
            None => return,
            Some(Err(error)) => {
                let problem = Some(error.to_string());
                sender.send_modify(|now| now.problem = problem);
            }
            Some(Ok(event)) => take(event, &types, &mut coming, &sender),
        }
    }
}

fn take(
    event: watcher::Event<DynamicObject>,
    types: &(String, String),
    coming: &mut BTreeMap<(String, String), Object>,
    sender: &watch::Sender<Snapshot>,
) {
    let read = |mut object: DynamicObject| {
        object.types = Some(kube::api::TypeMeta {
            api_version: types.0.clone(),
            kind: types.1.clone(),
        });
        let key = (
            object.metadata.namespace.clone().unwrap_or_default(),
            object.metadata.name.clone().unwrap_or_default(),
        );
        let value = serde_json::to_value(object).unwrap_or_default();
        Object::new(value).ok().map(|object| (key, object))
    };
    match event {
        watcher::Event::Init => coming.clear(),
        watcher::Event::InitApply(object) => coming.extend(read(object)),
        watcher::Event::InitDone => {
            let objects = Arc::new(std::mem::take(coming));
            sender.send_replace(Snapshot {
                objects,
                synced: true,
                problem: None,
            });
        }
        watcher::Event::Apply(object) => sender.send_modify(|now| {
            Arc::make_mut(&mut now.objects).extend(read(object));
            now.problem = None;
        }),
        watcher::Event::Delete(object) => sender.send_modify(|now| {
            if let Some((key, _)) = read(object) {
                Arc::make_mut(&mut now.objects).remove(&key);
            }
        }),
    }
}
