//! Parameters: one YAML text in two views, edited on the server only.

mod faults;

use crate::{
    Action, Caller, Console, Error,
    connections::ClusterConnection,
    draft::{Basis, Draft},
    render_inputs::RenderInputs,
};
use chart::{
    Budget, Chart, Field, FieldKind as Kind, Limits, RequiredValue, Values,
    yaml::{self, Scalar as Yaml, edit},
};
use faults::{Checked, check, exceeded, warnings};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use store::StoredDraft;
use wire::{
    DraftId, Problem, Time,
    install::{Edit, EditRequest, FieldKind, FieldView, MissingValue, ParametersView, Scalar},
};

impl Console {
    /// The parameters of a draft.
    ///
    /// # Errors
    /// [`Error::NoDraft`], [`Error::NotPermitted`] or [`Error::Store`].
    pub async fn parameters(&self, caller: &Caller, id: &DraftId) -> Result<ParametersView, Error> {
        self.permitted(caller, Action::Read, async {
            let stored = self.opened(id).await?;
            self.shown(stored, None).await
        })
        .await
    }

    /// Changes the values of a draft. The text of the request is stored without a byte order mark, valid
    /// or not; the view says when one value could not be set in it.
    ///
    /// # Errors
    /// [`Error::DraftChanged`] when the text is not based on the stored state, [`Error::NoDraft`] or
    /// [`Error::Store`].
    pub async fn edit(
        &self,
        caller: &Caller,
        request: EditRequest,
    ) -> Result<ParametersView, Error> {
        self.permitted(caller, Action::WriteDraft, async {
            let text = yaml::without_byte_order_mark(&request.text).to_owned();
            let (before, edit) = (text.clone(), request.edit);
            let decided = match &edit {
                Edit::Decide { path, keep } => Some((path.clone(), *keep)),
                _ => None,
            };
            let edited = self.charts.run(move || edited(&before, &edit)).await?;
            let (values, refused) = match edited {
                Ok(edited) => (edited, None),
                Err(error) => (text, Some(Problem::from(&error))),
            };
            let basis = Basis {
                revision: request.revision,
                edit: Some(request.author),
            };
            let change = |draft: &mut Draft| {
                draft.values.clone_from(&values);
                if let (Some((path, keep)), Some(basis)) = (&decided, &mut draft.values_basis) {
                    basis.decide(path, *keep);
                }
            };
            let stored = self.change_draft(&request.draft, Some(&basis), change);
            self.shown(stored.await?, refused).await
        })
        .await
    }

    /// The chart's defaults with the draft's values over them, as YAML.
    ///
    /// # Errors
    /// [`Error::Yaml`] or [`Error::Chart`].
    pub async fn effective_values(&self, caller: &Caller, id: &DraftId) -> Result<String, Error> {
        self.permitted(caller, Action::Read, async {
            let draft = self.opened(id).await?.draft;
            let chart = self.chart_of(&draft).await?;
            let work = move || {
                let values = Values::parse_documents(&draft.values, draft.helm);
                let values = values.map_err(Error::Yaml)?;
                let budget = Budget::new(Limits::default());
                Ok(chart::effective_values(&chart, &values, &budget)?.to_yaml())
            };
            self.charts.run(work).await?
        })
        .await
    }

    /// The default values of a draft's chart as they are written, with their comments.
    ///
    /// # Errors
    /// [`Error::NoDraft`], [`Error::NotPermitted`] or [`Error::Chart`].
    pub async fn default_values(&self, caller: &Caller, id: &DraftId) -> Result<String, Error> {
        self.permitted(caller, Action::Read, async {
            let draft = self.opened(id).await?.draft;
            Ok(self.chart_of(&draft).await?.values_text().to_owned())
        })
        .await
    }

