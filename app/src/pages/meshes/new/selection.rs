//! The selection of a new mesh: its name, its primary and its remotes, and what speaks against them.

use super::words::of_finding;
use leptos::prelude::*;
use wire::{
    BadName, ClusterName,
    cluster::Role,
    mesh::{MeshFinding, MeshOptionsView, MeshSelection, NewMeshRequest, inspect},
};

/// The selection. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Selection {
    options: Signal<MeshOptionsView>,
    selected: RwSignal<MeshSelection>,
    /// The version of Istio that the operator chose; the recommended one before.
    istio: RwSignal<Option<String>>,
    /// Whether the operator has entered a name: it does not follow the primary any more.
    is_named: RwSignal<bool>,
    /// The warnings that were accepted.
    accepted: RwSignal<Vec<MeshFinding>>,
    findings: Memo<Vec<MeshFinding>>,
}

impl Selection {
    /// Of two clusters, a mesh of both; of more clusters, the operator selects.
    pub(super) fn suggested(options: Signal<MeshOptionsView>) -> Self {
        let selected = RwSignal::new(options.with_untracked(suggested));
        Self {
            options,
            selected,
            istio: RwSignal::new(None),
            is_named: RwSignal::new(false),
            accepted: RwSignal::default(),
            findings: Memo::new(move |_| {
                options.with(|options| selected.with(|selected| inspect(selected, options)))
            }),
        }
    }

    pub(super) fn name(self) -> String {
        self.selected.with(|selected| selected.name.clone())
    }

    pub(super) fn enter_name(self, name: String) {
        self.is_named.set(true);
        self.selected.update(|selected| selected.name = name);
    }

    /// The version of Istio: the chosen one, else the recommended one, else the newest one.
    pub(super) fn istio(self) -> Option<String> {
        self.istio.get().or_else(|| {
            self.options.with(|options| {
                let versions = &options.istio.versions;
                let recommended = versions.iter().find(|row| row.recommended);
                recommended
                    .or_else(|| versions.first())
                    .map(|row| row.version.clone())
            })
        })
    }

    pub(super) fn choose_istio(self, version: String) {
        self.istio.set(Some(version));
    }

    /// Why the name is not accepted, once there is one.
    pub(super) fn name_error(self) -> Option<String> {
        let is_named = self.is_named.get();
        self.findings.with(|findings| {
            let mut findings = findings.iter();
            let error = findings.find(|finding| match finding {
                MeshFinding::BadName(BadName::Empty) => is_named,
                MeshFinding::BadName(_) | MeshFinding::NameTaken(_) => true,
                _ => false,
            });
            error.map(of_finding)
        })
    }

    pub(super) fn is_primary(self, cluster: &ClusterName) -> bool {
        self.selected
            .with(|selected| selected.primary.as_ref() == Some(cluster))
    }

    pub(super) fn is_remote(self, cluster: &ClusterName) -> bool {
        self.selected
            .with(|selected| selected.remotes.contains(cluster))
    }

    pub(super) fn is_selected(self, cluster: &ClusterName) -> bool {
        self.is_primary(cluster) || self.is_remote(cluster)
    }

    pub(super) fn select_primary(self, cluster: &ClusterName) {
        let is_named = self.is_named.get_untracked();
        let options = self.options.get_untracked();
        self.selected
            .update(|selected| select_primary(selected, cluster, &options, is_named));
    }

    pub(super) fn select_remote(self, cluster: &ClusterName, is_remote: bool) {
        self.selected.update(|selected| {
            selected.remotes.retain(|remote| remote != cluster);
            if is_remote {
                selected.remotes.push(cluster.clone());
            }
        });
    }

    pub(super) fn number_of_remotes(self) -> usize {
        self.selected.with(|selected| selected.remotes.len())
    }

    /// What speaks against a cluster.
    pub(super) fn findings_of(self, cluster: &ClusterName) -> Vec<MeshFinding> {
        self.findings.with(|findings| {
            let own = findings.iter();
            let own = own.filter(|finding| finding.cluster() == Some(cluster));
            own.cloned().collect()
        })
    }

