//! Searches large primes with a sieve and the Miller-Rabin test.
use std::sync::LazyLock;
use std::thread;

use gotmpl::{Deadline, FunctionError};
use num_bigint::BigUint;

use super::random::SeededRandom;

/// The number of witnesses. Each accepts at most a quarter of all composites, and far fewer of
/// large random ones: after five, the error probability is below 2^-100.
const WITNESS_COUNT: usize = 5;
/// The number of candidates per random start.
const SIEVE_LENGTH: u32 = 4096;
/// The limit of the primes in the sieve.
const SMALL_PRIME_LIMIT: usize = 1 << 14;

/// The odd primes below [`SMALL_PRIME_LIMIT`].
static PRIMES: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let mut composite = [false; SMALL_PRIME_LIMIT];
    let mut primes = Vec::new();
    for number in (3..SMALL_PRIME_LIMIT).step_by(2) {
        if composite.get(number) == Some(&true) {
            continue;
        }
        primes.push(u32::try_from(number).unwrap_or(0));
        for multiple in (number * number..SMALL_PRIME_LIMIT).step_by(2 * number) {
            if let Some(mark) = composite.get_mut(multiple) {
                *mark = true;
            }
        }
    }
    primes
});

/// Two primes with this many bits, the two highest of which are set; searched on two threads.
///
/// # Errors
/// When the deadline has passed.
pub(super) fn prime_pair(
    bits: u64,
    random: &SeededRandom,
    deadline: Deadline,
) -> Result<(BigUint, BigUint), FunctionError> {
    let forked_random = random.fork();
    thread::scope(|scope| {
        let handle =
            thread::Builder::new().spawn_scoped(scope, || prime(bits, &forked_random, deadline));
        let second = prime(bits, random, deadline);
        let first = match handle.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(first)) => first,
            _ => prime(bits, &forked_random, deadline),
        };
        Ok((first?, second?))
    })
}

/// A prime with this many bits, the two highest of which are set.
///
/// # Errors
/// When the deadline has passed.
pub(super) fn prime(
    bits: u64,
    random: &SeededRandom,
    deadline: Deadline,
) -> Result<BigUint, FunctionError> {
    loop {
        let mut start = random.number(bits);
        for bit in [0, bits - 1, bits - 2] {
            start.set_bit(bit, true);
        }
        if let Some(found) = search(&start, &BigUint::from(2u32), random, deadline)? {
            return Ok(found);
        }
    }
}

/// The first prime among `start`, `start + increment`, …, within the length of the sieve.
///
/// # Errors
/// When the deadline has passed.
pub(super) fn search(
    start: &BigUint,
    increment: &BigUint,
    random: &SeededRandom,
    deadline: Deadline,
) -> Result<Option<BigUint>, FunctionError> {
    let bits = start.bits();
    for (count, composite) in (0..SIEVE_LENGTH).zip(sieve(start, increment)) {
        if composite {
            continue;
        }
        let candidate = start + increment * count;
        if candidate.bits() != bits {
            return Ok(None);
        }
        deadline.check()?;
        if is_prime(&candidate, random) {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

/// Marks the numbers in `start`, `start + increment`, … that a small prime divides.
fn sieve(start: &BigUint, increment: &BigUint) -> Vec<bool> {
    let mut sieve = vec![false; SIEVE_LENGTH as usize];
    for &prime in PRIMES.iter() {
        let (first, by) = (modulo(start, prime), modulo(increment, prime));
        if by == 0 {
            if first == 0 {
                sieve.fill(true);
            }
            continue;
        }
        let next = u64::from(prime - first) * inverse(by, prime) % u64::from(prime);
        let next = usize::try_from(next).unwrap_or(usize::MAX);
        for mark in sieve.iter_mut().skip(next).step_by(prime as usize) {
            *mark = true;
        }
    }
    sieve
}

fn modulo(number: &BigUint, by: u32) -> u32 {
    u32::try_from(number % by).unwrap_or(0)
}

/// The inverse of a number modulo a prime, by Fermat's little theorem.
fn inverse(number: u32, prime: u32) -> u64 {
    let (mut power, mut square) = (1, u64::from(number));
    let mut exponent = prime - 2;
    while exponent > 0 {
        if exponent & 1 == 1 {
            power = power * square % u64::from(prime);
        }
        square = square * square % u64::from(prime);
        exponent >>= 1;
    }
    power
}

/// Whether an odd number is probably prime.
fn is_prime(number: &BigUint, random: &SeededRandom) -> bool {
    let unit = BigUint::from(1u32);
    let previous = number - &unit;
    let twos = previous.trailing_zeros().unwrap_or(0);
    let odd = &previous >> twos;
    (0..WITNESS_COUNT).all(|_| {
        let witness = random.number(number.bits() - 1) + 2u32;
        let mut power = witness.modpow(&odd, number);
        if power == unit || power == previous {
            return true;
        }
        (1..twos).any(|_| {
            power = &power * &power % number;
            power == previous
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sieve_marks_exactly_the_multiples_of_small_primes() {
        let start = BigUint::from(1_000_003u32) * BigUint::from(1_000_000_007u32);
        for increment in [2u32, 30, 3 * 16_411] {
            let marks = sieve(&start, &BigUint::from(increment));
            for (count, mark) in marks.into_iter().enumerate() {
                let candidate = &start + BigUint::from(increment) * count;
                let divisible = PRIMES.iter().any(|prime| modulo(&candidate, *prime) == 0);
                assert_eq!(mark, divisible, "{candidate}");
            }
        }
    }

    #[test]
    fn the_list_of_small_primes_is_complete() {
        assert_eq!(PRIMES.first(), Some(&3));
        assert_eq!(PRIMES.last(), Some(&16_381));
        assert_eq!(PRIMES.len(), 1899);
    }
}
