//! Bundles: cards of the catalog that install several charts, each as a release of its own.
//!
//! A bundle is data: its parts in the order of their installation, and the rules by which one text of
//! parameters becomes the values of each part. Nothing here is read from a network. Start at [`Bundle`]; the
//! bundles are in `istio`, their charts are opened by `charts`.

mod charts;
mod istio;
mod values;

pub use charts::{BundleVersion, bundle_of_card, is_bundle};
pub use istio::ISTIO_CHARTS;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A card that installs several charts.
#[derive(Debug)]
pub struct Bundle {
    /// The name of the card, which is the name of a built-in chart too.
    pub card: &'static str,
    /// The parts, in the order of their installation.
    pub parts: &'static [Part],
    /// The parameters of the card that have no effect any more.
    pub removed_parameters: &'static [&'static str],
}

/// One chart of a bundle.
#[derive(Debug)]
pub struct Part {
    /// The name of its release.
    pub release: &'static str,
    /// Its chart.
    pub chart: PartChart,
    /// The parameter that selects it: true, or not empty. None for a part that is always installed.
    pub condition: Option<&'static str>,
    /// What it waits for before its installation, beside the readiness of the parts before it. Consecutive parts with
    /// the same condition do not depend on each other, and are installed at the same time.
    pub starts_after: Option<StartCondition>,
    /// How its values are computed from the parameters.
    rules: &'static [Rule],
}

/// The chart of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartChart {
    /// A chart of Istio, in the version of the bundle.
    Istio(&'static str),
    /// A chart of this console.
    Own(&'static str),
}

impl PartChart {
    /// The name of the chart.
    pub fn name(self) -> &'static str {
        match self {
            Self::Istio(name) | Self::Own(name) => name,
        }
    }
}

/// The condition under which a part is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StartCondition {
    /// The injection webhook answers: the pods of the part get their image from it.
    InjectionWebhook,
}

/// How one value of a part is computed.
#[derive(Debug)]
enum Rule {
    /// The parameter, unless it is empty.
    Copy {
        /// The path of the parameter.
        from: &'static str,
        /// The path of the value.
        to: &'static str,
    },
    /// A text that no parameter changes.
    Text {
        /// The path of the value.
        to: &'static str,
        /// The text.
        text: &'static str,
    },
    /// A value that is computed of several parameters; none to leave the default of the chart.
    Compute {
        /// The path of the value.
        to: &'static str,
        /// The computation.
        value: fn(&Value) -> Option<Value>,
    },
    /// The values that the operator passes to the chart.
    Merge {
        /// The path of the parameter.
        from: &'static str,
    },
}

/// A part that is installed with certain parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct PartRelease {
    /// The name of the release.
    pub release: &'static str,
    /// The values of its chart.
    pub values: Value,
    /// What it waits for before its installation.
    pub starts_after: Option<StartCondition>,
}

impl Bundle {
    /// The parts that are installed with these parameters, which include the default ones.
    pub fn releases(&self, parameters: &Value) -> Vec<PartRelease> {
        let selected = self.parts.iter().filter(|part| {
            let condition = part.condition.and_then(|path| values::at(parameters, path));
            part.condition.is_none() || condition.is_some_and(values::is_set)
        });
        let release = |part: &Part| PartRelease {
            release: part.release,
            values: values::computed(part.rules, parameters),
            starts_after: part.starts_after,
        };
        selected.map(release).collect()
    }

    /// The part of a release.
    pub fn part(&self, release: &str) -> Option<&'static Part> {
        self.parts.iter().find(|part| part.release == release)
    }

    /// The parameters without effect that a text sets.
    pub fn removed_in(&self, parameters: &Value) -> Vec<&'static str> {
        let paths = self.removed_parameters.iter().copied();
        let set = |path: &&str| values::at(parameters, path).is_some_and(values::is_set);
        paths.filter(set).collect()
    }
}

#[cfg(test)]
mod tests;
