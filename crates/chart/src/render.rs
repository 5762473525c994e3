//! Renders a chart with values and facts to manifests.
//!
//! Rendering reads neither a cluster nor a clock: [`Facts`] has everything that a template may see.
//! Start at [`render()`]; [`scope`] builds the scope of templates, [`output`] reads their
//! output.
mod output;
mod required;
mod scope;

use std::cell::Cell;

use gotmpl::{Budget, Evaluator, Functions, GoVersion, Limits, Templates, Value};
use wire::HelmVersion;

use crate::dependencies;
use crate::error::Error;
use crate::facts::Facts;
use crate::funcs::{self, Observed};
use crate::json::parsed_size;
use crate::manifest::{self, CrdFile, Document, Manifest, Manifests};
use crate::model::Chart;
use crate::schema::{unsupported_keywords, validate_coalesced};
use crate::values::{Values, coalesce_values_with_warnings};
pub(crate) use output::OutputFaults;
use output::{Output, build_manifests, clean_output};
pub use required::required_values;
use scope::ScopedTemplate;

/// The stack size of the rendering thread, in bytes: template calls may be a thousand deep.
const STACK_SIZE: usize = 512 * 1024 * 1024;

/// Renders a chart within the default limits.
///
/// ```
/// use chart::{Capabilities, Chart, Facts, HelmVersion, Lookup, ReleaseFacts, Seed, Values, render};
///
/// let chart = Chart::from_files(vec![
///     ("Chart.yaml".into(), b"apiVersion: v2\nname: shop\nversion: 1.0.0".to_vec()),
///     ("values.yaml".into(), b"colour: red".to_vec()),
///     (
///         "templates/settings.yaml".into(),
///         b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n\
///           data: {colour: {{ .Values.colour }}}"
///             .to_vec(),
///     ),
/// ])?;
/// let facts = Facts {
///     release: ReleaseFacts {
///         name: "web".into(),
///         namespace: "default".into(),
///         revision: 1,
///         upgrade: false,
///     },
///     capabilities: Capabilities {
///         kube_version: "v1.36.3".into(),
///         api_versions: ["v1".to_owned()].into(),
///     },
///     now: jiff::Timestamp::UNIX_EPOCH,
///     seed: Seed::new([7; 32]),
///     lookup: Lookup::none(),
///     helm: HelmVersion::V3,
/// };
/// let values = Values::parse("colour: green").expect("valid YAML");
/// let manifests = render(&chart, &values, &facts)?;
/// assert!(manifests.text().contains("data: {colour: green}"));
/// # Ok::<(), chart::Error>(())
/// ```
///
/// # Errors
/// [`Error::Schema`] when the values do not match the schema, [`Error::Template`] and
/// [`Error::InvalidOutput`] with the template and line, and other variants of [`Error`].
pub fn render(chart: &Chart, values: &Values, facts: &Facts) -> Result<Manifests, Error> {
    render_with_limits(chart, values, facts, Limits::default())
}

/// Renders a chart for printing: CRD files are not parsed, and objects may contain only the fields
/// that Helm reads.
///
/// # Errors
/// The errors of [`render()`].
pub fn render_to_print(chart: &Chart, values: &Values, facts: &Facts) -> Result<Manifests, Error> {
    let purpose = Purpose {
        read: Manifest::read_head,
        functions: funcs::table,
        is_lint: false,
    };
    with_large_stack(|| render_chart(chart, values, facts, Limits::default(), (purpose, None)))?
}

/// Renders a chart for the linter, for any version of Kubernetes: CRD files are not parsed, objects are
/// complete, and documents that are no manifests do not end it.
pub(crate) fn render_to_lint(
    chart: &Chart,
    values: &Values,
    facts: &Facts,
) -> Result<(Manifests, OutputFaults), Error> {
    let purpose = Purpose {
        read: Manifest::read,
        functions: funcs::table_to_lint,
        is_lint: true,
    };
    let mut faults = OutputFaults::default();
    let manifests = with_large_stack(|| {
        let limits = Limits::default();
        render_chart(chart, values, facts, limits, (purpose, Some(&mut faults)))
    })??;
    Ok((manifests, faults))
}

