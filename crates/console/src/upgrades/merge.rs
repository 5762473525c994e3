//! The values of an upgrade compared by key: the defaults of the installed chart, which are stored with the draft, those
//! of its next chart, and its text. What the operator decides about a conflict is stored with the draft too.

use super::InstalledChart;
use crate::{
    Console, Error,
    draft::Draft,
    values_basis::{ValuesBasis, value_at},
};
use chart::{Budget, Chart, Limits, MergedKey, Values, ValuesMerge};
use release::Release;
use serde_json::Value;
use std::{collections::BTreeSet, sync::Arc};
use wire::values_merge::{
    DefaultsSource, KeyOrigin, MergeOutcome, MergedKeyView, ValuesMergeView, ValuesOrigin,
};

/// The characters of a value that are shown.
const MAX_VALUE_LENGTH: usize = 200;

impl Console {
    /// What the values of an upgrade are compared with: the defaults of the installed chart, and the text with which it
    /// starts.
    pub(super) async fn values_basis(
        &self,
        installed: Option<InstalledChart>,
        release: &Release,
        next: Arc<Chart>,
        (text, origin): (&str, ValuesOrigin),
    ) -> Result<ValuesBasis, Error> {
        let (text, release) = (text.to_owned(), release.clone());
        let work = move || {
            let values = Values::parse_documents(&text, release.helm).map_err(Error::Yaml)?;
            let (defaults, source) = match installed {
                Some(installed) => {
                    let budget = Budget::new(Limits::default());
                    let defaults = chart::settable_defaults(&installed.chart, &values, &budget)?;
                    (defaults, installed.source)
                }
                None => recorded_defaults(&release, &next, &values)?,
            };
            Ok(ValuesBasis {
                defaults,
                source,
                values: values.to_json(),
                origin,
                kept: BTreeSet::new(),
            })
        };
        self.charts.run(work).await?
    }

    /// The keys of the values of an upgrade; none for an installation, and while the text is invalid.
    pub(crate) async fn values_merge(
        &self,
        draft: &Draft,
        chart: &Arc<Chart>,
    ) -> Result<Option<ValuesMergeView>, Error> {
        let (Some(basis), Some(upgrade)) = (draft.values_basis.clone(), &draft.upgrade) else {
            return Ok(None);
        };
        let found: BTreeSet<String> = draft.found.keys().cloned().collect();
        let (old_version, new_version) = (upgrade.version.clone(), draft.chart.version.clone());
        let (chart, text, helm) = (chart.clone(), draft.values.clone(), draft.helm);
        let work = move || {
            let merge = merged(&basis, &chart, (&text, helm))?;
            let view = |key: MergedKey| {
                let origin = origin(&basis, &found, &key);
                key_view(&basis, key, origin)
            };
            Some(ValuesMergeView {
                origin: basis.origin,
                defaults: basis.source.clone(),
                old_version,
                new_version,
                unchanged: u32::try_from(merge.unchanged).unwrap_or(u32::MAX),
                is_truncated: merge.is_truncated,
                keys: merge.keys.into_iter().map(view).collect(),
            })
        };
        self.charts.run(work).await
    }

    /// Checks that every conflict of the values of an upgrade is decided.
    ///
    /// # Errors
    /// [`Error::ValuesConflicts`] with the keys.
    pub(crate) async fn ensure_values_decided(&self, draft: &Draft) -> Result<(), Error> {
        if draft.values_basis.is_none() {
            return Ok(());
        }
        let chart = self.chart_of(draft).await?;
        let merge = self.values_merge(draft, &chart).await?;
        let keys = merge.iter().flat_map(|merge| &merge.keys);
        let open: Vec<String> = keys
            .filter(|key| key.is_open())
            .map(MergedKeyView::path_text)
            .collect();
        if open.is_empty() {
            return Ok(());
        }
        Err(Error::ValuesConflicts { keys: open })
    }
}

