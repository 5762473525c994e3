//! What an istiod lacks, and clusters that no control plane reads.

use crate::{
    parts::{ButtonLink, Notice, Tone},
    words::{count, t},
    zone::{time_of_day, zone},
};
use leptos::prelude::*;
use wire::mesh::{MissingEndpointView, ServingClusterView};

/// An istiod that lacks endpoints of a cluster.
#[derive(Clone)]
pub(super) struct Lacking {
    cluster: String,
    instance: String,
    endpoints: Vec<MissingEndpointView>,
}

pub(super) fn missing(clusters: &[ServingClusterView]) -> Vec<Lacking> {
    let all = clusters.iter().flat_map(|cluster| {
        let lacking = cluster
            .registered
            .iter()
            .filter(|at| !at.missing.is_empty());
        lacking.map(|at| Lacking {
            cluster: cluster.cluster.to_string(),
            instance: at.instance.clone(),
            endpoints: at.missing.clone(),
        })
    });
    all.collect()
}

/// The endpoints that an istiod lacks, and what that means.
#[component]
pub(super) fn Missing(missing: Lacking) -> impl IntoView {
    let zone = zone();
    let is_confirmed = missing.endpoints.iter().any(|endpoint| endpoint.confirmed);
    let since = missing
        .endpoints
        .iter()
        .map(|endpoint| endpoint.since)
        .min();
    let names = missing
        .endpoints
        .iter()
        .map(|endpoint| match &endpoint.pod {
            Some(pod) => format!("{} ({pod})", endpoint.address),
            None => endpoint.address.clone(),
        });
    let names = names.collect::<Vec<_>>().join(", ");
    let number = missing.endpoints.len();
    let sentence = move || {
        let time = since.map_or_else(String::new, |since| time_of_day(since, &zone.get()));
        let (cluster, instance) = (missing.cluster.clone(), missing.instance.clone());
        count!(
            service.missing,
            n = number,
            cluster = cluster,
            instance = instance,
            time = time
        )
    };
    let (tone, note) = if is_confirmed {
        (Tone::Warn, t!(service.missing_note))
    } else {
        (Tone::Plain, t!(service.missing_unconfirmed))
    };
    view! {
        <div class="mb-3">
            <Notice tone=tone>
                <p class="font-medium">{sentence}</p>
                <p class="font-mono text-[12px] text-ink-2 break-words">{names}</p>
                <p>{note}</p>
            </Notice>
        </div>
    }
}

/// A cluster that no control plane reads, and the way to its join.
#[component]
pub(super) fn NotRegistered(link: String) -> impl IntoView {
    view! {
        <div class="mb-3">
            <Notice tone=Tone::Warn>
                <p class="mb-2">{t!(service.not_joined)}</p>
                <ButtonLink to=link>{t!(service.open_steps)}</ButtonLink>
            </Notice>
        </div>
    }
}
