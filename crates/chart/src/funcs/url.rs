//! Functions that parse and join URLs.
use gotmpl::{FunctionError, Functions, Map, Parameter, Signature, Value};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{CallResult, map, text};

/// The characters that Go escapes in a path.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b',')
    .remove(b'/')
    .remove(b':')
    .remove(b';')
    .remove(b'=')
    .remove(b'@');
/// The characters that Go escapes in a fragment.
const FRAGMENT: &AsciiSet = &PATH
    .remove(b'!')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'?');

pub(super) fn add(table: &mut Functions) {
    table.add("urlParse", Signature::exact(&[Parameter::Str]), |a| {
        let url = text(a, 0);
        let url = Url::read(url).map_err(|reason| {
            let quoted = gotmpl::quote(url);
            FunctionError::new(format!("unable to parse url: parse {quoted}: {reason}"))
        })?;
        Ok(url.value())
    });
    table.add("urlJoin", Signature::exact(&[Parameter::Map]), |a| {
        join_url(&map(a, 0))
    });
}

/// A URL, parsed as in Go.
#[derive(Debug, Default)]
struct Url {
    scheme: String,
    opaque: String,
    userinfo: String,
    host: String,
    path: String,
    query: String,
    fragment: String,
}

impl Url {
    fn read(url: &str) -> Result<Self, String> {
        if url.chars().any(|c| c.is_ascii_control()) {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        let (rest, fragment) = url.split_once('#').unwrap_or((url, ""));
        let mut url = Self {
            fragment: unescape(fragment)?,
            ..Self::default()
        };
        let mut rest = url.parse_scheme(rest)?;
        if let Some((before, query)) = rest.split_once('?') {
            query.clone_into(&mut url.query);
            rest = before;
        }
        if !url.scheme.is_empty() && !rest.starts_with('/') {
            rest.clone_into(&mut url.opaque);
            return Ok(url);
        }
        if url.scheme.is_empty()
            && rest
                .split('/')
                .next()
                .is_some_and(|first| first.contains(':'))
        {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
        if let Some(after) = rest.strip_prefix("//").filter(|_| !rest.starts_with("///")) {
            let end = after.find('/').unwrap_or(after.len());
            let (authority, path) = after.split_at(end);
            url.parse_authority(authority)?;
            rest = path;
        }
        url.path = unescape(rest)?;
        Ok(url)
    }

    fn parse_scheme<'a>(&mut self, url: &'a str) -> Result<&'a str, String> {
        for (at, c) in url.char_indices() {
            match c {
                'a'..='z' | 'A'..='Z' => {}
                '0'..='9' | '+' | '-' | '.' if at > 0 => {}
                ':' if at == 0 => return Err("missing protocol scheme".to_owned()),
                ':' => {
                    self.scheme = url.get(..at).unwrap_or_default().to_lowercase();
                    return Ok(url.get(at + 1..).unwrap_or_default());
                }
                _ => return Ok(url),
            }
        }
        Ok(url)
    }

    fn parse_authority(&mut self, authority: &str) -> Result<(), String> {
        let (userinfo, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let user = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
        if !userinfo.chars().all(user) {
            return Err("net/url: invalid userinfo".to_owned());
        }
        userinfo.clone_into(&mut self.userinfo);
        let port = match host.strip_prefix('[') {
            Some(inside) => match inside.split_once(']') {
                Some((_, port)) => port,
                None => return Err("missing ']' in host".to_owned()),
            },
            None => host.rfind(':').and_then(|at| host.get(at..)).unwrap_or(""),
        };
        let digits = port.strip_prefix(':');
        let is_numeric =
            digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        if !port.is_empty() && !is_numeric {
            return Err(format!("invalid port {} after host", gotmpl::quote(port)));
        }
        let is_invalid = |c: &char| {
            c.is_ascii() && !c.is_ascii_alphanumeric() && !"-._~!$&'()*+,;=:[]<>\"%".contains(*c)
        };
        if let Some(c) = host.chars().find(is_invalid) {
            let quoted = gotmpl::quote(&c.to_string());
            return Err(format!("invalid character {quoted} in host name"));
        }
        self.host = unescape(host)?;
        Ok(())
    }

    fn hostname(&self) -> &str {
        match self.host.strip_prefix('[') {
            Some(inside) => inside.split(']').next().unwrap_or_default(),
            None => self.host.split(':').next().unwrap_or_default(),
        }
    }

    fn value(&self) -> Value {
        let map: Map = [
            ("scheme", self.scheme.as_str()),
            ("host", &self.host),
            ("hostname", self.hostname()),
            ("path", &self.path),
            ("query", &self.query),
            ("opaque", &self.opaque),
            ("fragment", &self.fragment),
            ("userinfo", &self.userinfo),
        ]
        .into_iter()
        .map(|(key, text)| (key, Value::from(text)))
        .collect();
        map.into()
    }
}

fn join_url(map: &Map) -> CallResult {
    let part = |key: &str| match map.get(key) {
        None => Ok(String::new()),
        Some(Value::Str(text)) => Ok(text.to_string()),
        Some(other) => Err(FunctionError::new(format!(
            "unable to parse {key} key, must be of type string, but {} found",
            other.kind_name()
        ))),
    };
    let scheme = part("scheme")?;
    let mut out = String::new();
    if !scheme.is_empty() {
        out = format!("{scheme}:");
    }
    let (opaque, host, userinfo, path) = (
        part("opaque")?,
        part("host")?,
        part("userinfo")?,
        part("path")?,
    );
    if opaque.is_empty() {
        if !host.is_empty() || !userinfo.is_empty() {
            out.push_str("//");
            if !userinfo.is_empty() {
                out.push_str(&userinfo);
                out.push('@');
            }
            out.push_str(&host);
            if !path.is_empty() && !path.starts_with('/') {
                out.push('/');
            }
        }
        out.extend(utf8_percent_encode(&path, PATH));
    } else {
        out.push_str(&opaque);
    }
    let query = part("query")?;
    if !query.is_empty() {
        out.push('?');
        out.push_str(&query);
    }
    let fragment = part("fragment")?;
    if !fragment.is_empty() {
        out.push('#');
        out.extend(utf8_percent_encode(&fragment, FRAGMENT));
    }
    Ok(out.into())
}

fn unescape(text: &str) -> Result<String, String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        if *byte != b'%' {
            out.push(*byte);
            at += 1;
            continue;
        }
        let digits = bytes
            .get(at + 1..at + 3)
            .and_then(|two| std::str::from_utf8(two).ok());
        let value = digits.and_then(|two| u8::from_str_radix(two, 16).ok());
        let Some(value) = value else {
            let end = (at + 3).min(bytes.len());
            let fragment = String::from_utf8_lossy(bytes.get(at..end).unwrap_or_default());
            return Err(format!("invalid URL escape {}", gotmpl::quote(&fragment)));
        };
        out.push(value);
        at += 3;
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}