/// What a rendering is for.
#[derive(Clone, Copy)]
struct Purpose {
    /// Reads a manifest from a document of a template.
    read: fn(Document<'_>) -> Result<Manifest, Error>,
    functions: fn(&Facts, &Observed) -> Functions,
    /// Whether it is for the linter: dependencies may be missing, and every version of Kubernetes fits.
    is_lint: bool,
}

/// Renders a chart within these limits.
///
/// # Errors
/// The errors of [`render()`].
pub fn render_with_limits(
    chart: &Chart,
    values: &Values,
    facts: &Facts,
    limits: Limits,
) -> Result<Manifests, Error> {
    let purpose = Purpose {
        read: Manifest::read,
        functions: funcs::table,
        is_lint: false,
    };
    let mut manifests =
        with_large_stack(|| render_chart(chart, values, facts, limits, (purpose, None)))??;
    // The templates may have used the whole budget, and CRDs come from files of the chart.
    let budget = Budget::new(limits);
    for crd_file in &manifests.crd_files {
        for text in manifest::split(&crd_file.text) {
            budget.charge_memory(parsed_size(text))?;
            budget.check_deadline()?;
            let read = Manifest::read(Document {
                template: &crd_file.file,
                text,
                lines: &[],
            })?;
            manifests.crds.push(read);
        }
    }
    Ok(manifests)
}

thread_local! {
    /// Whether this thread is one of [`with_large_stack`].
    static HAS_LARGE_STACK: Cell<bool> = const { Cell::new(false) };
}

/// Does work on a thread with the stack that renderings need; renderings on this thread stay on it.
///
/// # Errors
/// [`Error::RenderThread`] when the thread cannot start or panics.
pub fn with_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, Error> {
    if HAS_LARGE_STACK.get() {
        return Ok(work());
    }
    let work = || {
        HAS_LARGE_STACK.set(true);
        work()
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK_SIZE)
            .spawn_scoped(scope, work);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => Ok(result),
            _ => Err(Error::RenderThread),
        }
    })
}

fn render_chart(
    chart: &Chart,
    values: &Values,
    facts: &Facts,
    limits: Limits,
    (purpose, faults): (Purpose, Option<&mut OutputFaults>),
) -> Result<Manifests, Error> {
    if chart.metadata().is_library() {
        return Err(Error::Library);
    }
    if !purpose.is_lint {
        dependencies::check_dependencies(chart)?;
    }
    let budget = &Budget::new(limits);
    let mut warnings = Vec::new();
    let chart = &*chart.for_helm(facts.helm)?;
    let chart = dependencies::process_dependencies(chart, values, budget, &mut warnings)?;
    let values = coalesce_values_with_warnings(&chart, values, budget, &mut warnings)?;
    let problems = validate_coalesced(&chart, &values, budget)?;
    if !problems.is_empty() {
        return Err(Error::Schema(problems));
    }
    if !purpose.is_lint {
        check_kube_version(&chart, facts)?;
    }
    let scoped_templates = scope::templates(&chart, &values, facts, budget)?;
    let observed = Observed::default();
    let outputs = {
        let templates = Templates::new((purpose.functions)(facts, &observed))
            .with_go_version(go_version(facts.helm));
        execute_templates(
            &scoped_templates,
            templates,
            (facts.helm, &observed),
            budget,
        )?
    };
    let mut manifests = build_manifests((&chart, facts.helm), outputs, budget, (purpose, faults))?;
    observed.into_manifests(&mut manifests);
    manifests.warnings.extend(warnings);
    for (chart, keyword) in unsupported_keywords(&chart, facts.helm) {
        manifests.warnings.push(format!(
            "the schema of chart {chart} uses {keyword}, which Helm 3 ignores"
        ));
    }
    crd_files(&chart, chart.name(), budget, &mut manifests.crd_files)?;
    Ok(manifests)
}

