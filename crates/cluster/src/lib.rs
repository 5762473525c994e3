//! The client of a Kubernetes API; it knows neither Helm nor Istio.
//!
//! A [`Cluster`] comes from [`connect`](Cluster::connect), with deadlines and retries, or from a tower
//! service in tests. Every call has a deadline, which [`connect`] sets. Start at [`Cluster`], then at
//! [`object`] (get, apply, delete) and [`ready`] (readiness of objects, with reasons).

mod access;
mod address;
mod certificate;
mod change_watch;
mod config_map;
mod connect;
mod container_log;
mod credentials;
mod crypto;
mod discovery;
mod error;
mod events;
mod facts;
mod handshake;
mod host_names;
mod identity;
mod kind;
mod kinds;
mod kinds_watch;
mod limits;
mod list;
mod metadata;
mod namespace;
mod object;
mod pods;
mod port_forward;
mod problem;
mod quantity;
mod ranges;
pub mod ready;
mod rollout;
pub mod rules;
mod server_time;
mod stuck;
mod wait;
mod watch;
mod whoami;

pub use access::{AccessDecision, AccessReview};
pub use address::{AddressPolicy, Reach};
pub use certificate::{Certificate, CertificateError, signed_by};
pub use config_map::write_config_map_key;
pub use connect::{Cluster, FIELD_MANAGER};
pub use container_log::{Container, ContainerLog};
pub use credentials::{
    AuthInfo, Context, Credentials, KubeconfigError, ServiceAccountMount, read_kubeconfig,
};
pub use error::{ApiStatus, Error, FieldOwner, Verb};
pub use events::KubernetesEvent;
pub use facts::{Facts, Node, facts};
pub use handshake::{HandshakeError, ServerCheck, handshake, handshake_with_name};
pub use host_names::{HostResolver, ResolveError, SystemResolver};
pub use identity::{AsConsole, AsUser, Identity};
pub use kind::Kind;
pub use kinds::{Kinds, ServedKind, UnavailableGroup};
pub use limits::ExceededLimit;
pub use metadata::MetadataPatch;
pub use namespace::NamespaceState;
pub use object::{Apply, ManagedFields, Object, ObjectRef, OwnerReference, Propagation};
pub use pods::pod_selector;
pub use port_forward::{PodPort, PodResponse, PortForwardError, ResponseLimits, StreamedResponse};
pub use problem::{deletion_stuck, not_ready};
pub use quantity::{bytes, millicores};
pub use ready::Readiness;
pub use stuck::{StuckObject, describe_stuck, inspect_deletion};
pub use wait::{WaitOptions, wait_until_completed, wait_until_deleted, wait_until_ready};
pub use watch::{Snapshot, Watches};
pub use whoami::UserInfo;
