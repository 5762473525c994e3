//! The annotations by which a chart describes itself to the console.

/// The newest Kubernetes that the images of the chart support, `1.21`.
pub const NEWEST_KUBERNETES: &str = "meshspan.io/newest-kubernetes";
/// The role of the chart in a mesh.
pub const PART: &str = "meshspan.io/part";
/// The namespace for which the chart is intended.
pub const NAMESPACE: &str = "meshspan.io/namespace";
