//! Takes a release away: a plan first, then hooks, objects in reverse order, and the records last.

use crate::{
    Error, Event, Phase, Place, Release, foreign, history, hooks, latest, model,
    status::{documents, objects, place_of},
    storage,
};
use chart::{KindOrder, kind_rank};
use cluster::{Cluster, ObjectRef, Propagation, Waiting, Watches};
use jiff::Timestamp;
use wire::release::Kept;

/// What taking a release away would do.
#[derive(Clone, Debug)]
pub struct Removal {
    /// Where the release lives.
    pub place: Place,
    /// What goes, in order.
    pub removed: Vec<ObjectRef>,
    /// What stays, and why.
    pub kept: Vec<(ObjectRef, Kept)>,
    /// Hooks that run before and after.
    pub hooks: Vec<ObjectRef>,
    /// What is gone already.
    pub gone: u32,
}

/// Looks at what is there and says what would go.
///
/// # Errors
/// [`Error::Cluster`] or [`Error::Record`].
pub async fn plan_removal(cluster: &Cluster, release: &Release) -> Result<Removal, Error> {
    let place = place_of(release).ok_or_else(|| Error::Record {
        secret: release.name.clone(),
        reason: "its name cannot be one".into(),
    })?;
    let (removed, kept, hooks) = Default::default();
    let mut removal = Removal {
        place: place.clone(),
        removed,
        kept,
        hooks,
        gone: 0,
    };
    let mut wanted = objects(cluster, release).await?;
    wanted.sort_by_key(|object| kind_rank(object.kind(), KindOrder::Uninstall));
    for object in wanted {
        let reference = object.reference();
        if object.annotation("helm.sh/resource-policy").map(str::trim) == Some("keep") {
            removal.kept.push((reference, Kept::Policy));
            continue;
        }
        match cluster.get(&reference).await {
            Ok(None) | Err(cluster::Error::NoSuchKind { .. }) => removal.gone += 1,
            Ok(Some(live)) if foreign(&live, &place).is_some() => {
                removal.kept.push((reference, Kept::NotOurs));
            }
            Ok(Some(_)) => removal.removed.push(reference),
            Err(error) => return Err(error.into()),
        }
    }
    for crd in definitions(release) {
        removal.kept.push((crd, Kept::Crd));
    }
    let mut hooks = release.hooks.clone();
    for moment in ["pre-delete", "post-delete"] {
        for hook in hooks::at(&mut hooks, moment) {
            removal
                .hooks
                .push(hooks::object(cluster, hook, &place).await?.reference());
        }
    }
    Ok(removal)
}

/// The definitions of the chart's crds/ folder, which Helm keeps among its files.
fn definitions(release: &Release) -> Vec<ObjectRef> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let files = release.chart.files.as_array();
    let mut found = Vec::new();
    for file in files.into_iter().flatten() {
        let text = |key: &str| file.get(key).and_then(|text| text.as_str());
        if !text("name").is_some_and(|name| name.starts_with("crds/")) {
            continue;
        }
        let bytes = STANDARD.decode(text("data").unwrap_or_default());
        let bytes = bytes.unwrap_or_default();
        for document in documents(&String::from_utf8_lossy(&bytes)) {
            let values = chart::Values::parse(document).ok();
            let object = values.and_then(|values| cluster::Object::new(values.to_json()).ok());
            found.extend(object.map(|object| object.reference()));
        }
    }
    found
}

/// Takes a release away, and says each step.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Hook`], [`Error::NotReady`] with what did not go, [`Error::Cluster`].
pub async fn uninstall(
    watches: &Watches,
    place: &Place,
    waiting: &Waiting,
    said: &(dyn Fn(Event) + Send + Sync),
) -> Result<(), Error> {
    let cluster = watches.cluster();
    let mut release = latest(cluster, place).await?;
    let removal = plan_removal(cluster, &release).await?;
    release.info.status = model::State::Uninstalling;
    release.info.deleted = Some(Timestamp::now());
    release.info.description = "Deletion in progress (or silently failed)".into();
    storage::update(cluster, &release, Timestamp::now()).await?;
    let before = Phase::HooksBefore;
    hooks::run(
        watches,
        &mut release.hooks,
        "pre-delete",
        before,
        place,
        waiting,
        said,
    )
    .await?;
    said(Event::Begins(Phase::Removal));
    for object in &removal.removed {
        if waiting.stop.is_cancelled() {
            return Err(Error::Cancelled);
        }
        cluster.delete(object, Propagation::Background).await?;
        said(Event::Done(Phase::Removal, object.clone()));
    }
    cluster::until_gone(cluster, &removal.removed, waiting)
        .await
        .map_err(Error::from_wait)?;
    said(Event::Ends(Phase::Removal));
    let after = Phase::HooksAfter;
    hooks::run(
        watches,
        &mut release.hooks,
        "post-delete",
        after,
        place,
        waiting,
        said,
    )
    .await?;
    said(Event::Begins(Phase::Record));
    for revision in history(cluster, place).await? {
        storage::remove(cluster, place, revision.version).await?;
    }
    said(Event::Ends(Phase::Record));
    Ok(())
}
