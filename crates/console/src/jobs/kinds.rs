//! The kinds of job, one file each, and their one registry.
//!
//! A new kind is a file that implements [`Job`], a line in the table below, and its words in `app`.

use super::{Job, planned_state::PlannedState};
use crate::{Action, Caller, Console, Error};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wire::{ClusterName, JobId, job::ResumeView};

/// What the jobs on a member of a mesh share: permission, subject, mesh, and phases; with `phases`, the job has
/// its own phases.
macro_rules! of_member {
    () => {
        of_member!(phases);

        fn phases((_, plan): &Self::Plan) -> Vec<wire::job::PhaseView> {
            crate::jobs::phases::member_steps(&plan.steps)
        }
    };
    (phases) => {
        const ACTION: crate::Action = crate::Action::WriteMesh;

        fn subject(&self) -> wire::job::Subject {
            wire::job::Subject::Member(self.0.member.clone())
        }

        fn mesh(&self) -> Option<&wire::MeshName> {
            Some(&self.0.mesh)
        }

        fn concerns((connections, plan): &Self::Plan) -> crate::jobs::Concerns {
            crate::jobs::phases::member_concerns(connections, &plan.steps)
        }
    };
}

/// What the jobs on a release that exists share: permission, subject and mesh.
macro_rules! of_release {
    () => {
        const ACTION: crate::Action = crate::Action::WriteRelease;

        fn subject(&self) -> wire::job::Subject {
            wire::job::Subject::Release(self.release.clone())
        }

        fn mesh(&self) -> Option<&wire::MeshName> {
            self.mesh.as_ref()
        }
    };
}

