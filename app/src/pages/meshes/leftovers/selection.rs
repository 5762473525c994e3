//! The selection of leftovers. The module is pure and is tested without a browser.

use wire::mesh::{CleanupPlanView, CleanupRequest, MeshNamespaceView};

/// The state of the checkboxes of one dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Selection {
    /// Whether the runtime objects of the control plane are deleted.
    pub(super) runtime_objects: bool,
    /// Whether the CRDs with all their custom resources are deleted.
    pub(super) crds: bool,
    /// The selected namespaces, including those that another checkbox blocks.
    pub(super) namespaces: Vec<String>,
}

/// The reason for which a namespace cannot be deleted with the current selection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Blocker {
    /// Resources that do not belong to the mesh.
    OtherResources(String),
    /// Unknown contents.
    Unknown(String),
    /// The number of custom resources, which are deleted with the CRDs only.
    Crds(u32),
    /// The number of runtime objects, which are not selected.
    RuntimeObjects(u32),
}

/// The number of resources that a blocker names.
const MAX_NAMED: usize = 5;

impl Selection {
    /// The suggestion: runtime objects are deleted, and all that an operator created is kept.
    pub(super) fn suggested(plan: &CleanupPlanView) -> Self {
        Self {
            runtime_objects: !plan.runtime_objects.is_empty(),
            ..Self::default()
        }
    }

    /// Selects a namespace, or deselects it.
    pub(super) fn set(&mut self, namespace: &str, on: bool) {
        self.namespaces.retain(|name| name != namespace);
        if on {
            self.namespaces.push(namespace.to_owned());
        }
    }

    /// The reason for which a namespace cannot be deleted; none when it can.
    pub(super) fn blocker(&self, namespace: &MeshNamespaceView) -> Option<Blocker> {
        if namespace.can_be_deleted(self.runtime_objects, self.crds) {
            None
        } else if let Some(reason) = &namespace.unknown {
            Some(Blocker::Unknown(reason.clone()))
        } else if !namespace.foreign_objects.is_empty() {
            let objects = namespace.foreign_objects.iter();
            let mut names: Vec<String> = objects.take(MAX_NAMED).map(ToString::to_string).collect();
            if namespace.foreign_objects.len() > MAX_NAMED {
                names.push("…".to_owned());
            }
            Some(Blocker::OtherResources(names.join(", ")))
        } else if !self.crds && namespace.custom_resources > 0 {
            Some(Blocker::Crds(namespace.custom_resources))
        } else {
            Some(Blocker::RuntimeObjects(namespace.runtime_objects))
        }
    }

    /// The request, with the selected namespaces that can be deleted.
    pub(super) fn request(&self, plan: &CleanupPlanView) -> CleanupRequest {
        let namespaces = plan.namespaces.iter().filter(|namespace| {
            self.namespaces.contains(&namespace.name) && self.blocker(namespace).is_none()
        });
        CleanupRequest {
            mesh: plan.mesh.clone(),
            cluster: plan.cluster.clone(),
            runtime_objects: self.runtime_objects,
            crds: self.crds,
            namespaces: namespaces.map(|namespace| namespace.name.clone()).collect(),
        }
    }

    /// Whether something is selected that can be deleted.
    pub(super) fn is_ready(&self, plan: &CleanupPlanView) -> bool {
        let request = self.request(plan);
        let any = request.runtime_objects || request.crds || !request.namespaces.is_empty();
        any && plan.problem.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::{ClusterName, MeshName, ObjectName};

    fn object(kind: &str, namespace: &str, name: &str) -> ObjectName {
        ObjectName {
            kind: kind.into(),
            api_version: "v1".into(),
            namespace: Some(namespace.into()),
            name: name.into(),
        }
    }

    fn namespace(name: &str, custom_resources: u32, runtime_objects: u32) -> MeshNamespaceView {
        MeshNamespaceView {
            name: name.into(),
            foreign_objects: Vec::new(),
            custom_resources,
            runtime_objects,
            unknown: None,
        }
    }

    fn plan() -> CleanupPlanView {
        CleanupPlanView {
            review: None,
            mesh: MeshName::new("shop").expect("a name"),
            cluster: ClusterName::new("east").expect("a name"),
            runtime_objects: vec![object("ConfigMap", "istio-system", "istio-leader")],
            crds: Vec::new(),
            namespaces: vec![namespace("istio-system", 0, 1), namespace("bookinfo", 2, 0)],
            problem: None,
        }
    }

    #[test]
    fn crds_and_namespaces_are_kept_unless_they_are_selected() {
        let plan = plan();
        let request = Selection::suggested(&plan).request(&plan);
        assert!(request.runtime_objects && !request.crds);
        assert!(request.namespaces.is_empty());
    }

    #[test]
    fn a_namespace_is_deleted_only_with_all_resources_in_it() {
        let plan = plan();
        let mut selection = Selection::suggested(&plan);
        selection.set("istio-system", true);
        selection.set("bookinfo", true);
        assert_eq!(selection.request(&plan).namespaces, ["istio-system"]);
        let blocker = selection.blocker(&plan.namespaces[1]);
        assert_eq!(blocker, Some(Blocker::Crds(2)));
        selection.crds = true;
        assert_eq!(selection.request(&plan).namespaces.len(), 2);
        selection.runtime_objects = false;
        let blocker = selection.blocker(&plan.namespaces[0]);
        assert_eq!(blocker, Some(Blocker::RuntimeObjects(1)));
        let mut shared = namespace("shop", 0, 0);
        shared.foreign_objects = vec![object("Secret", "shop", "login")];
        let blocker = Blocker::OtherResources("Secret shop/login".into());
        assert_eq!(selection.blocker(&shared), Some(blocker));
    }

    #[test]
    fn nothing_is_deleted_before_something_is_selected() {
        let plan = plan();
        assert!(Selection::suggested(&plan).is_ready(&plan));
        assert!(!Selection::default().is_ready(&plan), "nothing is selected");
    }
}
