//! Plans that an operator was shown, as the server stores them. Start at [`ReviewRef`].

use crate::ReviewId;
use serde::{Deserialize, Serialize};

/// A plan that an operator is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRef {
    /// The id, to start exactly what is shown.
    pub id: ReviewId,
    /// The name that the operator types to start it, for a plan that deletes what others may use.
    pub confirm: Option<String>,
}
