//! The headers of SPDY/3.1: counted names and values, deflated with a dictionary both sides know.
//!
//! All blocks of a connection are one deflated text. What we send is stored, not squeezed. Start at
//! [`Headers::read`].

use std::collections::BTreeMap;

use bytes::{Buf, BufMut};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// What a deflated text with a dictionary begins with, and the dictionary's sum.
const START: [u8; 6] = [0x78, 0xbb, 0xe3, 0xc6, 0xa7, 0xc2];

/// How far back deflated text may refer.
const REACH: usize = 32 * 1024;

/// The largest block of headers.
const MOST_BYTES: usize = 16 * 1024;

/// The words of the dictionary that stand there with their length.
const WORDS: &str = "options|head|post|put|delete|trace|accept|accept-charset|accept-encoding|\
    accept-language|accept-ranges|age|allow|authorization|cache-control|connection|content-base|\
    content-encoding|content-language|content-length|content-location|content-md5|content-range|\
    content-type|date|etag|expect|expires|from|host|if-match|if-modified-since|if-none-match|\
    if-range|if-unmodified-since|last-modified|location|max-forwards|pragma|proxy-authenticate|\
    proxy-authorization|range|referer|retry-after|server|te|trailer|transfer-encoding|upgrade|\
    user-agent|vary|via|warning|www-authenticate|method|get|status|200 OK|version|HTTP/1.1|url|\
    public|set-cookie|keep-alive|origin";

/// The rest of the dictionary.
const REST: &str = "100101201202205206300302303304305306307402405406407408409410411412413414415416\
    417502504505203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad \
    Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not \
    Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 \
    Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,\
    application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,\
    deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";

/// The headers of both directions of a connection.
pub(super) struct Headers {
    inflating: Box<DecompressorOxide>,
    /// What was read so far, after the dictionary, as far back as may be referred to.
    window: Vec<u8>,
    has_read: bool,
    has_written: bool,
}

impl Headers {
    pub(super) fn new() -> Self {
        Self {
            inflating: Box::default(),
            window: dictionary(),
            has_read: false,
            has_written: false,
        }
    }

    /// The headers of a block, their names in lower case; nothing when it is none.
    pub(super) fn read(&mut self, block: &[u8]) -> Option<BTreeMap<String, String>> {
        let deflated = if self.has_read {
            block
        } else {
            block.get(START.len()..)?
        };
        self.has_read = true;
        let start = self.window.len();
        self.window.resize(start + MOST_BYTES, 0);
        let how = TINFL_FLAG_HAS_MORE_INPUT | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, read, written) =
            decompress(&mut self.inflating, deflated, &mut self.window, start, how);
        self.window.truncate(start + written);
        if status != TINFLStatus::NeedsMoreInput || read != deflated.len() {
            return None;
        }
        let found = pairs(self.window.get(start..)?);
        self.window.drain(..self.window.len().saturating_sub(REACH));
        found
    }

    /// A block without headers.
    pub(super) fn nothing(&mut self) -> Vec<u8> {
        let mut block = Vec::new();
        if !self.has_written {
            block.put_slice(&START);
        }
        self.has_written = true;
        // A stored part of four bytes: the length, its opposite, and that there are no pairs.
        block.put_slice(&[0, 4, 0, 0xfb, 0xff, 0, 0, 0, 0]);
        // An empty part: what stands before it can be read now.
        block.put_slice(&[0, 0, 0, 0xff, 0xff]);
        block
    }
}

fn dictionary() -> Vec<u8> {
    let mut all = Vec::new();
    for word in WORDS.split('|') {
        all.put_uint(word.len() as u64, 4);
        all.put_slice(word.as_bytes());
    }
    all.put_slice(REST.as_bytes());
    all
}

fn pairs(mut text: &[u8]) -> Option<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for _ in 0..text.try_get_u32().ok()? {
        let name = counted(&mut text)?.to_lowercase();
        found.insert(name, counted(&mut text)?);
    }
    Some(found)
}

fn counted(text: &mut &[u8]) -> Option<String> {
    let length = text.try_get_u32().ok()? as usize;
    let (one, rest) = text.split_at_checked(length)?;
    *text = rest;
    String::from_utf8(one.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::{Headers, START, dictionary};

    /// A block that is stored, not squeezed.
    fn stored(pairs: &[(&str, &str)]) -> Vec<u8> {
        let mut text = u32::try_from(pairs.len())
            .unwrap_or(0)
            .to_be_bytes()
            .to_vec();
        for word in pairs.iter().flat_map(|(name, value)| [name, value]) {
            text.extend(u32::try_from(word.len()).unwrap_or(0).to_be_bytes());
            text.extend(word.as_bytes());
        }
        let length = u16::try_from(text.len()).unwrap_or(0);
        let mut block = vec![0];
        block.extend(length.to_le_bytes());
        block.extend((!length).to_le_bytes());
        block.extend(text);
        block
    }

    #[test]
    fn the_dictionary_has_the_sum_both_sides_name() {
        let (mut low, mut high) = (1_u32, 0_u32);
        for byte in dictionary() {
            low = (low + u32::from(byte)) % 65521;
            high = (high + low) % 65521;
        }
        assert_eq!((high << 16 | low).to_be_bytes(), START[2..]);
    }

    #[test]
    fn blocks_are_read_one_after_another() {
        let mut headers = Headers::new();
        let mut first = START.to_vec();
        first.extend(stored(&[("Port", "8080"), ("streamtype", "data")]));
        let read = headers.read(&first).unwrap_or_default();
        assert_eq!(read.get("port").map(String::as_str), Some("8080"));
        let read = headers
            .read(&stored(&[("requestid", "1")]))
            .unwrap_or_default();
        assert_eq!(read.get("requestid").map(String::as_str), Some("1"));
    }

    #[test]
    fn noise_is_no_headers() {
        for noise in [&b""[..], b"12345678", &[0xff; 40]] {
            assert!(Headers::new().read(noise).is_none(), "{noise:?}");
        }
    }
}
