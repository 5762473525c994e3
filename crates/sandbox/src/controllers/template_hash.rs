//! The hashes of pod templates, in the alphabet of generated names.
//!
//! Start at [`of_template`].

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The hash of a pod template; another number of collisions gives another hash.
pub(super) fn of_template(template: &Value, collisions: u32) -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let mut hasher = Sha256::new();
    hasher.update(template.to_string());
    if collisions > 0 {
        hasher.update(collisions.to_le_bytes());
    }
    let number = hasher
        .finalize()
        .iter()
        .take(4)
        .fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    let letter = |digit: u8| LETTERS.get(usize::from(digit) % LETTERS.len());
    let letters = number.to_string().into_bytes().into_iter();
    letters
        .filter_map(letter)
        .copied()
        .map(char::from)
        .collect()
}
