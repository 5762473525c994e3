//! Lists of objects: all pages, within the limits of [`crate::limits`].

use crate::{
    Cluster, Error, Kind, Object, ServedKind, Verb,
    limits::pages,
    object::{api_with, from_dynamic},
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{
    Api,
    api::{DynamicObject, ListParams, PartialObjectMeta},
};

/// The number of objects in one page of a list.
const MAX_PAGE_ITEMS: u32 = 500;

impl Cluster {
    /// The API for one list, or for one watcher, whose pages are limited in all.
    pub(crate) fn list_api(
        &self,
        kind: &ServedKind,
        namespace: Option<&str>,
    ) -> Api<DynamicObject> {
        api_with(pages::client(self.client.clone()), kind, namespace)
    }

    /// The same for the metadata of the objects.
    pub(crate) fn metadata_api(
        &self,
        kind: &ServedKind,
        namespace: Option<&str>,
    ) -> Api<PartialObjectMeta<DynamicObject>> {
        api_with(pages::client(self.client.clone()), kind, namespace)
    }

    /// Lists the objects of a kind, in one namespace or in all; `labels` is a label selector or "".
    ///
    /// # Errors
    /// As [`Cluster::get`].
    pub async fn list_objects(
        &self,
        kind: Kind<'_>,
        namespace: Option<&str>,
        labels: &str,
    ) -> Result<Vec<Object>, Error> {
        let parameters = ListParams::default().labels(labels);
        self.list_pages(kind, namespace, parameters).await
    }

    /// Lists the metadata of the objects of a kind, in one namespace or in all; `labels` is a label selector or "".
    /// `part` chooses what is kept of each: one page of the rest is in memory at a time.
    ///
    /// # Errors
    /// As [`Cluster::get`].
    pub async fn list_metadata<T>(
        &self,
        kind: Kind<'_>,
        namespace: Option<&str>,
        labels: &str,
        mut part: impl FnMut(ObjectMeta) -> Option<T>,
    ) -> Result<Vec<T>, Error> {
        let served = self.kind(kind).await?;
        let api = self.list_api(&served, namespace);
        let mut parameters = ListParams::default().labels(labels).limit(MAX_PAGE_ITEMS);
        let mut kept = Vec::new();
        loop {
            let page = self
                .call(Verb::List, served.plural(), api.list_metadata(&parameters))
                .await;
            let page = self.of_served_kind(kind, page)?;
            kept.extend(
                page.items
                    .into_iter()
                    .filter_map(|item| part(item.metadata)),
            );
            match page.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) => parameters.continue_token = Some(token),
                None => return Ok(kept),
            }
        }
    }

    /// Lists the objects of a kind in all namespaces; `fields` is a field selector.
    ///
    /// # Errors
    /// As [`Cluster::get`].
    pub async fn list_by_field(&self, kind: Kind<'_>, fields: &str) -> Result<Vec<Object>, Error> {
        let parameters = ListParams::default().fields(fields);
        self.list_pages(kind, None, parameters).await
    }

    async fn list_pages(
        &self,
        kind: Kind<'_>,
        namespace: Option<&str>,
        parameters: ListParams,
    ) -> Result<Vec<Object>, Error> {
        let served = self.kind(kind).await?;
        let api = self.list_api(&served, namespace);
        let mut parameters = parameters.limit(MAX_PAGE_ITEMS);
        let mut objects = Vec::new();
        loop {
            let page = self
                .call(Verb::List, served.plural(), api.list(&parameters))
                .await;
            let page = self.of_served_kind(kind, page)?;
            let continue_token = page
                .metadata
                .continue_
                .clone()
                .filter(|token| !token.is_empty());
            objects.extend(page.items.into_iter().map(|mut item| {
                item.types = Some(kube::api::TypeMeta {
                    api_version: kind.api_version.to_owned(),
                    kind: kind.kind.to_owned(),
                });
                from_dynamic(item)
            }));
            match continue_token {
                Some(token) => parameters.continue_token = Some(token),
                None => return Ok(objects),
            }
        }
    }
}
