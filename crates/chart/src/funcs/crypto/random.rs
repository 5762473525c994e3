//! A seeded random source, shared by all functions of a rendering.
use std::sync::Arc;

use num_bigint::BigUint;
use parking_lot::Mutex;
use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

use crate::facts::Seed;

/// A random source with a seed: `ChaCha20`, whose output for a seed never changes.
#[derive(Clone)]
pub(super) struct SeededRandom(Arc<Mutex<ChaCha20Rng>>);

impl SeededRandom {
    pub(super) fn new(seed: &Seed) -> Self {
        Self::from_bytes(*seed.bytes())
    }

    fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Arc::new(Mutex::new(ChaCha20Rng::from_seed(bytes))))
    }

    /// Another source with a seed from this one, for work on another thread.
    pub(super) fn fork(&self) -> Self {
        Self::from_bytes(self.array())
    }

    fn with<R>(&self, take: impl FnOnce(&mut ChaCha20Rng) -> R) -> R {
        take(&mut self.0.lock())
    }

    /// A number below a limit that is not 0; the same on 32-bit and 64-bit machines.
    pub(super) fn below(&self, limit: usize) -> usize {
        let limit = limit.max(1) as u64;
        let number = self.with(|rng| rng.random_range(0..limit));
        usize::try_from(number).unwrap_or(0)
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
