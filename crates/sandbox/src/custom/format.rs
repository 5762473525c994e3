//! The formats of strings.
//!
//! Formats that are not known here accept every text, as on an API server. Start at [`matches`].

use std::net::{Ipv4Addr, Ipv6Addr};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;
use jiff::Timestamp;
use jiff::civil::Date;
use url::Url;
use uuid::Uuid;

/// Whether a text has a format.
pub(super) fn matches(format: &str, text: &str) -> bool {
    match format {
        "date-time" => text.contains(['T', 't']) && text.parse::<Timestamp>().is_ok(),
        "date" => text.parse::<Date>().is_ok(),
        "ipv4" => text.parse::<Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<Ipv6Addr>().is_ok(),
        "cidr" => text.parse::<IpNet>().is_ok(),
        "uuid" => Uuid::parse_str(text).is_ok(),
        "uri" => Url::parse(text).is_ok(),
        "byte" => STANDARD.decode(text).is_ok(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_text_has_the_format_or_not() {
        for (format, valid, invalid) in [
            ("date-time", "2026-01-01T00:00:00Z", "2026-01-01"),
            ("date", "2026-02-28", "2026-02-30"),
            ("ipv4", "10.0.0.1", "10.0.0.256"),
            ("ipv6", "::1", "10.0.0.1"),
            ("cidr", "10.0.0.0/8", "10.0.0.0"),
            ("uuid", "00000000-0000-0000-0000-000000000000", "0"),
            ("uri", "https://example.com/a", "example"),
            ("byte", "YQ==", "!"),
        ] {
            assert!(matches(format, valid), "{format} {valid}");
            assert!(!matches(format, invalid), "{format} {invalid}");
        }
        assert!(matches("k8s-short-name", "Any"));
    }
}
