//! The release engine. It is compatible with Helm: either reads the release records of the other.
//!
//! A [`Plan`] is pure and can be shown; [`install()`], [`upgrade()`] and [`uninstall()`] execute one
//! and report each [`Event`]. Nothing here knows Istio. Start at [`plan()`], then [`install()`].
//!
//! Public functions take [`cluster::AsUser`]; [`latest`] and [`list`], which the console also reads in the
//! background, take `&dyn` [`cluster::Identity`]. The private functions below take the `&Cluster` of the
//! identity that a public function was given.

mod adopt;
mod apply;
mod backup;
mod capabilities;
mod chart_crds;
mod compare;
mod crd_deletion;
mod crd_phase;
mod crds;
mod custom_kinds;
mod deletion;
mod error;
mod event;
mod field_manager;
mod fields;
mod follow;
mod helm_labels;
mod history;
mod hook_log;
mod hooks;
mod install;
mod invalid;
mod lease;
mod list_object;
mod managers;
mod mark_failed;
mod missing_kind;
mod model;
mod operation;
mod ownership;
mod plan;
mod problem;
mod record_codec;
mod record_head;
mod recreate;
mod review;
mod rollback;
mod settings;
mod status;
mod storage;
mod stored_chart;
mod test;
mod uninstall;
mod upgrade;
mod verb;
pub mod view;

pub use adopt::{ADOPTED_ANNOTATION, JOIN_LABEL};
pub use backup::{BackupText, MAX_BACKUP_BYTES};
pub use capabilities::{ClusterCapabilities, cluster_capabilities};
pub use chart_crds::{CrdUsage, LiveCrd, crd_usage};
pub use compare::compare;
pub use crd_deletion::{CrdDeletion, back_up_crds};
pub use crds::review_crds;
pub use custom_kinds::CustomKinds;
pub use deletion::{DeletionError, await_deletion};
pub use error::{Error, Owner};
pub use event::{Event, Outcome, WaitReason};
pub use fields::{FieldChoices, LeftField, left_fields, remember, revoke};
pub use follow::{ReleaseChange, ReleaseChanges, follow};
pub use history::{history, latest, list};
pub use install::{Install, Mode, install};
pub use lease::{Acquired, HeldLease, LeaseHolder, acquire_lease, lease_ref, lease_release};
pub use mark_failed::{InterruptedRevision, mark_failed, plan_mark_failed};
pub use missing_kind::{KindOrigin, MissingKind, missing_kinds};
pub use model::{Chart as ChartRecord, Hook as HookRecord, Info, Release, State};
pub use operation::Operation;
pub(crate) use ownership::owned_object;
pub use ownership::{ReleaseKey, foreign_owner};
pub use plan::{Plan, Stage, phase_for_kind, plan};
pub use record_codec::{MAX_SECRET_BYTES, decode, encode};
pub use record_head::{RecordHead, newest_records, read_listed};
pub use review::{ObjectReview, PlannedChange, review, review_after};
pub use rollback::{RollbackPlan, plan_rollback, rollback};
pub use settings::{
    SETTINGS_LABEL, Saved, Settings, SettingsPart, ValuesText, save_settings, settings,
    settings_ref, settings_release,
};
pub use status::{ResourceStatus, has_object, manifest_values, resources};
pub use stored_chart::stored_chart;
pub use test::{TestPlan, plan_test, test};
pub use uninstall::{UninstallPlan, plan_uninstall, uninstall};
pub use upgrade::{obsolete, upgrade};
