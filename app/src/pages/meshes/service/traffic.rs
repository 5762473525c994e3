//! The requests to a Service from cluster to cluster: averages of the window as a table, and each reading as plots.

use crate::{
    parts::{
        Cell, NameCell, Notice, Plots, PlotsState, PlotsView, ProblemNotice, Sample, Series, Tone,
        Window, written,
    },
    words::{count, t},
    zone::{time_of_day, zone},
};
use leptos::prelude::*;
use wire::{
    Time,
    mesh::{
        FlowPoint, FlowView, LatencyView, ServiceDetailView, TrafficPlace, TrafficSource,
        TrafficView, UnreadProxy,
    },
};

/// The flows that have plots: the most frequent ones.
const MAX_PLOTTED: usize = 4;

/// The traffic.
#[component]
pub(super) fn Traffic(latest: Signal<ServiceDetailView>) -> impl IntoView {
    let traffic = Memo::new(move |_| latest.with(|service| service.traffic.clone()));
    let has_flows = Memo::new(move |_| traffic.with(|traffic| !traffic.flows.is_empty()));
    let zone = zone();
    let state = Signal::derive(move || traffic.with(plots));
    view! {
        <section class="bg-surface border border-line rounded-[10px] px-4 pb-3 mb-3 min-w-0" aria-label=t!(service.traffic)>
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1 py-3">
                <h2 class="text-[14px] font-semibold flex-1">{t!(service.traffic)}</h2>
                <span class="text-[12px] text-ink-3">
                    {move || traffic.with(|traffic| {
                        let since = traffic.since?;
                        Some(t!(service.window, time = time_of_day(since, &zone.get())))
                    })}
                </span>
            </div>
            <p class="text-[13px] text-ink-2 mb-3" role="status">{move || traffic.with(source)}</p>
            <Prometheus traffic=traffic/>
            {move || traffic.with(|traffic| failed(&traffic.failed))}
            {move || {
                let flows = traffic.with(|traffic| traffic.flows.clone());
                (!flows.is_empty()).then(|| view! { <Flows flows=flows/> })
            }}
            {move || traffic.with(|traffic| {
                let is_empty = traffic.at.is_some() && traffic.flows.is_empty();
                is_empty.then(|| view! { <Nothing traffic=traffic.clone()/> })
            })}
        </section>
        <Show when=move || has_flows.get()>
            <div class="mb-3"><Plots title=t!(service.readings) state=state/></div>
        </Show>
    }
}

/// Where the numbers come from, and what they do not have.
fn source(traffic: &TrafficView) -> String {
    let proxies = t!(
        service.sampled,
        sampled = traffic.sampled,
        all = traffic.proxies,
        seconds = TrafficView::INTERVAL_SECONDS
    );
    match traffic.source {
        None => t!(service.sampling_begins),
        Some(TrafficSource::Prometheus) => {
            traffic
                .prometheus
                .as_ref()
                .map_or_else(String::new, |prometheus| {
                    t!(
                        service.source_prometheus,
                        object = format!("{}/{}", prometheus.at.namespace, prometheus.at.service),
                        cluster = prometheus.at.cluster.to_string()
                    )
                })
        }
        Some(TrafficSource::IstioMetrics) => format!("{} {proxies}", t!(service.source_istio)),
        Some(TrafficSource::EnvoyClusters) => format!("{} {proxies}", t!(service.source_envoy)),
    }
}

/// Why the Prometheus server of the mesh is not the source.
#[component]
fn Prometheus(traffic: Memo<TrafficView>) -> impl IntoView {
    let problem =
        Memo::new(move |_| traffic.with(|traffic| traffic.prometheus.as_ref()?.problem.clone()));
    move || {
        problem.get().map(|problem| {
            view! {
                <div class="mb-3">
                    <ProblemNotice problem=problem/>
                    <p class="mt-1 text-[13px] text-ink-2">{t!(service.instead_of_prometheus)}</p>
                </div>
            }
        })
    }
}

/// The pods that did not answer, each with the reason.
fn failed(failed: &[UnreadProxy]) -> Option<impl IntoView + use<>> {
    let lines = failed.iter().map(|proxy| {
        let line = format!("{}: {}: {}", proxy.cluster, proxy.pod, proxy.reason);
        view! { <li class="break-words">{line}</li> }
    });
    let (lines, number) = (lines.collect_view(), failed.len());
    (number > 0).then(move || {
        view! {
            <div class="mb-3">
                <Notice tone=Tone::Warn>
                    <p>{count!(service.unread_proxies, n = number)}</p>
                    <ul class="mt-1 font-mono text-[12px] text-ink-2">{lines}</ul>
                </Notice>
            </div>
        }
    })
}

