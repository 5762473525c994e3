//! The doors of this crate: golden folders, and texts that are wrong.
mod golden;
mod hostile;
