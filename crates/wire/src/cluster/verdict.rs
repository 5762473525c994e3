//! The verdict on a context of a kubeconfig, from the lines of its probe.

use super::{ProbeItem, ProbeLine};

/// Whether the cluster of a context can be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProbeVerdict {
    /// The probe has not ended.
    Pending,
    /// The server answers, and the credentials have the permissions that a mesh needs.
    Ready,
    /// The server answers; permissions are missing, or could not be read.
    Limited(Option<String>),
    /// The cluster cannot be used: the item that failed, and the message of the server or of the connection.
    Failed(ProbeItem, String),
}

impl ProbeVerdict {
    /// The verdict from the lines so far.
    pub fn of(lines: &[ProbeLine], is_complete: bool) -> Self {
        let failed = |line: &&ProbeLine| line.passed == Some(false);
        let mut others = lines.iter().filter(|line| line.item != ProbeItem::Rights);
        if let Some(line) = others.find(failed) {
            return Self::Failed(line.item, line.message.clone());
        }
        if !is_complete {
            return Self::Pending;
        }
        let rights = lines.iter().find(|line| line.item == ProbeItem::Rights);
        match rights.map(|line| (line.passed, &line.message)) {
            Some((Some(true), _)) => Self::Ready,
            Some((Some(false), missing)) => Self::Limited(Some(missing.clone())),
            Some((None, _)) | None => Self::Limited(None),
        }
    }

    /// Whether the cluster of the context can be added.
    pub fn is_usable(&self) -> bool {
        matches!(self, Self::Ready | Self::Limited(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(item: ProbeItem, passed: Option<bool>, message: &str) -> ProbeLine {
        ProbeLine {
            item,
            passed,
            message: message.to_owned(),
        }
    }

    #[test]
    fn the_first_failure_is_the_verdict_before_the_probe_ends() {
        let name = line(ProbeItem::Name, Some(true), "https://east");
        let silent = line(ProbeItem::Connection, Some(false), "refused");
        let verdict = ProbeVerdict::of(&[name.clone(), silent], false);
        assert_eq!(
            verdict,
            ProbeVerdict::Failed(ProbeItem::Connection, "refused".to_owned())
        );
        assert!(!verdict.is_usable());
        assert_eq!(ProbeVerdict::of(&[name], false), ProbeVerdict::Pending);
    }

    #[test]
    fn missing_permissions_limit_a_cluster_that_can_be_added() {
        let user = line(ProbeItem::User, None, "unknown");
        let rights = |passed, message: &str| {
            let rights = line(ProbeItem::Rights, passed, message);
            ProbeVerdict::of(&[user.clone(), rights], true)
        };
        let limited = rights(Some(false), "create secrets");
        assert_eq!(
            limited,
            ProbeVerdict::Limited(Some("create secrets".to_owned()))
        );
        assert!(limited.is_usable());
        assert_eq!(rights(None, "timed out"), ProbeVerdict::Limited(None));
        assert_eq!(rights(Some(true), ""), ProbeVerdict::Ready);
        let no_answer = ProbeVerdict::of(&[], true);
        assert_eq!(no_answer, ProbeVerdict::Limited(None));
    }
}
