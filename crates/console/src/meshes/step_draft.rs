//! The draft of a step that installs a chart: chart, target, and the values that the console discovers.
//!
//! Each step has one draft, stored with the mesh, so that changes of the operator persist. Start at
//! [`Console::step_draft`].

use super::{ISTIO_NAMESPACE, Mesh, SAMPLE_NAMESPACE};
use crate::{Console, Error, bundles::PartDraft, draft::Draft};
use chart::{
    Values,
    yaml::{Scalar, edit},
};
use serde_json::Value;
use std::collections::BTreeMap;
use store::StoredDraft;
use wire::{
    ChartName, ChartRef, ClusterId, ClusterName, DraftId, Namespace, ReleaseName, Repository,
    mesh::{DiscoveredValue, StepKind, StepRef},
    release::ReleaseRef,
};

/// The label of a namespace that enables sidecar injection.
const INJECTION_LABEL: (&str, &str) = ("istio-injection", "enabled");
/// The card of the catalog that installs a control plane.
pub(super) const CONTROL_PLANE_CARD: &str = "ack-istio";
/// The initial values of the control plane of Istio 1.0, with a comment.
const MIXER_VALUES: &str = "\
# The address at which remotes find the control plane, whatever happens to its pods.
gateways:
  istio-ilbgateway:
    enabled: true
";
/// The release of a bundle of Istio after which the bundle is named, on the primary and on a remote.
const ISTIOD_RELEASE: &str = "istiod";

/// The chart of a step and its namespace.
pub(super) fn chart_of(kind: StepKind) -> Option<(&'static str, &'static str)> {
    match kind {
        StepKind::ControlPlane => Some((CONTROL_PLANE_CARD, ISTIO_NAMESPACE)),
        StepKind::RemoteChart => Some(("ack-istio-remote", ISTIO_NAMESPACE)),
        StepKind::Sample => Some(("bookinfo", SAMPLE_NAMESPACE)),
        StepKind::Details => Some(("bookinfo-details", SAMPLE_NAMESPACE)),
        StepKind::Checks | StepKind::Join | StepKind::Verify => None,
    }
}

/// The chart of a step as a name; none for a step that installs none.
///
/// # Errors
/// [`Error::BadName`].
pub(super) fn card_of(kind: StepKind) -> Result<Option<ChartName>, Error> {
    let name = |(name, _): (&'static str, _)| {
        ChartName::new(name).map_err(|source| Error::BadName {
            kind: "chart",
            name: name.to_owned(),
            source,
        })
    };
    chart_of(kind).map(name).transpose()
}

impl Mesh {
    /// The release that a step installs; of a bundle, the leading one.
    pub(super) fn release_of(&self, step: &StepRef) -> Option<ReleaseRef> {
        let (chart, namespace) = chart_of(step.kind)?;
        let release = if self.is_bundle(step.kind) {
            ISTIOD_RELEASE
        } else {
            chart
        };
        Some(ReleaseRef {
            cluster: step.cluster.clone(),
            namespace: Namespace::new(namespace).ok()?,
            release: ReleaseName::new(release).ok()?,
        })
    }

    /// The releases that a step may install.
    pub(super) fn releases_of(&self, step: &StepRef) -> Vec<ReleaseRef> {
        let Some(leading) = self.release_of(step) else {
            return Vec::new();
        };
        let card = chart_of(step.kind).filter(|_| self.is_bundle(step.kind));
        let bundle = card.and_then(|(card, _)| catalog::bundle_of_card(card));
        let Some(bundle) = bundle else {
            return vec![leading];
        };
        let names = bundle.parts.iter().map(|part| part.release);
        let names = names.filter_map(|name| ReleaseName::new(name).ok());
        let release = |release| ReleaseRef {
            release,
            ..leading.clone()
        };
        names.map(release).collect()
    }

    /// Whether a step installs the releases of a bundle.
    pub(super) fn is_bundle(&self, kind: StepKind) -> bool {
        self.istio.is_some() && matches!(kind, StepKind::ControlPlane | StepKind::RemoteChart)
    }

    /// The initial values of a step.
    fn initial_values(&self, step: &StepRef) -> String {
        if self.istio.is_none() {
            return match step.kind {
                StepKind::ControlPlane => MIXER_VALUES.to_owned(),
                _ => String::new(),
            };
        }
        let (mesh, cluster) = (&self.name, ClusterId::from(&step.cluster));
        let global = format!(
            "global:\n  meshID: {mesh}\n  # The ID of this cluster in the mesh.\n  multiCluster:\n    clusterName: {cluster}\n"
        );
        match step.kind {
            StepKind::ControlPlane => format!("{global}{MIXER_VALUES}"),
            StepKind::RemoteChart => global,
            _ => String::new(),
        }
    }
}

