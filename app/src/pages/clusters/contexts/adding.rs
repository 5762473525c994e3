//! Adds the selected clusters, each with its own request: what fails keeps no other cluster from being added.

use super::rows::Rows;
use crate::{AppError, api};
use leptos::{prelude::*, task::spawn_local};
use wire::{Secret, cluster::AddClustersRequest};

/// The number of clusters that are being added. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Adding(RwSignal<usize>);

impl Adding {
    pub(super) fn new() -> Self {
        Self(RwSignal::new(0))
    }

    pub(super) fn running(self) -> usize {
        self.0.get()
    }

    /// One request has ended; returns whether it was the last one.
    fn end(self) -> bool {
        self.0
            .try_update(|running| {
                *running = running.saturating_sub(1);
                *running == 0
            })
            .unwrap_or_default()
    }
}

/// Adds the selected clusters. `added` is called when all were added, `changed` when only some were.
pub(super) fn add_selected(
    rows: Rows,
    text: String,
    adding: Adding,
    changed: Callback<()>,
    added: Callback<()>,
) {
    let selected = untrack(|| rows.selected());
    adding.0.set(selected.len());
    let number = selected.len();
    for at in selected {
        let Some(row) = untrack(|| rows.get(at)) else {
            continue;
        };
        rows.set_outcome(at, None);
        let request = AddClustersRequest {
            kubeconfig: Secret::new(text.clone()),
            contexts: vec![(row.context.name, row.name)],
        };
        spawn_local(async move {
            let outcome = api::clusters::add_clusters(request).await;
            let outcome = outcome.map(|_| ()).map_err(|AppError(problem)| problem);
            rows.set_outcome(at, Some(outcome));
            if !adding.end() {
                return;
            }
            let failures = untrack(|| rows.failures()).len();
            if failures == 0 {
                added.run(());
            } else if failures < number {
                changed.run(());
            }
        });
    }
}
