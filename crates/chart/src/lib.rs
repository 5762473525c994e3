//! The Helm chart format, values, functions and rendering: bytes in, manifests out, no I/O.
//!
//! The same chart, values and facts always give the same manifests, and a hostile chart ends in an
//! error. Start at [`render()`]; a chart is read by [`Chart::from_archive`],
//! [`Chart::from_folder`] or [`Chart::from_files`].
mod archive;
mod decode;
mod dependencies;
mod error;
mod form;
mod funcs;
mod ignore;
mod lint;
mod manifest;
mod model;
mod render;
mod schema;
mod set;
mod values;
pub mod yaml;

pub use archive::{ArchiveFault, ArchiveLimits};
pub use error::{Error, Hint};
pub use form::{Field, FieldKind, form};
pub use ignore::{Ignore, IgnoreError};
pub use lint::{Remark, Severity, lint, remark_of};
pub use manifest::{
    Definition, DeletePolicy, Hook, HookEvent, Manifest, Manifests, NoSuchTemplate, Order, Print,
    PrintHooks, kind_rank,
};
pub use model::{Chart, ChartType, Dependency, File, Lock, Maintainer, Metadata, version_fits};
pub use render::{
    BadKubeVersion, Capabilities, Facts, ReleaseFacts, render, render_to_print, render_within,
};
pub use schema::{SchemaError, SchemaErrorKind, validate};
pub use set::{Assignments, ReadFile, SetError};
pub use values::{Values, coalesced};

/// The bounds of one rendering.
pub use gotmpl::Limits;
