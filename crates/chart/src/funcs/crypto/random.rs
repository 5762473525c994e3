//! A seeded random source, shared by all functions of a rendering.
use std::sync::{Arc, Mutex, PoisonError};

use num_bigint::BigUint;
use rand::rngs::StdRng;
use rand::{Rng, RngCore, SeedableRng};

/// A random source with a seed.
#[derive(Clone)]
pub(super) struct SeededRandom(Arc<Mutex<StdRng>>);

impl SeededRandom {
    pub(super) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// Another source with a seed from this one, for work on another thread.
    pub(super) fn fork(&self) -> Self {
        Self::new(self.with(RngCore::next_u64))
    }

    fn with<R>(&self, take: impl FnOnce(&mut StdRng) -> R) -> R {
        take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A number below a limit that is not 0.
    pub(super) fn below(&self, limit: usize) -> usize {
        self.with(|rng| rng.random_range(0..limit.max(1)))
    }

    pub(super) fn bytes(&self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.with(|rng| rng.fill_bytes(&mut bytes));
        bytes
    }

    pub(super) fn array<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.with(|rng| rng.fill_bytes(&mut bytes));
        bytes
    }

    /// A number with at most this many bits.
    pub(super) fn number(&self, bits: u64) -> BigUint {
        let bytes = usize::try_from(bits.div_ceil(8)).unwrap_or(0);
        let number = BigUint::from_bytes_be(&self.bytes(bytes));
        number >> (bytes as u64 * 8 - bits)
    }
}
