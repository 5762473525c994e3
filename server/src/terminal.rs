//! Who acts on the command line.

use console::{Caller, Role};

/// The caller at the terminal; access to the data directory implies the role of an operator.
pub(crate) fn caller() -> Caller {
    Caller {
        operator: "terminal".to_owned(),
        role: Role::Operator,
        ends: i64::MAX,
        session: None,
    }
}
