//! Counters of a proxy, and what they counted since an earlier reading.
//!
//! Each series is compared on its own. A count that is lower than before began again at zero: its proxy was
//! restarted, or the endpoint was removed and added. Start at [`increases`].

use super::histogram::Histogram;
use std::collections::BTreeMap;
use wire::mesh::TrafficPlace;

/// Where requests come from and go to.
pub(super) type Flow = (TrafficPlace, TrafficPlace);

/// The series of a proxy by identity.
pub(super) type Counters = BTreeMap<String, Series>;

/// The counts of one series, from the start of its proxy.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Series {
    pub(super) flow: Flow,
    pub(super) requests: f64,
    pub(super) errors: f64,
    pub(super) latencies: Histogram,
}

impl Series {
    /// A series that has counted nothing.
    pub(super) fn new(flow: Flow) -> Self {
        Self {
            flow,
            requests: 0.0,
            errors: 0.0,
            latencies: Histogram::default(),
        }
    }
}

/// What was counted between two readings.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Increase {
    pub(super) requests: f64,
    pub(super) errors: f64,
    pub(super) latencies: Histogram,
}

impl Increase {
    pub(super) fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.errors += other.errors;
        self.latencies.merge(&other.latencies);
    }
}

/// What a proxy counted between two readings, by flow. A series that the earlier reading does not have began
/// at zero.
pub(super) fn increases(earlier: &Counters, now: &Counters) -> BTreeMap<Flow, Increase> {
    let mut increases: BTreeMap<Flow, Increase> = BTreeMap::new();
    for (identity, series) in now {
        let increase = increase(earlier.get(identity), series);
        increases
            .entry(series.flow.clone())
            .or_default()
            .add(&increase);
    }
    increases
}

fn increase(earlier: Option<&Series>, now: &Series) -> Increase {
    let begun_again = |earlier: &&Series| {
        now.requests < earlier.requests
            || now.errors < earlier.errors
            || now.latencies.is_reset_since(&earlier.latencies)
    };
    match earlier.filter(|earlier| !begun_again(earlier)) {
        Some(earlier) => Increase {
            requests: now.requests - earlier.requests,
            errors: now.errors - earlier.errors,
            latencies: now.latencies.since(&earlier.latencies),
        },
        None => Increase {
            requests: now.requests,
            errors: now.errors,
            latencies: now.latencies.clone(),
        },
    }
}
