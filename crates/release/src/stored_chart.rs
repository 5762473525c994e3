//! The chart inside a record: the parent alone, as Helm stores it without its subcharts.

use crate::{Error, Release};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

/// The chart of a revision. It has no subcharts, and renders as it was installed only when it had none.
///
/// # Errors
/// [`Error::Render`] when the record has no chart.
pub fn stored_chart(release: &Release) -> Result<chart::Chart, Error> {
    let record = &release.chart;
    let decode = |data: &str| STANDARD.decode(data).unwrap_or_default();
    let mut files = vec![
        (
            "Chart.yaml".to_owned(),
            record.metadata.to_string().into_bytes(),
        ),
        (
            "values.yaml".to_owned(),
            record.values.to_string().into_bytes(),
        ),
    ];
    if let Some(schema) = record.schema.as_str() {
        files.push(("values.schema.json".to_owned(), decode(schema)));
    }
    for template in &record.templates {
        files.push((template.name.clone(), decode(&template.data)));
    }
    for file in record.files.as_array().into_iter().flatten() {
        let text = |key: &str| file.get(key).and_then(Value::as_str).unwrap_or_default();
        files.push((text("name").to_owned(), decode(text("data"))));
    }
    Ok(chart::Chart::from_files(files)?)
}
