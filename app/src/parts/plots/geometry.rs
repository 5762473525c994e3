//! The geometry of plots, without any look: one window of time for all rows, one scale for each row.
//!
//! A value that is absent is a gap and never a zero. Start at [`Plot::new`].

use std::fmt::Write as _;
use wire::Time;

/// The size of a plot in its own units; the browser stretches it to the width of its row.
pub(crate) const WIDTH: f64 = 1000.0;
/// The height of a plot.
pub(crate) const HEIGHT: f64 = 60.0;
/// The space above the highest value and below the lowest one, for the width of the line.
const MARGIN: f64 = 3.0;
/// Two values are connected when at most this many steps are between them.
const MAX_STEPS: f64 = 1.5;

/// A window of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    /// Its start.
    pub(crate) from: Time,
    /// Its end, after its start.
    pub(crate) to: Time,
}

impl Window {
    /// The place of a point in time, from 0 to [`WIDTH`]; none outside of the window.
    pub(crate) fn x(self, at: Time) -> Option<f64> {
        let length = self.to.0.saturating_sub(self.from.0);
        if length <= 0 || at < self.from || at > self.to {
            return None;
        }
        Some((at.0 - self.from.0) as f64 / length as f64 * WIDTH)
    }
}

/// A value at a point in time; none where it is not known.
pub(crate) type Sample = (Time, Option<f64>);

/// The range of the values of a row, from round number to round number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    /// The value at the bottom.
    pub(crate) low: f64,
    /// The value at the top, higher than `low`.
    pub(crate) high: f64,
}

impl Scale {
    /// The scale of the values: from 0, unless one is below it. None without a value.
    pub(crate) fn new(values: impl Iterator<Item = f64>) -> Option<Self> {
        let (low, high) =
            values
                .filter(|value| value.is_finite())
                .fold(None::<(f64, f64)>, |range, value| {
                    let (low, high) = range.unwrap_or((value, value));
                    Some((low.min(value), high.max(value)))
                })?;
        let (low, high) = (low.min(0.0), high.max(0.0));
        // A constant zero is a line at the bottom.
        let high = if high > low { high } else { low + 1.0 };
        let step = round_step((high - low) / 2.0);
        Some(Self {
            low: (low / step).floor() * step,
            high: (high / step).ceil() * step,
        })
    }

    fn y(self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        HEIGHT - MARGIN - share * (HEIGHT - 2.0 * MARGIN)
    }
}

/// The smallest round number that is not below `least`: 1, 2 or 5 times a power of ten.
fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let rounds = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power);
    let fits = |round: &f64| *round >= least * (1.0 - 1e-9);
    rounds.into_iter().find(fits).unwrap_or(least)
}

/// One row, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plot {
    /// The scale; none without a value.
    pub(crate) scale: Option<Scale>,
    /// The lines: one for each run of values without a gap.
    pub(crate) line: String,
    /// The values that are alone between two gaps.
    pub(crate) dots: String,
    /// The areas below the lines.
    pub(crate) area: String,
}

impl Plot {
    /// The drawing of the samples in a window. Samples are `step` seconds apart; what is farther apart is a gap.
    pub(crate) fn new(samples: &[Sample], window: Window, step: u32) -> Self {
        let known = samples.iter().filter_map(|(_, value)| *value);
        let Some(scale) = Scale::new(known) else {
            return Self {
                scale: None,
                line: String::new(),
                dots: String::new(),
                area: String::new(),
            };
        };
        let (mut line, mut dots, mut area) = (String::new(), String::new(), String::new());
        for run in runs(samples, window, step) {
            let points: Vec<(f64, f64)> = run.iter().map(|(x, v)| (*x, scale.y(*v))).collect();
            let drawn = if points.len() == 1 {
                &mut dots
            } else {
                &mut line
            };
            drawn.push_str(&path(&points));
            area.push_str(&closed(&points, scale.y(scale.low)));
        }
        Self {
            scale: Some(scale),
            line,
            dots,
            area,
        }
    }
}

