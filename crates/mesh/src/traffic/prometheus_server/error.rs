//! Why a Prometheus server could not be asked.

use wire::{Code, Problem, error_chain::causes, mesh::PrometheusRef};

/// Why a Prometheus server could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum PrometheusError {
    /// There is no such Service.
    #[error("{server} does not exist")]
    NoService {
        /// The server.
        server: PrometheusRef,
    },
    /// The Service does not have the port.
    #[error("{server} has no port {}", server.port)]
    NoPort {
        /// The server.
        server: PrometheusRef,
    },
    /// The Service has no ready pod.
    #[error("{server} has no ready pod")]
    NoPod {
        /// The server.
        server: PrometheusRef,
    },
    /// The cluster or the pod did not answer.
    #[error("could not ask {server}")]
    Unread {
        /// The server.
        server: PrometheusRef,
        /// The cause.
        #[source]
        source: cluster::Error,
    },
    /// The server answered with another status than 200.
    #[error("{server} answered {status}: {reason}")]
    Refused {
        /// The server.
        server: PrometheusRef,
        /// The status.
        status: u16,
        /// What the server says.
        reason: String,
    },
    /// The answer is not that of Prometheus.
    #[error("the answer of {server} is not that of Prometheus: {reason}")]
    Malformed {
        /// The server.
        server: PrometheusRef,
        /// What is wrong with it.
        reason: String,
    },
    /// The server has none of Istio's metrics.
    #[error("{server} has no istio_requests_total")]
    NoMetric {
        /// The server.
        server: PrometheusRef,
    },
}

impl PrometheusError {
    fn server(&self) -> &PrometheusRef {
        match self {
            Self::NoService { server }
            | Self::NoPort { server }
            | Self::NoPod { server }
            | Self::Unread { server, .. }
            | Self::Refused { server, .. }
            | Self::Malformed { server, .. }
            | Self::NoMetric { server } => server,
        }
    }
}

impl From<&PrometheusError> for Problem {
    fn from(error: &PrometheusError) -> Self {
        let code = match error {
            PrometheusError::NoService { .. }
            | PrometheusError::NoPort { .. }
            | PrometheusError::NoPod { .. } => Code::NoPrometheus,
            PrometheusError::NoMetric { .. } => Code::NoIstioMetrics,
            PrometheusError::Unread { .. }
            | PrometheusError::Refused { .. }
            | PrometheusError::Malformed { .. } => Code::PrometheusFailed,
        };
        let server = error.server();
        let problem = Self::new(code)
            .with("object", server.object())
            .with("cluster", &server.cluster);
        match error {
            PrometheusError::NoMetric { .. } => problem,
            PrometheusError::Unread { .. } => problem.detail(causes(error)),
            _ => problem.detail(error),
        }
    }
}
