//! The doctor: every check of a mesh over some of the clusters.
//!
//! A read: nothing is written to a cluster but dry runs, and nothing to the audit.

use crate::{
    Action, Caller, Console, Error,
    links::Link,
    meshes::{SAMPLE, SYSTEM},
};
use mesh::{
    doctor::{examine, report_of},
    facts::{
        ClusterFacts, Intent, MeshFacts, Planned,
        gather::{Bounds, Member, Question, gather},
    },
    verify::{self, Verdict},
};
use wire::check::{CheckView, DoctorRequest, DoctorView};

impl Console {
    /// What the doctor says of the mesh over these clusters; `said` gets each check as it is known.
    ///
    /// # Errors
    /// [`Error::NoCluster`] or [`Error::NotPermitted`]. A cluster that does not answer is no error: its
    /// checks are skipped with the reason.
    pub async fn doctor(
        &self,
        caller: &Caller,
        request: DoctorRequest,
        mut said: impl FnMut(&CheckView),
    ) -> Result<DoctorView, Error> {
        self.permitted(caller, Action::Read, async {
            let links = self.asked_for(&request)?;
            let question = Question {
                members: links.iter().map(member).collect(),
                joins: Vec::new(),
                line: None,
                intent: Intent::Keep,
                policy: self.setup.addresses,
                bounds: Bounds::default(),
                now: self.setup.clock,
            };
            let facts = Box::pin(self.facts(&question, &links)).await;
            let checks = examine(&facts).inspect(&mut said).collect();
            Ok(report_of(&facts, checks))
        })
        .await
    }

    /// Everything that the checks read: what the clusters list, and what the control plane answers.
    pub(crate) async fn facts(&self, question: &Question<'_>, links: &[Link]) -> MeshFacts {
        // On the heap: it asks every cluster a score of things at a time.
        let mut facts = Box::pin(gather(question)).await;
        let led = facts.primaries().filter(|one| one.plane().is_some());
        let led: Vec<String> = led.map(|one| one.name.clone()).collect();
        for primary in led {
            if let Some(verdict) = Box::pin(self.asked(&primary, &facts, links)).await {
                verdict.tell(&mut facts, &primary);
            }
        }
        facts
    }

    /// What a control plane and the sample say, for the checks that need their word.
    async fn asked(&self, primary: &str, facts: &MeshFacts, links: &[Link]) -> Option<Verdict> {
        let link = |name: &str| links.iter().find(|link| link.name.as_str() == name);
        let remotes = facts.joins.iter().filter(|join| join.primary == primary);
        let remotes =
            remotes.filter_map(|join| Some((join.name.as_str(), &*link(&join.remote)?.user)));
        let remotes: Vec<(&str, &cluster::Cluster)> = remotes.collect();
        let sample = facts.clusters.iter().any(has_sample);
        let question = verify::Question {
            primary: &link(primary)?.user,
            remotes: &remotes,
            line: facts.line,
            namespace: SYSTEM,
            sample: sample.then_some(SAMPLE),
            policy: self.setup.addresses,
            bounds: verify::Bounds::default(),
            now: self.setup.clock,
        };
        Some(Box::pin(verify::verify(&question)).await)
    }

    fn asked_for(&self, request: &DoctorRequest) -> Result<Vec<Link>, Error> {
        if request.clusters.is_empty() {
            return Ok(self.links.all());
        }
        let names = request.clusters.iter();
        names.map(|name| self.links.get(name)).collect()
    }
}

fn member(link: &Link) -> Member<'_> {
    Member {
        role: None,
        told: link.told.clone(),
        cluster: &link.user,
        server: link.server.clone(),
        planned: Planned::default(),
    }
}

/// Whether the sample's page could be there.
fn has_sample(cluster: &ClusterFacts) -> bool {
    let namespaces = cluster.namespaces.as_deref().unwrap_or_default();
    namespaces.iter().any(|one| one.name == SAMPLE)
}