/// The keys of an upgrade; none while the text is invalid.
fn merged(
    basis: &ValuesBasis,
    chart: &Chart,
    text: (&str, chart::HelmVersion),
) -> Option<ValuesMerge> {
    let values = Values::parse_documents(text.0, text.1).ok()?;
    let budget = Budget::new(Limits::default());
    let new = chart::settable_defaults(chart, &values, &budget).ok()?;
    let merge = |is_known: &dyn Fn(&[String]) -> bool| {
        chart::merge_values((&basis.defaults, &new), text, is_known).ok()
    };
    let first = merge(&|_| false)?;
    let has_unknown = first
        .keys
        .iter()
        .any(|key| key.outcome == MergeOutcome::Unknown);
    if !has_unknown {
        return Some(first);
    }
    // A key without a default is known when the schema has it.
    let form = chart::form(chart, "", &Budget::new(Limits::default())).ok();
    let fields = form.map(|form| form.fields).unwrap_or_default();
    merge(&|path| fields.iter().any(|field| field.path.starts_with(path)))
}

/// The defaults that the record of a release has: those of the parent chart. Subcharts are not compared.
fn recorded_defaults(
    release: &Release,
    next: &Chart,
    values: &Values,
) -> Result<(Value, DefaultsSource), Error> {
    let budget = Budget::new(Limits::default());
    let stored = release::stored_chart(release).ok();
    let lifted = stored.and_then(|chart| chart::settable_defaults(&chart, values, &budget).ok());
    let mut defaults = lifted.unwrap_or_else(|| release.chart.values.clone());
    let subcharts = chart::subchart_keys(next, values, &budget)?;
    if !subcharts.is_empty() {
        let new = chart::settable_defaults(next, values, &budget)?;
        let shared = subcharts.iter().map(String::as_str).chain(["global"]);
        for key in shared {
            if let (Some(new), Some(map)) = (new.get(key), defaults.as_object_mut()) {
                let own = map.entry(key).or_insert_with(|| new.clone());
                chart::fill_values(own, new);
            }
        }
    }
    Ok((defaults, DefaultsSource::Record { subcharts }))
}

fn origin(basis: &ValuesBasis, found: &BTreeSet<String>, key: &MergedKey) -> KeyOrigin {
    if key.yours.is_none() {
        KeyOrigin::Default
    } else if found.contains(&key.path.join(".")) {
        KeyOrigin::Found
    } else if value_at(&basis.values, &key.path) == key.yours.as_ref() {
        KeyOrigin::Previous
    } else {
        KeyOrigin::You
    }
}

fn key_view(basis: &ValuesBasis, key: MergedKey, origin: KeyOrigin) -> MergedKeyView {
    let is_conflict = key.outcome == MergeOutcome::Conflict;
    MergedKeyView {
        decision: is_conflict.then(|| basis.decision(&key)).flatten(),
        old: key.old.as_ref().map(shown),
        new: key.new.as_ref().map(shown),
        yours: key.yours.as_ref().map(shown),
        outcome: key.outcome,
        origin,
        line: key.line.and_then(|line| u32::try_from(line).ok()),
        path: key.path,
    }
}

/// A value on one line: a text as it is, unless it would be read as something else.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) if is_plain(text) => text.clone(),
        other => other.to_string(),
    };
    if text.chars().count() <= MAX_VALUE_LENGTH {
        return text;
    }
    let cut: String = text.chars().take(MAX_VALUE_LENGTH).collect();
    format!("{cut} …")
}

fn is_plain(text: &str) -> bool {
    let read = Values::parse(&format!("a: {text}"));
    !text.contains('\n') && read.is_ok_and(|read| read.to_json()["a"] == *text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_is_shown_as_it_would_be_written() {
        for (value, text) in [
            (json!("2560Mi"), "2560Mi"),
            (json!("200"), "\"200\""),
            (json!(""), "\"\""),
            (json!("yes"), "\"yes\""),
            (json!(true), "true"),
            (json!([1, "a"]), "[1,\"a\"]"),
            (json!("a\nb"), "\"a\\nb\""),
        ] {
            assert_eq!(shown(&value), text);
        }
        assert!(shown(&json!("x".repeat(500))).ends_with(" …"));
    }
}
