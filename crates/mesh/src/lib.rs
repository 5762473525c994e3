//! Istio multi-cluster: knowledge, checks and steps.
