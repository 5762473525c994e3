//! W04: the release is at the revision that the upgrade was prepared for, and no operation on it is pending.

use super::{Finding, PreflightContext, release_name::describe};
use crate::finding::detail;
use release::{Release, State};
use wire::check::{CheckStatus, Detail};

pub(super) async fn check(context: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let expected = context.upgrades.unwrap_or_default();
    let details = match release::latest(context.user, context.key).await {
        Ok(newest) => evaluate(&newest, expected),
        Err(release::Error::Cluster(error)) => return Err(error),
        Err(error) => vec![detail!(ReleaseUnreadable { reason: error })],
    };
    Ok(Finding::from_details(CheckStatus::Failed, details)
        .with("release", &context.key.release)
        .with("revision", expected))
}

/// The newest revision, when an upgrade of the revision `expected` is not possible.
fn evaluate(newest: &Release, expected: u32) -> Vec<Detail> {
    let is_settled = matches!(
        newest.info.status,
        State::Deployed | State::Failed | State::Superseded
    );
    if is_settled && newest.version == expected {
        return Vec::new();
    }
    vec![describe(newest)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(version: u32, status: &str) -> Release {
        serde_json::from_value(serde_json::json!({
            "name": "web", "namespace": "shop", "version": version, "info": {"status": status},
        }))
        .expect("a release")
    }

    #[test]
    fn a_newer_revision_and_a_pending_operation_block() {
        assert!(evaluate(&release(3, "deployed"), 3).is_empty());
        assert!(evaluate(&release(3, "failed"), 3).is_empty());
        assert_eq!(evaluate(&release(4, "deployed"), 3).len(), 1);
        for pending in [
            "pending-install",
            "pending-upgrade",
            "pending-rollback",
            "uninstalling",
        ] {
            assert_eq!(evaluate(&release(3, pending), 3).len(), 1, "{pending}");
        }
    }
}
