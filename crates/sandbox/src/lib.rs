//! An in-memory Kubernetes API with pretend controllers and faults.