macro_rules! kinds {
    ($($(#[$attribute:meta])* $kind:ident in $module:ident,)*) => {
        $(pub(crate) mod $module;)*
        $(pub(crate) use $module::$kind;)*

        /// A request as it is stored, with its kind.
        #[derive(Serialize, Deserialize)]
        pub(crate) enum StoredJob {
            $($(#[$attribute])* $kind($kind),)*
        }

        $(impl From<$kind> for StoredJob {
            fn from(job: $kind) -> Self {
                Self::$kind(job)
            }
        })*

        impl StoredJob {
            /// The permission that the job takes.
            pub(crate) fn action(&self) -> Action {
                match self {
                    $(Self::$kind(_) => $kind::ACTION,)*
                }
            }

            /// What the audit says about its start.
            pub(crate) fn audit_target(&self) -> String {
                match self {
                    $(Self::$kind(job) => job.audit_target(),)*
                }
            }

            /// The name that the operator types to start it.
            pub(crate) fn confirmation(&self) -> Option<&str> {
                match self {
                    $(Self::$kind(job) => job.confirmation(),)*
                }
            }

            /// Plans the job again and starts it, when the plan is the one that was shown.
            pub(crate) async fn start(
                self,
                console: &Console,
                caller: &Caller,
                shown: (PlannedState, Option<JobId>),
            ) -> Result<JobId, Error> {
                match self {
                    $(Self::$kind(job) => {
                        let plan = match shown.1 {
                            Some(_) => job.resume(console).await?,
                            None => job.plan(console).await?,
                        };
                        console.start_as_shown(caller, job, plan, shown).await
                    })*
                }
            }

            /// Plans what is left of the job.
            pub(crate) async fn plan_resume(
                self,
                console: &Console,
                resumed: (&JobId, &BTreeMap<ClusterName, String>),
            ) -> Result<ResumeView, Error> {
                match self {
                    $(Self::$kind(job) => console.resume_view(job, resumed).await,)*
                }
            }
        }
    };
}

kinds! {
    Install in install,
    Upgrade in upgrade,
    Rollback in rollback,
    Test in test,
    MarkFailed in mark_failed,
    Uninstall in uninstall,
    Join in join,
    Rotate in rotate,
    RestoreToken in restore_token,
    Adopt in adopt,
    UndoAdoption in undo_adoption,
    Leave in leave,
    Repair in repair,
    #[serde(alias = "Clear")]
    Cleanup in cleanup,
    InstallBundle in install_bundle,
    UninstallBundle in uninstall_bundle,
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::job::{JobKind, Subject};

    /// Requests as earlier versions of the console stored them.
    const STORED: [(&str, JobKind); 14] = [
        (
            r#"{"Install": {"at": {"cluster": "east", "namespace": "shop", "release": "web"},
                "draft": {"chart": {"repository": "built-in", "chart": "ack-istio", "version": "1.0.0"},
                "cluster": "east", "namespace": "shop", "release": "web", "values": "", "accepted": true}}}"#,
            JobKind::Install,
        ),
        (
            r#"{"Upgrade": {"at": {"cluster": "east", "namespace": "shop", "release": "web"},
                "draft": {"chart": {"repository": "built-in", "chart": "ack-istio", "version": "1.0.0"},
                "cluster": "east", "namespace": "shop", "release": "web", "values": "", "accepted": true}}}"#,
            JobKind::Upgrade,
        ),
        (
            r#"{"Rollback": {"release": {"cluster": "east", "namespace": "shop", "release": "web"}, "revision": 2}}"#,
            JobKind::Rollback,
        ),
        (
            r#"{"Test": {"release": {"cluster": "east", "namespace": "shop", "release": "web"}}}"#,
            JobKind::Test,
        ),
        (
            r#"{"MarkFailed": {"release": {"cluster": "east", "namespace": "shop", "release": "web"}}}"#,
            JobKind::MarkFailed,
        ),
        (
            r#"{"Uninstall": {"at": {"cluster": "east", "namespace": "shop", "release": "web"}}}"#,
            JobKind::Uninstall,
        ),
        (
            r#"{"Join": {"mesh": "demo", "member": {"primary": "east", "remote": "west"}}}"#,
            JobKind::Join,
        ),
        (
            r#"{"Rotate": {"mesh": "demo", "member": {"primary": "east", "remote": "west"}}}"#,
            JobKind::Rotate,
        ),
        (
            r#"{"RestoreToken": {"mesh": "demo", "member": {"primary": "east", "remote": "west"}}}"#,
            JobKind::RestoreToken,
        ),
        (
            r#"{"Adopt": {"mesh": "demo", "member": {"primary": "east", "remote": "west"}}}"#,
            JobKind::Adopt,
        ),
        (
            r#"{"UndoAdoption": {"mesh": "demo", "member": {"primary": "east", "remote": "west"}}}"#,
            JobKind::UndoAdoption,
        ),
        (
            r#"{"Leave": {"mesh": "demo", "member": {"primary": "east", "remote": "west"}}}"#,
            JobKind::Leave,
        ),
        (
            r#"{"Repair": {"mesh": "demo", "cluster": "east", "check": "pods-without-sidecar"}}"#,
            JobKind::Repair,
        ),
        (
            r#"{"Clear": {"mesh": "demo", "cluster": "east", "made": true, "definitions": false,
                "namespaces": ["bookinfo"]}}"#,
            JobKind::Cleanup,
        ),
    ];

    fn described<J: Job>(job: &J) -> (JobKind, Subject) {
        (J::KIND, job.subject())
    }

    #[test]
    fn requests_of_earlier_versions_are_readable() {
        for (text, kind) in STORED {
            let stored: StoredJob = serde_json::from_str(text).expect(text);
            let (read, subject) = match &stored {
                StoredJob::Install(job) => described(job),
                StoredJob::Upgrade(job) => described(job),
                StoredJob::Rollback(job) => described(job),
                StoredJob::Test(job) => described(job),
                StoredJob::MarkFailed(job) => described(job),
                StoredJob::Uninstall(job) => described(job),
                StoredJob::Join(job) => described(job),
                StoredJob::Rotate(job) => described(job),
                StoredJob::RestoreToken(job) => described(job),
                StoredJob::Adopt(job) => described(job),
                StoredJob::UndoAdoption(job) => described(job),
                StoredJob::Leave(job) => described(job),
                StoredJob::Repair(job) => described(job),
                StoredJob::Cleanup(job) => described(job),
                StoredJob::InstallBundle(job) => described(job),
                StoredJob::UninstallBundle(job) => described(job),
            };
            assert_eq!(read, kind);
            let touched =
                ["east", "west"].map(|name| wire::ClusterName::new(name).expect("a name"));
            assert!(touched.iter().any(|cluster| subject.touches(cluster)));
            let again = serde_json::to_string(&stored).expect("a text");
            serde_json::from_str::<StoredJob>(&again).expect("what is written is readable");
        }
    }
}