impl Console {
    /// The draft of a step, created if missing. Discovered values are set unless the operator set others.
    pub(super) async fn step_draft(
        &self,
        mesh: &Mesh,
        step: &StepRef,
        found: &[DiscoveredValue],
    ) -> Result<Option<(DraftId, Draft)>, Error> {
        let Some((chart, namespace)) = chart_of(step.kind) else {
            return Ok(None);
        };
        let Some((id, stored)) = self.kept_draft(mesh, step).await? else {
            let id = self.new_draft_id()?;
            let mut draft = self.new_step_draft(mesh, step, (chart, namespace)).await?;
            fill(&mut draft, found)?;
            let (kept, own) = (step.clone(), id.clone());
            self.change_mesh(&mesh.name, move |mesh| mesh.keep_draft(&kept, own))
                .await?;
            self.save(&id, &draft).await?;
            return Ok(Some((id, draft)));
        };
        let mut changed = stored.clone();
        if changed.draft.inputs.is_none() {
            changed.draft.inputs = Some(self.new_render_inputs());
        }
        fill(&mut changed.draft, found)?;
        let draft = changed.draft.clone();
        // A plan that changes nothing is no change for an editor of the draft in another tab.
        if draft != stored.draft {
            changed.draft.last_edit = None;
            let replaced = self.replace_draft(&id, changed).await?;
            replaced.ok_or_else(|| Error::DraftChanged(id.clone()))?;
        }
        Ok(Some((id, draft)))
    }

    /// A draft of a step that the mesh does not keep.
    pub(super) async fn unkept_step_draft(
        &self,
        mesh: &Mesh,
        step: &StepRef,
    ) -> Result<Draft, Error> {
        let chart = chart_of(step.kind).ok_or(Error::NoStep)?;
        self.new_step_draft(mesh, step, chart).await
    }

    /// The releases that a step installs; of a bundle, those that its draft selects. None before there is a draft.
    ///
    /// # Errors
    /// [`Error::Store`], or [`Error::Catalog`] when the charts of the bundle are not available.
    pub(super) async fn selected_releases(
        &self,
        mesh: &Mesh,
        step: &StepRef,
    ) -> Result<Vec<ReleaseRef>, Error> {
        let Some((_, stored)) = self.kept_draft(mesh, step).await? else {
            return Ok(Vec::new());
        };
        let parts = self.part_drafts(&stored.draft).await?;
        let release = |part: PartDraft| {
            let key = part.draft.release_key()?;
            Ok(ReleaseRef {
                cluster: step.cluster.clone(),
                namespace: key.namespace,
                release: key.release,
            })
        };
        parts.into_iter().map(release).collect()
    }

    async fn kept_draft(
        &self,
        mesh: &Mesh,
        step: &StepRef,
    ) -> Result<Option<(DraftId, StoredDraft<Draft>)>, Error> {
        let mut kept = mesh.drafts.iter();
        let own = kept.find(|(kind, at, _)| *kind == step.kind && *at == step.cluster);
        let Some((_, _, id)) = own else {
            return Ok(None);
        };
        let (id, wanted) = (id.clone(), id.clone());
        let stored = self.with_store(move |store| store.draft(&wanted)).await?;
        Ok(stored.map(|stored| (id, stored)))
    }

    /// The newest version of a built-in chart.
    pub(super) async fn built_in_chart(&self, chart: &'static str) -> Result<ChartRef, Error> {
        let bad = |source| Error::BadName {
            kind: "chart",
            name: chart.to_owned(),
            source,
        };
        let repository = Repository::new("built-in").map_err(bad)?;
        let name = ChartName::new(chart).map_err(bad)?;
        Ok(self.catalog.newest(&repository, &name).await?)
    }

