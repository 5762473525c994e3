//! The kinds of job, one file each, and their one registry.
//!
//! A new kind is a file that implements [`Job`], a line in the table below, and its words in `app`.

use super::Job;
use crate::{Action, Caller, Console, Error};
use serde::{Deserialize, Serialize};
use wire::JobId;

/// What the jobs on a member of a mesh share: permission, subject, mesh, and phases.
macro_rules! of_member {
    () => {
        const ACTION: crate::Action = crate::Action::WriteMesh;

        fn subject(&self) -> wire::job::Subject {
            wire::job::Subject::Member(self.0.member.clone())
        }

        fn mesh(&self) -> Option<&wire::MeshName> {
            Some(&self.0.mesh)
        }

        fn phases((_, plan): &Self::Plan) -> Vec<wire::job::PhaseView> {
            crate::jobs::phases::member_steps(&plan.steps)
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

            /// Resumes the job as a new one.
            pub(crate) async fn resume(
                self,
                console: &Console,
                caller: &Caller,
            ) -> Result<JobId, Error> {
                match self {
                    $(Self::$kind(job) => {
                        let plan = Box::pin(job.resume(console)).await?;
                        console.start_planned(caller, job, plan).await
                    })*
                }
            }
        }
    };
}

kinds! {
    Install in install,
    Upgrade in upgrade,
    Uninstall in uninstall,
    Join in join,
    Rotate in rotate,
    Leave in leave,
    #[serde(alias = "Clear")]
    Cleanup in cleanup,
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::job::{JobKind, Subject};

    /// Requests as earlier versions of the console stored them.
    const STORED: [(&str, JobKind); 7] = [
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
            r#"{"Leave": {"mesh": "demo", "member": {"primary": "east", "remote": "west"}}}"#,
            JobKind::Leave,
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
                StoredJob::Uninstall(job) => described(job),
                StoredJob::Join(job) => described(job),
                StoredJob::Rotate(job) => described(job),
                StoredJob::Leave(job) => described(job),
                StoredJob::Cleanup(job) => described(job),
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
