//! What is left on a cluster, as a page shows it.

use crate::clear::{Definition, Home, Plan};
use cluster::ObjectRef;
use wire::{
    ClusterName, MeshName,
    mesh::{ClearPlanView, DefinitionView, HomeView, UsedBy},
};

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl Plan {
    /// The plan of a mesh's cluster; whoever asks knows whether something stands in its way.
    pub fn view(&self, mesh: &MeshName, cluster: &ClusterName) -> ClearPlanView {
        ClearPlanView {
            mesh: mesh.clone(),
            cluster: cluster.clone(),
            made: self.made.clone(),
            definitions: self.definitions.iter().map(definition).collect(),
            homes: self.homes.iter().map(|home| self.home(home)).collect(),
            problem: None,
        }
    }

    fn home(&self, home: &Home) -> HomeView {
        let inside = |object: &&ObjectRef| object.namespace.as_deref() == Some(&home.name);
        let objects = self.definitions.iter().flat_map(Definition::known);
        let objects = objects.map(|one| &one.object).filter(inside).count();
        HomeView {
            name: home.name.clone(),
            holds: home.holds.clone().unwrap_or_default(),
            objects: count(objects),
            made: count(self.made.iter().filter(inside).count()),
            unknown: home.holds.as_ref().err().map(ToString::to_string),
        }
    }
}

fn definition(definition: &Definition) -> DefinitionView {
    let saturated = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let objects = definition.by_namespace().into_iter();
    let users = definition.users.iter().map(|user| UsedBy {
        release: user.release.clone(),
        namespace: user.namespace.clone(),
        objects: saturated(user.objects),
        stands: user.stands,
    });
    DefinitionView {
        name: definition.object.name.clone(),
        objects: objects
            .map(|(namespace, number)| (namespace, saturated(number)))
            .collect(),
        users: users.collect(),
        unread: definition.objects.as_ref().err().map(ToString::to_string),
    }
}
