//! Problems as a code with arguments, which the page words in the language of the reader.

use serde::{Deserialize, Serialize};

/// The codes of problems, each with the arguments of its sentence and its hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The request has no session, or the session expired.
    NotLoggedIn,
    /// The user lacks the permission. `action`.
    NotPermitted,
    /// The console has no such object. `what`, `name`.
    NotFound,
    /// A name is invalid. `name`, `reason`.
    BadName,
    /// A kubeconfig cannot be parsed, or has a rejected field. `reason`.
    BadKubeconfig,
    /// A cluster of that name exists already. `cluster`.
    ClusterExists,
    /// The address policy forbids the address. `address`, `reason`.
    AddressRefused,
    /// The cluster does not respond. `cluster`.
    Unreachable,
    /// The cluster rejects the credentials. `cluster`.
    Unauthorized,
    /// A CIDR range or the name of a network is invalid. `reason`.
    BadRange,
    /// The credentials lack a permission on the cluster. `cluster`, `object`.
    Forbidden,
    /// The cluster rejected an object. `cluster`, `object`.
    Refused,
    /// Another manager owns a field. `object`, `manager`, `field`.
    FieldOwned,
    /// The object exists and has another owner. `object`, `owner`, `release`.
    NotOurs,
    /// The values are not valid YAML. `line`, `column`.
    BadYaml,
    /// The values violate the schema of the chart. `count`.
    BadValues,
    /// The chart does not render. `template`, `line`.
    RenderFailed,
    /// A release of that name exists already. `release`, `namespace`.
    ReleaseExists,
    /// No release of that name exists. `release`.
    NoRelease,
    /// Another job changes the release. `release`.
    Busy,
    /// The namespace is being deleted. `namespace`.
    NamespaceTerminating,
    /// Objects did not become ready within the timeout. `object`, `waited`.
    NotReady,
    /// The console stopped while the job ran. `step`, `steps`.
    Interrupted,
    /// A user cancelled the job. No arguments.
    Cancelled,
    /// The release record exceeds the size limit. `size`, `most`.
    TooBig,
    /// A repository of that name exists already. `repository`.
    RepositoryExists,
    /// The URL of a repository is invalid. `reason`.
    BadRepository,
    /// A repository does not respond: DNS, the connection or a timeout. `url`.
    RepositoryUnreachable,
    /// A repository's certificate is not trusted. `url`.
    RepositoryUntrusted,
    /// A repository rejects the credentials, or requires some. `url`, `sent`.
    #[serde(alias = "repository-login")]
    RepositoryCredentials,
    /// The credentials would be sent to another host, and are withheld. `reason`.
    #[serde(alias = "login-kept")]
    CredentialsWithheld,
    /// A repository responds with an unexpected status. `url`, `status`.
    RepositoryStatus,
    /// The content at the URL is neither a chart index nor a chart. `url`.
    NotARepository,
    /// A URL redirects to another origin. `url`, `to`.
    #[serde(alias = "led-away")]
    CrossOriginRedirect,
    /// A response exceeds the size limit. `url`, `most`.
    TooLarge,
    /// The digest of a file differs from the expected one. `what`.
    DigestDiffers,
    /// An archive is invalid. `what`.
    BadArchive,
    /// A provenance file does not match its chart. `chart`.
    #[serde(alias = "not-vouched-for")]
    ProvenanceMismatch,
    /// A dependency of a chart could not be fetched. `chart`, `dependency`.
    NoDependency,
    /// Chart.lock does not match the dependencies of the chart. `chart`.
    LockOutOfSync,
    /// The version was uploaded before, with another content. `chart`.
    UploadExists,
    /// The chart in the repository changed since the draft was created. `chart`.
    ChartChanged,
    /// A mesh of that name exists already. `mesh`.
    MeshExists,
    /// A mesh is invalid: it lists `cluster` twice, or has no remote.
    BadMesh,
    /// A release is not completely installed. `release`.
    ReleaseUnfinished,
    /// An earlier step is not complete. No arguments.
    StepNotDue,
    /// An address that remotes need was not discovered. `key`.
    NoAddress,
    /// Another cluster has the ID in the mesh. `name`, `object`.
    NameTaken,
    /// The ID in the mesh is that of the control plane's own cluster. `name`.
    OwnName,
    /// Remote and primary are the same cluster.
    SameCluster,
    /// An object changed since it was planned. `object`.
    ObjectChanged,
    /// The cluster wrote no token into the Secret. `object`, `waited`.
    NoToken,
    /// The remote rejects the token. `object`.
    TokenRejected,
    /// The CA did not sign the server's certificate. `server`.
    #[serde(alias = "other-authority")]
    OtherCa,
    /// Another cluster responds at the address. `server`.
    OtherCluster,
    /// The control plane did not sync the remote within the timeout. `name`, `waited`.
    #[serde(alias = "not-taken-up")]
    NotSynced,
    /// The remote has not joined. `name`.
    NotJoined,
    /// A step of the mesh on the cluster is not undone. `step`, `cluster`.
    #[serde(alias = "step-stands")]
    StepNotUndone,
    /// Another mesh of the console contains the cluster. `cluster`, `mesh`.
    ClusterInMesh,
    /// A control plane still uses the cluster. `by`.
    ClusterInUse,
    /// The control plane of the mesh and the chart are of different generations of Istio.
    #[serde(alias = "other-line")]
    OtherGeneration,
    /// A namespace contains objects that are kept. `namespace`, `objects`.
    #[serde(alias = "namespace-inhabited")]
    NamespaceNotEmpty,
    /// The objects of a CRD cannot be read. `crd`.
    #[serde(alias = "definition-unread")]
    CrdUnreadable,
    /// Deleted objects still exist after the timeout. `object`, `waited`.
    #[serde(alias = "held")]
    DeletionStuck,
    /// The backup exceeds the size limit. `max`.
    #[serde(alias = "backup-too-big")]
    BackupTooLarge,
    /// The console could not write to its database. `what`.
    Storage,
    /// The page cannot reach the console.
    Offline,
    /// An unexpected error.
    Internal,
}

