//! Where charts come from.
