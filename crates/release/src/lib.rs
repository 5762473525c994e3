//! The release engine, Helm-compatible: what it stores, the real `helm` reads, and the reverse.
//!
//! First a pure [`Plan`], which can be shown; then [`install()`], [`upgrade()`] and [`uninstall()`] carry one out, step by
//! step, telling each [`Event`]. Nothing here knows Istio. Start at [`plan()`], then [`install()`].

mod apply;
mod capabilities;
mod error;
mod event;
mod history;
mod hooks;
mod install;
mod model;
mod ownership;
mod plan;
mod review;
mod status;
mod storage;
mod uninstall;
mod upgrade;
pub mod view;

pub use capabilities::{ClusterCapabilities, cluster_capabilities};
pub use error::{Error, Owner};
pub use event::{Event, Outcome, WaitReason};
pub use history::{history, latest, list};
pub use install::{Install, Mode, install};
pub use model::{Chart as ChartRecord, Hook as HookRecord, Info, Release, State};
pub use ownership::{ReleaseKey, foreign_owner, owned_object};
pub use plan::{Plan, Stage, phase_for_kind, plan};
pub use review::{ObjectReview, PlannedChange, review};
pub use status::{ResourceStatus, resources};
pub use storage::{MAX_SECRET_BYTES, decode, encode};
pub use uninstall::{UninstallPlan, plan_uninstall, uninstall};
pub use upgrade::upgrade;
