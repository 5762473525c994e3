//! What went wrong, as a code with arguments: the page words it in the reader's language.

use serde::{Deserialize, Serialize};

/// What went wrong, each with the arguments that its sentence and its hint need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// Nobody is logged in, or the session ended.
    NotLoggedIn,
    /// This person may not do that. `action`.
    NotPermitted,
    /// No such thing here. `what`, `name`.
    NotFound,
    /// A name that cannot be one. `name`, `reason`.
    BadName,
    /// A kubeconfig that cannot be read, or that asks for something refused. `reason`.
    BadKubeconfig,
    /// A cluster of that name is there already. `cluster`.
    ClusterExists,
    /// The address may not be dialled. `address`, `reason`.
    AddressRefused,
    /// The cluster does not answer. `cluster`.
    Unreachable,
    /// The cluster does not know the credential. `cluster`.
    Unauthorized,
    /// A range of addresses, or the name of a network, that cannot be one. `reason`.
    BadRange,
    /// The cluster's rights do not allow it. `cluster`, `object`.
    Forbidden,
    /// The cluster refused an object. `cluster`, `object`.
    Refused,
    /// Another manager owns a field. `object`, `manager`, `field`.
    FieldOwned,
    /// The object is there and belongs to somebody else. `object`, `owner`, `release`.
    NotOurs,
    /// The values cannot be read as YAML. `line`, `column`.
    BadYaml,
    /// The values do not fit the chart's schema. `count`.
    BadValues,
    /// The chart does not render. `template`, `line`.
    RenderFailed,
    /// A release of that name is there already. `release`, `namespace`.
    ReleaseExists,
    /// No release of that name. `release`.
    NoRelease,
    /// Another job works on this release. `release`.
    Busy,
    /// The namespace is being deleted. `namespace`.
    NamespaceTerminating,
    /// Objects did not become ready in time. `object`, `waited`.
    NotReady,
    /// The console stopped while this ran. `step`, `steps`.
    Interrupted,
    /// Somebody asked for the end. No arguments.
    Cancelled,
    /// The release record is too big to be stored. `size`, `most`.
    TooBig,
    /// A repository of that name is there already. `repository`.
    RepositoryExists,
    /// The address of a repository cannot be one. `reason`.
    BadRepository,
    /// A repository does not answer: its name, the way to it, time. `url`.
    RepositoryUnreachable,
    /// A repository's certificate is not trusted. `url`.
    RepositoryUntrusted,
    /// A repository does not accept the login, or wants one. `url`, `sent`.
    RepositoryLogin,
    /// A login that would go where it does not belong. `reason`.
    LoginKept,
    /// A repository answers with another status than it should. `url`, `status`.
    RepositoryStatus,
    /// What stands there is no index of charts, or no chart. `url`.
    NotARepository,
    /// It leads to another host. `url`, `to`.
    LedAway,
    /// Larger than is taken. `url`, `most`.
    TooLarge,
    /// The bytes are not those that were announced. `what`.
    DigestDiffers,
    /// An archive that is not what it should be. `what`.
    BadArchive,
    /// A provenance file does not vouch for a chart. `chart`.
    NotVouchedFor,
    /// A chart that the chart needs could not be had. `chart`, `dependency`.
    NoDependency,
    /// Chart.lock was written for other dependencies. `chart`.
    LockOutOfSync,
    /// That version was uploaded before, with other bytes. `chart`.
    UploadExists,
    /// The repository has other bytes now than when the draft was begun. `chart`.
    ChartChanged,
    /// A mesh of that name is there already. `mesh`.
    MeshExists,
    /// A mesh that cannot be one: `cluster` has two parts in it, or no remote is named.
    BadMesh,
    /// A release was begun and does not hold. `release`.
    ReleaseUnfinished,
    /// A step that cannot be carried out now. No arguments.
    StepNotDue,
    /// An address that remotes need was not found. `key`.
    NoAddress,
    /// The name in the mesh is another cluster's. `name`, `object`.
    NameTaken,
    /// The name in the mesh is the control plane's own. `name`.
    OwnName,
    /// The remote is the primary itself.
    SameCluster,
    /// An object is not as it was when the plan was made. `object`.
    ObjectChanged,
    /// A token Secret was not filled. `object`, `waited`.
    NoToken,
    /// The remote does not know the token. `object`.
    TokenRejected,
    /// The authority does not vouch for the server. `server`.
    OtherAuthority,
    /// Another cluster answers at the address. `server`.
    OtherCluster,
    /// The control plane did not take the remote up. `name`, `waited`.
    NotTakenUp,
    /// The remote has not joined. `name`.
    NotJoined,
    /// A step of the mesh still stands on the cluster. `step`, `cluster`.
    StepStands,
    /// Another mesh of the console has the cluster too. `cluster`, `mesh`.
    ClusterInMesh,
    /// A control plane still leads the cluster. `by`.
    ClusterInUse,
    /// The mesh is led by another Istio than the one whose chart this is.
    OtherLine,
    /// A namespace that is to go holds what stays. `namespace`, `holds`.
    NamespaceInhabited,
    /// The objects of a definition cannot be read. `definition`.
    DefinitionUnread,
    /// Objects are deleted and do not go. `object`, `waited`.
    Held,
    /// What is to be saved is larger than is kept. `most`.
    BackupTooBig,
    /// The console could not remember something. `what`.
    Storage,
    /// The page could not reach the console.
    Offline,
    /// Something that we did not foresee.
    Internal,
}

/// What went wrong, for the page to word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What it is.
    pub code: Code,
    /// Name and value of each argument of the sentence.
    pub args: Vec<(String, String)>,
    /// What the cluster, Helm's engine or the parser said, verbatim.
    pub detail: Option<String>,
    /// The field of the form that it is about.
    pub field: Option<String>,
    /// The id of the request that failed, under which the log of the server has the whole chain.
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

    /// The same with one more argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.push((name.to_owned(), value.to_string()));
        self
    }

    /// The same with what was said by somebody else.
    #[must_use]
    pub fn detail(mut self, detail: impl ToString) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    /// The same, about one field of a form.
    #[must_use]
    pub fn field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// The value of an argument, or "".
    pub fn arg(&self, name: &str) -> &str {
        let found = self.args.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}
