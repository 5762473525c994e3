//! The releases that use a CRD, by the records of a cluster that the console has read.

use crate::{Console, Error, connections::ClusterConnection, releases::key_of};
use ::release::{CrdUsage, LiveCrd, ReleaseKey, State};
use wire::release::{CrdBlocker, ReleaseRef, UninstallCrd};

/// A CRD that a release brought, and whether its deletion can be chosen.
#[derive(Clone, Debug)]
pub(crate) struct OfferedCrd {
    pub(crate) usage: CrdUsage,
    /// Why it cannot be chosen.
    pub(crate) blocker: Option<CrdBlocker>,
}

impl OfferedCrd {
    /// The CRD as a page shows it.
    pub(crate) fn view(&self) -> UninstallCrd {
        let live = self.usage.live.as_ref();
        let counts = live.and_then(|live| live.resources.as_ref().ok()).cloned();
        UninstallCrd {
            name: self.usage.object.name.clone(),
            kind: live.map(|live| live.kind.clone()).unwrap_or_default(),
            origin: self.usage.origin,
            resources: counts.unwrap_or_default().into_iter().collect(),
            blocker: self.blocker.clone(),
        }
    }
}

impl Console {
    /// The CRDs that a release brought, with their custom resources, and which of them other releases use.
    pub(crate) async fn offered_crds(
        &self,
        connection: &ClusterConnection,
        (at, release): (&ReleaseRef, &::release::Release),
    ) -> Result<Vec<OfferedCrd>, Error> {
        let usages = ::release::crd_usage(&connection.user, release).await?;
        if usages.iter().all(|usage| usage.live.is_none()) {
            let missing = |usage| OfferedCrd {
                usage,
                blocker: Some(CrdBlocker::Missing),
            };
            return Ok(usages.into_iter().map(missing).collect());
        }
        let others = self.other_releases(connection, &key_of(at)).await;
        let offered = |usage: CrdUsage| OfferedCrd {
            blocker: blocker(&usage, others.as_deref()),
            usage,
        };
        Ok(usages.into_iter().map(offered).collect())
    }

    /// The other releases of a cluster with the kinds of each, if its record was read; none when the list is unknown.
    async fn other_releases(
        &self,
        connection: &ClusterConnection,
        own: &ReleaseKey,
    ) -> Option<Vec<OtherRelease>> {
        let known = self.complete_releases(connection).await.value?;
        let others = known
            .value
            .iter()
            .filter(|release| release.head.key != *own && release.head.state != State::Uninstalled);
        let others = others.map(|release| {
            let ReleaseKey {
                namespace,
                release: name,
            } = &release.head.key;
            let content = release.content.as_ref();
            // A record that cannot be decoded has no chart.
            let content = content.filter(|content| content.chart.is_some());
            OtherRelease {
                name: format!("{namespace}/{name}"),
                kinds: content.map(|content| content.kinds.clone()),
            }
        });
        Some(others.collect())
    }
}

/// Another release of the cluster.
struct OtherRelease {
    /// `namespace/name`.
    name: String,
    /// None when its record could not be read.
    kinds: Option<std::sync::Arc<::release::CustomKinds>>,
}

/// Why the deletion of a CRD cannot be chosen.
fn blocker(usage: &CrdUsage, others: Option<&[OtherRelease]>) -> Option<CrdBlocker> {
    let Some(LiveCrd {
        group,
        kind,
        owner,
        resources,
        ..
    }) = &usage.live
    else {
        return Some(CrdBlocker::Missing);
    };
    let name = &usage.object.name;
    let known = others.into_iter().flatten();
    let uses = known.filter(|other| {
        let kinds = other.kinds.as_ref();
        owner.as_ref() == Some(&other.name)
            || kinds.is_some_and(|kinds| kinds.use_crd(name, group, kind))
    });
    let uses: Vec<String> = uses.map(|other| other.name.clone()).collect();
    if !uses.is_empty() {
        return Some(CrdBlocker::UsedBy(uses));
    }
    let Some(others) = others else {
        return Some(CrdBlocker::UsageUnknown(Vec::new()));
    };
    let unread = others.iter().filter(|other| other.kinds.is_none());
    let unread: Vec<String> = unread.map(|other| other.name.clone()).collect();
    if !unread.is_empty() {
        return Some(CrdBlocker::UsageUnknown(unread));
    }
    resources
        .as_ref()
        .err()
        .cloned()
        .map(CrdBlocker::Unreadable)
}