    async fn shown(
        &self,
        stored: StoredDraft<Draft>,
        refused: Option<Problem>,
    ) -> Result<ParametersView, Error> {
        let draft = &stored.draft;
        let chart = self.chart_of(draft).await?;
        let (read_chart, text) = (chart.clone(), draft.values.clone());
        let checked = self.charts.run(move || check(&read_chart, &text)).await?;
        let rendered = self.try_render(draft, &checked).await;
        let mut warnings = warnings(&draft.values, draft.helm);
        warnings.extend(self.removed_parameters(draft).await?);
        let mut required = rendered.required;
        required.extend(checked.missing);
        let text = draft.values.clone();
        let merge = self.values_merge(draft, &chart).await?;
        let read = move || read(&chart, &text, required);
        let (form, missing) = self.charts.run(read).await?;
        let (fields, form_problem) = match form {
            Ok(form) => (form, None),
            Err(error) => (Form::default(), exceeded(&error)),
        };
        let Form {
            fields,
            is_truncated,
            is_inferred,
        } = fields;
        let changed = fields.iter().filter(|field| field.value.is_some()).count();
        Ok(ParametersView {
            text: draft.values.clone(),
            fields,
            is_truncated,
            is_inferred,
            faults: checked.faults,
            missing,
            warnings,
            changed: u32::try_from(changed).unwrap_or(u32::MAX),
            objects: rendered.objects,
            problem: checked.problem.or(form_problem).or(rendered.problem),
            merge,
            refused,
            saved: Time(stored.saved),
            revision: stored.revision,
            mirror_key: draft.inputs.as_ref().map(mirror_key).unwrap_or_default(),
        })
    }

    /// Renders valid values: the number of objects, and the values that the chart requires.
    async fn try_render(&self, draft: &Draft, checked: &Checked) -> TriedRendering {
        let mut tried = TriedRendering::default();
        let (Some(cluster), true) = (&draft.cluster, checked.is_sound()) else {
            return tried;
        };
        let connection = match self.connections.get(cluster) {
            Ok(connection) => connection,
            Err(error) => {
                tried.problem = Some(Problem::from(&error));
                return tried;
            }
        };
        let mut failed = None;
        if checked.missing.is_empty() {
            match self.counted(&connection, draft).await {
                Ok((count, required)) => {
                    tried.objects = Some(u32::try_from(count).unwrap_or(u32::MAX));
                    tried.required = required;
                    return tried;
                }
                Err(error) => {
                    tried.problem = Some(Problem::from(&error));
                    failed = match &error {
                        Error::Chart(error) => error.failed_call().map(str::to_owned),
                        _ => None,
                    };
                    if failed.is_none() {
                        return tried;
                    }
                }
            }
        }
        if let Ok(required) = self.required_values(&connection, draft).await {
            tried.required = required;
        }
        tried.add_failure(failed);
        tried
    }

    /// The number of objects that a draft renders, and the values that its chart requires.
    async fn counted(
        &self,
        connection: &ClusterConnection,
        draft: &Draft,
    ) -> Result<(usize, Vec<RequiredValue>), Error> {
        let count = |plan: &release::Plan| plan.objects().count() + plan.crds.len();
        if draft.is_bundle() {
            let parts = self.rendered_parts(connection, draft).await?;
            let counts = parts.iter().map(|part| count(&part.rendered.plan));
            return Ok((counts.sum(), Vec::new()));
        }
        let rendered = self.render(connection, draft).await?;
        Ok((count(&rendered.plan), rendered.manifests.required.clone()))
    }
}

/// The result of a rendering for the parameters page.
#[derive(Default)]
struct TriedRendering {
    /// The number of objects, if the chart renders.
    objects: Option<u32>,
    problem: Option<Problem>,
    /// The values that the chart requires, present and missing ones.
    required: Vec<RequiredValue>,
}

impl TriedRendering {
    /// Adds the message at which the rendering stopped, unless it is that of a required value.
    fn add_failure(&mut self, message: Option<String>) {
        let Some(message) = message else { return };
        let is_known = |value: &RequiredValue| value.is_missing && value.message == message;
        if !self.required.iter().any(is_known) {
            self.required.push(RequiredValue::of_failure(&message));
        }
    }
}

/// The key of a browser's copy of the text: it differs in every draft, and is as secret as the draft.
fn mirror_key(inputs: &RenderInputs) -> String {
    let mut digest = Sha256::new();
    digest.update(b"meshspan: the copy of a draft in a browser");
    digest.update(inputs.seed.bytes());
    digest
        .finalize()
        .iter()
        .fold(String::new(), |mut key, byte| {
            let _ = write!(key, "{byte:02x}");
            key
        })
}