/// The runs of samples without a gap, each as places and values.
fn runs(samples: &[Sample], window: Window, step: u32) -> Vec<Vec<(f64, f64)>> {
    let mut runs: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut last = None::<Time>;
    for (at, value) in samples {
        let (Some(x), Some(value)) = (window.x(*at), value.filter(|value| value.is_finite()))
        else {
            last = None;
            continue;
        };
        let follows = last.is_some_and(|last| {
            let apart = at.0.saturating_sub(last.0) as f64;
            apart <= f64::from(step) * MAX_STEPS
        });
        match runs.last_mut() {
            Some(run) if follows => run.push((x, value)),
            _ => runs.push(vec![(x, value)]),
        }
        last = Some(*at);
    }
    runs
}

/// The path of a run; a single point is a line without length, which round ends make a dot.
fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        let command = if index == 0 { 'M' } else { 'L' };
        // A String takes every text.
        let _ = write!(path, "{command}{x:.1} {y:.1}");
    }
    if points.len() == 1 {
        path.push_str("h0");
    }
    path
}

/// The area between a run and the bottom; none for a single point.
fn closed(points: &[(f64, f64)], bottom: f64) -> String {
    match points {
        [(first, _), .., (last, _)] => {
            format!(
                "{}L{last:.1} {bottom:.1}L{first:.1} {bottom:.1}Z",
                path(points)
            )
        }
        _ => String::new(),
    }
}

/// Up to `most` round points in time of a window, from its start on.
pub(crate) fn ticks(window: Window, most: u32) -> Vec<Time> {
    const STEPS: [i64; 14] = [
        1, 5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 10_800, 21_600, 86_400,
    ];
    let length = window.to.0.saturating_sub(window.from.0);
    if length <= 0 || most == 0 {
        return Vec::new();
    }
    let fits = |step: &i64| length / step < i64::from(most);
    let step = STEPS.into_iter().find(fits).unwrap_or(length);
    let first = window.from.0.div_euclid(step) * step;
    let ticks = (0..=i64::from(most) + 1).map(|index| Time(first + index * step));
    let within = ticks.filter(|at| *at >= window.from && *at <= window.to);
    within.take(most as usize).collect()
}

/// The points in time of all rows, in order, each once.
pub(crate) fn times<'a>(rows: impl Iterator<Item = &'a [Sample]>, window: Window) -> Vec<Time> {
    let all = rows.flatten().map(|(at, _)| *at);
    let mut times: Vec<Time> = all.filter(|at| window.x(*at).is_some()).collect();
    times.sort_unstable();
    times.dedup();
    times
}

/// The index of the time that is nearest to a place from 0 to 1 of the window.
pub(crate) fn nearest(times: &[Time], window: Window, share: f64) -> Option<usize> {
    let length = window.to.0.saturating_sub(window.from.0) as f64;
    let wanted = window.from.0 as f64 + share.clamp(0.0, 1.0) * length;
    let distance = |at: &Time| (at.0 as f64 - wanted).abs();
    let indexed = times.iter().enumerate();
    let nearest = indexed.min_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b)));
    nearest.map(|(index, _)| index)
}

/// A value with at most three digits that matter, and its thousands apart: `1,206`, `3.8`, `0.21`.
pub(crate) fn written(value: f64) -> String {
    let size = value.abs();
    if size >= 100.0 {
        let whole = crate::words::grouped(size.round().min(f64::from(u32::MAX)) as u32);
        return if value < 0.0 {
            format!("−{whole}")
        } else {
            whole
        };
    }
    let text = if size >= 10.0 {
        format!("{size:.1}")
    } else {
        format!("{size:.2}")
    };
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let sign = if value < 0.0 && text != "0" {
        "−"
    } else {
        ""
    };
    format!("{sign}{text}")
}

#[cfg(test)]
mod tests;
