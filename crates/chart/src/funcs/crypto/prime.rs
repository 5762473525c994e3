//! Large primes: trial division, then the test of Miller and Rabin.
use gotmpl::{Fault, Machine};
use num_bigint::BigUint;

use super::chance::Chance;

/// Witnesses that are asked; each lets at most a quarter of the composites through.
const WITNESSES: usize = 20;
/// Candidates that are looked at before chance is asked again.
const WINDOW: u32 = 4096;

fn small_primes() -> impl Iterator<Item = u32> {
    (3..2000).step_by(2).filter(|n| {
        (3..)
            .step_by(2)
            .take_while(|d| d * d <= *n)
            .all(|d| n % d != 0)
    })
}

/// A prime of so many bits, the two highest of which are set.
///
/// # Errors
/// When there is no more time.
pub(super) fn prime(bits: u64, chance: &Chance, machine: &Machine) -> Result<BigUint, Fault> {
    loop {
        let mut start = chance.number(bits);
        for bit in [0, bits - 1, bits - 2] {
            start.set_bit(bit, true);
        }
        if let Some(found) = search(&start, &BigUint::from(2u32), chance, machine)? {
            return Ok(found);
        }
    }
}

/// The first prime among `start`, `start + step`, …, if it is soon found.
///
/// # Errors
/// When there is no more time.
pub(super) fn search(
    start: &BigUint,
    step: &BigUint,
    chance: &Chance,
    machine: &Machine,
) -> Result<Option<BigUint>, Fault> {
    let sieve: Vec<(u32, u32, u32)> = small_primes()
        .map(|prime| (prime, remainder(start, prime), remainder(step, prime)))
        .collect();
    let bits = start.bits();
    for count in 0..WINDOW {
        let divided = sieve.iter().any(|(prime, first, by)| {
            (u64::from(*first) + u64::from(count) * u64::from(*by)) % u64::from(*prime) == 0
        });
        if divided {
            continue;
        }
        let candidate = start + step * count;
        if candidate.bits() != bits {
            return Ok(None);
        }
        machine.in_time()?;
        if is_prime(&candidate, chance) {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

fn remainder(number: &BigUint, by: u32) -> u32 {
    u32::try_from(number % by).unwrap_or(0)
}

/// Whether an odd number is a prime, as far as chance can tell.
fn is_prime(number: &BigUint, chance: &Chance) -> bool {
    let one = BigUint::from(1u32);
    let less = number - &one;
    let twos = less.trailing_zeros().unwrap_or(0);
    let odd = &less >> twos;
    (0..WITNESSES).all(|_| {
        let witness = chance.number(number.bits() - 1) + 2u32;
        let mut power = witness.modpow(&odd, number);
        if power == one || power == less {
            return true;
        }
        (1..twos).any(|_| {
            power = &power * &power % number;
            power == less
        })
    })
}
