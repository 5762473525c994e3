//! The window of a Service's traffic: what each reading adds, as rates by flow. Pure.
//!
//! The first reading of a pod has nothing to be compared with and counts nothing. Start at
//! [`TrafficWindow::add`].

use super::{
    counters::{Counters, Flow, Increase, increases},
    places::SampledPod,
    sample::Sample,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use wire::{
    Time,
    mesh::{FlowPoint, FlowView, TrafficSource, TrafficView, UnreadProxy},
};

/// The rates and counts of one flow between two readings.
#[derive(Clone, Debug, Default)]
struct FlowRates {
    per_second: f64,
    increase: Increase,
}

/// One reading of the sampled pods, compared with the one before.
#[derive(Clone, Debug)]
struct Round {
    at: Timestamp,
    /// The seconds since the reading before.
    seconds: f64,
    flows: BTreeMap<Flow, FlowRates>,
}

/// The traffic of a Service since it is watched, for 15 minutes at most.
#[derive(Clone, Debug, Default)]
pub struct TrafficWindow {
    since: Option<Timestamp>,
    at: Option<Timestamp>,
    source: Option<TrafficSource>,
    latest: BTreeMap<SampledPod, (Timestamp, Counters)>,
    rounds: VecDeque<Round>,
    callers: BTreeSet<SampledPod>,
    failed: Vec<UnreadProxy>,
    sampled: usize,
    all: usize,
}

impl TrafficWindow {
    /// The source of the latest reading.
    pub fn source(&self) -> Option<TrafficSource> {
        self.source
    }

    /// The pods that have called the Service.
    pub fn callers(&self) -> &BTreeSet<SampledPod> {
        &self.callers
    }

    /// Adds a reading. Counters of another source are not compared: the window begins again.
    pub fn add(&mut self, sample: Sample) {
        if self.source != Some(sample.source) {
            *self = Self {
                since: Some(sample.at),
                source: Some(sample.source),
                ..Self::default()
            };
        }
        let before = self.at.replace(sample.at);
        self.sampled = sample.readings.len();
        self.all = sample.all;
        self.failed.clear();
        let pods: BTreeSet<SampledPod> = (sample.readings.iter())
            .map(|reading| reading.pod.clone())
            .collect();
        let mut flows: BTreeMap<Flow, FlowRates> = BTreeMap::new();
        let mut is_compared = false;
        for reading in sample.readings {
            match reading.counters {
                Ok(counters) => {
                    is_compared |= self.compare(reading.pod, sample.at, counters, &mut flows);
                }
                Err(unknown) => self.failed.push(UnreadProxy {
                    pod: format!("{}/{}", reading.pod.namespace, reading.pod.pod),
                    cluster: reading.pod.cluster,
                    reason: unknown.reason,
                }),
            }
        }
        self.latest.retain(|pod, _| pods.contains(pod));
        self.callers.retain(|pod| pods.contains(pod));
        if let Some(before) = before.filter(|_| is_compared) {
            self.rounds.push_back(Round {
                at: sample.at,
                seconds: seconds(before, sample.at),
                flows,
            });
        }
        let oldest = sample.at.as_second() - TrafficView::WINDOW_SECONDS;
        self.rounds.retain(|round| round.at.as_second() >= oldest);
    }

    /// Compares the counters of a pod with its counters before, and adds the rates; returns whether there were any.
    fn compare(
        &mut self,
        pod: SampledPod,
        at: Timestamp,
        counters: Counters,
        flows: &mut BTreeMap<Flow, FlowRates>,
    ) -> bool {
        if counters.values().any(|series| series.requests > 0.0) {
            self.callers.insert(pod.clone());
        }
        let earlier = self.latest.get(&pod).filter(|(before, _)| *before < at);
        let is_compared = earlier.is_some();
        if let Some((before, earlier)) = earlier {
            let seconds = seconds(*before, at);
            for (flow, increase) in increases(earlier, &counters) {
                let rates = flows.entry(flow).or_default();
                rates.per_second += increase.requests / seconds;
                rates.increase.add(&increase);
            }
        }
        self.latest.insert(pod, (at, counters));
        is_compared
    }

    /// The window as a page shows it: flows with at least one request, the most frequent first.
    pub fn view(&self) -> TrafficView {
        let flows: BTreeSet<&Flow> = self
            .rounds
            .iter()
            .flat_map(|round| round.flows.keys())
            .collect();
        let mut flows: Vec<FlowView> = flows
            .into_iter()
            .filter_map(|flow| self.flow(flow))
            .collect();
        flows.sort_by(|first, second| second.requests.total_cmp(&first.requests));
        let time = |at: Timestamp| Time(at.as_second());
        TrafficView {
            since: self.since.map(time),
            at: self.at.map(time),
            source: self.source,
            sampled: count(self.sampled),
            proxies: count(self.all),
            failed: self.failed.clone(),
            flows,
            prometheus: None,
        }
    }

    fn flow(&self, flow: &Flow) -> Option<FlowView> {
        let mut total = Increase::default();
        let (mut requests, mut seconds) = (0.0, 0.0);
        let mut points = Vec::new();
        for round in &self.rounds {
            let rates = round.flows.get(flow).cloned().unwrap_or_default();
            requests += rates.per_second * round.seconds;
            seconds += round.seconds;
            total.add(&rates.increase);
            points.push(point(round.at, &rates));
        }
        (total.requests > 0.0).then(|| FlowView {
            from: flow.0.clone(),
            to: flow.1.clone(),
            requests: requests / seconds,
            errors: percent(&total),
            p50: total.latencies.quantile(0.5),
            p99: total.latencies.quantile(0.99),
            points,
        })
    }
}

fn point(at: Timestamp, rates: &FlowRates) -> FlowPoint {
    let bound = |q| {
        rates
            .increase
            .latencies
            .quantile(q)
            .and_then(|latency| latency.up_to)
    };
    FlowPoint {
        at: Time(at.as_second()),
        requests: rates.per_second,
        errors: percent(&rates.increase),
        p50: bound(0.5),
        p99: bound(0.99),
    }
}

/// The failed requests in percent; none without a request. A request may end in the reading after it began, so
/// that errors can exceed the requests of a reading.
fn percent(increase: &Increase) -> Option<f64> {
    (increase.requests > 0.0).then(|| (increase.errors / increase.requests * 100.0).min(100.0))
}

fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
