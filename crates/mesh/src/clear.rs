//! The end of a mesh on one cluster: what is still there when every release and every join is gone.
//!
//! Helm keeps the definitions of `crds/`, and what a control plane made while it ran belongs to no
//! release. [`plan`] finds both, and the namespaces, and changes nothing; [`backup`] says in one text what
//! definitions and their objects are; [`carry_out`] takes away what was chosen, in the order of
//! [`Part`]. Nothing goes while a control plane leads the cluster. Done twice, the second plan is empty.

mod backup;
mod carry_out;
mod definitions;
mod held;
mod homes;
pub(crate) mod made;

pub use backup::{MOST_BACKUP, backup};
pub use carry_out::{Event, carry_out};
pub use definitions::{Definition, Instance, User};
pub use held::{Held, said};
pub use homes::Home;

use crate::{error::Error, facts::read, join::names, step::Place};
use cluster::{Cluster, ObjectRef};

/// Which cluster is cleared, and where its mesh lived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clearing {
    /// Its part in the mesh.
    pub place: Place,
    /// The namespace of control plane and reader.
    pub system: String,
    /// The namespaces that the mesh may have to itself, that one among them.
    pub homes: Vec<String>,
}

/// What goes together, in the order in which it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// What the control plane made while it ran, and webhooks that nobody answers.
    Made,
    /// The objects of the definitions.
    Objects,
    /// The definitions.
    Definitions,
    /// The namespaces.
    Namespaces,
}

/// What is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What the control plane made while it ran.
    pub made: Fate,
    /// The definitions with all their objects.
    pub definitions: Fate,
    /// The namespaces that go, by name.
    pub homes: Vec<String>,
}

/// Whether something goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stays.
    Stays,
    /// It goes.
    Goes,
}

impl Default for Choice {
    /// What may be of use to nobody any more goes; what somebody wrote stays.
    fn default() -> Self {
        Self {
            made: Fate::Goes,
            definitions: Fate::Stays,
            homes: Vec::new(),
        }
    }
}

/// What is still there.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where was looked.
    pub clearing: Clearing,
    /// Control planes that lead the cluster: Deployments in it, or names of those elsewhere.
    pub led_by: Vec<String>,
    /// What a control plane made while it ran, in the order in which it goes.
    pub made: Vec<ObjectRef>,
    /// Istio's definitions.
    pub definitions: Vec<Definition>,
    /// The mesh's namespaces.
    pub homes: Vec<Home>,
}

impl Plan {
    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.made.is_empty() && self.definitions.is_empty() && self.homes.is_empty()
    }

    /// What would go of a part.
    pub fn objects(&self, part: Part, choice: &Choice) -> Vec<ObjectRef> {
        let goes = |fate| fate == Fate::Goes;
        match part {
            Part::Made if goes(choice.made) => self.made.clone(),
            Part::Objects if goes(choice.definitions) => {
                let all = self.definitions.iter().flat_map(Definition::known);
                all.map(|one| one.object.clone()).collect()
            }
            Part::Definitions if goes(choice.definitions) => {
                let all = self.definitions.iter();
                all.map(|one| one.object.clone()).collect()
            }
            Part::Namespaces => {
                let all = self.homes.iter();
                let chosen = all.filter(|home| choice.homes.contains(&home.name));
                chosen
                    .map(|home| names::namespace_ref(&home.name))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// What a choice leaves in a namespace: with anything there, the namespace stays too.
    ///
    /// # Errors
    /// [`Error::Inhabited`] with the reason when that is not known.
    pub fn inhabitants(&self, home: &Home, choice: &Choice) -> Result<Vec<ObjectRef>, Error> {
        let mut all = home.holds.clone().map_err(|unknown| Error::Inhabited {
            namespace: home.name.clone(),
            holds: vec![unknown.reason],
        })?;
        let inside = |object: &&ObjectRef| object.namespace.as_deref() == Some(&home.name);
        if choice.definitions == Fate::Stays {
            let known = self.definitions.iter().flat_map(Definition::known);
            all.extend(known.map(|one| &one.object).filter(inside).cloned());
        }
        if choice.made == Fate::Stays {
            all.extend(self.made.iter().filter(inside).cloned());
        }
        Ok(all)
    }
}

/// Looks at a cluster and says what is still there; changes nothing.
///
/// # Errors
/// [`Error::Cluster`].
pub async fn plan(cluster: &Cluster, clearing: &Clearing) -> Result<Plan, Error> {
    let failed = Error::at(clearing.place);
    let led_by = led_by(cluster, &clearing.system).await.map_err(&failed)?;
    let made = made::find(cluster, &clearing.system).await;
    let made = made.map_err(&failed)?;
    let definitions = Box::pin(definitions::find(cluster))
        .await
        .map_err(&failed)?;
    let homes = Box::pin(homes::find(cluster, &clearing.homes, &made)).await;
    Ok(Plan {
        clearing: clearing.clone(),
        led_by,
        made,
        definitions,
        homes: homes.map_err(failed)?,
    })
}

/// Who leads the cluster: a control plane in it, or one elsewhere that its namespace names.
async fn led_by(cluster: &Cluster, system: &str) -> Result<Vec<String>, cluster::Error> {
    let deployments = cluster.list("apps/v1", "Deployment", None, "").await?;
    let planes = deployments.iter().filter(|one| {
        let one = std::slice::from_ref(*one);
        read::plane(one).is_some()
    });
    let mut all: Vec<String> = planes.map(|one| one.reference().to_string()).collect();
    let home = cluster.get(&names::namespace_ref(system)).await?;
    if let Some(home) = home {
        all.extend(names::led_by(home.annotation(names::LED_BY)));
    }
    Ok(all)
}
