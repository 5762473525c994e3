//! Queries the sample's product page through a port-forward.

use crate::{
    facts::{Fact, PodFacts, Unknown},
    gather::debug::{get, unreachable},
};
use cluster::{Cluster, PodPort, ResponseLimits};

/// The port of the product page.
const PRODUCT_PAGE_PORT: u16 = 9080;

/// The content of the product page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The page shows the details of the book.
    Details,
    /// The page shows an error in place of the details.
    NoDetails,
    /// The page shows neither.
    Other,
}

/// The responses of the product page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductAnswer {
    /// The pod that responded.
    pub pod: Fact<String>,
    /// Whether that pod has a sidecar.
    pub sidecar: Fact<bool>,
    /// The content of its page.
    pub page: Fact<Page>,
    /// The status of `/api/v1/products/0`.
    pub status: Fact<u16>,
}

impl ProductAnswer {
    pub(super) fn unknown(reason: &Unknown) -> Self {
        Self {
            pod: Err(reason.clone()),
            sidecar: Err(reason.clone()),
            page: Err(reason.clone()),
            status: Err(reason.clone()),
        }
    }
}

/// The content of a page. The status is always 200, so the text decides.
pub(crate) fn page(text: &str) -> Page {
    if text.contains("Error fetching product details") {
        Page::NoDetails
    } else if text.contains("Book Details") {
        Page::Details
    } else {
        Page::Other
    }
}

/// Queries the product page in its first ready pod.
pub(super) async fn query(
    caller: &Cluster,
    pods: &[PodFacts],
    namespace: &str,
    bounds: ResponseLimits,
) -> ProductAnswer {
    let is_page = |pod: &&PodFacts| pod.namespace == namespace && pod.label("app") == "productpage";
    let mut ready = pods
        .iter()
        .filter(is_page)
        .filter(|pod| pod.live && pod.ready);
    let Some(pod) = ready.next() else {
        let exists = pods.iter().any(|pod| is_page(&pod));
        let reason = if exists {
            "no pod of productpage is ready"
        } else {
            "productpage has no pod"
        };
        return ProductAnswer::unknown(&Unknown::because(reason));
    };
    let at = PodPort {
        namespace: namespace.to_owned(),
        pod: pod.name.clone(),
        port: PRODUCT_PAGE_PORT,
    };
    let (text, api) = tokio::join!(
        get(caller, &at, "/productpage", bounds),
        caller.http_get(&at, "/api/v1/products/0", bounds),
    );
    ProductAnswer {
        pod: Ok(pod.name.clone()),
        sidecar: Ok(pod.sidecar.is_some()),
        page: text.map(|text| page(&text)),
        status: api
            .map(|response| response.status)
            .map_err(|error| unreachable(&error)),
    }
}
