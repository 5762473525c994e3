//! The end: Ctrl-C or SIGTERM, heard once.

use tokio_util::sync::CancellationToken;

/// A token that is cancelled when somebody asks the process to end.
pub(crate) fn token() -> CancellationToken {
    let token = CancellationToken::new();
    let heard = token.clone();
    tokio::spawn(async move {
        asked().await;
        tracing::info!("asked to end; finishing what can be finished");
        heard.cancel();
    });
    token
}

#[cfg(unix)]
async fn asked() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn asked() {
    let _ = tokio::signal::ctrl_c().await;
}
