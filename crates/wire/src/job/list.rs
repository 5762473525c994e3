//! The list of jobs: its columns and states.

use super::JobState;
use crate::list::{Choice, ListRequest, Order, SortKey};
use serde::{Deserialize, Serialize};

/// The state of a job, without its details.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobStateName {
    /// Running.
    Running,
    /// Interrupted.
    Interrupted,
    /// Failed.
    Failed,
    /// Stopped by an operator.
    Stopped,
    /// Succeeded.
    Succeeded,
}

impl JobState {
    /// The state without its details.
    pub fn name(&self) -> JobStateName {
        match self {
            Self::Running => JobStateName::Running,
            Self::Interrupted { .. } => JobStateName::Interrupted,
            Self::Failed(_) if self.is_stopped() => JobStateName::Stopped,
            Self::Failed(_) => JobStateName::Failed,
            Self::Succeeded => JobStateName::Succeeded,
        }
    }
}

impl Choice for JobStateName {
    const ALL: &'static [Self] = &[
        Self::Running,
        Self::Interrupted,
        Self::Failed,
        Self::Stopped,
        Self::Succeeded,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
            Self::Succeeded => "succeeded",
        }
    }
}

/// The columns by which jobs are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobSort {
    /// By kind and subject.
    Name,
    /// By cluster.
    Cluster,
    /// By the time of the start.
    #[default]
    Started,
    /// By duration.
    Duration,
    /// By state, running jobs first.
    State,
}

impl Choice for JobSort {
    const ALL: &'static [Self] = &[
        Self::Name,
        Self::Cluster,
        Self::Started,
        Self::Duration,
        Self::State,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Cluster => "cluster",
            Self::Started => "started",
            Self::Duration => "duration",
            Self::State => "state",
        }
    }
}

impl SortKey for JobSort {
    fn first_order(self) -> Order {
        match self {
            Self::Started | Self::Duration => Order::Descending,
            Self::Name | Self::Cluster | Self::State => Order::Ascending,
        }
    }
}

/// A window of the list of jobs.
pub type JobsRequest = ListRequest<JobSort, JobStateName>;
