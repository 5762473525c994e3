//! The Helm chart format, values, functions and rendering: bytes in, manifests out, no I/O.
