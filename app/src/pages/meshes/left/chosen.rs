//! What of the rest is to go, decided without a browser.

use wire::mesh::{CleanupPlanView, CleanupRequest, MeshNamespaceView};

/// The ticks of one dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    /// What a control plane made while it ran.
    pub(super) made: bool,
    /// The definitions with all their objects.
    pub(super) definitions: bool,
    /// Namespaces, whether or not they may go with the other ticks as they are.
    pub(super) homes: Vec<String>,
}

/// Why a namespace cannot go with the ticks as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// It can.
    Free,
    /// Somebody's objects are in it.
    Holds(String),
    /// It is not known what is in it.
    Unknown(String),
    /// It goes only with the definitions, of which so many objects are in it.
    WithDefinitions(u32),
    /// It goes only with what a control plane made.
    WithMade(u32),
}

impl Chosen {
    /// What is proposed: what is of use to nobody goes, what somebody wrote stays.
    pub(super) fn usual(plan: &CleanupPlanView) -> Self {
        Self {
            made: !plan.runtime_objects.is_empty(),
            ..Self::default()
        }
    }

    /// Ticks a namespace, or takes its tick off.
    pub(super) fn turn(&mut self, home: &str, on: bool) {
        self.homes.retain(|name| name != home);
        if on {
            self.homes.push(home.to_owned());
        }
    }

    pub(super) fn bound(&self, home: &MeshNamespaceView) -> Bound {
        if home.can_be_deleted(self.made, self.definitions) {
            Bound::Free
        } else if let Some(why) = &home.unknown {
            Bound::Unknown(why.clone())
        } else if !home.foreign_objects.is_empty() {
            let holds = home
                .foreign_objects
                .iter()
                .take(MOST_NAMED)
                .map(ToString::to_string);
            let mut holds: Vec<String> = holds.collect();
            if home.foreign_objects.len() > MOST_NAMED {
                holds.push("…".to_owned());
            }
            Bound::Holds(holds.join(", "))
        } else if !self.definitions && home.custom_resources > 0 {
            Bound::WithDefinitions(home.custom_resources)
        } else {
            Bound::WithMade(home.runtime_objects)
        }
    }

    /// What is asked for: of the namespaces those that can go.
    pub(super) fn request(&self, plan: &CleanupPlanView) -> CleanupRequest {
        let homes = plan.namespaces.iter();
        let free = homes.filter(|home| {
            self.homes.contains(&home.name) && home.can_be_deleted(self.made, self.definitions)
        });
        CleanupRequest {
            mesh: plan.mesh.clone(),
            cluster: plan.cluster.clone(),
            runtime_objects: self.made,
            crds: self.definitions,
            namespaces: free.map(|home| home.name.clone()).collect(),
        }
    }

    /// Whether the button can be pressed, with the name that was typed.
    pub(super) fn is_ready(&self, plan: &CleanupPlanView, typed: &str) -> bool {
        let request = self.request(plan);
        let some = request.runtime_objects || request.crds || !request.namespaces.is_empty();
        let confirmed = !self.definitions || typed == plan.mesh.as_str();
        some && confirmed && plan.problem.is_none()
    }
}

/// So many objects are named where they stand in the way.
const MOST_NAMED: usize = 5;

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

    fn home(name: &str, objects: u32, made: u32) -> MeshNamespaceView {
        MeshNamespaceView {
            name: name.into(),
            foreign_objects: Vec::new(),
            custom_resources: objects,
            runtime_objects: made,
            unknown: None,
        }
    }

    fn plan() -> CleanupPlanView {
        CleanupPlanView {
            mesh: MeshName::new("article").expect("a name"),
            cluster: ClusterName::new("east").expect("a name"),
            runtime_objects: vec![object("ConfigMap", "istio-system", "istio-leader")],
            crds: Vec::new(),
            namespaces: vec![home("istio-system", 0, 1), home("bookinfo", 2, 0)],
            problem: None,
        }
    }

    #[test]
    fn what_somebody_wrote_stays_unless_it_is_ticked() {
        let plan = plan();
        let request = Chosen::usual(&plan).request(&plan);
        assert!(request.runtime_objects && !request.crds);
        assert!(request.namespaces.is_empty());
    }

    #[test]
    fn a_namespace_goes_only_while_nothing_in_it_stays() {
        let plan = plan();
        let mut chosen = Chosen::usual(&plan);
        chosen.turn("istio-system", true);
        chosen.turn("bookinfo", true);
        assert_eq!(chosen.request(&plan).namespaces, ["istio-system"]);
        assert_eq!(chosen.bound(&plan.namespaces[1]), Bound::WithDefinitions(2));
        chosen.definitions = true;
        assert_eq!(chosen.request(&plan).namespaces.len(), 2);
        chosen.made = false;
        assert_eq!(chosen.bound(&plan.namespaces[0]), Bound::WithMade(1));
        let mut lived_in = home("shop", 0, 0);
        lived_in.foreign_objects = vec![object("Secret", "shop", "login")];
        let holds = Bound::Holds("Secret shop/login".into());
        assert_eq!(chosen.bound(&lived_in), holds);
    }

    #[test]
    fn definitions_go_only_once_the_meshs_name_is_typed() {
        let plan = plan();
        let mut chosen = Chosen::usual(&plan);
        assert!(chosen.is_ready(&plan, ""));
        chosen.definitions = true;
        assert!(!chosen.is_ready(&plan, "") && chosen.is_ready(&plan, "article"));
        assert!(!Chosen::default().is_ready(&plan, ""), "nothing is chosen");
    }
}
