//! Counts what comes out of an archive, and stops it at the limits.
use std::cell::RefCell;
use std::io::{Error, Read, Result};
use std::rc::Rc;

use super::{ArchiveFault, ArchiveLimits};

/// What comes out is not held to the ratio before it is this large: a small text packs well.
const SMALL: u64 = 8 * 1024 * 1024;

/// The count of one archive and those inside of it.
pub(super) struct Meter {
    limits: ArchiveLimits,
    packed: u64,
    unpacked: u64,
    /// The limit that was reached.
    pub(super) reached: Option<ArchiveFault>,
}

impl Meter {
    pub(super) fn new(limits: ArchiveLimits) -> Self {
        Self {
            limits,
            packed: 0,
            unpacked: 0,
            reached: None,
        }
    }

    /// Another archive of so many bytes is about to be read.
    pub(super) fn began(&mut self, size: u64) {
        self.packed = self.packed.max(size);
    }

    fn count(&mut self, bytes: usize) -> Result<()> {
        self.unpacked += bytes as u64;
        let fault = if self.unpacked > self.limits.total {
            ArchiveFault::Total(self.limits.total)
        } else if self.unpacked > SMALL && self.unpacked / self.packed.max(1) > self.limits.ratio {
            ArchiveFault::Ratio(self.limits.ratio)
        } else {
            return Ok(());
        };
        let error = Error::other(fault.to_string());
        self.reached = Some(fault);
        Err(error)
    }
}

/// A stream that is counted.
pub(super) struct Metered<R> {
    inner: R,
    meter: Rc<RefCell<Meter>>,
}

impl<R> Metered<R> {
    pub(super) fn new(inner: R, meter: Rc<RefCell<Meter>>) -> Self {
        Self { inner, meter }
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let read = self.inner.read(buffer)?;
        self.meter.borrow_mut().count(read)?;
        Ok(read)
    }
}
