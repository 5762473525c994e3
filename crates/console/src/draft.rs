//! Drafts: installations in preparation, stored with all values that were typed.

use crate::{
    Action, Caller, Console, Error, render_inputs::RenderInputs, values_basis::ValuesBasis,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::StoredDraft;
use wire::{
    ChartRef, ClusterName, DraftId, HelmVersion, MeshName, Namespace, ReleaseName, Time,
    decision::Decisions,
    install::{DraftView, EditAuthor, NewDraftRequest, TargetRequest},
    release::ReleaseRef,
    upgrade::UpgradeBasis,
};

/// How often a change is made again, because the draft was changed between its read and its write.
const MAX_ATTEMPTS: usize = 5;

/// A draft as it is stored, sealed: values may contain passwords.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Draft {
    pub(crate) chart: ChartRef,
    pub(crate) cluster: Option<ClusterName>,
    pub(crate) namespace: String,
    pub(crate) release: String,
    pub(crate) values: String,
    pub(crate) accepted: bool,
    /// The warnings that were accepted: checks and the objects that they name.
    #[serde(default)]
    pub(crate) accepted_warnings: BTreeSet<String>,
    /// The digest of the chart's archive: what is reviewed is what is deployed.
    #[serde(default)]
    pub(crate) digest: Option<String>,
    /// Values that the console discovered and set, by key. A later discovery replaces them.
    #[serde(default)]
    pub(crate) found: BTreeMap<String, String>,
    /// Labels of the namespace.
    #[serde(default)]
    pub(crate) labels: BTreeMap<String, String>,
    /// The mesh of which this is a step.
    #[serde(default)]
    pub(crate) mesh: Option<MeshName>,
    /// The charts of its parts, when the chart is a bundle.
    #[serde(default)]
    pub(crate) parts: Vec<PinnedPart>,
    /// Seed and time of its rendering; none in drafts of an older version, which have to be reviewed again.
    #[serde(default)]
    pub(crate) inputs: Option<RenderInputs>,
    /// The version of Helm that the release follows.
    #[serde(default)]
    pub(crate) helm: HelmVersion,
    /// What it upgrades; none for an installation.
    #[serde(default)]
    pub(crate) upgrade: Option<UpgradeBasis>,
    /// What the values of an upgrade are compared with; none for an installation.
    #[serde(default)]
    pub(crate) values_basis: Option<ValuesBasis>,
    /// What the operator decided in the review.
    #[serde(default)]
    pub(crate) decisions: Decisions,
    /// The edit that made this state; none when another change did.
    #[serde(default)]
    pub(crate) last_edit: Option<EditAuthor>,
}

/// The chart of a part of a bundle, to which its draft is pinned.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PinnedPart {
    pub(crate) release: ReleaseName,
    pub(crate) chart: ChartRef,
    pub(crate) digest: Option<String>,
}

/// The state of a draft that a caller has seen.
pub(crate) struct Basis {
    pub(crate) revision: u64,
    /// The edit that the caller makes; none for another change.
    pub(crate) edit: Option<EditAuthor>,
}

impl Basis {
    /// Whether the caller has seen this state. The response to an edit may be lost: the state that it made
    /// is known to its editor too, and only a later edit of that editor replaces it.
    fn has_seen(&self, stored: &StoredDraft<Draft>) -> bool {
        let is_own = |(last, edit): (&EditAuthor, &EditAuthor)| {
            last.editor == edit.editor && last.sequence < edit.sequence
        };
        let edits = stored.draft.last_edit.as_ref().zip(self.edit.as_ref());
        stored.revision == self.revision || edits.is_some_and(is_own)
    }
}

impl Draft {
    /// The draft of a release of a chart, without values.
    pub(crate) fn of_release(release: &ReleaseRef, chart: ChartRef) -> Self {
        Self {
            chart,
            cluster: Some(release.cluster.clone()),
            namespace: release.namespace.to_string(),
            release: release.release.to_string(),
            values: String::new(),
            accepted: false,
            accepted_warnings: BTreeSet::new(),
            digest: None,
            found: BTreeMap::new(),
            labels: BTreeMap::new(),
            mesh: None,
            parts: Vec::new(),
            inputs: None,
            helm: HelmVersion::default(),
            upgrade: None,
            values_basis: None,
            decisions: Decisions::default(),
            last_edit: None,
        }
    }

