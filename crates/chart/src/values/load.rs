//! Loads the default values of a chart as a version of Helm does.
use std::borrow::Cow;

use gotmpl::Value;
use wire::HelmVersion;

use super::Values;
use crate::error::Error;
use crate::model::Chart;
use crate::yaml::second_document;

impl Chart {
    /// The chart as a version of Helm loads it: version 4 merges all documents of values.yaml.
    ///
    /// # Errors
    /// [`Error::Yaml`] with an error of a later document.
    pub fn for_helm(&self, helm: HelmVersion) -> Result<Cow<'_, Self>, Error> {
        if helm == self.helm() {
            return Ok(Cow::Borrowed(self));
        }
        let mut chart = self.clone();
        load(&mut chart, helm)?;
        Ok(Cow::Owned(chart))
    }
}

fn load(chart: &mut Chart, helm: HelmVersion) -> Result<(), Error> {
    chart.set_helm(helm);
    if second_document(chart.values_text()).is_some() {
        let values = Values::parse_documents(chart.values_text(), helm);
        let values = values.map_err(|source| Error::Yaml {
            file: "values.yaml".to_owned(),
            source,
        })?;
        chart.set_values(Value::Map(values.map()));
    }
    let mut subcharts = chart.subcharts().to_vec();
    let mut all = subcharts.iter_mut();
    all.try_for_each(|subchart| load(subchart, helm))?;
    chart.set_subcharts(subcharts);
    Ok(())
}
