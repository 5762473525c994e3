//! Counts the unpacked bytes of an archive and enforces the limits.
use std::cell::RefCell;
use std::io::{Error, Read, Result};
use std::rc::Rc;

use super::{ArchiveError, ArchiveLimits};

/// The ratio limit applies above this size: small text files compress well.
const RATIO_EXEMPT_SIZE: u64 = 8 * 1024 * 1024;

/// The byte count of one archive and of the archives inside it.
pub(super) struct Meter {
    limits: ArchiveLimits,
    packed: u64,
    unpacked: u64,
    /// The exceeded limit.
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

    /// Registers another archive with this size in bytes.
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

/// A stream whose bytes are counted.
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
