//! Everything that talks to a Kubernetes API and knows neither Helm nor Istio.
