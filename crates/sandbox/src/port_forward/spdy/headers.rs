//! The header blocks of SPDY/3.1: length-prefixed names and values, compressed with a fixed
//! dictionary.
//!
//! All blocks of a connection are one zlib stream. Our own blocks are stored uncompressed. Start at
//! [`Headers::read`].

use std::collections::BTreeMap;

use bytes::{Buf, BufMut};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// The zlib header for a preset dictionary, with the checksum of the dictionary.
const STREAM_HEADER: [u8; 6] = [0x78, 0xbb, 0xe3, 0xc6, 0xa7, 0xc2];

/// The window of the compression.
const WINDOW_BYTES: usize = 32 * 1024;

/// The maximum size of a block of headers.
const MAX_BLOCK_BYTES: usize = 16 * 1024;

/// The words of the dictionary that are prefixed with their length.
const DICTIONARY_WORDS: &str = "options|head|post|put|delete|trace|accept|accept-charset|accept-encoding|\
    accept-language|accept-ranges|age|allow|authorization|cache-control|connection|content-base|\
    content-encoding|content-language|content-length|content-location|content-md5|content-range|\
    content-type|date|etag|expect|expires|from|host|if-match|if-modified-since|if-none-match|\
    if-range|if-unmodified-since|last-modified|location|max-forwards|pragma|proxy-authenticate|\
    proxy-authorization|range|referer|retry-after|server|te|trailer|transfer-encoding|upgrade|\
    user-agent|vary|via|warning|www-authenticate|method|get|status|200 OK|version|HTTP/1.1|url|\
    public|set-cookie|keep-alive|origin";

/// The rest of the dictionary.
const DICTIONARY_TEXT: &str = "100101201202205206300302303304305306307402405406407408409410411412413414415416\
    417502504505203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad \
    Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not \
    Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 \
    Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,\
    application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,\
    deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";

/// The compression state of both directions of a connection.
pub(super) struct Headers {
    decompressor: Box<DecompressorOxide>,
    /// The last decompressed bytes, starting with the dictionary.
    window: Vec<u8>,
    has_read: bool,
    has_written: bool,
}

impl Headers {
    pub(super) fn new() -> Self {
        Self {
            decompressor: Box::default(),
            window: dictionary(),
            has_read: false,
            has_written: false,
        }
    }

    /// The headers of a block, with names in lower case; `None` when the block is invalid.
    pub(super) fn read(&mut self, block: &[u8]) -> Option<BTreeMap<String, String>> {
        let deflated = if self.has_read {
            block
        } else {
            block.get(STREAM_HEADER.len()..)?
        };
        self.has_read = true;
        let start = self.window.len();
        self.window.resize(start + MAX_BLOCK_BYTES, 0);
        let flags = TINFL_FLAG_HAS_MORE_INPUT | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, read, written) = decompress(
            &mut self.decompressor,
            deflated,
            &mut self.window,
            start,
            flags,
        );
        self.window.truncate(start + written);
        if status != TINFLStatus::NeedsMoreInput || read != deflated.len() {
            return None;
        }
        let found = pairs(self.window.get(start..)?);
        self.window
            .drain(..self.window.len().saturating_sub(WINDOW_BYTES));
        found
    }

    /// A block without headers.
    pub(super) fn empty_block(&mut self) -> Vec<u8> {
        let mut block = Vec::new();
        if !self.has_written {
            block.put_slice(&STREAM_HEADER);
        }
        self.has_written = true;
        // A stored block of four bytes: the length, its complement, and the number 0 of pairs.
        block.put_slice(&[0, 4, 0, 0xfb, 0xff, 0, 0, 0, 0]);
        // An empty stored block flushes the stream.
        block.put_slice(&[0, 0, 0, 0xff, 0xff]);
        block
    }
}

fn dictionary() -> Vec<u8> {
    let mut all = Vec::new();
    for word in DICTIONARY_WORDS.split('|') {
        all.put_uint(word.len() as u64, 4);
        all.put_slice(word.as_bytes());
    }
    all.put_slice(DICTIONARY_TEXT.as_bytes());
    all
}

fn pairs(mut text: &[u8]) -> Option<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for _ in 0..text.try_get_u32().ok()? {
        let name = length_prefixed(&mut text)?.to_lowercase();
        found.insert(name, length_prefixed(&mut text)?);
    }
    Some(found)
}

fn length_prefixed(text: &mut &[u8]) -> Option<String> {
    let length = text.try_get_u32().ok()? as usize;
    let (value, rest) = text.split_at_checked(length)?;
    *text = rest;
    String::from_utf8(value.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::{Headers, STREAM_HEADER, dictionary};

    /// A stored, uncompressed block.
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
    fn the_dictionary_has_the_checksum_of_the_header() {
        let (mut low, mut high) = (1_u32, 0_u32);
        for byte in dictionary() {
            low = (low + u32::from(byte)) % 65521;
            high = (high + low) % 65521;
        }
        assert_eq!((high << 16 | low).to_be_bytes(), STREAM_HEADER[2..]);
    }

    #[test]
    fn blocks_are_read_one_after_another() {
        let mut headers = Headers::new();
        let mut first = STREAM_HEADER.to_vec();
        first.extend(stored(&[("Port", "8080"), ("streamtype", "data")]));
        let read = headers.read(&first).unwrap_or_default();
        assert_eq!(read.get("port").map(String::as_str), Some("8080"));
        let read = headers
            .read(&stored(&[("requestid", "1")]))
            .unwrap_or_default();
        assert_eq!(read.get("requestid").map(String::as_str), Some("1"));
    }

    #[test]
    fn invalid_blocks_are_rejected() {
        for noise in [&b""[..], b"12345678", &[0xff; 40]] {
            assert!(Headers::new().read(noise).is_none(), "{noise:?}");
        }
    }
}
