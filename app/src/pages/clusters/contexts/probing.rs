//! Probes the contexts of a kubeconfig, a few at the same time.

use super::rows::Rows;
use crate::{AppError, api};
use leptos::{prelude::*, task::spawn_local};
use std::collections::VecDeque;
use wire::{
    Secret,
    cluster::{ProbeRequest, ProbeStage},
};

/// The number of contexts that are probed at the same time: a browser has six connections for a server.
const WORKERS: usize = 4;

/// Probes all contexts that the kubeconfig allows to use. The list of contexts may be closed meanwhile.
pub(super) fn probe_all(rows: Rows, text: String) {
    let all = rows.all();
    let open = all.filter(|at| rows.get(*at).is_some_and(|row| !row.is_probed));
    let queue = StoredValue::new(untrack(|| open.collect::<VecDeque<usize>>()));
    for _ in 0..WORKERS {
        let text = text.clone();
        spawn_local(async move {
            while let Some(at) = queue.try_update_value(VecDeque::pop_front).flatten() {
                probe(rows, at, &text).await;
            }
        });
    }
}

/// Probes a context, stage by stage, until one of them fails.
async fn probe(rows: Rows, at: usize, text: &str) {
    for stage in ProbeStage::ALL {
        let Some(row) = untrack(|| rows.get(at)) else {
            return;
        };
        if row.has_failed() {
            break;
        }
        let lines = api::clusters::probe_context(ProbeRequest {
            kubeconfig: Secret::new(text.to_owned()),
            context: row.context.name,
            stage,
        });
        let outcome = lines.await.map_err(|AppError(problem)| problem);
        rows.add_lines(at, outcome);
    }
    rows.end_probe(at);
}