    /// Why the mesh cannot be created.
    pub(super) fn reason(self) -> Option<MeshFinding> {
        self.findings.with(|findings| {
            let mut findings = findings.iter().filter(|finding| finding.is_blocking());
            // A name follows from the primary.
            let clusters = findings.clone().find(|finding| {
                !matches!(finding, MeshFinding::BadName(_) | MeshFinding::NameTaken(_))
            });
            clusters.or_else(|| findings.next()).cloned()
        })
    }

    /// What may be accepted.
    pub(super) fn warnings(self) -> Vec<MeshFinding> {
        self.findings.with(|findings| {
            let warnings = findings.iter().filter(|finding| !finding.is_blocking());
            warnings.cloned().collect()
        })
    }

    /// Whether all warnings are accepted: a new one is not.
    pub(super) fn is_accepted(self) -> bool {
        let warnings = self.warnings();
        self.accepted
            .with(|accepted| warnings.iter().all(|warning| accepted.contains(warning)))
    }

    pub(super) fn accept(self, is_accepted: bool) {
        let warnings = untrack(move || self.warnings());
        self.accepted
            .set(if is_accepted { warnings } else { Vec::new() });
    }

    pub(super) fn request(self) -> Option<NewMeshRequest> {
        let MeshSelection {
            name,
            primary,
            remotes,
        } = self.selected.get_untracked();
        Some(NewMeshRequest {
            name,
            primary: primary?,
            remotes,
            istio: untrack(move || self.istio()),
            accepted: untrack(move || self.is_accepted()),
        })
    }
}

/// The suggestion for these clusters.
fn suggested(options: &MeshOptionsView) -> MeshSelection {
    let mut selected = MeshSelection::default();
    if let [first, second] = options.candidates.as_slice() {
        let is_primary = |role| matches!(role, Some(Role::Primary | Role::Both));
        let primary = if is_primary(second.role) && !is_primary(first.role) {
            second
        } else {
            first
        };
        select_primary(&mut selected, &primary.name, options, false);
    }
    selected
}

/// Selects the primary. The mesh has its name until another is entered, and of two clusters the other one is the
/// remote.
fn select_primary(
    selected: &mut MeshSelection,
    cluster: &ClusterName,
    options: &MeshOptionsView,
    is_named: bool,
) {
    selected.primary = Some(cluster.clone());
    selected.remotes.retain(|remote| remote != cluster);
    if options.candidates.len() == 2 {
        let names = options.candidates.iter().map(|candidate| &candidate.name);
        selected.remotes = names.filter(|name| *name != cluster).cloned().collect();
    }
    if !is_named {
        selected.name = cluster.to_string();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::{catalog::VersionsView, cluster::ClusterState, mesh::MeshCandidate};

    fn name(text: &str) -> ClusterName {
        ClusterName::new(text).expect("a name")
    }

    fn options(clusters: &[(&str, Option<Role>)]) -> MeshOptionsView {
        let candidate = |(cluster, role): &(&str, Option<Role>)| MeshCandidate {
            name: name(cluster),
            state: ClusterState::Ready,
            version: None,
            role: *role,
            network: None,
            pods: Vec::new(),
            services: Vec::new(),
            meshes: Vec::new(),
        };
        MeshOptionsView {
            candidates: clusters.iter().map(candidate).collect(),
            istio: VersionsView::default(),
            names: Vec::new(),
        }
    }

    #[test]
    fn two_clusters_are_suggested_and_of_more_none_is_selected() {
        let two = options(&[("east", None), ("west", Some(Role::Primary))]);
        let selected = suggested(&two);
        assert_eq!(selected.primary, Some(name("west")));
        assert_eq!(selected.remotes, [name("east")]);
        assert_eq!(selected.name, "west");
        let three = options(&[("a", Some(Role::Primary)), ("b", None), ("c", None)]);
        assert_eq!(suggested(&three), MeshSelection::default());
    }

    #[test]
    fn a_name_follows_the_primary_until_it_is_entered() {
        let options = options(&[("a", None), ("b", None), ("c", None)]);
        let mut selected = MeshSelection {
            remotes: vec![name("b"), name("c")],
            ..MeshSelection::default()
        };
        select_primary(&mut selected, &name("b"), &options, false);
        assert_eq!(
            (selected.name.as_str(), selected.remotes.as_slice()),
            ("b", &[name("c")][..])
        );
        selected.name = "shop".to_owned();
        select_primary(&mut selected, &name("a"), &options, true);
        assert_eq!(selected.name, "shop");
    }
}
