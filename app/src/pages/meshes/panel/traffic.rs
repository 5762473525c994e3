//! The traffic in the panel: the requests to a cluster as small plots, and one line of the topology.

use super::{
    super::map::traffic::{condition, rate},
    Facts,
};
use crate::{
    parts::{Condition, ConditionPill, Link, Sample, Series, Spark, Tone, Window, written},
    urls,
    words::t,
};
use leptos::prelude::*;
use wire::{
    ClusterName, MeshName, Time,
    mesh::{ClusterFlowView, FlowPoint, MeshTrafficView, ServiceShareView, TrafficView},
};

/// The window of the latest readings.
fn window(traffic: &MeshTrafficView) -> Option<Window> {
    let to = traffic.at?;
    Some(Window {
        from: Time(to.0 - TrafficView::WINDOW_SECONDS),
        to,
    })
}

fn series(title: String, flow: &ClusterFlowView, value: fn(&FlowPoint) -> Option<f64>) -> Series {
    let samples = flow.points.iter().map(|point| (point.at, value(point)));
    Series {
        title,
        unit: String::new(),
        note: String::new(),
        tone: tone(flow),
        samples: samples.collect::<Vec<Sample>>(),
    }
}

/// Failed requests have the colour of a warning.
fn tone(flow: &ClusterFlowView) -> Tone {
    match condition(flow.errors) {
        Condition::Ready => Tone::Plain,
        _ => Tone::Warn,
    }
}

/// The requests to a cluster: a small plot for each cluster that they come from; nothing without requests.
#[component]
pub(super) fn RequestsTo(cluster: ClusterName, traffic: MeshTrafficView) -> impl IntoView {
    let window = window(&traffic);
    let flows = traffic.flows.into_iter();
    let own: Vec<ClusterFlowView> = flows.filter(|flow| flow.to == cluster).collect();
    let plot = move |flow: ClusterFlowView, window| {
        let title = if flow.from == flow.to {
            t!(topology.requests_within, cluster = flow.to.to_string())
        } else {
            t!(topology.requests_from, cluster = flow.from.to_string())
        };
        let series = series(title, &flow, |point| Some(point.requests));
        let value = rate(flow.requests, flow.errors);
        view! { <Spark series=series value=value window=window step=TrafficView::INTERVAL_SECONDS/> }
    };
    window.filter(|_| !own.is_empty()).map(|window| {
        view! {
            <div class="grid gap-3 px-4 py-3 border-b border-line">
                {own.into_iter().map(|flow| plot(flow, window)).collect_view()}
            </div>
        }
    })
}

/// A line of the traffic: its requests and errors, and the Services that they go to.
#[component]
pub(super) fn Flow(
    mesh: MeshName,
    flow: ClusterFlowView,
    traffic: MeshTrafficView,
) -> impl IntoView {
    let facts = vec![
        (t!(members.from), flow.from.to_string()),
        (t!(members.to), flow.to.to_string()),
    ];
    let state = condition(flow.errors);
    let note = rate(flow.requests, flow.errors);
    let plots = window(&traffic).map(|window| {
        let requests = series(t!(topology.requests_between), &flow, |point| {
            Some(point.requests)
        });
        let errors = series(t!(topology.errors_between), &flow, |point| point.errors);
        let (rate, percent) = (written(flow.requests), written(flow.errors.unwrap_or(0.0)));
        view! {
            <div class="grid gap-3 px-4 py-3 border-b border-line">
                <Spark series=requests value=t!(topology.rate, requests = rate) window=window step=TrafficView::INTERVAL_SECONDS/>
                <Spark series=errors value=t!(service.percent, n = percent) window=window step=TrafficView::INTERVAL_SECONDS/>
            </div>
        }
    });
    let share = move |share: ServiceShareView| {
        let page = urls::mesh_service(&mesh, &share.namespace, &share.name);
        let name = format!("{}/{}", share.namespace, share.name);
        view! {
            <li class="flex items-baseline gap-3">
                <span class="flex-1 min-w-0 break-words"><Link href=page attr:class="text-span hover:underline">{name}</Link></span>
                <span class="tabular">{rate(share.requests, share.errors)}</span>
            </li>
        }
    };
    view! {
        <div class="px-4 py-3 border-b border-line">
            <div class="flex items-center gap-2">
                <h3 class="flex-1 min-w-0 text-[14px] font-semibold">{t!(topology.traffic)}</h3>
                <ConditionPill condition=state with_shape=true/>
            </div>
            <p class="mt-0.5 text-ink-2 tabular break-words">{note}</p>
        </div>
        <Facts facts=facts/>
        {plots}
        <div class="px-4 py-3">
            <h4 class="font-medium mb-1">{t!(topology.services_of_sum)}</h4>
            <ul class="grid gap-1" role="list">{flow.services.into_iter().map(share).collect_view()}</ul>
        </div>
    }
}
