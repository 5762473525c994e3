//! Problems: an error code with arguments, which a page words in the language of the reader.

use crate::visible::visible;
use serde::{Deserialize, Serialize};

/// The code of a problem, with the names of the arguments of its sentence and its hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The caller has no session, or the session has expired.
    NotLoggedIn,
    /// The request cannot be read. No arguments.
    BadRequest,
    /// The caller may not perform the action. `action`.
    NotPermitted,
    /// The object does not exist. `kind`, `name`.
    NotFound,
    /// The name is invalid. `name`, `reason`.
    BadName,
    /// The kubeconfig is invalid or requests something that is not allowed. `reason`.
    BadKubeconfig,
    /// A cluster with this name exists already. `cluster`.
    ClusterExists,
    /// The address must not be dialled. `address`, `reason`.
    AddressRefused,
    /// A registered cluster cannot be used, such as one whose credentials cannot be decrypted. `cluster`.
    UnusableCluster,
    /// The cluster does not respond. `cluster`.
    Unreachable,
    /// A response of the cluster exceeds a limit. `cluster`, `object`.
    ResponseTooLarge,
    /// The cluster rejects the credentials. `cluster`.
    Unauthorized,
    /// The CIDR or the network name is invalid. `reason`.
    BadRange,
    /// The credentials lack a permission in the cluster. `cluster`, `object`.
    Forbidden,
    /// The cluster rejects an object. `cluster`, `object`.
    Refused,
    /// The cluster finds a field of an object invalid. `cluster`, `object`, `field`, `reason`, `count` of the
    /// invalid fields; and, when a template wrote it, `template` and `line`.
    InvalidField,
    /// The cluster does not serve a kind that a release needs. `kind`, `version`, `object`, `count` of the
    /// kinds; and `served`: the versions of the group that have it, or `removed`: the Kubernetes version
    /// that removed it, with its `replacement`, or `chart`: what defines it.
    KindNotServed,
    /// A release renders an object twice. `object`, `template`, `other`.
    DuplicateObject,
    /// A field of an object in a cluster does not have the type of its kind. `object`, `field`.
    ObjectMalformed,
    /// Another field manager owns a field. `object`, `manager`, `field`.
    FieldOwned,
    /// The operator has not decided about fields that other managers own, or about objects that have to be recreated.
    /// `count`.
    Undecided,
    /// The object exists and has another owner. `object`, `owner`, `release`.
    #[serde(alias = "not-ours")]
    OwnedByOther,
    /// The values are not valid YAML. `line`, `column`.
    BadYaml,
    /// The values violate the schema of the chart. `count`.
    BadValues,
    /// The chart cannot be rendered. `template`, `line`; `similar`: a template that may be meant instead of
    /// a missing one.
    RenderFailed,
    /// The chart needs more memory or time than the console gives to one chart. `reason`.
    ChartTooLarge,
    /// Too many charts are worked on at once.
    ChartsBusy,
    /// A release with this name exists already. `release`, `namespace`.
    ReleaseExists,
    /// The release does not exist. `release`, `namespace`.
    NoRelease,
    /// Another job runs on the release. `release`, `job`.
    Busy,
    /// The namespace is being deleted. `namespace`.
    NamespaceTerminating,
    /// Objects did not become ready in time. `object`, `waited`.
    NotReady,
    /// The console stopped while the job was running. `step`, `steps`.
    Interrupted,
    /// The operator cancelled the operation. No arguments.
    Cancelled,
    /// The release record is too large for a Secret. `size`, `max`.
    #[serde(alias = "too-big")]
    ReleaseTooLarge,
    /// A repository with this name exists already. `repository`.
    RepositoryExists,
    /// The URL of a repository is invalid. `reason`.
    BadRepository,
    /// A repository does not respond: name resolution, connection or timeout. `url`.
    RepositoryUnreachable,
    /// The certificate of a repository is not trusted. `url`.
    RepositoryUntrusted,
    /// A repository rejects the credentials, or requires some. `url`, `sent`.
    #[serde(alias = "repository-login")]
    RepositoryCredentials,
    /// The credentials are not sent to the server, because it must not receive them. `reason`.
    #[serde(alias = "login-kept")]
    CredentialsWithheld,
    /// A repository responds with an unexpected status. `url`, `status`.
    RepositoryStatus,
    /// The URL has no chart index and no chart. `url`.
    NotARepository,
    /// The URL redirects to another host. `url`, `to`.
    #[serde(alias = "led-away")]
    CrossOriginRedirect,
    /// The file is larger than the limit. `url`, `max`.
    TooLarge,
    /// The digest of the bytes differs from the declared digest. `file`.
    DigestDiffers,
    /// The chart archive is invalid. `file`.
    BadArchive,
    /// The provenance file does not match the chart. `chart`.
    #[serde(alias = "not-vouched-for")]
    ProvenanceMismatch,
    /// A dependency of the chart is not available. `chart`, `dependency`.
    NoDependency,
    /// Chart.lock does not match the dependencies of Chart.yaml. `chart`.
    LockOutOfSync,
    /// The charts of this version of Istio are not known. `version`, `known`.
    UnknownIstio,
    /// Istio's charts are neither uploaded nor in a configured repository. `version`, `files`.
    NoIstioCharts,
    /// This version was uploaded before, with other bytes. `chart`.
    UploadExists,
    /// The bytes in the repository changed after the draft was created. `chart`.
    ChartChanged,
    /// A mesh with this name exists already. `mesh`.
    MeshExists,
    /// The mesh is invalid: `cluster` is listed twice, or there is no remote.
    BadMesh,
    /// The mesh has warnings that were not accepted. `count`, `clusters`.
    MeshWarnings,
    /// The Prometheus server of a mesh has no Service, no such port, or no ready pod. `object`, `cluster`.
    NoPrometheus,
    /// A Prometheus server did not answer, or with an error. `object`, `cluster`.
    PrometheusFailed,
    /// A Prometheus server has none of Istio's metrics. `object`, `cluster`.
    NoIstioMetrics,
    /// The mesh has as many pinned Services as it can have. `mesh`, `max`.
    TooManyPinned,
    /// The release is not deployed: an operation on it did not complete. `release`.
    ReleaseUnfinished,
    /// The release has a newer revision than the one that an upgrade was prepared for. `release`, `revision`,
    /// `newest`.
    ReleaseChanged,
    /// The release has no earlier revision of that number. `release`, `revision`.
    NoRevision,
    /// No operation on the release is pending. `release`.
    ReleaseNotPending,
    /// A job of another console works on the release. `release`, `lease`, `holder`, `since` (empty when the job has
    /// ended), `seconds` from the last renewal of the Lease to its expiry.
    LeaseHeld,
    /// A job of another console took over while this one could not renew its Lease. `release`, `lease`, `holder`.
    LeaseLost,
    /// An upgrade with another chart than the installed one. `release`, `installed`, `chart`.
    OtherChart,
    /// Values of an upgrade differ from a default that changed, without a decision. `count`, `keys`.
    ValuesConflicts,
    /// The target of an upgrade cannot be changed. `release`.
    TargetFixed,
    /// The draft was changed in another tab or by another operator. No arguments.
    DraftChanged,
    /// What is executed was changed since it was shown. `count` of the objects that changed, `objects`: the
    /// first of them; none when the plan itself is another one.
    PlanChanged,
    /// The plan was shown too long ago. No arguments.
    NoReview,
    /// The name that confirms the start was not typed, or is another one. `name`.
    NotConfirmed,
    /// Checks failed, or have warnings that were not accepted. `checks`.
    ChecksFailed,
    /// The job succeeded, was resumed already, or a later job worked on the same subject. `job`.
    NotResumable,
    /// The draft or job was made before it had a seed, and has to be reviewed again. No arguments.
    ReviewAgain,
    /// The step cannot run now. No arguments.
    StepNotDue,
    /// An address that remotes need was not discovered. `key`.
    NoAddress,
    /// An address that remotes need is public, and every source may dial it. `object`, `addresses`.
    ExposedAddress,
    /// A load balancer has a host name only, which cannot be resolved. `object`, `host`, `reason`.
    HostUnresolved,
    /// The name in the mesh belongs to another cluster. `name`, `object`.
    NameTaken,
    /// The name in the mesh belongs to the control plane. `name`.
    OwnName,
    /// The remote is the primary itself. No arguments.
    SameCluster,
    /// An object changed after the plan was created. `object`.
    ObjectChanged,
    /// Kubernetes did not fill a token Secret. `object`, `waited`.
    NoToken,
    /// The remote rejects the token. `object`.
    TokenRejected,
    /// The CA bundle does not verify the certificate of the server. `server`.
    #[serde(alias = "other-authority")]
    UntrustedCertificate,
    /// The address belongs to another cluster. `server`.
    OtherCluster,
    /// The control plane did not sync the remote within the timeout. `name`, `waited`.
    #[serde(alias = "not-taken-up")]
    NotSynced,
    /// An istiod lacks endpoints of a remote after the timeout. `name`, `cluster`, `waited`.
    EndpointsMissing,
    /// The remote has no earlier token of its reader. `name`.
    NoEarlierToken,
    /// The remote has not joined. `name`.
    NotJoined,
    /// Two entries of remote Secrets join the same remote. `name`, `object`, `other`.
    JoinedTwice,
    /// The kubeconfig in a remote Secret has another credential than a token. `object`, `field`.
    WithoutToken,
    /// The token in a remote Secret is not that of a ServiceAccount of the control plane's namespace. `object`,
    /// `subject`, `namespace`.
    ForeignReader,
    /// The kubeconfig in a remote Secret was not shown to reach the remote. `name`, `object`.
    JoinUnproven,
    /// No object of a join was adopted. `name`.
    NotAdopted,
    /// A step of the mesh is still installed on the cluster. `step`, `cluster`.
    #[serde(alias = "step-stands")]
    StepNotUndone,
    /// Another mesh of the console has the cluster too. `cluster`, `mesh`.
    ClusterInMesh,
    /// A control plane still uses the cluster. `control_plane`.
    ClusterInUse,
    /// The control plane of the mesh and the chart are of different generations of Istio. `generation`.
    #[serde(alias = "other-line")]
    OtherGeneration,
    /// A selected namespace contains resources that are kept. `namespace`, `resources`.
    #[serde(alias = "namespace-inhabited")]
    NamespaceNotEmpty,
    /// The custom resources of a CRD cannot be read. `crd`.
    #[serde(alias = "definition-unread")]
    CrdUnreadable,
    /// Deleted objects do not disappear. `object`, `waited`.
    #[serde(alias = "held")]
    DeletionStuck,
    /// The backup is larger than the limit. `max`.
    #[serde(alias = "backup-too-big")]
    BackupTooLarge,
    /// The database of the console failed. `reason`.
    Storage,
    /// The page cannot reach the console. No arguments.
    Offline,
    /// An unexpected error. No arguments.
    Internal,
}

