//! Address ranges (CIDRs) and network names, as an operator enters them; parsed by the same code on both sides.
//!
//! A range is valid as in Kubernetes: `10.0.0.0/16` or `fd00:10::/56`, with no host bits set.
//! Start at [`ranges`].

use serde::{Deserialize, Serialize};
use std::{fmt, net::IpAddr};

/// The reason why a text is not a range or not a network name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum BadRange {
    /// It is not an address with a prefix length.
    #[error("{0} is not a range such as 10.0.0.0/16 or fd00:10::/56")]
    Shape(String),
    /// It has host bits set.
    #[error("{entered} has host bits set; the range is {range}")]
    HostBits {
        /// As entered.
        entered: String,
        /// The range that contains it.
        range: String,
    },
    /// The range is not allowed: loopback, multicast, unspecified or all addresses.
    #[error("{0} is not allowed for a cluster")]
    NotAllowed(String),
    /// Two ranges overlap.
    #[error("{0} and {1} overlap")]
    Overlap(String, String),
    /// The network name is not a valid label value.
    #[error(
        "letters, digits, '-', '_' and '.', at most 63, beginning and ending with a letter or digit"
    )]
    Label,
}

/// A range of addresses.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Range {
    first: IpAddr,
    bits: u8,
}

impl Range {
    /// Validates `text`.
    ///
    /// # Errors
    /// [`BadRange`].
    pub fn new(text: &str) -> Result<Self, BadRange> {
        let shape = || BadRange::Shape(text.to_owned());
        let (address, bits) = text.split_once('/').ok_or_else(shape)?;
        let address: IpAddr = address.parse().map_err(|_| shape())?;
        let is_numeric = !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit());
        let bits: u8 = bits.parse().ok().filter(|_| is_numeric).ok_or_else(shape)?;
        if bits > width(address) {
            return Err(shape());
        }
        let range = Self {
            first: masked(address, bits),
            bits,
        };
        if range.first != address {
            return Err(BadRange::HostBits {
                entered: text.to_owned(),
                range: range.to_string(),
            });
        }
        let special = bits == 0 || address.is_loopback() || address.is_multicast();
        if special || address.is_unspecified() {
            return Err(BadRange::NotAllowed(text.to_owned()));
        }
        Ok(range)
    }

    /// Whether the ranges overlap.
    pub fn overlaps(&self, other: &Self) -> bool {
        let bits = self.bits.min(other.bits);
        self.first.is_ipv4() == other.first.is_ipv4()
            && masked(self.first, bits) == masked(other.first, bits)
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn masked(address: IpAddr, bits: u8) -> IpAddr {
    let host_bits = u32::from(width(address) - bits);
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(host_bits).unwrap_or(0);
            IpAddr::V4((u32::from(v4) & mask).into())
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(host_bits).unwrap_or(0);
            IpAddr::V6((u128::from(v6) & mask).into())
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.first, self.bits)
    }
}

impl TryFrom<String> for Range {
    type Error = BadRange;
    fn try_from(text: String) -> Result<Self, BadRange> {
        Self::new(&text)
    }
}

impl From<Range> for String {
    fn from(range: Range) -> Self {
        range.to_string()
    }
}

/// The ranges of a text, separated by commas, blanks or lines; none when the text is empty.
///
/// # Errors
/// [`BadRange`] of the first invalid range.
pub fn ranges(text: &str) -> Result<Vec<Range>, BadRange> {
    let words = text.split(|c: char| c == ',' || c.is_whitespace());
    let mut ranges: Vec<Range> = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        let range = Range::new(word)?;
        if let Some(other) = ranges.iter().find(|other| other.overlaps(&range)) {
            return Err(BadRange::Overlap(other.to_string(), range.to_string()));
        }
        ranges.push(range);
    }
    Ok(ranges)
}

/// A network name: a valid label value, or an empty text.
///
/// # Errors
/// [`BadRange::Label`].
pub fn network(text: &str) -> Result<&str, BadRange> {
    let text = text.trim();
    let bytes = text.as_bytes();
    let is_alphanumeric = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let valid = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let is_valid = bytes.len() <= 63
        && is_alphanumeric(bytes.first())
        && is_alphanumeric(bytes.last())
        && bytes.iter().all(valid);
    if bytes.is_empty() || is_valid {
        return Ok(text);
    }
    Err(BadRange::Label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Vec<String>, String> {
        let parsed = ranges(text).map_err(|error| error.to_string())?;
        Ok(parsed.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn several_ranges_of_both_families_are_parsed() {
        assert_eq!(
            parse(" 10.10.0.0/16, 10.20.0.0/16\nFD00:10::/56 ").expect("ranges"),
            ["10.10.0.0/16", "10.20.0.0/16", "fd00:10::/56"]
        );
        assert_eq!(parse("  ").expect("none"), Vec::<String>::new());
        assert_eq!(parse("10.1.2.3/32").expect("one"), ["10.1.2.3/32"]);
    }

    #[test]
    fn an_invalid_range_is_an_error_with_its_reason() {
        for bad in [
            "10.0.0.0",
            "10.0.0/8",
            "10.0.0.0/33",
            "fd00::/129",
            "a/8",
            "10.0.0.0/+8",
            "10.0.0.0/",
        ] {
            assert_eq!(Range::new(bad), Err(BadRange::Shape(bad.into())), "{bad}");
        }
        for bad in ["0.0.0.0/0", "127.0.0.0/8", "::1/128", "224.0.0.0/4", "::/0"] {
            assert_eq!(
                Range::new(bad),
                Err(BadRange::NotAllowed(bad.into())),
                "{bad}"
            );
        }
        assert_eq!(
            parse("10.10.1.2/16").expect_err("no range"),
            "10.10.1.2/16 has host bits set; the range is 10.10.0.0/16"
        );
        assert_eq!(
            parse("10.0.0.0/8 10.9.0.0/16").expect_err("twice"),
            "10.0.0.0/8 and 10.9.0.0/16 overlap"
        );
    }

    #[test]
    fn families_do_not_overlap() {
        let range = |text| Range::new(text).expect("a range");
        assert!(!range("10.0.0.0/8").overlaps(&range("fd00::/8")));
        assert!(range("fd00::/8").overlaps(&range("fd00:10::/56")));
    }

    #[test]
    fn a_network_name_is_a_label_value() {
        for valid in ["", "network-1", "A.b_c", " n1 "] {
            assert_eq!(network(valid), Ok(valid.trim()), "{valid}");
        }
        for bad in ["-a", "a-", "a b", "a/b", &"n".repeat(64), "ä"] {
            assert_eq!(network(bad), Err(BadRange::Label), "{bad}");
        }
    }
}
