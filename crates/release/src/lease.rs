//! The Lease of a release: it names the job that works on the release, to the consoles that do not run it.
//!
//! The record of the next revision decides which of two operations goes on; the Lease says who the other one is, before
//! anything is changed. It expires when no renewal was seen for its duration, by the clock of the console that
//! waits: the times in it are never compared. Start at [`acquire_lease`].

mod holder;

pub use holder::LeaseHolder;

use crate::{
    Error, Event, Operation, ReleaseKey, SETTINGS_LABEL, WaitReason, helm_labels::MANAGED_BY,
};
use cluster::{
    AsUser, Cluster, FIELD_MANAGER, Identity as _, Kind, Object, ObjectRef, Propagation,
};
use holder::OPERATOR_ANNOTATION;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;
use wire::job::Awaited;

/// How often a Lease of another holder is read while a job waits for its end.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// The longest duration of another holder's Lease whose expiry is waited for.
const MAX_DURATION: Duration = Duration::from_mins(5);

/// What a job got.
pub enum Acquired {
    /// The Lease; `from` is the holder whose Lease expired, if there was one.
    Held {
        /// The Lease.
        lease: Box<HeldLease>,
        /// The holder whose Lease expired.
        from: Option<LeaseHolder>,
    },
    /// The cluster refuses or does not serve Leases: the record of the revision alone decides.
    Refused(cluster::Error),
}

/// The Lease of a release, held by a job. It has to be renewed, and is given up by [`HeldLease::release`].
pub struct HeldLease {
    user: AsUser,
    key: ReleaseKey,
    holder: LeaseHolder,
    duration: Duration,
    clock: fn() -> Timestamp,
    /// The Lease as it was written last; none while the namespace does not exist.
    written: Option<Object>,
}

/// The Lease of a release.
pub fn lease_ref(key: &ReleaseKey) -> ObjectRef {
    let name = format!("meshspan.release.{}", key.release);
    Kind::LEASE.object(Some(key.namespace.as_str()), &name)
}

/// The release of a Lease that a console wrote; none for another Lease.
pub fn lease_release(lease: &Object) -> Option<&str> {
    let is_own = lease.kind() == "Lease" && lease.name().starts_with("meshspan.release.");
    is_own.then(|| lease.label(SETTINGS_LABEL)).flatten()
}

/// Takes the Lease of a release for a job. The Lease of another console is waited for until it is renewed or given up,
/// which ends the wait with an error, or until it expires. In a namespace that does not exist yet, the Lease
/// is created by a renewal.
///
/// # Errors
/// [`Error::LeaseHeld`] with the holder, [`Error::Cancelled`], and [`Error::Cluster`] other than a refusal.
pub async fn acquire_lease(
    operation: &Operation<'_>,
    holder: &LeaseHolder,
    duration: Duration,
) -> Result<Acquired, Error> {
    let mut lease = HeldLease {
        user: operation.user.clone(),
        key: operation.key.clone(),
        holder: holder.clone(),
        duration,
        clock: operation.clock,
        written: None,
    };
    match lease.take(operation).await {
        Ok(from) => Ok(Acquired::Held {
            lease: Box::new(lease),
            from,
        }),
        Err(Error::Cluster(error)) if is_refusal(&error) => Ok(Acquired::Refused(error)),
        Err(error) => Err(error),
    }
}

/// Whether a cluster has no Leases for this user.
fn is_refusal(error: &cluster::Error) -> bool {
    error.is_forbidden() || matches!(error, cluster::Error::NoSuchKind { .. })
}

/// The Lease of another holder, as it was seen first.
struct Seen {
    holder: LeaseHolder,
    version: String,
    at: Instant,
}

impl HeldLease {
    /// The release.
    pub fn key(&self) -> &ReleaseKey {
        &self.key
    }

    /// The time between two renewals.
    pub fn renewal_interval(&self) -> Duration {
        self.duration / 3
    }

    fn cluster(&self) -> &Cluster {
        self.user.cluster()
    }

    /// Whether a holder is this one; the name of the operator is for people.
    fn is_own(&self, holder: &LeaseHolder) -> bool {
        holder.identity() == self.holder.identity()
    }

    /// Creates the Lease, or takes over that of a holder that is gone, and returns that holder.
    async fn take(&mut self, operation: &Operation<'_>) -> Result<Option<LeaseHolder>, Error> {
        let mut seen: Option<Seen> = None;
        loop {
            if seen.is_none() && self.create().await? {
                return Ok(None);
            }
            let found = self.cluster().get(&lease_ref(&self.key)).await?;
            let other = found.as_ref().and_then(LeaseHolder::of);
            let other = other.filter(|other| other.console != self.holder.console);
            let (found, other) = match (found, other, &seen) {
                (Some(found), Some(other), _) => (found, other),
                // Its operation changed the release after this one was planned.
                (_, _, Some(seen)) => return Err(self.held_by(&seen.holder, None)),
                (Some(found), None, None) => {
                    if self.replace(found).await? {
                        return Ok(None);
                    }
                    continue;
                }
                (None, _, None) => continue,
            };
            let first = seen.get_or_insert_with(|| Seen {
                holder: other.clone(),
                version: found.resource_version().to_owned(),
                at: Instant::now(),
            });
            let duration = duration_of(&found).unwrap_or(self.duration);
            let is_renewed = first.version != found.resource_version();
            if is_renewed || duration > MAX_DURATION {
                return Err(self.held_by(&other, Some(&found)));
            }
            let left = duration.saturating_sub(first.at.elapsed());
            if left.is_zero() {
                if self.replace(found).await? {
                    return Ok(Some(other));
                }
                continue;
            }
            operation.report(Event::Waiting {
                object: lease_ref(&self.key),
                reason: WaitReason {
                    awaited: Awaited::LeaseEnd,
                    detail: other.to_string(),
                },
            });
            tokio::select! {
                () = tokio::time::sleep(left.min(POLL_INTERVAL)) => {}
                () = operation.wait.stop.cancelled() => return Err(Error::Cancelled),
            }
        }
    }

