//! Counts what comes out of an archive, and stops it at the limits.
use std::cell::RefCell;
use std::io::{Error, Read, Result};
use std::rc::Rc;

use super::{ArchiveError, ArchiveLimits};

/// What comes out is not held to the ratio before it is this large: a small text packs well.
const RATIO_EXEMPT_SIZE: u64 = 8 * 1024 * 1024;

/// The count of one archive and those inside of it.
pub(super) struct Meter {
    limits: ArchiveLimits,
    packed: u64,
    unpacked: u64,
    /// The limit that was reached.
    pub(super) exceeded: Option<ArchiveError>,
}

impl Meter {
    pub(super) fn new(limits: ArchiveLimits) -> Self {
        Self {
            limits,
            packed: 0,
            unpacked: 0,
            exceeded: None,
        }
    }

    /// Another archive of so many bytes is about to be read.
    pub(super) fn add_archive(&mut self, size: u64) {
        self.packed = self.packed.max(size);
    }

    fn count(&mut self, bytes: usize) -> Result<()> {
        self.unpacked += bytes as u64;
        let exceeded = if self.unpacked > self.limits.total {
            ArchiveError::Total(self.limits.total)
        } else if self.unpacked > RATIO_EXEMPT_SIZE
            && self.unpacked / self.packed.max(1) > self.limits.ratio
        {
            ArchiveError::Ratio(self.limits.ratio)
        } else {
            return Ok(());
        };
        let error = Error::other(exceeded.to_string());
        self.exceeded = Some(exceeded);
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
