//! The client of a login, for the audit log and the list of sessions: browser, system and address.

use axum::http::{HeaderMap, header};
use std::net::IpAddr;

/// Browsers by a part of their User-Agent, the more specific ones first.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];
/// Systems by a part of the User-Agent, the more specific ones first.
const SYSTEMS: &[(&str, &str)] = &[
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// The known parts, such as `Firefox, Linux, 10.0.0.1`.
pub(crate) fn describe(headers: &HeaderMap, address: IpAddr) -> String {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    let find = |names: &[(&str, &'static str)]| {
        let mut names = names.iter();
        names.find_map(|(part, name)| agent.contains(part).then_some(*name))
    };
    let known = [find(BROWSERS), find(SYSTEMS)].into_iter().flatten();
    let mut parts: Vec<String> = known.map(str::to_owned).collect();
    parts.push(address.to_canonical().to_string());
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_described_by_what_is_known() {
        for (agent, expected) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox, Linux, 10.0.0.1",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                "Edge, Windows, 10.0.0.1",
            ),
            ("<script>", "10.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::USER_AGENT, agent.parse().expect("a value"));
            let address = "::ffff:10.0.0.1".parse().expect("an address");
            assert_eq!(describe(&headers, address), expected);
        }
    }
}
