//! Who are we there? Asked of the cluster itself, by SelfSubjectReview.

use crate::{Cluster, Error, Verb};
use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use kube::{Api, api::PostParams};

/// Who a credential is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// `system:serviceaccount:NAMESPACE:NAME`, or a user's name.
    pub user: String,
    /// Its groups.
    pub groups: Vec<String>,
}

impl Cluster {
    /// Who our credential is to the cluster; a token that it does not know is told apart.
    ///
    /// # Errors
    /// [`Error::is_unauthorized`] when it does not know us; else [`Error::Refused`],
    /// [`Error::Unreachable`] or [`Error::TimedOut`]. Before Kubernetes 1.28 the kind is not served.
    pub async fn who_am_i(&self) -> Result<Who, Error> {
        let api: Api<SelfSubjectReview> = Api::all(self.client.clone());
        let (parameters, review) = (PostParams::default(), SelfSubjectReview::default());
        let call = api.create(&parameters, &review);
        let answer = self.call(Verb::Review, "say who we are", call).await?;
        let user = answer.status.and_then(|status| status.user_info);
        let user = user.unwrap_or_default();
        Ok(Who {
            user: user.username.unwrap_or_default(),
            groups: user.groups.unwrap_or_default(),
        })
    }
}
