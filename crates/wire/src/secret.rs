//! A value that must not be printed: its `Debug` shows dots, and its memory is overwritten when it is dropped.
//! It is in requests only, and in the one view that reveals a kubeconfig on request
//! ([`crate::mesh::Revealed`]).

use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A value that no log, view, error or page may contain.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Wraps `value`.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value; callers keep it out of logs and views.
    pub fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("••••")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{cell::RefCell, rc::Rc};

    /// Memory that outlives its owner, so that a test can look at it afterwards.
    struct Shared(Rc<RefCell<Vec<u8>>>);

    impl Zeroize for Shared {
        fn zeroize(&mut self) {
            self.0.borrow_mut().as_mut_slice().zeroize();
        }
    }

    #[test]
    fn a_secret_prints_dots() {
        let text = format!("{:?}", Secret::new("token-of-the-admin".to_owned()));
        assert_eq!(text, "••••");
    }

    #[test]
    fn a_secret_is_overwritten_when_it_is_dropped() {
        fn overwritten<T: ZeroizeOnDrop>() {}
        overwritten::<Secret<String>>();
        let memory = Rc::new(RefCell::new(b"token".to_vec()));
        let secret = Secret::new(Shared(memory.clone()));
        assert_eq!(*secret.reveal().0.borrow(), b"token");
        drop(secret);
        assert_eq!(*memory.borrow(), [0; 5]);
    }
}
