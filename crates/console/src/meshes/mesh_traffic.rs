//! The traffic between the clusters of a mesh. Start at [`Console::mesh_traffic`].

use crate::{Action, Caller, Console, Error};
use ::mesh::traffic::sum;
use wire::{MeshName, mesh::MeshTrafficView};

impl Console {
    /// The requests between the clusters of a mesh, as the sum of its pinned Services and of those whose pages are
    /// open. Nothing is sampled for this view.
    ///
    /// # Errors
    /// [`Error::NoMesh`], [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn mesh_traffic(
        &self,
        caller: &Caller,
        name: &MeshName,
    ) -> Result<MeshTrafficView, Error> {
        self.permitted(caller, Action::Read, async {
            self.stored_mesh(name).await?;
            let facts = self.followed_facts(name).borrow().clone();
            Ok(sum(facts.as_deref(), &self.watched_traffic(name)))
        })
        .await
    }
}
