//! Base 64 and base 32, with Go's words for what is neither.

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// An encoding: its letters, and how many make a whole number of bytes.
#[derive(Clone, Copy)]
pub(super) struct Base {
    name: &'static str,
    letters: &'static [u8],
    bits: u32,
    group: usize,
}

pub(super) const B64: Base = Base {
    name: "base64",
    letters: BASE64,
    bits: 6,
    group: 4,
};
pub(super) const B32: Base = Base {
    name: "base32",
    letters: BASE32,
    bits: 5,
    group: 8,
};

impl Base {
    pub(super) fn encode(self, data: &[u8]) -> String {
        let mut out = String::with_capacity(data.len() * 8 / self.bits as usize + self.group);
        let (mut held, mut count) = (0u32, 0u32);
        let letter = |index: u32| {
            let letter = self.letters.get(index as usize % self.letters.len());
            char::from(letter.copied().unwrap_or(b'='))
        };
        for byte in data {
            held = (held << 8) | u32::from(*byte);
            count += 8;
            while count >= self.bits {
                count -= self.bits;
                out.push(letter((held >> count) & ((1 << self.bits) - 1)));
            }
            held &= (1 << count) - 1;
        }
        if count > 0 {
            out.push(letter(held << (self.bits - count)));
        }
        while !out.len().is_multiple_of(self.group) {
            out.push('=');
        }
        out
    }

    /// The bytes, or Go's words with the place of the mistake.
    pub(super) fn decode(self, text: &str) -> Result<Vec<u8>, String> {
        // Line ends are passed over, and only base 64 counts them in places.
        let letters: Vec<(usize, u8)> = text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| !matches!(byte, b'\n' | b'\r'))
            .collect();
        let place = |at: usize| match letters.get(at) {
            Some((place, _)) if self.bits == 6 => *place,
            None if self.bits == 6 => text.len(),
            _ => at,
        };
        let bad = |at: usize| {
            Err(format!(
                "illegal {} data at input byte {}",
                self.name,
                place(at)
            ))
        };
        let mut out = Vec::with_capacity(letters.len());
        let mut at = 0;
        while at < letters.len() {
            let group = letters
                .get(at..letters.len().min(at + self.group))
                .unwrap_or_default();
            let values: Vec<u32> = group
                .iter()
                .map_while(|(_, byte)| self.value(*byte))
                .collect();
            let given = values.len();
            if given < group.len() {
                let padding = group.get(given..).unwrap_or_default();
                if given < 2 || padding.first().is_none_or(|(_, byte)| *byte != b'=') {
                    return bad(at + given);
                }
                if let Some(wrong) = padding.iter().position(|(_, byte)| *byte != b'=') {
                    return bad(at + given + wrong - 1);
                }
            }
            if group.len() < self.group {
                return bad(if given < group.len() {
                    letters.len()
                } else {
                    at
                });
            }
            push(&mut out, &values, self.bits);
            at += self.group;
            if given < self.group {
                if at < letters.len() {
                    return bad(at);
                }
                break;
            }
        }
        Ok(out)
    }

    fn value(self, byte: u8) -> Option<u32> {
        let found = self.letters.iter().position(|letter| *letter == byte);
        found.and_then(|at| u32::try_from(at).ok())
    }
}

fn push(out: &mut Vec<u8>, values: &[u32], bits: u32) {
    let (mut held, mut count) = (0u32, 0);
    for value in values {
        held = (held << bits) | value;
        count += bits;
        if count >= 8 {
            count -= 8;
            out.push((held >> count) as u8);
            held &= (1 << count) - 1;
        }
    }
}
