//! Base64 and base32, with Go's error messages.

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// An encoding: its alphabet, and the number of digits in a group.
#[derive(Clone, Copy)]
pub(crate) struct BaseEncoding {
    name: &'static str,
    alphabet: &'static [u8],
    bits_per_digit: u32,
    group_length: usize,
}

pub(crate) const B64: BaseEncoding = BaseEncoding {
    name: "base64",
    alphabet: BASE64,
    bits_per_digit: 6,
    group_length: 4,
};
pub(crate) const B32: BaseEncoding = BaseEncoding {
    name: "base32",
    alphabet: BASE32,
    bits_per_digit: 5,
    group_length: 8,
};

impl BaseEncoding {
    pub(crate) fn encode(self, data: &[u8]) -> String {
        let mut out = String::with_capacity(
            data.len() * 8 / self.bits_per_digit as usize + self.group_length,
        );
        let (mut buffer, mut count) = (0u32, 0u32);
        let digit = |index: u32| {
            let digit = self.alphabet.get(index as usize % self.alphabet.len());
            char::from(digit.copied().unwrap_or(b'='))
        };
        for byte in data {
            buffer = (buffer << 8) | u32::from(*byte);
            count += 8;
            while count >= self.bits_per_digit {
                count -= self.bits_per_digit;
                out.push(digit((buffer >> count) & ((1 << self.bits_per_digit) - 1)));
            }
            buffer &= (1 << count) - 1;
        }
        if count > 0 {
            out.push(digit(buffer << (self.bits_per_digit - count)));
        }
        while !out.len().is_multiple_of(self.group_length) {
            out.push('=');
        }
        out
    }

    /// Decodes a text; the error is Go's message with the position.
    pub(crate) fn decode(self, text: &str) -> Result<Vec<u8>, String> {
        // Newlines are ignored, and only base64 counts them in positions.
        let digits: Vec<(usize, u8)> = text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| !matches!(byte, b'\n' | b'\r'))
            .collect();
        let position = |at: usize| match digits.get(at) {
            Some((position, _)) if self.bits_per_digit == 6 => *position,
            None if self.bits_per_digit == 6 => text.len(),
            _ => at,
        };
        let error_at = |at: usize| {
            Err(format!(
                "illegal {} data at input byte {}",
                self.name,
                position(at)
            ))
        };
        let mut out = Vec::with_capacity(digits.len());
        let mut at = 0;
        while at < digits.len() {
            let group = digits
                .get(at..digits.len().min(at + self.group_length))
                .unwrap_or_default();
            let values: Vec<u32> = group
                .iter()
                .map_while(|(_, byte)| self.value(*byte))
                .collect();
            let digit_count = values.len();
            if digit_count < group.len() {
                let padding = group.get(digit_count..).unwrap_or_default();
                if digit_count < 2 || padding.first().is_none_or(|(_, byte)| *byte != b'=') {
                    return error_at(at + digit_count);
                }
                if let Some(wrong) = padding.iter().position(|(_, byte)| *byte != b'=') {
                    return error_at(at + digit_count + wrong - 1);
                }
            }
            if group.len() < self.group_length {
                return error_at(if digit_count < group.len() {
                    digits.len()
                } else {
                    at
                });
            }
            push(&mut out, &values, self.bits_per_digit);
            at += self.group_length;
            if digit_count < self.group_length {
                if at < digits.len() {
                    return error_at(at);
                }
                break;
            }
        }
        Ok(out)
    }

    fn value(self, byte: u8) -> Option<u32> {
        let found = self.alphabet.iter().position(|digit| *digit == byte);
        found.and_then(|at| u32::try_from(at).ok())
    }
}

fn push(out: &mut Vec<u8>, values: &[u32], bits_per_digit: u32) {
    let (mut buffer, mut count) = (0u32, 0);
    for value in values {
        buffer = (buffer << bits_per_digit) | value;
        count += bits_per_digit;
        if count >= 8 {
            count -= 8;
            out.push((buffer >> count) as u8);
            buffer &= (1 << count) - 1;
        }
    }
}
