//! Ranges of addresses and names of networks, as a person types them; parsed once, on both sides alike.
//!
//! A range is what Kubernetes takes as one: `10.0.0.0/16` or `fd00:10::/56`, with nothing behind the mask.
//! Start at [`ranges`].

use serde::{Deserialize, Serialize};
use std::{fmt, net::IpAddr};

/// Why a text is no range, or no name of a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum BadRange {
    /// It is no address with a mask.
    #[error("{0} is no range such as 10.0.0.0/16 or fd00:10::/56")]
    Shape(String),
    /// It names an address within a range, and not the range.
    #[error("{typed} lies in a range, which is {range}")]
    WithinRange {
        /// As typed.
        typed: String,
        /// The range around it.
        range: String,
    },
    /// No cluster's addresses: this machine's own, or everybody's.
    #[error("{0} cannot be a cluster's")]
    NotAClusters(String),
    /// It stands twice, or in another one.
    #[error("{0} and {1} overlap")]
    Overlap(String, String),
    /// The name of a network that cannot be a label's value.
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
    /// Checks `text` and keeps it.
    ///
    /// # Errors
    /// [`BadRange`].
    pub fn new(text: &str) -> Result<Self, BadRange> {
        let shape = || BadRange::Shape(text.to_owned());
        let (address, bits) = text.split_once('/').ok_or_else(shape)?;
        let address: IpAddr = address.parse().map_err(|_| shape())?;
        let digits = !bits.is_empty() && bits.bytes().all(|byte| byte.is_ascii_digit());
        let bits: u8 = bits.parse().ok().filter(|_| digits).ok_or_else(shape)?;
        if bits > width(address) {
            return Err(shape());
        }
        let range = Self {
            first: masked(address, bits),
            bits,
        };
        if range.first != address {
            return Err(BadRange::WithinRange {
                typed: text.to_owned(),
                range: range.to_string(),
            });
        }
        let nobodys = bits == 0 || address.is_loopback() || address.is_multicast();
        if nobodys || address.is_unspecified() {
            return Err(BadRange::NotAClusters(text.to_owned()));
        }
        Ok(range)
    }

    /// Whether the two share an address.
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
    let away = u32::from(width(address) - bits);
    match address {
        IpAddr::V4(four) => {
            let mask = u32::MAX.checked_shl(away).unwrap_or(0);
            IpAddr::V4((u32::from(four) & mask).into())
        }
        IpAddr::V6(six) => {
            let mask = u128::MAX.checked_shl(away).unwrap_or(0);
            IpAddr::V6((u128::from(six) & mask).into())
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

/// The ranges of a text, apart by commas, blanks or lines; none when it is empty.
///
/// # Errors
/// [`BadRange`], of the first that cannot be one.
pub fn ranges(text: &str) -> Result<Vec<Range>, BadRange> {
    let words = text.split(|c: char| c == ',' || c.is_whitespace());
    let mut all: Vec<Range> = Vec::new();
    for word in words.filter(|word| !word.is_empty()) {
        let range = Range::new(word)?;
        if let Some(known) = all.iter().find(|known| known.overlaps(&range)) {
            return Err(BadRange::Overlap(known.to_string(), range.to_string()));
        }
        all.push(range);
    }
    Ok(all)
}

/// The name of a network: what the value of a label may be, or nothing.
///
/// # Errors
/// [`BadRange::Label`].
pub fn network(text: &str) -> Result<&str, BadRange> {
    let text = text.trim();
    let bytes = text.as_bytes();
    let ends = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let fine = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let shaped =
        bytes.len() <= 63 && ends(bytes.first()) && ends(bytes.last()) && bytes.iter().all(fine);
    if bytes.is_empty() || shaped {
        return Ok(text);
    }
    Err(BadRange::Label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<String>, String> {
        let read = ranges(text).map_err(|bad| bad.to_string())?;
        Ok(read.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn several_of_both_families_are_read() {
        assert_eq!(
            read(" 10.10.0.0/16, 10.20.0.0/16\nFD00:10::/56 ").expect("ranges"),
            ["10.10.0.0/16", "10.20.0.0/16", "fd00:10::/56"]
        );
        assert_eq!(read("  ").expect("none"), Vec::<String>::new());
        assert_eq!(read("10.1.2.3/32").expect("one"), ["10.1.2.3/32"]);
    }

    #[test]
    fn what_is_no_range_says_why() {
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
                Err(BadRange::NotAClusters(bad.into())),
                "{bad}"
            );
        }
        assert_eq!(
            read("10.10.1.2/16").expect_err("no range"),
            "10.10.1.2/16 lies in a range, which is 10.10.0.0/16"
        );
        assert_eq!(
            read("10.0.0.0/8 10.9.0.0/16").expect_err("twice"),
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
    fn a_network_is_what_a_label_may_say() {
        for fine in ["", "network-1", "A.b_c", " n1 "] {
            assert_eq!(network(fine), Ok(fine.trim()), "{fine}");
        }
        for bad in ["-a", "a-", "a b", "a/b", &"n".repeat(64), "ä"] {
            assert_eq!(network(bad), Err(BadRange::Label), "{bad}");
        }
    }
}
