//! The endpoints of a Service in a cluster.

use crate::{
    parts::{Cell, Fold, NameCell, Pill, Tone},
    words::{count, t},
};
use leptos::prelude::*;
use wire::mesh::{EndpointState, ServiceEndpointView, ServingClusterView};

/// The endpoints of a cluster, folded.
#[component]
pub(super) fn Endpoints(cluster: ServingClusterView) -> impl IntoView {
    let number = cluster.ready + cluster.not_ready + cluster.terminating;
    let left_out = usize::try_from(number)
        .unwrap_or(0)
        .saturating_sub(cluster.endpoints.len());
    let name = cluster.cluster.to_string();
    let fold = format!("endpoints of {name}");
    let label = count!(service.endpoints_of, n = number, cluster = name);
    let rows = cluster
        .endpoints
        .into_iter()
        .map(|endpoint| view! { <Endpoint endpoint=endpoint/> });
    let rows = rows.collect_view();
    (number > 0).then(|| {
        view! {
            <Fold
                key=fold.clone()
                class="border-t border-line text-[13px]"
                summary_class="cursor-pointer py-2.5 text-ink-2"
                summary=label.clone().into_any()
            >
                <table role="table" class="list-table" aria-label=label>
                    <thead role="rowgroup" class="max-md:sr-only">
                        <tr role="row">
                            <th role="columnheader">{t!(service.address)}</th>
                            <th role="columnheader">{t!(service.pod)}</th>
                            <th role="columnheader">{t!(service.proxy)}</th>
                            <th role="columnheader">{t!(service.state)}</th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
                {(left_out > 0).then(|| view! { <p class="py-2 text-ink-2">{count!(service.more_endpoints, n = left_out)}</p> })}
            </Fold>
        }
    })
}

#[component]
fn Endpoint(endpoint: ServiceEndpointView) -> impl IntoView {
    let (tone, state) = match endpoint.state {
        EndpointState::Ready => (Tone::Good, t!(service.endpoint_ready)),
        EndpointState::NotReady => (Tone::Warn, t!(service.endpoint_not_ready)),
        EndpointState::Terminating => (Tone::Plain, t!(service.endpoint_terminating)),
    };
    let proxy = if endpoint.proxy {
        t!(service.has_proxy)
    } else {
        t!(service.has_no_proxy)
    };
    view! {
        <tr role="row">
            <NameCell><span class="font-mono text-[12px]">{endpoint.address}</span></NameCell>
            <Cell label=t!(service.pod)>{endpoint.pod.unwrap_or_else(|| t!(service.no_pod))}</Cell>
            <Cell label=t!(service.proxy)>{proxy}</Cell>
            <Cell label=t!(service.state)><Pill tone=tone>{state}</Pill></Cell>
        </tr>
    }
}
