//! The doctor: every check of a mesh over some of the clusters.
//!
//! A read: nothing is written to a cluster but dry runs, and nothing to the audit.

use crate::{Action, Caller, Console, Error, links::Link};
use mesh::{
    doctor::{examine, report_of},
    facts::{
        Intent, Planned,
        gather::{Bounds, Member, Question, gather},
    },
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
            // On the heap: it asks every cluster a score of things at a time.
            let facts = Box::pin(gather(&question)).await;
            let checks = examine(&facts).inspect(&mut said).collect();
            Ok(report_of(&facts, checks))
        })
        .await
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
        network: None,
        cluster: &link.user,
        server: link.server.clone(),
        planned: Planned::default(),
    }
}
