//! Functions for checksums, random values, passwords, keys and certificates.
//!
//! Random values come from a seed, so that a rendering is reproducible; expensive functions check
//! the limits first. Keys are in [`key`], certificates in [`certificate`].
mod certificate;
mod cipher;
mod der;
mod key;
mod password;
mod prime;
mod random;

use std::fmt::Write;

use gotmpl::{FunctionError, Functions, Parameter, Signature, go_string};
use jiff::Timestamp;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::{int, text};
use crate::base_encoding::B64;
use crate::facts::Seed;
use Parameter::{Int, Str};
use random::SeededRandom;

const DIGITS: &str = "0123456789";
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

pub(super) fn add(table: &mut Functions, seed: &Seed, now: Timestamp) {
    let random = SeededRandom::new(seed);
    add_checksums(table);
    add_random(table, &random);
    password::add(table, &random);
    cipher::add(table, &random);
    certificate::add(table, &random, now);
}

fn add_checksums(table: &mut Functions) {
    let sum = |table: &mut Functions, name, sum: fn(&[u8]) -> String| {
        table.add(name, Signature::exact(&[Str]), move |a| {
            Ok(sum(&go_string::to_bytes(text(a, 0))).into())
        });
    };
    sum(table, "sha1sum", |data| hex(&Sha1::digest(data)));
    sum(table, "sha256sum", |data| hex(&Sha256::digest(data)));
    sum(table, "sha512sum", |data| hex(&Sha512::digest(data)));
    sum(table, "adler32sum", |data| adler32(data).to_string());
}

fn add_random(table: &mut Functions, random: &SeededRandom) {
    let ascii: String = (' '..='~').collect();
    for (name, from) in [
        ("randAlphaNum", format!("{LETTERS}{DIGITS}")),
        ("randAlpha", LETTERS.to_owned()),
        ("randNumeric", DIGITS.to_owned()),
        ("randAscii", ascii),
    ] {
        let random = random.clone();
        table.add_with_evaluator(name, Signature::exact(&[Int]), move |evaluator, a| {
            let count = usize::try_from(int(a, 0)).unwrap_or(0);
            evaluator.charge(count)?;
            let letters = from.as_bytes();
            let random_text: String = (0..count)
                .filter_map(|_| letters.get(random.below(letters.len())))
                .map(|byte| char::from(*byte))
                .collect();
            Ok(random_text.into())
        });
    }
    let bytes_random = random.clone();
    table.add_with_evaluator(
        "randBytes",
        Signature::exact(&[Int]),
        move |evaluator, a| {
            let count = usize::try_from(int(a, 0))
                .map_err(|_| FunctionError::new("runtime error: makeslice: len out of range"))?;
            evaluator.charge(count.saturating_mul(2))?;
            Ok(B64.encode(&bytes_random.bytes(count)).into())
        },
    );
    let uuid_random = random.clone();
    table.add("uuidv4", Signature::exact(&[]), move |_| {
        Ok(uuid(&uuid_random).into())
    });
    let shuffle_random = random.clone();
    table.add("shuffle", Signature::exact(&[Str]), move |a| {
        let mut letters: Vec<char> = text(a, 0).chars().collect();
        for at in (1..letters.len()).rev() {
            letters.swap(at, shuffle_random.below(at + 1));
        }
        Ok(letters.into_iter().collect::<String>().into())
    });
    let int_random = random.clone();
    table.add("randInt", Signature::exact(&[Int, Int]), move |a| {
        let (from, to) = (int(a, 0), int(a, 1));
        let count = to
            .checked_sub(from)
            .and_then(|count| usize::try_from(count).ok());
        match count.filter(|count| *count > 0) {
            Some(count) => Ok((from + int_random.below(count) as i64).into()),
            None => Err(FunctionError::new("invalid argument to Intn")),
        }
    });
}

fn uuid(random: &SeededRandom) -> String {
    let mut bytes = random.array::<16>();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let text = hex(&bytes);
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    [
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ]
    .join("-")
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
