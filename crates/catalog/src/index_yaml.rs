//! The parser of index.yaml, with Helm's rules: a duplicate key is an error, an invalid entry is skipped,
//! and a text without `apiVersion` is not an index.
//!
//! More lenient than Helm in two places: unknown keys are ignored, and a number is accepted as a string.

use crate::{
    chart_index::{ChartIndex, Entry},
    digest::Digest,
    version,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use wire::{ChartName, repository::SkippedEntryReason};

/// The reason why a text is not an index.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadIndex {
    /// The text is empty.
    #[error("it is empty")]
    Empty,
    /// The text cannot be parsed.
    #[error("{0}")]
    Unreadable(String),
    /// The text has no `apiVersion`.
    #[error("no API version specified")]
    NoVersion,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Index {
    api_version: Option<String>,
    entries: Option<BTreeMap<String, Option<Vec<Option<Row>>>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    name: Option<String>,
    version: Option<String>,
    app_version: Option<String>,
    description: Option<String>,
    keywords: Option<Vec<Option<String>>>,
    annotations: Option<BTreeMap<String, Option<String>>>,
    created: Option<String>,
    deprecated: Option<bool>,
    digest: Option<String>,
    urls: Option<Vec<Option<String>>>,
    #[serde(rename = "type")]
    chart_type: Option<String>,
}

/// Parses an index, YAML or JSON.
///
/// # Errors
/// [`BadIndex`].
pub(crate) fn parse(bytes: &[u8]) -> Result<ChartIndex, BadIndex> {
    if bytes.trim_ascii().is_empty() {
        return Err(BadIndex::Empty);
    }
    let index: Index = match serde_json::from_slice(bytes) {
        Ok(index) => index,
        Err(_) => yaml(bytes)?,
    };
    if index.api_version.is_none_or(|version| version.is_empty()) {
        return Err(BadIndex::NoVersion);
    }
    let mut chart_index = ChartIndex::default();
    for (name, rows) in index.entries.unwrap_or_default() {
        let rows = rows.unwrap_or_default();
        let chart_name = ChartName::new(name.as_str());
        for row in rows {
            let version = row.as_ref().and_then(|row| row.version.clone());
            let parsed = match (&chart_name, row) {
                (Err(_), _) => Err(SkippedEntryReason::ChartName),
                (Ok(_), None) => Err(SkippedEntryReason::Empty),
                (Ok(name), Some(row)) => entry(name, row).map(|entry| (name, entry)),
            };
            match parsed {
                Ok((name, entry)) => chart_index.add(name.clone(), entry),
                Err(reason) => {
                    chart_index
                        .skipped
                        .add(&name, &version.unwrap_or_default(), reason);
                }
            }
        }
    }
    Ok(chart_index.sorted())
}

fn yaml(bytes: &[u8]) -> Result<Index, BadIndex> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| BadIndex::Unreadable("it is not text".into()))?;
    // Enough nodes for an index of the maximum size; the default limit of aliases applies.
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: 8_000_000,
            max_nodes: 6_000_000,
        },
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        // The parser's own message is left out: the text may repeat the credentials of the request.
        let reason = if error.to_string().contains("duplicate") {
            "a duplicate key"
        } else {
            "it is not YAML, or not the index of a repository"
        };
        BadIndex::Unreadable(match error.location() {
            Some(at) => format!("line {}, column {}: {reason}", at.line(), at.column()),
            None => reason.to_owned(),
        })
    })
}