/// A problem, to be worded by a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The code.
    pub code: Code,
    /// The name and the value of each argument.
    pub args: Vec<(String, String)>,
    /// The message of the cluster, the template engine or the parser, verbatim.
    pub detail: Option<String>,
    /// The field of the form with the invalid value.
    pub field: Option<String>,
    /// The id of the failed request, which the server logs with the chain of errors.
    #[serde(default)]
    pub request_id: Option<String>,
}

impl Problem {
    /// A problem without arguments.
    pub fn new(code: Code) -> Self {
        Self {
            code,
            args: Vec::new(),
            detail: None,
            field: None,
            request_id: None,
        }
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args
            .push((name.to_owned(), visible(&value.to_string())));
        self
    }

    /// Sets the verbatim message.
    #[must_use]
    pub fn detail(mut self, detail: impl ToString) -> Self {
        self.detail = Some(visible(&detail.to_string()));
        self
    }

    /// Sets the field of the form.
    #[must_use]
    pub fn field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// The value of an argument; empty when there is none. Stored problems may have the argument under
    /// the name of an earlier version.
    pub fn arg(&self, name: &str) -> &str {
        let value = |name: &str| {
            let mut args = self.args.iter();
            args.find_map(|(key, value)| (key == name).then_some(value.as_str()))
        };
        let former = || former_name(name).and_then(value);
        value(name).or_else(former).unwrap_or_default()
    }
}

/// The name of an argument in problems that earlier versions stored.
fn former_name(name: &str) -> Option<&'static str> {
    match name {
        "kind" | "file" | "reason" => Some("what"),
        "max" => Some("most"),
        "resources" => Some("holds"),
        "crd" => Some("definition"),
        "control_plane" => Some("by"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_of_earlier_versions_are_readable() {
        let text = r#"{"code": "held", "args": [["what", "draft"], ["most", "3"]], "detail": null,
            "field": null}"#;
        let problem: Problem = serde_json::from_str(text).expect("readable");
        assert_eq!(problem.code, Code::DeletionStuck);
        let code: Code = serde_json::from_str("\"not-taken-up\"").expect("readable");
        assert_eq!(code, Code::NotSynced);
        assert_eq!((problem.arg("kind"), problem.arg("max")), ("draft", "3"));
        assert_eq!(problem.arg("name"), "");
        let problem = problem.with("kind", "job");
        assert_eq!(problem.arg("kind"), "job");
    }
}