    async fn new_step_draft(
        &self,
        mesh: &Mesh,
        step: &StepRef,
        (chart, namespace): (&'static str, &str),
    ) -> Result<Draft, Error> {
        let mut chart_ref = self.built_in_chart(chart).await?;
        if let Some(version) = mesh.istio.as_ref().filter(|_| mesh.is_bundle(step.kind)) {
            chart_ref.version.clone_from(version);
        }
        let parts = self.pinned_parts(&chart_ref).await?;
        let injected =
            BTreeMap::from([(INJECTION_LABEL.0.to_owned(), INJECTION_LABEL.1.to_owned())]);
        let sample = matches!(step.kind, StepKind::Sample | StepKind::Details);
        let mut draft = Draft {
            chart: chart_ref,
            cluster: Some(step.cluster.clone()),
            namespace: namespace.to_owned(),
            release: chart.to_owned(),
            values: mesh.initial_values(step),
            accepted: true,
            accepted_warnings: std::collections::BTreeSet::new(),
            digest: None,
            found: BTreeMap::new(),
            labels: if sample { injected } else { BTreeMap::new() },
            mesh: Some(step.mesh.clone()),
            parts,
            inputs: Some(self.new_render_inputs()),
            helm: wire::HelmVersion::default(),
            upgrade: None,
            values_basis: None,
            decisions: wire::decision::Decisions::default(),
            last_edit: None,
        };
        draft.name_leading_release();
        Ok(draft)
    }
}

impl Mesh {
    fn keep_draft(&mut self, step: &StepRef, id: DraftId) {
        let own =
            |kind: StepKind, cluster: &ClusterName| kind == step.kind && *cluster == step.cluster;
        self.drafts
            .retain(|(kind, cluster, _)| !own(*kind, cluster));
        self.drafts.push((step.kind, step.cluster.clone(), id));
    }
}

/// Sets each discovered value, unless the operator set another.
fn fill(draft: &mut Draft, found: &[DiscoveredValue]) -> Result<(), Error> {
    for value in found.iter().filter(|found| !found.value.is_empty()) {
        let path: Vec<&str> = value.key.split('.').collect();
        let now = at(&draft.values, &value.key);
        let previous = draft.found.get(&value.key).map(String::as_str);
        if now.is_some_and(|now| now.as_str() != previous) {
            continue;
        }
        let scalar = Scalar::Text(value.value.clone());
        draft.values = edit::set(&draft.values, &path, &scalar).map_err(|source| Error::Edit {
            path: value.key.clone(),
            source,
        })?;
        draft.found.insert(value.key.clone(), value.value.clone());
        if let Some(enable_key) = &value.enable_key {
            enable(draft, enable_key)?;
        }
    }
    Ok(())
}

/// Sets a key to true, unless the operator set it.
fn enable(draft: &mut Draft, key: &str) -> Result<(), Error> {
    let path: Vec<&str> = key.split('.').collect();
    if at(&draft.values, key).is_some() {
        return Ok(());
    }
    let set = edit::set(&draft.values, &path, &Scalar::Bool(true));
    draft.values = set.map_err(|source| Error::Edit {
        path: key.to_owned(),
        source,
    })?;
    Ok(())
}

/// The value of a dotted key.
fn at(values: &str, key: &str) -> Option<Value> {
    let values = Values::parse(values).ok()?.to_json();
    let path = format!("/{}", key.replace('.', "/"));
    values.pointer(&path).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(value: &str) -> DiscoveredValue {
        DiscoveredValue {
            key: "global.remotePilotAddress".into(),
            value: value.into(),
            source: None,
            age: 0,
            pod: false,
            host: None,
            exposed: Vec::new(),
            enable_key: Some("global.proxy.envoyStatsd.enabled".into()),
            missing: None,
        }
    }

    fn draft(values: &str) -> Draft {
        serde_json::from_value(serde_json::json!({
            "chart": {"repository": "built-in", "chart": "ack-istio-remote", "version": "1.0.0"},
            "cluster": "west", "namespace": ISTIO_NAMESPACE, "release": "ack-istio-remote",
            "values": values, "accepted": true,
        }))
        .expect("a draft")
    }

    #[test]
    fn what_the_operator_set_stays() {
        let mut own = draft("global:\n  remotePilotAddress: 10.9.9.9 # ours\n");
        fill(&mut own, &[found("10.1.1.1")]).expect("filled");
        assert!(own.values.contains("10.9.9.9 # ours") && !own.values.contains("10.1.1.1"));
        let mut empty = draft("");
        fill(&mut empty, &[found("10.1.1.1"), found("")]).expect("filled");
        assert!(empty.values.contains("remotePilotAddress: 10.1.1.1"));
        assert!(empty.values.contains("enabled: true"));
        fill(&mut empty, &[found("10.1.1.2")]).expect("filled");
        assert!(empty.values.contains("remotePilotAddress: 10.1.1.2"));
    }
}
