//! The string formats of Helm's validator; a string always matches an unknown format.
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::funcs::go_regex;

const KNOWN_FORMATS: [&str; 18] = [
    "date",
    "time",
    "date-time",
    "hostname",
    "email",
    "idn-email",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "iri",
    "iri-reference",
    "uri-template",
    "uuid",
    "regex",
    "json-pointer",
    "relative-json-pointer",
    "idn-hostname",
];

/// Whether a format is known; a number never matches a known format.
pub(super) fn is_known(format: &str) -> bool {
    KNOWN_FORMATS.contains(&format)
}

/// Whether a string matches a format.
pub(super) fn matches_format(format: &str, text: &str) -> bool {
    match format {
        "date" => is_date(text),
        "time" => is_time(text),
        "date-time" => is_date_time(text),
        "hostname" => is_hostname(text),
        "email" | "idn-email" => is_email(text),
        "ipv4" => text.parse::<Ipv4Addr>().is_ok(),
        "ipv6" => text.contains(':') && text.parse::<Ipv6Addr>().is_ok(),
        "uri" | "iri" => scheme(text).is_some_and(|(_, rest)| is_rest(rest)),
        "uri-reference" | "iri-reference" => is_reference(text),
        "uri-template" => {
            matches_pattern(r"^[^{}]*(\{[^{}]*\}[^{}]*)*$", text)
                && is_reference(&text.replace(['{', '}'], ""))
        }
        "uuid" => matches_pattern(
            "^(?i)[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$",
            text,
        ),
        "regex" => text.is_empty() || go_regex(text).is_ok(),
        "json-pointer" => text.is_empty() || matches_pattern(r"^(?:/(?:[^~/]|~0|~1)*)*$", text),
        "relative-json-pointer" => {
            matches_pattern(r"^(?:0|[1-9][0-9]*)(?:#|(?:/(?:[^~/]|~0|~1)*)*)$", text)
        }
        _ => true,
    }
}

fn matches_pattern(pattern: &str, text: &str) -> bool {
    go_regex(pattern).is_ok_and(|regex| regex.is_match(text))
}

fn is_date(text: &str) -> bool {
    matches_pattern(r"^\d{4}-\d{2}-\d{2}$", text) && text.parse::<jiff::civil::Date>().is_ok()
}

fn is_clock(text: &str) -> bool {
    let part = |range: std::ops::Range<usize>, maximum: u32| {
        let digits = text.get(range).unwrap_or_default();
        digits.parse::<u32>().is_ok_and(|number| number <= maximum)
    };
    matches_pattern(r"^\d{2}:\d{2}:\d{2}(\.\d+)?$", text)
        && part(0..2, 23)
        && part(3..5, 59)
        && part(6..8, 59)
}

fn is_zone(text: &str) -> bool {
    text == "Z" || matches_pattern(r"^[+-]\d{2}:\d{2}$", text)
}

fn is_time(text: &str) -> bool {
    let at = text.find(['Z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at_checked(at).unwrap_or((text, ""));
    is_clock(clock) && (zone.is_empty() || is_zone(zone))
}

fn is_date_time(text: &str) -> bool {
    let Some((date, rest)) = text.split_once('T') else {
        return is_date(text) || is_time(text);
    };
    let at = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at_checked(at).unwrap_or((rest, ""));
    is_date(date) && is_clock(clock) && is_zone(zone)
}

fn is_hostname(text: &str) -> bool {
    let label = r"([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]{0,61}[a-zA-Z0-9])";
    text.len() < 256 && matches_pattern(&format!(r"^{label}(\.{label})*$"), text)
}

fn is_email(text: &str) -> bool {
    let address = match text.rsplit_once('<') {
        Some((_, rest)) => rest.strip_suffix('>').unwrap_or_default(),
        None => text,
    };
    let Some((local, domain)) = address.rsplit_once('@') else {
        return false;
    };
    let is_allowed = |part: &str| {
        let odd = |c: char| c.is_whitespace() || c.is_control() || "()<>[]:;@\\,\"".contains(c);
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && !part.contains("..")
            && !part.contains(odd)
    };
    let quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    (quoted || is_allowed(local)) && is_allowed(domain)
}

/// The scheme of a URI and the rest.
fn scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    matches_pattern(r"^[a-zA-Z][a-zA-Z0-9+.\-]*$", scheme).then_some((scheme, rest))
}

fn is_rest(text: &str) -> bool {
    let odd = |c: char| c.is_control() || matches!(c, '\\' | ' ');
    if text.contains(odd) {
        return false;
    }
    let after = |at: usize| text.get(at + 1..at + 3).unwrap_or_default().as_bytes();
    let escaped = text
        .match_indices('%')
        .all(|(at, _)| after(at).len() == 2 && after(at).iter().all(u8::is_ascii_hexdigit));
    escaped && has_good_port(text)
}

fn has_good_port(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("//") else {
        return true;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let port = match host.rsplit_once(']') {
        Some((_, after)) => after.strip_prefix(':'),
        None => host.split_once(':').map(|(_, port)| port),
    };
    port.is_none_or(|port| port.bytes().all(|b| b.is_ascii_digit()))
}

fn is_reference(text: &str) -> bool {
    match scheme(text) {
        Some((_, rest)) => is_rest(rest),
        // A colon in the first path segment would be parsed as a scheme.
        None => !text.split('/').next().unwrap_or_default().contains(':') && is_rest(text),
    }
}
