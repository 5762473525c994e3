//! The Go text/template language; knows nothing of Helm.