    pub(crate) fn release_key(&self) -> Result<release::ReleaseKey, Error> {
        let bad = |kind, name: &str, source| Error::BadName {
            kind,
            name: name.to_owned(),
            source,
        };
        Ok(release::ReleaseKey {
            namespace: Namespace::new(self.namespace.as_str())
                .map_err(|source| bad("namespace", &self.namespace, source))?,
            release: ReleaseName::new(self.release.as_str())
                .map_err(|source| bad("release", &self.release, source))?,
        })
    }

    pub(crate) fn cluster(&self) -> Result<&ClusterName, Error> {
        self.cluster.as_ref().ok_or(Error::NoTarget)
    }

    /// The revision that it deploys.
    pub(crate) fn next_revision(&self) -> u32 {
        self.upgrade
            .as_ref()
            .map_or(1, |basis| basis.revision.0 + 1)
    }
}

impl Console {
    /// Creates a draft: the release is named after the chart, in the namespace that the chart declares.
    ///
    /// # Errors
    /// [`Error::Catalog`], also when a chart of a bundle cannot be opened, [`Error::NotPermitted`] or
    /// [`Error::Store`].
    pub async fn new_draft(
        &self,
        caller: &Caller,
        request: NewDraftRequest,
    ) -> Result<DraftId, Error> {
        self.permitted(caller, Action::WriteDraft, async {
            let opened = self.catalog.chart(&request.chart).await?;
            let annotations = &opened.chart.metadata().annotations;
            let of_mesh = annotations.contains_key(mesh::chart_annotations::PART);
            let usual = if of_mesh {
                mesh::istio::SYSTEM_NAMESPACE
            } else {
                "default"
            };
            let named = annotations.get(mesh::chart_annotations::NAMESPACE);
            let mut draft = Draft {
                release: wire::ReleaseName::proposed(&request.chart.chart).to_string(),
                cluster: None,
                namespace: named.map_or(usual, String::as_str).to_owned(),
                values: String::new(),
                accepted: false,
                accepted_warnings: BTreeSet::new(),
                digest: opened.digest.as_ref().map(ToString::to_string),
                found: BTreeMap::new(),
                labels: BTreeMap::new(),
                mesh: None,
                parts: self.pinned_parts(&request.chart).await?,
                chart: request.chart,
                inputs: Some(self.new_render_inputs()),
                helm: HelmVersion::default(),
                upgrade: None,
                values_basis: None,
                decisions: Decisions::default(),
                last_edit: None,
            };
            draft.name_leading_release();
            let id = self.new_draft_id()?;
            self.save(&id, &draft).await?;
            Ok(id)
        })
        .await
    }

    /// The view of a draft.
    ///
    /// # Errors
    /// [`Error::NoDraft`], [`Error::NotPermitted`] or [`Error::Store`].
    pub async fn draft(&self, caller: &Caller, id: &DraftId) -> Result<DraftView, Error> {
        self.permitted(caller, Action::Read, self.draft_view(id))
            .await
    }

    pub(crate) async fn draft_view(&self, id: &DraftId) -> Result<DraftView, Error> {
        let stored = self.opened(id).await?;
        Ok(view(id, stored))
    }

