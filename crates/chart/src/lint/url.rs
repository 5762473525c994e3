//! Whether a text of Chart.yaml is a URL or an email address, by the rules of Helm's validator.

/// The maximum length of the URL of a maintainer.
const MAX_URL: usize = 2083;
/// The schemes of the URL of a maintainer.
const PAGE_SCHEMES: [&str; 7] = ["ftp", "tcp", "udp", "ws", "wss", "http", "https"];

/// Whether Go parses the text as the absolute URL of a request: a scheme, then an opaque part, a path, or a
/// valid authority.
pub(super) fn is_request_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    if !is_scheme || text.bytes().any(|b| b.is_ascii_control()) {
        return false;
    }
    if !rest.starts_with('/') {
        return true;
    }
    let rest = rest.split('?').next().unwrap_or_default();
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", rest),
    };
    is_authority(authority) && has_valid_escapes(path)
}

fn is_authority(authority: &str) -> bool {
    let host = match authority.rsplit_once('@') {
        Some((user, host)) => {
            let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&b);
            if !user.bytes().all(allowed) || !has_valid_escapes(user) {
                return false;
            }
            host
        }
        None => authority,
    };
    let host = match host.strip_prefix('[') {
        Some(address) => match address.rsplit_once(']') {
            Some((address, port)) if port.is_empty() || is_port(port) => address,
            _ => return false,
        },
        None => match host.rfind(':') {
            Some(at) if is_port(host.get(at..).unwrap_or_default()) => host,
            Some(_) => return false,
            None => host,
        },
    };
    let allowed = |b: u8| {
        !b.is_ascii() || b.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:[]<>\"".contains(&b)
    };
    host.bytes().all(allowed)
}

/// Whether the text is a colon and digits, perhaps none.
fn is_port(text: &str) -> bool {
    text.strip_prefix(':')
        .is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether two hexadecimal digits follow each `%`.
fn has_valid_escapes(text: &str) -> bool {
    text.split('%').skip(1).all(|rest| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

/// Whether the text is the URL of a page, perhaps without a scheme, such as `example.com/team`.
pub(super) fn is_page_url(text: &str) -> bool {
    if text.len() <= 3 || text.len() >= MAX_URL || text.contains(char::is_whitespace) {
        return false;
    }
    let is_known = |scheme: &str| PAGE_SCHEMES.contains(&scheme);
    let rest = match text.split_once("://") {
        Some((scheme, rest)) if is_known(scheme) => rest,
        // A name of a user may contain everything, a scheme as well.
        Some((_, rest)) if rest.split('/').next().is_some_and(|a| a.contains('@')) => rest,
        Some(_) => return false,
        None if text.contains('.') || text.contains(':') => text,
        None => return false,
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && !port.contains(']') => (host, Some(port)),
        _ => (host, None),
    };
    let is_number =
        |port: &str| (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
    let is_address = |host: &str| host.starts_with('[') && host.ends_with(']');
    port.is_none_or(is_number) && (is_address(host) || is_host(host)) && has_valid_escapes(path)
}

fn is_host(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    host.split('.').all(|label| {
        let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '-' || !c.is_ascii();
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(is_inner)
    })
}

/// Whether the text is one email address: atoms separated by dots, and a domain of several labels, the last
/// of which begins and ends with a letter.
pub(super) fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else {
        return false;
    };
    let is_atom = |atom: &str| {
        let allowed = |c: char| {
            !c.is_ascii() || c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c)
        };
        !atom.is_empty() && atom.chars().all(allowed)
    };
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let Some((labels, top)) = domain.rsplit_once('.') else {
        return false;
    };
    let is_letter = |c: char| c.is_ascii_alphabetic() || !c.is_ascii();
    let is_end = |c: char| is_letter(c) || c.is_ascii_digit();
    let is_inner = |c: char| is_end(c) || "-_~".contains(c);
    let is_label = |label: &str| {
        label.starts_with(is_end) && label.ends_with(is_end) && label.chars().all(is_inner)
    };
    name.split('.').all(is_atom)
        && labels.split('.').all(is_label)
        && top.starts_with(is_letter)
        && top.ends_with(is_letter)
        && top.chars().all(is_inner)
}

#[cfg(test)]
mod tests {
    use super::{is_email, is_page_url, is_request_url};

    #[test]
    fn urls_are_those_that_helm_lint_accepts() {
        for (text, is_request, is_page) in [
            ("https://e.x", true, true),
            ("git@github.com:a/b", false, false),
            ("http://a b", false, false),
            ("https://e.x/a b", true, false),
            ("example.com", false, true),
            ("//e.x", false, false),
            ("https://", true, false),
            ("mailto:a@b.c", true, true),
            ("x:y", true, false),
            ("ssh://git@x/y", true, true),
            ("https://e.x/%zz", false, false),
            ("https://e.x:port", false, false),
            ("https://e.x:80", true, true),
            ("http://[::1", false, false),
            ("http://[::1]:80/", true, true),
            ("file:///x.png", true, false),
            ("1http://x", false, false),
            ("h*t://x", false, false),
            ("http://a%20b", false, false),
            ("http://ü.x/ä", true, true),
            ("http://us er@h/", false, false),
            ("oci://r/x", true, false),
            ("https:/e.x", true, false),
            ("{{ x }}", false, false),
            ("/a/b", false, false),
            ("http://a<b>", true, false),
            ("http://a|b", false, false),
            ("github.com/a", false, true),
            ("localhost", false, false),
            ("http://localhost:8080/x", true, true),
            ("abcd", false, false),
            ("http://a_b.c", true, false),
            ("1.2.3.4:99999", false, true),
            ("https://x.y.", true, true),
            ("http://.x.y", true, false),
            ("x..y", false, false),
            ("http://user:pw@h.x/", true, true),
            ("https://x.y:123456/", true, false),
            ("twitter.com/@a", false, true),
            ("a/b", false, false),
        ] {
            assert_eq!(
                (is_request_url(text), is_page_url(text)),
                (is_request, is_page),
                "{text}"
            );
        }
    }

    #[test]
    fn addresses_are_those_that_helm_lint_accepts() {
        for text in [
            "a@b.c",
            "A.B+x@y-z.io",
            "a@b.c.",
            "ü@ä.de",
            "a@b_c.d",
            "a'b@c.d",
            "a@b.c-d",
            "a@b~c.d",
        ] {
            assert!(is_email(text), "{text}");
        }
        for text in [
            "a@b",
            "a b@c.d",
            "a@b.c, d@e.f",
            "a@localhost",
            "a@1.2.3.4",
            "a..b@c.d",
            ".a@b.c",
            "a@-b.c",
            "a@b-.c",
            "a@b.c1",
            "a@b.1c",
            "<a@b.c>",
            "a@[1.2.3.4]",
            "a@b..c",
            "a@b.c/x",
            "@b.c",
            "a@",
            "a(b)@c.d",
            "a@b.co m",
            "a@@b.c",
            "a:b@c.d",
        ] {
            assert!(!is_email(text), "{text}");
        }
    }
}
