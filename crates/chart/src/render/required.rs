//! The values that the templates of a chart require, found by a rendering that does not stop at the first one.
use gotmpl::{Budget, Limits, Templates};

use super::{execute, go_version, parse_templates, scope, with_large_stack};
use crate::dependencies;
use crate::error::Error;
use crate::facts::Facts;
use crate::funcs::{self, Observed};
use crate::model::Chart;
use crate::required::RequiredValue;
use crate::values::{Values, coalesce_values_with_warnings};

/// The values that a chart requires with these values and facts, present and missing ones. Values are not
/// validated against the schema, and a template that fails for another reason requires what it reached.
///
/// # Errors
/// The errors of [`render()`](super::render()) before a template is executed.
pub fn required_values(
    chart: &Chart,
    values: &Values,
    facts: &Facts,
) -> Result<Vec<RequiredValue>, Error> {
    with_large_stack(|| collect(chart, values, facts))?
}

fn collect(chart: &Chart, values: &Values, facts: &Facts) -> Result<Vec<RequiredValue>, Error> {
    let budget = &Budget::new(Limits::default());
    let mut warnings = Vec::new();
    let chart = &*chart.for_helm(facts.helm)?;
    let chart = dependencies::process_dependencies(chart, values, budget, &mut warnings)?;
    let values = coalesce_values_with_warnings(&chart, values, budget, &mut warnings)?;
    let scoped = scope::templates(&chart, &values, facts, budget)?;
    let observed = Observed::default();
    {
        let templates = Templates::new(funcs::table_to_lint(facts, &observed))
            .with_go_version(go_version(facts.helm));
        let (order, mut evaluator) = parse_templates(&scoped, templates, facts.helm, budget)?;
        for template in order {
            // An empty value may be a fault of what comes after it.
            let _ = execute(template, &mut evaluator, &observed);
        }
    }
    Ok(observed.into_required())
}
