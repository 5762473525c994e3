//! The names of the console's own labels and annotations, and references to objects.

use cluster::{Kind, ObjectRef};
pub use release::{ADOPTED_ANNOTATION, JOIN_LABEL};

/// The annotation of a token Secret with the ID of the control plane that uses the token.
pub const PRIMARY_ANNOTATION: &str = "meshspan.io/primary";
/// The label that names the tool that manages an object.
pub const MANAGED_BY_LABEL: &str = "app.kubernetes.io/managed-by";
/// The type of a token Secret.
pub const TOKEN_SECRET_TYPE: &str = "kubernetes.io/service-account-token";
/// The annotation of a token Secret with the name of its ServiceAccount.
pub const SERVICE_ACCOUNT_ANNOTATION: &str = "kubernetes.io/service-account.name";

/// A reference to a namespace.
pub fn namespace_ref(name: &str) -> ObjectRef {
    Kind::NAMESPACE.object(None, name)
}

/// A reference to a Secret.
pub fn secret_ref(namespace: &str, name: &str) -> ObjectRef {
    Kind::SECRET.object(Some(namespace), name)
}
