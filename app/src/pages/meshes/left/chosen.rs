//! What of the rest is to go, decided without a browser.

use wire::mesh::{ClearPlanView, ClearRequest, HomeView};

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
    pub(super) fn usual(plan: &ClearPlanView) -> Self {
        Self {
            made: !plan.made.is_empty(),
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

    pub(super) fn bound(&self, home: &HomeView) -> Bound {
        if home.is_free(self.made, self.definitions) {
            Bound::Free
        } else if let Some(why) = &home.unknown {
            Bound::Unknown(why.clone())
        } else if !home.holds.is_empty() {
            let holds = home.holds.iter().take(MOST_NAMED).map(ToString::to_string);
            let mut holds: Vec<String> = holds.collect();
            if home.holds.len() > MOST_NAMED {
                holds.push("…".to_owned());
            }
            Bound::Holds(holds.join(", "))
        } else if !self.definitions && home.objects > 0 {
            Bound::WithDefinitions(home.objects)
        } else {
            Bound::WithMade(home.made)
        }
    }

    /// What is asked for: of the namespaces those that can go.
    pub(super) fn request(&self, plan: &ClearPlanView) -> ClearRequest {
        let homes = plan.homes.iter();
        let free = homes.filter(|home| {
            self.homes.contains(&home.name) && home.is_free(self.made, self.definitions)
        });
        ClearRequest {
            mesh: plan.mesh.clone(),
            cluster: plan.cluster.clone(),
            made: self.made,
            definitions: self.definitions,
            namespaces: free.map(|home| home.name.clone()).collect(),
        }
    }

    /// Whether the button can be pressed, with the name that was typed.
    pub(super) fn is_ready(&self, plan: &ClearPlanView, typed: &str) -> bool {
        let request = self.request(plan);
        let some = request.made || request.definitions || !request.namespaces.is_empty();
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

    fn home(name: &str, objects: u32, made: u32) -> HomeView {
        HomeView {
            name: name.into(),
            holds: Vec::new(),
            objects,
            made,
            unknown: None,
        }
    }

    fn plan() -> ClearPlanView {
        ClearPlanView {
            mesh: MeshName::new("article").expect("a name"),
            cluster: ClusterName::new("east").expect("a name"),
            made: vec![object("ConfigMap", "istio-system", "istio-leader")],
            definitions: Vec::new(),
            homes: vec![home("istio-system", 0, 1), home("bookinfo", 2, 0)],
            problem: None,
        }
    }

    #[test]
    fn what_somebody_wrote_stays_unless_it_is_ticked() {
        let plan = plan();
        let request = Chosen::usual(&plan).request(&plan);
        assert!(request.made && !request.definitions);
        assert!(request.namespaces.is_empty());
    }

    #[test]
    fn a_namespace_goes_only_while_nothing_in_it_stays() {
        let plan = plan();
        let mut chosen = Chosen::usual(&plan);
        chosen.turn("istio-system", true);
        chosen.turn("bookinfo", true);
        assert_eq!(chosen.request(&plan).namespaces, ["istio-system"]);
        assert_eq!(chosen.bound(&plan.homes[1]), Bound::WithDefinitions(2));
        chosen.definitions = true;
        assert_eq!(chosen.request(&plan).namespaces.len(), 2);
        chosen.made = false;
        assert_eq!(chosen.bound(&plan.homes[0]), Bound::WithMade(1));
        let mut lived_in = home("shop", 0, 0);
        lived_in.holds = vec![object("Secret", "shop", "login")];
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
