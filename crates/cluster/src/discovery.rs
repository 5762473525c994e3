//! Discovery of the served kinds, in the aggregated form or in the plain one.
//!
//! The aggregated form (`APIGroupDiscoveryList`, two requests) came with Kubernetes 1.26. An older API
//! server, and a proxy that drops the Accept header, answers with the plain form, which is read as a list
//! without groups. Then every version of every group is asked for; one whose API server does not answer,
//! such as that of an aggregated API, is noted and does not hide the others.

use crate::{Cluster, Error, Kinds, Verb, kinds::UnavailableGroup};
use futures::StreamExt as _;
use kube::{
    core::gvk::GroupVersion,
    discovery::{self, ApiGroup, Discovery},
};

/// The number of groups that are read at the same time.
const CONCURRENCY: usize = 8;

impl Cluster {
    /// The kinds that the API server serves now.
    ///
    /// # Errors
    /// As [`Cluster::kinds`].
    pub(crate) async fn discover(&self) -> Result<Kinds, Error> {
        let aggregated = Discovery::new(self.client.clone()).run_aggregated();
        let aggregated = self.call(Verb::Discover, "kinds", aggregated).await;
        let found = match aggregated {
            Ok(discovery) => Kinds::from_groups(discovery.groups()),
            Err(error) if ends_discovery(&error) => return Err(error),
            Err(_) => Kinds::default(),
        };
        if found.is_complete() {
            return Ok(found);
        }
        match self.discover_plain().await {
            // A server that answers one form only in part has the other one.
            Err(error) if found.is_empty() => Err(error),
            Err(error) if ends_discovery(&error) => Err(error),
            Err(_) => Ok(found),
            Ok(plain) => Ok(plain),
        }
    }

    async fn discover_plain(&self) -> Result<Kinds, Error> {
        let core = discovery::group(&self.client, ApiGroup::CORE_GROUP);
        let core = self.call(Verb::Discover, "kinds", core).await?;
        let groups = self.client.list_api_groups();
        let groups = self.call(Verb::Discover, "API groups", groups).await?;
        let versions = groups.groups.into_iter().flat_map(|group| {
            let name = group.name;
            let versions = group.versions.into_iter();
            versions.map(move |version| GroupVersion {
                group: name.clone(),
                version: version.version,
            })
        });
        let read = futures::stream::iter(versions).map(async |version| {
            let name = version.api_version();
            let group = discovery::pinned_group(&self.client, &version);
            (name.clone(), self.call(Verb::Discover, name, group).await)
        });
        let read: Vec<_> = read.buffered(CONCURRENCY).collect().await;
        let (mut groups, mut unavailable) = (vec![core], Vec::new());
        for (api_version, group) in read {
            match group {
                Ok(group) => groups.push(group),
                Err(error) if ends_discovery(&error) => return Err(error),
                Err(error) => unavailable.push(UnavailableGroup {
                    api_version,
                    reason: reason(&error),
                }),
            }
        }
        let kinds = Kinds::from_groups(groups.iter());
        Ok(kinds.with_unavailable(unavailable))
    }
}

/// Whether an error ends a discovery: that of the whole cluster, not of one group.
fn ends_discovery(error: &Error) -> bool {
    error.is_unreachable() || error.is_unauthorized() || matches!(error, Error::TooLarge { .. })
}

/// Why a group cannot be read.
fn reason(error: &Error) -> String {
    match error.status() {
        Some(status) => format!("HTTP status {}", status.code),
        None => error.to_string(),
    }
}