/// An entry of the chart `name`.
///
/// # Errors
/// The reason why it is skipped.
fn entry(name: &ChartName, row: Row) -> Result<Entry, SkippedEntryReason> {
    if row.name.is_some_and(|own| own != name.as_str()) {
        return Err(SkippedEntryReason::OtherName);
    }
    let version = row
        .version
        .filter(|version| version::parse(version).is_some())
        .ok_or(SkippedEntryReason::Version)?;
    let known_type =
        |chart_type: String| matches!(chart_type.as_str(), "" | "application" | "library");
    if !row.chart_type.is_none_or(known_type) {
        return Err(SkippedEntryReason::ChartType);
    }
    // An invalid digest must not count as no digest.
    let digest = match row.digest.as_deref() {
        None | Some("") => None,
        Some(text) => Some(Digest::parse(text).map_err(|_| SkippedEntryReason::Digest)?),
    };
    let annotations = row.annotations.unwrap_or_default().into_iter();
    Ok(Entry {
        version,
        app_version: row.app_version.unwrap_or_default(),
        description: row.description.unwrap_or_default(),
        keywords: row
            .keywords
            .unwrap_or_default()
            .into_iter()
            .flatten()
            .collect(),
        annotations: annotations
            .filter_map(|(key, value)| Some((key, value?)))
            .collect(),
        created: row.created.unwrap_or_default(),
        deprecated: row.deprecated.unwrap_or_default(),
        digest,
        urls: row.urls.unwrap_or_default().into_iter().flatten().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(text: &str) -> Vec<String> {
        let chart_index = parse(text.as_bytes()).expect("an index");
        let versions = chart_index.charts.iter().flat_map(|(name, entries)| {
            entries
                .iter()
                .map(move |entry| format!("{name} {}", entry.version))
        });
        versions.collect()
    }

    const MIXED: &str = r#"
apiVersion: v1
unknown: ignored
entries:
  shop:
  - {name: shop, version: 1.0.0, urls: [a.tgz], description: first, appVersion: 1.10}
  - {name: shop, version: not.a.version, urls: [x.tgz]}
  - {name: shop, version: v1.2, urls: [x.tgz]}
  -
  - {name: other, version: 3.0.0, urls: [x.tgz]}
  - {name: shop, version: 5.0.0, type: nonsense}
  - {name: shop, version: 6.0.0, digest: "md5:00"}
  - {name: shop, version: 7.0.0-rc.1, urls: [x]}
  "../x":
  - {version: 1.0.0}
"#;

    #[test]
    fn an_invalid_entry_is_skipped_with_its_reason() {
        assert_eq!(
            versions(MIXED),
            ["shop 7.0.0-rc.1", "shop v1.2", "shop 1.0.0"]
        );
        let skipped = parse(MIXED.as_bytes()).expect("an index").skipped;
        let listed = skipped
            .listed
            .iter()
            .map(|entry| (entry.chart.as_str(), entry.version.as_str(), entry.reason));
        assert_eq!(
            listed.collect::<Vec<_>>(),
            [
                ("../x", "1.0.0", SkippedEntryReason::ChartName),
                ("shop", "not.a.version", SkippedEntryReason::Version),
                ("shop", "", SkippedEntryReason::Empty),
                ("shop", "3.0.0", SkippedEntryReason::OtherName),
                ("shop", "5.0.0", SkippedEntryReason::ChartType),
                ("shop", "6.0.0", SkippedEntryReason::Digest),
            ]
        );
        assert_eq!(skipped.count, 6);
    }

    #[test]
    fn an_index_is_yaml_or_json() {
        let json = r#"{"apiVersion":"v1","entries":{"shop":[{"version":"1.0.0"}]}}"#;
        assert_eq!(versions(json), ["shop 1.0.0"]);
    }

    #[test]
    fn a_duplicate_chart_is_an_error_as_in_helm() {
        let twice = "apiVersion: v1\nentries:\n  shop: []\n  shop: []\n";
        assert!(matches!(
            parse(twice.as_bytes()),
            Err(BadIndex::Unreadable(_))
        ));
    }

    #[test]
    fn a_text_that_is_no_index_is_an_error_with_its_reason() {
        assert_eq!(parse(b" \n"), Err(BadIndex::Empty));
        assert_eq!(parse(b"entries: {}"), Err(BadIndex::NoVersion));
        for text in [
            "<html><body>hello</body></html>",
            "- 1\n- 2",
            "a: [",
            "\u{0}",
        ] {
            assert!(
                matches!(parse(text.as_bytes()), Err(BadIndex::Unreadable(_))),
                "{text:?}"
            );
        }
    }

    #[test]
    fn the_error_of_an_index_does_not_repeat_its_text() {
        for text in [
            "Basic c4n4ry",
            "[c4n4ry]",
            "entries: c4n4ry",
            "c4n4ry: [",
            "entries: {c4n4ry: c4n4ry}",
        ] {
            let error = parse(text.as_bytes()).expect_err("no index").to_string();
            assert!(!error.contains("c4n4ry"), "{error}");
        }
    }

    #[test]
    fn multiplying_aliases_are_limited() {
        use std::fmt::Write as _;
        let mut text = String::from("apiVersion: v1\na: &a [x,x,x,x,x,x,x,x,x]\n");
        for (from, to) in ["a", "b", "c", "d", "e", "f", "g", "h"]
            .iter()
            .zip(["b", "c", "d", "e", "f", "g", "h", "i"])
        {
            let nine = vec![format!("*{from}"); 9].join(",");
            let _ = writeln!(text, "{to}: &{to} [{nine}]");
        }
        text.push_str("entries: {shop: [*i]}\n");
        assert!(parse(text.as_bytes()).is_err());
    }
}