/// Why there are no requests, and what makes some.
#[component]
fn Nothing(traffic: TrafficView) -> impl IntoView {
    let zone = zone();
    let text = move || {
        if traffic.sampled == 0 && traffic.source != Some(TrafficSource::Prometheus) {
            return t!(service.no_proxies);
        }
        let since = traffic.since.or(traffic.at);
        let time = since.map_or_else(String::new, |since| time_of_day(since, &zone.get()));
        t!(service.no_requests, time = time)
    };
    view! { <Notice tone=Tone::Plain><p>{text}</p></Notice> }
}

/// The averages of the window.
#[component]
fn Flows(flows: Vec<FlowView>) -> impl IntoView {
    let head = |label: String| view! { <th role="columnheader">{label}</th> };
    let rows = flows.into_iter().map(|flow| {
        let (pair, requests) = (pair(&flow), written(flow.requests));
        let errors = flow.errors.map_or_else(|| t!(plots.no_value), |errors| t!(service.percent, n = written(errors)));
        view! {
            <tr role="row">
                <NameCell>{pair}</NameCell>
                <Cell label=t!(service.requests)><span class="tabular">{t!(service.per_second, n = requests)}</span></Cell>
                <Cell label=t!(service.errors)><span class="tabular">{errors}</span></Cell>
                <Cell label=t!(service.p50)><span class="tabular">{latency(flow.p50)}</span></Cell>
                <Cell label=t!(service.p99)><span class="tabular">{latency(flow.p99)}</span></Cell>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <table role="table" class="list-table" aria-label=t!(service.traffic)>
            <thead role="rowgroup" class="max-md:sr-only">
                <tr role="row">
                    {head(t!(service.pair))}
                    {head(t!(service.requests))}
                    {head(t!(service.errors))}
                    {head(t!(service.p50))}
                    {head(t!(service.p99))}
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
}

/// The places of a flow.
fn pair(flow: &FlowView) -> String {
    t!(
        service.from_to,
        from = place(&flow.from),
        to = place(&flow.to)
    )
}

fn place(place: &TrafficPlace) -> String {
    match place {
        TrafficPlace::Cluster(cluster) => cluster.to_string(),
        TrafficPlace::Network(network) => t!(service.network, network = network.clone()),
        TrafficPlace::Other(other) => other.clone(),
        TrafficPlace::Unknown => t!(service.outside),
    }
}

/// A latency as the bounds of its bucket.
fn latency(latency: Option<LatencyView>) -> String {
    match latency {
        None => t!(service.no_latency),
        Some(LatencyView { over, up_to: None }) => t!(service.over, over = written(over)),
        Some(LatencyView {
            over,
            up_to: Some(bound),
        }) => {
            t!(
                service.between,
                over = written(over),
                up_to = written(bound)
            )
        }
    }
}

/// The plots of the most frequent flows.
fn plots(traffic: &TrafficView) -> PlotsState {
    let Some(to) = traffic.at else {
        return PlotsState::Loading;
    };
    let window = Window {
        from: Time(to.0 - TrafficView::WINDOW_SECONDS),
        to,
    };
    let flows = traffic.flows.iter().take(MAX_PLOTTED);
    PlotsState::Known(PlotsView {
        window,
        step: TrafficView::INTERVAL_SECONDS,
        changes: Vec::new(),
        series: flows.flat_map(series).collect(),
    })
}

/// The series of a flow: requests and errors, and its latencies where there are any.
fn series(flow: &FlowView) -> Vec<Series> {
    let pair = pair(flow);
    let series_of = |title: String, unit: String, value: fn(&FlowPoint) -> Option<f64>| Series {
        title,
        unit,
        note: String::new(),
        tone: Tone::Plain,
        samples: flow
            .points
            .iter()
            .map(|point| (point.at, value(point)))
            .collect::<Vec<Sample>>(),
    };
    let mut all = vec![
        series_of(
            t!(service.plot_requests, pair = pair.clone()),
            t!(service.unit_requests),
            |point| Some(point.requests),
        ),
        series_of(
            t!(service.plot_errors, pair = pair.clone()),
            t!(service.unit_percent),
            |point| point.errors,
        ),
    ];
    if let Some(errors) = all
        .last_mut()
        .filter(|_| flow.errors.is_some_and(|errors| errors > 0.0))
    {
        errors.tone = Tone::Warn;
        errors.note = t!(service.has_errors);
    }
    if flow.p50.is_some() {
        let unit = || t!(service.unit_latency);
        all.push(series_of(
            t!(service.plot_p50, pair = pair.clone()),
            unit(),
            |point| point.p50,
        ));
        all.push(series_of(
            t!(service.plot_p99, pair = pair),
            unit(),
            |point| point.p99,
        ));
    }
    all
}
