//! Quantiles of histograms are the bounds of buckets.

use crate::traffic::histogram::Histogram;
use wire::mesh::LatencyView;

/// The bounds of Istio's histograms below a second, in milliseconds.
const BOUNDS: [f64; 10] = [
    0.5,
    1.0,
    5.0,
    10.0,
    25.0,
    50.0,
    100.0,
    250.0,
    500.0,
    f64::INFINITY,
];

fn of_latencies(latencies: &[f64]) -> Histogram {
    let mut histogram = Histogram::default();
    for bound in BOUNDS {
        let within = latencies.iter().filter(|latency| **latency <= bound);
        histogram.add(bound, within.count() as f64);
    }
    histogram
}

#[test]
fn a_quantile_is_the_bucket_that_has_it() {
    // Latencies from 0.3 ms to 2.7 s, in no order.
    let latencies: Vec<f64> = (1..=997_u32)
        .map(|n| f64::from(n * 7919 % 9973) * 0.27 + 0.3)
        .collect();
    let mut sorted = latencies.clone();
    sorted.sort_by(f64::total_cmp);
    let (first, second) = latencies.split_at(400);
    let mut merged = of_latencies(first);
    merged.merge(&of_latencies(second));
    for percent in 1..=100_usize {
        let rank = (percent * sorted.len()).div_ceil(100);
        let exact = sorted[rank - 1];
        let found = merged.quantile(percent as f64 / 100.0).expect("latencies");
        let is_within = found.over < exact && found.up_to.is_none_or(|bound| exact <= bound);
        assert!(is_within, "{percent}: {exact} is not in {found:?}");
    }
    assert_eq!(Histogram::default().quantile(0.5), None);
    assert_eq!(of_latencies(&[]).quantile(0.5), None);
}

#[test]
fn proxies_with_other_buckets_are_summed_at_the_bounds_that_both_have() {
    let mut coarse = Histogram::default();
    coarse.add(10.0, 4.0);
    coarse.add(f64::INFINITY, 10.0);
    let mut merged = of_latencies(&[3.0, 3.0, 40.0]);
    merged.merge(&coarse);
    let expected = LatencyView {
        over: 10.0,
        up_to: None,
    };
    assert_eq!(merged.quantile(0.5), Some(expected));
    assert_eq!(
        merged.quantile(0.4).and_then(|latency| latency.up_to),
        Some(10.0)
    );
}
