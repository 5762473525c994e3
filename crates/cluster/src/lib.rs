//! Everything that talks to a Kubernetes API and knows neither Helm nor Istio.
//!
//! A [`Cluster`] comes out of [`connect`](Cluster::connect), with deadlines and retries, or lies over a
//! tower service in tests. Every call ends: its deadline is in [`connect`]. Start at [`Cluster`], then
//! at [`object`] (get, apply, delete) and [`ready`] (is it ready, and if not, why).

mod access;
mod address;
mod certificate;
mod change;
mod clock;
mod connect;
mod credentials;
mod error;
mod events;
mod facts;
mod handshake;
mod identity;
mod kinds;
mod namespace;
mod object;
mod port_forward;
mod quantity;
mod ranges;
pub mod ready;
mod restart;
mod wait;
mod watch;
mod who;

pub use access::{Ask, Right};
pub use address::{AddressPolicy, Reach};
pub use certificate::{Certificate, Unreadable, signed_by};
pub use change::Marks;
pub use connect::{Cluster, FIELD_MANAGER};
pub use credentials::{Context, Credentials, Login, Mount, Refusal, read_kubeconfig};
pub use error::{Error, FieldOwner, Said, Verb};
pub use events::Occurrence;
pub use facts::{Facts, Node};
pub use handshake::{NoHandshake, ServerCheck, handshake, handshake_as};
pub use identity::{AsConsole, AsUser};
pub use kinds::{Kind, Kinds};
pub use namespace::NamespaceState;
pub use object::{Apply, Object, ObjectRef, Propagation};
pub use port_forward::{Answer, AnswerBounds, NoAnswer, PodPort};
pub use quantity::{bytes, millicores};
pub use ready::Readiness;
pub use wait::{Waiting, until_gone, until_ready};
pub use watch::{Snapshot, Watches};
pub use who::Who;
