//! The seed of the random functions of a rendering.

use zeroize::{Zeroize, ZeroizeOnDrop};

/// 32 bytes that the random functions of a rendering are derived from; who knows them knows every
/// password that the chart generates. They come from the operating system and are never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Seed([u8; 32]);

impl Seed {
    /// A seed of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, to seal them or to derive random values.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for Seed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Seed(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_overwritten_when_it_is_dropped() {
        fn overwritten<T: ZeroizeOnDrop>() {}
        overwritten::<Seed>();
        let mut seed = Seed::new([7; 32]);
        seed.zeroize();
        assert_eq!(seed.bytes(), &[0; 32]);
    }
}
