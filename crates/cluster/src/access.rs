//! The rights of a credential, as the cluster itself reports them in a SelfSubjectAccessReview.

use crate::{Cluster, Error, ServedKind, Verb};
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use kube::{Api, api::PostParams};
use std::fmt;

/// How many access reviews run at the same time.
const CONCURRENT_REVIEWS: usize = 8;

/// One right to be reviewed: a verb on a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccessReview {
    /// `create`, `patch`, `delete`, `get`, …
    pub verb: &'static str,
    /// The API group.
    pub group: String,
    /// The plural name.
    pub resource: String,
    /// The namespace; none reviews the right in the whole cluster.
    pub namespace: Option<String>,
}

impl AccessReview {
    /// The review of `verb` on a kind.
    pub fn new(kind: &ServedKind, verb: &'static str, namespace: Option<&str>) -> Self {
        Self {
            verb,
            group: kind.group().to_owned(),
            resource: kind.plural().to_owned(),
            namespace: namespace.filter(|_| kind.namespaced).map(str::to_owned),
        }
    }
}

impl fmt::Display for AccessReview {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.verb, self.resource)?;
        if !self.group.is_empty() {
            write!(out, ".{}", self.group)?;
        }
        match &self.namespace {
            Some(namespace) => write!(out, " in {namespace}"),
            None => Ok(()),
        }
    }
}

/// The answer to one access review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessDecision {
    /// The right that was reviewed.
    pub review: AccessReview,
    /// Whether the right is granted.
    pub allowed: bool,
    /// The reason that the cluster gives.
    pub reason: String,
}

impl Cluster {
    /// Reviews whether the credential has one right.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Unreachable`] or [`Error::TimedOut`].
    pub async fn check_access(&self, review: AccessReview) -> Result<AccessDecision, Error> {
        let request = SelfSubjectAccessReview {
            spec: SelfSubjectAccessReviewSpec {
                resource_attributes: Some(ResourceAttributes {
                    verb: Some(review.verb.to_owned()),
                    group: Some(review.group.clone()),
                    resource: Some(review.resource.clone()),
                    namespace: review.namespace.clone(),
                    ..ResourceAttributes::default()
                }),
                ..SelfSubjectAccessReviewSpec::default()
            },
            ..SelfSubjectAccessReview::default()
        };
        let api: Api<SelfSubjectAccessReview> = Api::all(self.client.clone());
        let parameters = PostParams::default();
        let call = api.create(&parameters, &request);
        let object = format!("the right to {review}");
        let response = self.call(Verb::Review, object, call).await?;
        let status = response.status.unwrap_or_default();
        Ok(AccessDecision {
            review,
            allowed: status.allowed,
            reason: status.reason.unwrap_or_default(),
        })
    }

    /// Reviews several rights concurrently; the decisions come in the order of the reviews.
    ///
    /// # Errors
    /// As [`Cluster::check_access`]; the first failure ends it.
    pub async fn check_access_all(
        &self,
        reviews: Vec<AccessReview>,
    ) -> Result<Vec<AccessDecision>, Error> {
        use futures::{StreamExt as _, TryStreamExt as _};
        futures::stream::iter(reviews.into_iter().map(|review| self.check_access(review)))
            .buffered(CONCURRENT_REVIEWS)
            .try_collect()
            .await
    }
}
