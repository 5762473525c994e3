//! The use cases: may this person? do it, and write it down.
