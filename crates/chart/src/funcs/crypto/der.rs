//! The subset of DER and PEM for private keys.
use num_bigint::BigUint;

use super::B64;

pub(super) const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
pub(super) const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
pub(super) const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
pub(super) const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// A DER element: tag, length and contents.
pub(super) fn tlv(tag: u8, inside: &[u8]) -> Vec<u8> {
    let length = inside.len();
    let mut out = vec![tag];
    if length < 128 {
        out.push(length as u8);
    } else {
        let bytes = length.to_be_bytes();
        let bytes: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
        out.push(0x80 | bytes.len() as u8);
        out.extend(bytes);
    }
    out.extend_from_slice(inside);
    out
}

pub(super) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

pub(super) fn integer(number: &BigUint) -> Vec<u8> {
    let mut bytes = number.to_bytes_be();
    // A leading zero keeps the number positive.
    if bytes.first().is_some_and(|first| first & 0x80 != 0) {
        bytes.insert(0, 0);
    }
    tlv(2, &bytes)
}

pub(super) fn small_integer(number: u32) -> Vec<u8> {
    integer(&BigUint::from(number))
}

pub(super) fn octet_string(bytes: &[u8]) -> Vec<u8> {
    tlv(4, bytes)
}

pub(super) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    tlv(3, &[&[0], bytes].concat())
}

pub(super) fn object_identifier(id: &[u8]) -> Vec<u8> {
    tlv(6, id)
}

/// The PKCS#8 form of a private key.
pub(super) fn pkcs8(algorithm: &[Vec<u8>], key: &[u8]) -> Vec<u8> {
    sequence(&[small_integer(0), sequence(algorithm), octet_string(key)])
}

/// Encodes DER as PEM with this label.
pub(super) fn encode_pem(name: &str, der: &[u8]) -> String {
    let text = B64.encode(der);
    let mut out = format!("-----BEGIN {name}-----\n");
    for (index, c) in text.chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            out.push('\n');
        }
        out.push(c);
    }
    out + &format!("\n-----END {name}-----\n")
}

/// The label and the DER of the first block of a PEM text.
pub(super) fn decode_pem(text: &str) -> Option<(&str, Vec<u8>)> {
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (name, rest) = rest.split_once("-----")?;
    let (inside, _) = rest.split_once(&format!("-----END {name}-----"))?;
    let packed: String = inside.chars().filter(|c| !c.is_whitespace()).collect();
    Some((name, B64.decode(&packed).ok()?))
}
