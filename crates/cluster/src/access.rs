//! May this credential do that? Asked of the cluster itself, by SelfSubjectAccessReview.

use crate::{Cluster, Error, Kind, Verb};
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use kube::{Api, api::PostParams};
use std::fmt;

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ask {
    /// `create`, `patch`, `delete`, `get`, …
    pub verb: &'static str,
    /// The API group.
    pub group: String,
    /// The plural name.
    pub resource: String,
    /// In which namespace; none asks for the whole cluster.
    pub namespace: Option<String>,
}

impl Ask {
    /// Asks for `verb` on a kind.
    pub fn on(kind: &Kind, verb: &'static str, namespace: Option<&str>) -> Self {
        Self {
            verb,
            group: kind.group().to_owned(),
            resource: kind.plural().to_owned(),
            namespace: namespace.filter(|_| kind.namespaced).map(str::to_owned),
        }
    }
}

impl fmt::Display for Ask {
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

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right {
    /// What was asked.
    pub ask: Ask,
    /// Whether it is allowed.
    pub allowed: bool,
    /// Why, in the cluster's words.
    pub reason: String,
}

impl Cluster {
    /// Asks whether our credential may do it.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Unreachable`] or [`Error::TimedOut`].
    pub async fn may(&self, ask: Ask) -> Result<Right, Error> {
        let review = SelfSubjectAccessReview {
            spec: SelfSubjectAccessReviewSpec {
                resource_attributes: Some(ResourceAttributes {
                    verb: Some(ask.verb.to_owned()),
                    group: Some(ask.group.clone()),
                    resource: Some(ask.resource.clone()),
                    namespace: ask.namespace.clone(),
                    ..ResourceAttributes::default()
                }),
                ..SelfSubjectAccessReviewSpec::default()
            },
            ..SelfSubjectAccessReview::default()
        };
        let api: Api<SelfSubjectAccessReview> = Api::all(self.client.clone());
        let parameters = PostParams::default();
        let call = api.create(&parameters, &review);
        let answer = self.call(Verb::Review, &ask, call).await?;
        let status = answer.status.unwrap_or_default();
        Ok(Right {
            ask,
            allowed: status.allowed,
            reason: status.reason.unwrap_or_default(),
        })
    }

    /// Asks for several rights, at most eight at a time; the answers come in the order of the questions.
    ///
    /// # Errors
    /// As [`Cluster::may`]; the first failure ends it.
    pub async fn may_all(&self, asks: Vec<Ask>) -> Result<Vec<Right>, Error> {
        use futures::{StreamExt as _, TryStreamExt as _};
        futures::stream::iter(asks.into_iter().map(|ask| self.may(ask)))
            .buffered(8)
            .try_collect()
            .await
    }
}
