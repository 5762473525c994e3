//! The invented data that several samples share.

use crate::clock::clock;
use wire::{
    ClusterName, Time,
    live::{FrameView, PermissionsView},
};

/// The clusters of the samples with their colours.
const CLUSTERS: [(&str, u8); 6] = [
    ("east", 3),
    ("north", 4),
    ("west", 1),
    ("stage-a", 11),
    ("stage-b", 9),
    (LONG_NAME, 8),
];

/// The longest name that a cluster can have.
pub(super) const LONG_NAME: &str =
    "a-cluster-with-the-longest-name-that-a-label-of-dns-can-carry-x";

/// The frame that knows the clusters of the samples.
pub(super) fn frame() -> FrameView {
    let clusters = CLUSTERS.into_iter().filter_map(|(name, colour)| {
        let name = ClusterName::new(name).ok()?;
        Some((name, colour, true))
    });
    FrameView {
        clusters: clusters.collect(),
        running: 0,
        ended: Vec::new(),
        permissions: PermissionsView::default(),
    }
}

/// The time some seconds before the page was made.
pub(super) fn ago(seconds: i64) -> Time {
    Time(clock().now_untracked().0 - seconds)
}
