//! The Helm chart format, values, functions and rendering: bytes in, manifests out, no I/O.
//!
//! The same chart, values and facts give the same manifests, and a malicious chart causes an error
//! within limits. Start at [`render()`]; [`Chart::from_archive`], [`Chart::from_folder`] and
//! [`Chart::from_files`] load a chart.
mod api_lifecycle;
mod archive;
mod base_encoding;
mod decode;
mod dependencies;
mod error;
mod facts;
mod file;
mod form;
mod funcs;
mod ignore;
mod json;
mod lint;
mod manifest;
mod model;
mod render;
mod required;
mod schema;
mod set;
mod settable;
mod values;
pub mod yaml;

pub use api_lifecycle::{ApiLifecycle, api_lifecycle};
pub use archive::{ArchiveError, ArchiveLimits};
pub use error::{Error, SchemaError, SchemaErrorKind};
pub use facts::{
    Capabilities, Facts, InvalidKubeVersion, Lookup, LookupError, LookupRequest, ReleaseFacts, Seed,
};
pub use file::File;
pub use form::{Field, FieldKind, Form, form};
pub use ignore::{IgnoreError, IgnoreRules};
pub use lint::{LintMessage, Severity, lint, lint_folder, lint_message};
pub use manifest::{
    CrdFile, DeletePolicy, Hook, HookEvent, HookSelection, KindOrder, Manifest, Manifests,
    PrintOptions, SensitiveTexts, StoredManifests, TemplateNotFound, kind_rank,
};
pub use model::{Chart, ChartType, Dependency, Lock, Maintainer, Metadata, version_matches};
pub use render::{render, render_to_print, render_with_limits, required_values, with_large_stack};
pub use required::RequiredValue;
pub use schema::validate;
pub use set::{ReadFile, SetError, SetFlag};
pub use settable::{settable_defaults, subchart_keys};
pub use values::{
    MergedKey, Values, ValuesMerge, coalesce_values, default_values, effective_values, fill_values,
    merge_values, use_defaults,
};

/// The version of Helm that a rendering follows.
pub use wire::HelmVersion;

/// The limits of one piece of work on a chart, and what is left of them.
pub use gotmpl::{Budget, LimitExceeded, Limits};
