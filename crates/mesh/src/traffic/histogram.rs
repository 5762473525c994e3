//! Histograms of latencies: cumulative counts by upper bound, their sums, and their quantiles as bounds.
//!
//! A histogram knows a latency only by the bucket that it is in, so that a quantile is the bucket itself: its
//! lower and its upper bound. Start at [`Histogram::quantile`].

use wire::mesh::LatencyView;

/// Cumulative counts by upper bound in milliseconds, sorted; the last bound is infinite.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Histogram(Vec<(f64, f64)>);

impl Histogram {
    /// Adds to the count of a bound.
    pub(super) fn add(&mut self, bound: f64, count: f64) {
        match self
            .0
            .binary_search_by(|(known, _)| known.total_cmp(&bound))
        {
            Ok(index) => {
                if let Some((_, known)) = self.0.get_mut(index) {
                    *known += count;
                }
            }
            Err(index) => self.0.insert(index, (bound, count)),
        }
    }

    fn at(&self, bound: f64) -> Option<f64> {
        let index = self
            .0
            .binary_search_by(|(known, _)| known.total_cmp(&bound));
        self.0.get(index.ok()?).map(|(_, count)| *count)
    }

    /// Whether a count is lower than in an earlier histogram of the same counters.
    pub(super) fn is_reset_since(&self, earlier: &Self) -> bool {
        let mut counts = self.0.iter();
        counts.any(|(bound, count)| earlier.at(*bound).is_some_and(|known| *count < known))
    }

    /// The counts since an earlier histogram of the same counters, without a reset between them.
    pub(super) fn since(&self, earlier: &Self) -> Self {
        let counts = self.0.iter();
        let new = counts.map(|(bound, count)| (*bound, count - earlier.at(*bound).unwrap_or(0.0)));
        Self(new.collect())
    }

    /// Adds another histogram. Proxies may have different buckets: the bounds that both have remain, where the
    /// counts of both are known.
    pub(super) fn merge(&mut self, other: &Self) {
        if self.0.is_empty() {
            self.0.clone_from(&other.0);
            return;
        }
        if other.0.is_empty() {
            return;
        }
        let both = self
            .0
            .iter()
            .filter_map(|(bound, count)| Some((*bound, count + other.at(*bound)?)));
        self.0 = both.collect();
    }

    /// The bucket with the quantile `q`, such as 0.99: the first one whose count includes that share of all
    /// latencies. None without a latency.
    pub(super) fn quantile(&self, q: f64) -> Option<LatencyView> {
        let (_, total) = self.0.last().copied().filter(|(_, total)| *total > 0.0)?;
        let wanted = q * total;
        let index = self.0.iter().position(|(_, count)| *count >= wanted)?;
        let (bound, _) = self.0.get(index)?;
        let lower = index.checked_sub(1).and_then(|index| self.0.get(index));
        Some(LatencyView {
            over: lower.map_or(0.0, |(bound, _)| *bound),
            up_to: bound.is_finite().then_some(*bound),
        })
    }
}
