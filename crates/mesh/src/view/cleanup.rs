//! Views of a cleanup.

use crate::cleanup::{Crd, MeshNamespace, Plan};
use cluster::ObjectRef;
use wire::{
    ClusterName, MeshName,
    mesh::{CleanupPlanView, CrdReleaseView, CrdView, MeshNamespaceView},
};

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Plan {
    /// The view of a plan; the caller adds the problem that blocks it.
    pub fn view(&self, mesh: &MeshName, cluster: &ClusterName) -> CleanupPlanView {
        CleanupPlanView {
            review: None,
            mesh: mesh.clone(),
            cluster: cluster.clone(),
            runtime_objects: self.runtime_objects.clone(),
            crds: self.crds.iter().map(crd).collect(),
            namespaces: self
                .namespaces
                .iter()
                .map(|namespace| self.namespace(namespace))
                .collect(),
            problem: None,
        }
    }

    fn namespace(&self, namespace: &MeshNamespace) -> MeshNamespaceView {
        let inside = |object: &&ObjectRef| object.namespace.as_deref() == Some(&namespace.name);
        let objects = self.crds.iter().flat_map(Crd::known);
        let objects = objects.map(|listed| &listed.object).filter(inside).count();
        MeshNamespaceView {
            name: namespace.name.clone(),
            foreign_objects: namespace.foreign_objects.clone().unwrap_or_default(),
            custom_resources: count(objects),
            runtime_objects: count(self.runtime_objects.iter().filter(inside).count()),
            unknown: namespace
                .foreign_objects
                .as_ref()
                .err()
                .map(ToString::to_string),
        }
    }
}

fn crd(crd: &Crd) -> CrdView {
    let saturated = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let objects = crd.by_namespace().into_iter();
    let users = crd.users.iter().map(|user| CrdReleaseView {
        release: user.release.clone(),
        namespace: user.namespace.clone(),
        objects: saturated(user.objects),
        installed: user.installed,
    });
    CrdView {
        name: crd.object.name.clone(),
        objects: objects
            .map(|(namespace, number)| (namespace, saturated(number)))
            .collect(),
        users: users.collect(),
        unreadable: crd.objects.as_ref().err().map(ToString::to_string),
    }
}
