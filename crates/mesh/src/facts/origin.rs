//! Which tool joined a remote, by the names that it gives its objects.

use crate::istio::{REMOTE_SECRET_PREFIX, reader};
use wire::mesh::JoiningTool;

/// What a join shows of the tool that made it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JoinTraits<'a> {
    /// The key of the remote Secret.
    pub(crate) key: &'a str,
    /// The name of the remote Secret.
    pub(crate) secret: &'a str,
    /// Its annotation `networking.istio.io/cluster`, "" without one.
    pub(crate) annotation: &'a str,
    /// The ServiceAccount of the reader, "" when unknown.
    pub(crate) account: &'a str,
}

impl JoinTraits<'_> {
    /// The tool. `istioctl create-remote-secret` annotates its Secret, which scripts do not; the scripts for
    /// Istio 1.0 name the Secret after the cluster.
    pub(crate) fn tool(&self) -> JoiningTool {
        let has_usual_name = self.secret.strip_prefix(REMOTE_SECRET_PREFIX) == Some(self.key);
        let is_annotated = self.annotation == self.key;
        let has_account = |account: &str| self.account.is_empty() || self.account == account;
        if has_usual_name && is_annotated && has_account(reader::ISTIOD_ACCOUNT) {
            JoiningTool::Istioctl
        } else if self.account == reader::MIXER_ACCOUNT
            || self.secret == self.key
            || (has_usual_name && self.annotation.is_empty())
        {
            JoiningTool::Scripts
        } else {
            JoiningTool::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_join_shows_its_tool() {
        let istioctl = JoinTraits {
            key: "west",
            secret: "istio-remote-secret-west",
            annotation: "west",
            account: "istio-reader-service-account",
        };
        assert_eq!(istioctl.tool(), JoiningTool::Istioctl);
        let procedure = JoinTraits {
            annotation: "",
            ..istioctl
        };
        assert_eq!(procedure.tool(), JoiningTool::Scripts);
        let mixer = JoinTraits {
            secret: "west",
            account: "istio-multi",
            ..procedure
        };
        assert_eq!(mixer.tool(), JoiningTool::Scripts);
        let other = JoinTraits {
            secret: "kubeconfigs",
            ..istioctl
        };
        assert_eq!(other.tool(), JoiningTool::Other);
    }
}