/// The text after an edit.
fn edited(text: &str, change: &Edit) -> Result<String, Error> {
    let failed = |path: &[String]| {
        let path = path.join(".");
        move |source| Error::Edit { path, source }
    };
    match change {
        Edit::Text | Edit::Decide { .. } => Ok(text.to_owned()),
        Edit::Set { path, value } => edit::set(text, path, &to_yaml(value)).map_err(failed(path)),
        Edit::Reset { path } => edit::unset(text, path).map_err(failed(path)),
        Edit::ResetAll { paths } => {
            let first = paths.first().map(Vec::as_slice).unwrap_or_default();
            chart::use_defaults(text, paths).map_err(failed(first))
        }
    }
}

fn to_yaml(value: &Scalar) -> Yaml {
    match value {
        Scalar::Text(text) => Yaml::Text(text.clone()),
        Scalar::Bool(value) => Yaml::Bool(*value),
        // What is no number stays as typed, and the schema says what is wrong with it.
        Scalar::Number(text) => Yaml::number(text),
    }
}

fn from_yaml(value: &Yaml) -> Option<Scalar> {
    Some(match value {
        Yaml::Null => return None,
        Yaml::Bool(value) => Scalar::Bool(*value),
        Yaml::Integer(number) => Scalar::Number(number.to_string()),
        Yaml::Number(number) => Scalar::Number(number.to_string()),
        Yaml::Written(number) => Scalar::Number(number.clone()),
        Yaml::Text(text) => Scalar::Text(text.clone()),
    })
}

/// The form of a text, with the fields of required values, and the values that are missing.
fn read(
    chart: &Chart,
    text: &str,
    required: Vec<RequiredValue>,
) -> (Result<Form, chart::Error>, Vec<MissingValue>) {
    let mut required = required;
    let form = form_with(chart, text, &mut required, &Budget::new(Limits::default()));
    let mut missing: Vec<MissingValue> = Vec::new();
    for value in required.into_iter().filter(|value| value.is_missing) {
        let path = value.path.unwrap_or_default().join(".");
        let is_known = |known: &MissingValue| !path.is_empty() && known.path == path;
        if !missing.iter().any(is_known) {
            let message = Some(value.message).filter(|message| !message.is_empty());
            missing.push(MissingValue { path, message });
        }
    }
    (form, missing)
}

/// The fields of a form, for a page.
#[derive(Default)]
pub(crate) struct Form {
    pub(crate) fields: Vec<FieldView>,
    /// Whether fields are left out, because there are too many.
    pub(crate) is_truncated: bool,
    /// Whether fields and types come from the default values, because the chart has no schema.
    pub(crate) is_inferred: bool,
}

/// The form of a chart with the values of a text.
pub(crate) fn form(chart: &Chart, text: &str, budget: &Budget) -> Result<Form, chart::Error> {
    form_with(chart, text, &mut [], budget)
}

/// The same with the fields of required values.
fn form_with(
    chart: &Chart,
    text: &str,
    required: &mut [RequiredValue],
    budget: &Budget,
) -> Result<Form, chart::Error> {
    let places = edit::KeyPositions::read(text);
    let line = |path: &[String]| {
        let place = places.as_ref()?.position(path)?;
        u32::try_from(place.line).ok()
    };
    let view = |field: Field| {
        let own = field.value.as_ref().and_then(|_| line(&field.path));
        field_view(field, own)
    };
    let mut form = chart::form(chart, text, budget)?;
    form.require(chart, required, text);
    Ok(Form {
        fields: form.fields.into_iter().map(view).collect(),
        is_truncated: form.is_truncated,
        is_inferred: form.is_inferred,
    })
}

fn field_view(field: Field, line: Option<u32>) -> FieldView {
    FieldView {
        line,
        description: field.description.or(field.title).unwrap_or_default(),
        kind: match field.kind {
            Kind::Text => FieldKind::Text,
            Kind::Number | Kind::Integer => FieldKind::Number,
            Kind::Boolean => FieldKind::Bool,
            Kind::Enum(words) => FieldKind::OneOf(words),
        },
        default: field.default.as_ref().and_then(from_yaml),
        value: field.value.as_ref().and_then(from_yaml),
        required: field.required,
        path: field.path,
    }
}
