//! Sums and chance. Chance comes from a seed, so that a rendering can be repeated.
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

use gotmpl::{Fault, Functions, Kinds, Param};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::{int, text};
use Param::{Int, Str};

const DIGITS: &str = "0123456789";
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

pub(super) fn add(table: &mut Functions, seed: u64) {
    let sum = |table: &mut Functions, name, sum: fn(&[u8]) -> String| {
        table.add(name, Kinds::exactly(&[Str]), move |a| {
            Ok(sum(text(a, 0).as_bytes()).into())
        });
    };
    sum(table, "sha1sum", |data| hex(&Sha1::digest(data)));
    sum(table, "sha256sum", |data| hex(&Sha256::digest(data)));
    sum(table, "sha512sum", |data| hex(&Sha512::digest(data)));
    sum(table, "adler32sum", |data| adler32(data).to_string());
    let chance = Arc::new(Mutex::new(StdRng::seed_from_u64(seed)));
    let ascii: String = (' '..='~').collect();
    for (name, from) in [
        ("randAlphaNum", format!("{LETTERS}{DIGITS}")),
        ("randAlpha", LETTERS.to_owned()),
        ("randNumeric", DIGITS.to_owned()),
        ("randAscii", ascii),
    ] {
        let chance = chance.clone();
        table.add_with(name, Kinds::exactly(&[Int]), move |machine, a| {
            let count = usize::try_from(int(a, 0)).unwrap_or(0);
            machine.charge(count)?;
            let mut chance = chance.lock().unwrap_or_else(PoisonError::into_inner);
            let letters = from.as_bytes();
            let made: String = (0..count)
                .filter_map(|_| letters.get(chance.random_range(0..letters.len())))
                .map(|byte| char::from(*byte))
                .collect();
            Ok(made.into())
        });
    }
    let of_uuid = chance.clone();
    table.add("uuidv4", Kinds::exactly(&[]), move |_| {
        let mut bytes: [u8; 16] = of_uuid
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .random();
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let text = hex(&bytes);
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        let parts = [
            part(0, 8),
            part(8, 12),
            part(12, 16),
            part(16, 20),
            part(20, 32),
        ];
        Ok(parts.join("-").into())
    });
    table.add("randInt", Kinds::exactly(&[Int, Int]), move |a| {
        let (from, to) = (int(a, 0), int(a, 1));
        if from >= to {
            return Err(Fault::new("invalid argument to Intn"));
        }
        Ok(chance
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .random_range(from..to)
            .into())
    });
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            // Writing to a string does not fail.
            let _ = write!(out, "{byte:02x}");
            out
        })
}

fn adler32(data: &[u8]) -> u32 {
    let (a, b) = data.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    (b << 16) | a
}