/// A problem, which the page words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The code.
    pub code: Code,
    /// Name and value of each argument.
    pub args: Vec<(String, String)>,
    /// The message of the cluster, the template engine or the parser, verbatim.
    pub detail: Option<String>,
    /// The field of the form that is invalid.
    pub field: Option<String>,
    /// The ID of the failed request, which the log of the server has with the whole error chain.
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
        self.args.push((name.to_owned(), value.to_string()));
        self
    }

    /// Sets the message of another program.
    #[must_use]
    pub fn detail(mut self, detail: impl ToString) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    /// Sets the field of the form.
    #[must_use]
    pub fn field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// The value of an argument, or "". A stored problem may have the argument under its former name.
    pub fn arg(&self, name: &str) -> &str {
        let value = |name: &str| self.args.iter().find(|(key, _)| key == name);
        let former = || FORMER_NAMES.iter().find(|(current, _)| *current == name);
        let argument = value(name).or_else(|| former().and_then(|(_, former)| value(former)));
        argument.map_or("", |(_, value)| value.as_str())
    }
}

/// Arguments with another name in problems that older versions stored: the current name, the former name.
const FORMER_NAMES: [(&str, &str); 3] =
    [("objects", "holds"), ("crd", "definition"), ("max", "most")];

#[cfg(test)]
mod tests {
    use super::{Code, Problem};
    use serde_json::json;

    #[test]
    fn a_problem_of_an_older_version_keeps_its_code_and_arguments() {
        let stored = json!({"code": "namespace-inhabited", "args": [["holds", "ConfigMap settings"]],
                            "detail": null, "field": null});
        let problem: Problem = serde_json::from_value(stored).unwrap();
        assert_eq!(problem.code, Code::NamespaceNotEmpty);
        assert_eq!(problem.arg("objects"), "ConfigMap settings");
        let current = serde_json::to_value(&problem).unwrap();
        assert_eq!(current["code"], "namespace-not-empty");
    }
}
