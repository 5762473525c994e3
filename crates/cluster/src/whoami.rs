//! The user behind a credential, as the cluster itself reports it in a SelfSubjectReview.

use crate::{Cluster, Error, Verb};
use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use kube::{Api, api::PostParams};

/// The user of a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserInfo {
    /// `system:serviceaccount:NAMESPACE:NAME`, or a user's name.
    pub user: String,
    /// The groups of the user.
    pub groups: Vec<String>,
}

impl Cluster {
    /// The user that the cluster sees behind the credential.
    ///
    /// # Errors
    /// [`Error::is_unauthorized`] when the cluster does not know the credential; else
    /// [`Error::Refused`], [`Error::Unreachable`] or [`Error::TimedOut`]. Before Kubernetes 1.28 the kind
    /// is not served.
    pub async fn whoami(&self) -> Result<UserInfo, Error> {
        let api: Api<SelfSubjectReview> = Api::all(self.client.clone());
        let (parameters, review) = (PostParams::default(), SelfSubjectReview::default());
        let call = api.create(&parameters, &review);
        let response = self
            .call(Verb::Review, "the credential's user", call)
            .await?;
        let user = response.status.and_then(|status| status.user_info);
        let user = user.unwrap_or_default();
        Ok(UserInfo {
            user: user.username.unwrap_or_default(),
            groups: user.groups.unwrap_or_default(),
        })
    }
}