    /// Sets the target of a draft.
    ///
    /// # Errors
    /// [`Error::NoCluster`], [`Error::NoDraft`], [`Error::TargetFixed`] for an upgrade, [`Error::DraftChanged`],
    /// [`Error::NotPermitted`] or [`Error::Store`].
    pub async fn set_target(
        &self,
        caller: &Caller,
        request: TargetRequest,
    ) -> Result<DraftView, Error> {
        self.permitted(caller, Action::WriteDraft, async {
            self.connections.get(&request.cluster)?;
            let draft = self.opened(&request.draft).await?.draft;
            if draft.upgrade.is_some() {
                return Err(Error::TargetFixed(draft.release));
            }
            let basis = Basis {
                revision: request.revision,
                edit: None,
            };
            let change = |draft: &mut Draft| {
                let same = draft.cluster.as_ref() == Some(&request.cluster)
                    && draft.namespace == request.namespace.as_str()
                    && draft.release == request.release.as_str()
                    && draft.helm == request.helm;
                if !same {
                    draft.accepted = false;
                    draft.accepted_warnings.clear();
                }
                draft.cluster = Some(request.cluster.clone());
                draft.namespace = request.namespace.to_string();
                if !draft.is_bundle() {
                    draft.release = request.release.to_string();
                }
                draft.helm = request.helm;
            };
            let changed = self.change_draft(&request.draft, Some(&basis), change);
            Ok(view(&request.draft, changed.await?))
        })
        .await
    }

    /// Changes a draft, with a basis only when its state has been seen; returns the new state.
    pub(crate) async fn change_draft(
        &self,
        id: &DraftId,
        basis: Option<&Basis>,
        change: impl Fn(&mut Draft),
    ) -> Result<StoredDraft<Draft>, Error> {
        for _ in 0..MAX_ATTEMPTS {
            let mut stored = self.opened(id).await?;
            if basis.is_some_and(|basis| !basis.has_seen(&stored)) {
                break;
            }
            change(&mut stored.draft);
            stored.draft.last_edit = basis.and_then(|basis| basis.edit.clone());
            if let Some(changed) = self.replace_draft(id, stored).await? {
                return Ok(changed);
            }
        }
        Err(Error::DraftChanged(id.clone()))
    }

    /// Stores the next state of a draft; none when the draft was changed since it was read.
    pub(crate) async fn replace_draft(
        &self,
        id: &DraftId,
        stored: StoredDraft<Draft>,
    ) -> Result<Option<StoredDraft<Draft>>, Error> {
        let (id, now) = (id.clone(), self.now().as_second());
        self.with_store(move |store| {
            let is_replaced = store.replace_draft(&id, &stored.draft, now, stored.revision)?;
            Ok(is_replaced.then_some(StoredDraft {
                draft: stored.draft,
                saved: now,
                revision: stored.revision + 1,
            }))
        })
        .await
    }

    /// A draft that is shown or edited: one of an older version gets a seed, and its warnings have
    /// to be accepted again.
    pub(crate) async fn opened(&self, id: &DraftId) -> Result<StoredDraft<Draft>, Error> {
        let mut stored = self.stored(id).await?;
        if stored.draft.inputs.is_none() {
            stored.draft.inputs = Some(self.new_render_inputs());
            stored.draft.accepted = false;
            self.save(id, &stored.draft).await?;
            stored = self.stored(id).await?;
        }
        Ok(stored)
    }

    pub(crate) async fn stored(&self, id: &DraftId) -> Result<StoredDraft<Draft>, Error> {
        let wanted = id.clone();
        self.with_store(move |store| store.draft(&wanted))
            .await?
            .ok_or_else(|| Error::NoDraft(id.clone()))
    }

    /// Stores a draft, whatever is stored under its id.
    pub(crate) async fn save(&self, id: &DraftId, draft: &Draft) -> Result<(), Error> {
        let (id, mut draft, now) = (id.clone(), draft.clone(), self.now().as_second());
        draft.last_edit = None;
        self.with_store(move |store| store.save_draft(&id, &draft, now))
            .await
    }

    /// The id of a new draft.
    pub(crate) fn new_draft_id(&self) -> Result<DraftId, Error> {
        DraftId::new(self.random_id()).map_err(|source| Error::BadName {
            kind: "draft",
            name: String::new(),
            source,
        })
    }
}

fn view(id: &DraftId, stored: StoredDraft<Draft>) -> DraftView {
    let draft = stored.draft;
    DraftView {
        id: id.clone(),
        chart: draft.chart,
        cluster: draft.cluster,
        namespace: draft.namespace,
        release: draft.release,
        releases: draft.parts.into_iter().map(|part| part.release).collect(),
        helm: draft.helm,
        upgrade: draft.upgrade,
        accepted: draft.accepted,
        saved: Time(stored.saved),
        revision: stored.revision,
    }
}
