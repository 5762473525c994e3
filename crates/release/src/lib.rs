//! The release engine, Helm-compatible.