    fn held_by(&self, holder: &LeaseHolder, lease: Option<&Object>) -> Error {
        let since = lease.map(|lease| lease.text("/spec/acquireTime"));
        Error::LeaseHeld {
            release: self.key.release.clone(),
            lease: lease_ref(&self.key),
            holder: holder.clone(),
            since: since.and_then(|since| since.parse().ok()),
            duration: lease.and_then(duration_of).unwrap_or(self.duration),
        }
    }

    /// Creates the Lease; false when it exists.
    async fn create(&mut self) -> Result<bool, Error> {
        let reference = lease_ref(&self.key);
        let now = micro_time((self.clock)());
        let lease = Object::new(json!({
            "apiVersion": reference.api_version, "kind": reference.kind,
            "metadata": {
                "name": reference.name,
                "namespace": self.key.namespace.as_str(),
                "labels": { MANAGED_BY: FIELD_MANAGER, SETTINGS_LABEL: self.key.release.as_str() },
                "annotations": { OPERATOR_ANNOTATION: self.holder.operator },
            },
            "spec": {
                "holderIdentity": self.holder.identity(),
                "leaseDurationSeconds": self.duration.as_secs().max(1),
                "acquireTime": now, "renewTime": now, "leaseTransitions": 0,
            },
        }))?;
        match self.cluster().create(&lease).await {
            Ok(created) => self.written = Some(created),
            Err(error) if error.already_exists() => return Ok(false),
            // Its namespace: it comes with the release.
            Err(error) if error.is_not_found() => self.written = None,
            Err(error) => return Err(error.into()),
        }
        Ok(true)
    }

    /// Writes this holder into a Lease that was read; false when it changed since.
    async fn replace(&mut self, mut lease: Object) -> Result<bool, Error> {
        let now = micro_time((self.clock)());
        let transitions = lease.number("/spec/leaseTransitions").unwrap_or(0);
        let value = lease.value_mut();
        value["metadata"]["labels"] =
            json!({ MANAGED_BY: FIELD_MANAGER, SETTINGS_LABEL: self.key.release.as_str() });
        value["metadata"]["annotations"] = json!({ OPERATOR_ANNOTATION: self.holder.operator });
        value["spec"] = json!({
            "holderIdentity": self.holder.identity(),
            "leaseDurationSeconds": self.duration.as_secs().max(1),
            "acquireTime": now, "renewTime": now,
            "leaseTransitions": transitions.saturating_add(1),
        });
        self.write(lease).await
    }

    async fn write(&mut self, lease: Object) -> Result<bool, Error> {
        match self.cluster().replace(&lease).await {
            Ok(written) => self.written = Some(written),
            Err(error) if error.is_conflict() || error.is_not_found() => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        Ok(true)
    }

    /// Renews the Lease. It is created again when it was deleted.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] when another holder has it; [`Error::Cluster`] when it could not be renewed now.
    pub async fn renew(&mut self) -> Result<(), Error> {
        if let Some(mut lease) = self.written.clone() {
            lease.value_mut()["spec"]["renewTime"] = micro_time((self.clock)());
            if self.write(lease).await? {
                return Ok(());
            }
        } else if self.create().await? {
            return Ok(());
        }
        let Some(mut lease) = self.cluster().get(&lease_ref(&self.key)).await? else {
            self.create().await?;
            return Ok(());
        };
        match LeaseHolder::of(&lease) {
            Some(holder) if !self.is_own(&holder) => Err(Error::LeaseLost {
                release: self.key.release.clone(),
                lease: lease_ref(&self.key),
                holder,
            }),
            // Another program changed its metadata.
            Some(_) => {
                lease.value_mut()["spec"]["renewTime"] = micro_time((self.clock)());
                self.write(lease).await?;
                Ok(())
            }
            None => {
                self.replace(lease).await?;
                Ok(())
            }
        }
    }

    /// Gives the Lease up: it is deleted, unless another holder has it.
    ///
    /// # Errors
    /// [`Error::Cluster`]; the Lease then expires.
    pub async fn release(self) -> Result<(), Error> {
        let Some(written) = &self.written else {
            return Ok(());
        };
        let Err(error) = self.delete(written).await else {
            return Ok(());
        };
        if !error.is_conflict() {
            return Err(error.into());
        }
        let found = self.cluster().get(&lease_ref(&self.key)).await?;
        let own =
            found.filter(|lease| LeaseHolder::of(lease).is_some_and(|holder| self.is_own(&holder)));
        match own {
            Some(lease) => Ok(self.delete(&lease).await?),
            None => Ok(()),
        }
    }

    async fn delete(&self, lease: &Object) -> Result<(), cluster::Error> {
        let deleted = self
            .cluster()
            .delete_unchanged(lease, Propagation::Background);
        deleted.await.map(drop)
    }
}

/// The duration that the holder of a Lease promises to renew it in.
fn duration_of(lease: &Object) -> Option<Duration> {
    let seconds = u64::try_from(lease.number("/spec/leaseDurationSeconds")?).ok()?;
    Some(Duration::from_secs(seconds)).filter(|duration| !duration.is_zero())
}

/// A time as Kubernetes writes a `MicroTime`: six digits of the second, always.
fn micro_time(now: Timestamp) -> Value {
    Value::String(now.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_six_digits_of_the_second() {
        let time = micro_time(Timestamp::UNIX_EPOCH);
        assert_eq!(time, "1970-01-01T00:00:00.000000Z");
    }
}
