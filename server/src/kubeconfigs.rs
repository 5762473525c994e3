//! The kubeconfigs of the command line: their clusters are registered when the server starts.
//!
//! A cluster with a name that the console knows stays as it is. One that does not answer is not registered, and the
//! log says why: the next start tries it again.

use crate::terminal;
use anyhow::{Context as _, Result};
use console::{Console, Error};
use std::path::{Path, PathBuf};
use wire::{
    Secret,
    cluster::{AddClustersRequest, ContextView, ReadKubeconfigRequest},
    error_chain,
};

/// Registers the clusters of each kubeconfig.
///
/// # Errors
/// When a file cannot be read or is no kubeconfig; it is named.
pub(crate) async fn register(console: &Console, files: &[PathBuf]) -> Result<()> {
    for file in files {
        let failed = || format!("the kubeconfig {}", file.display());
        let text = std::fs::read_to_string(file).with_context(failed)?;
        let request = ReadKubeconfigRequest {
            kubeconfig: Secret::new(text.clone()),
        };
        let contexts = console.read_kubeconfig(&terminal::caller(), request).await;
        let contexts = contexts.with_context(failed)?;
        let each = contexts.iter();
        let each = each.map(|context| register_context(console, file, &text, context));
        futures::future::join_all(each).await;
    }
    Ok(())
}

async fn register_context(console: &Console, file: &Path, text: &str, context: &ContextView) {
    let (file, cluster) = (file.display(), &context.suggested);
    if let Some(problem) = &context.problem {
        let reason = problem.arg("reason");
        tracing::warn!(%file, context = context.name, reason, "this context cannot be used");
        return;
    }
    let request = AddClustersRequest {
        kubeconfig: Secret::new(text.to_owned()),
        contexts: vec![(context.name.clone(), cluster.clone())],
    };
    match console.add_clusters(&terminal::caller(), request).await {
        Ok(_) => tracing::info!(%file, cluster, "the cluster is registered"),
        Err(Error::ClusterExists(_)) => {
            tracing::info!(%file, cluster, "a cluster of this name was registered before");
        }
        Err(error) => {
            let chain = error_chain(&error);
            tracing::warn!(%file, cluster, chain, "the cluster could not be registered");
        }
    }
}