/// The files below crds/ of a chart and its subcharts.
fn crd_files(
    chart: &Chart,
    path: &str,
    budget: &Budget,
    found: &mut Vec<CrdFile>,
) -> Result<(), Error> {
    for file in chart.own_crds() {
        budget.charge_memory(file.data.len())?;
        found.push(CrdFile {
            file: format!("{path}/{}", file.name),
            text: file.lossy_text(),
        });
    }
    for child in chart.subcharts() {
        let path = format!("{path}/charts/{}", child.name());
        crd_files(child, &path, budget, found)?;
    }
    Ok(())
}

/// Checks the version of Kubernetes that the chart requires.
pub(crate) fn check_kube_version(chart: &Chart, facts: &Facts) -> Result<(), Error> {
    let required = &chart.metadata().kube_version;
    let found = &facts.capabilities.kube_version;
    let compared = facts.capabilities.comparable_kube_version(facts.helm);
    if required.is_empty() || funcs::version_matches(required, compared).unwrap_or(false) {
        return Ok(());
    }
    Err(Error::KubeVersion {
        required: required.clone(),
        found: found.clone(),
    })
}

/// The version of Go that a version of Helm is built with.
fn go_version(helm: HelmVersion) -> GoVersion {
    match helm {
        HelmVersion::V3 => GoVersion::Go123,
        HelmVersion::V4 => GoVersion::Go124,
    }
}

fn execute_templates(
    scoped: &[ScopedTemplate],
    templates: Templates,
    (helm, observed): (HelmVersion, &Observed),
    budget: &Budget,
) -> Result<Vec<Output>, Error> {
    let (order, mut evaluator) = parse_templates(scoped, templates, helm, budget)?;
    let mut outputs = Vec::new();
    for template in order {
        let (text, lines) = execute(template, &mut evaluator, observed)
            .map_err(|error| template_error(error, helm))?;
        outputs.push((template.path.clone(), clean_output(text), lines));
    }
    outputs.sort();
    Ok(outputs)
}

/// Executes a template.
fn execute(
    template: &ScopedTemplate,
    evaluator: &mut Evaluator,
    observed: &Observed,
) -> Result<(String, Vec<u32>), gotmpl::Error> {
    template.scope.set("Template", scope::template(template));
    observed.begin(&template.path);
    evaluator.execute_with_lines(&template.path, &Value::Map(template.scope.clone()))
}

fn template_error(error: gotmpl::Error, helm: HelmVersion) -> Error {
    Error::Template {
        error: Box::new(error),
        helm,
    }
}

/// Parses the templates; returns those to execute, in their order.
fn parse_templates<'t>(
    scoped: &'t [ScopedTemplate],
    mut templates: Templates,
    helm: HelmVersion,
    budget: &Budget,
) -> Result<(Vec<&'t ScopedTemplate>, Evaluator), Error> {
    // The deepest charts first, so that the definitions of a parent replace those of its subcharts.
    let mut parse_order: Vec<&ScopedTemplate> = scoped.iter().collect();
    parse_order.sort_by(|a, b| {
        let depth = |template: &ScopedTemplate| template.path.matches('/').count();
        depth(b).cmp(&depth(a)).then_with(|| b.path.cmp(&a.path))
    });
    for template in &parse_order {
        templates
            .parse(&template.path, template.text.clone(), budget)
            .map_err(|error| template_error(error, helm))?;
    }
    parse_order.retain(|template| !is_partial(&template.path));
    Ok((parse_order, Evaluator::new(templates, budget.clone())))
}

fn is_partial(path: &str) -> bool {
    path.rsplit('/')
        .next()
        .is_some_and(|name| name.starts_with('_'))
}
