//! Parameters: one YAML text in two views, edited on the server only.

use crate::{
    Action, Caller, Console, Error,
    draft::{Basis, Draft},
    render_inputs::RenderInputs,
};
use chart::{
    Budget, Chart, Field, FieldKind as Kind, HelmVersion, Limits, Values,
    yaml::{self, Scalar as Yaml, edit},
};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use store::StoredDraft;
use wire::{
    DraftId, Problem, Time,
    install::{
        Edit, EditRequest, FieldKind, FieldView, ParametersView, Scalar, ValuesError, ValuesWarning,
    },
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
            let edited = self.charts.run(move || edited(&before, &edit)).await?;
            let (values, refused) = match edited {
                Ok(edited) => (edited, None),
                Err(error) => (text, Some(Problem::from(&error))),
            };
            let basis = Basis {
                revision: request.revision,
                edit: Some(request.author),
            };
            let change = |draft: &mut Draft| draft.values.clone_from(&values);
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
                Ok(chart::coalesce_values(&chart, &values, &budget)?.to_yaml())
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
        let text = draft.values.clone();
        let read = self.charts.run(move || read(&chart, &text)).await?;
        let Form {
            fields,
            is_truncated,
            is_inferred,
        } = read.form;
        let changed = fields.iter().filter(|field| field.value.is_some()).count();
        let (objects, problem) = match read.problem {
            Some(problem) => (None, Some(problem)),
            None => match self.count(draft, read.faults.is_empty()).await {
                Ok(count) => (count, None),
                Err(error) => (None, Some(Problem::from(&error))),
            },
        };
        Ok(ParametersView {
            text: draft.values.clone(),
            fields,
            is_truncated,
            is_inferred,
            faults: read.faults,
            warnings: warnings(&draft.values, draft.helm),
            changed: u32::try_from(changed).unwrap_or(u32::MAX),
            objects,
            problem,
            refused,
            saved: Time(stored.saved),
            revision: stored.revision,
            mirror_key: draft.inputs.as_ref().map(mirror_key).unwrap_or_default(),
        })
    }

    /// The number of objects that valid values render.
    async fn count(&self, draft: &Draft, sound: bool) -> Result<Option<u32>, Error> {
        let Some(cluster) = draft.cluster.as_ref().filter(|_| sound) else {
            return Ok(None);
        };
        let connection = self.connections.get(cluster)?;
        let rendered = self.render(&connection, draft).await?;
        let count = rendered.plan.objects().count() + rendered.plan.crds.len();
        Ok(Some(u32::try_from(count).unwrap_or(u32::MAX)))
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
        Edit::Text => Ok(text.to_owned()),
        Edit::Set { path, value } => edit::set(text, path, &to_yaml(value)).map_err(failed(path)),
        Edit::Reset { path } => edit::unset(text, path).map_err(failed(path)),
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

/// What the parameters page shows of a text.
struct ReadParameters {
    form: Form,
    faults: Vec<ValuesError>,
    /// A limit of the chart engine that the chart exceeds.
    problem: Option<Problem>,
}

/// Reads form and errors within one budget.
fn read(chart: &Chart, text: &str) -> ReadParameters {
    let budget = Budget::new(Limits::default());
    let form = form(chart, text, &budget);
    let faults = faults(chart, text, &budget);
    let exceeded = |error: &&chart::Error| matches!(error, chart::Error::Limit(_));
    let errors = [form.as_ref().err(), faults.as_ref().err()];
    let problem = errors.into_iter().flatten().find(exceeded);
    ReadParameters {
        problem: problem.map(Problem::from),
        form: form.unwrap_or_default(),
        faults: faults.unwrap_or_default(),
    }
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
    let places = edit::KeyPositions::read(text);
    let line = |path: &[String]| {
        let place = places.as_ref()?.position(path)?;
        u32::try_from(place.line).ok()
    };
    let view = |field: Field| {
        let own = field.value.as_ref().and_then(|_| line(&field.path));
        field_view(field, own)
    };
    let form = chart::form(chart, text, budget)?;
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

/// What a version of Helm ignores in a text.
fn warnings(text: &str, helm: HelmVersion) -> Vec<ValuesWarning> {
    let second = yaml::second_document(text).filter(|_| helm == HelmVersion::V3);
    let warning = |line| ValuesWarning::MoreDocuments {
        line: u32::try_from(line).unwrap_or(u32::MAX),
    };
    second.map(warning).into_iter().collect()
}

/// The errors of a text: invalid YAML, duplicate keys, or violations of the schema, each with its position.
fn faults(chart: &Chart, text: &str, budget: &Budget) -> Result<Vec<ValuesError>, chart::Error> {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    let values = match Values::parse_documents(text, chart.helm()) {
        Ok(values) => values,
        Err(error) => {
            return Ok(vec![ValuesError {
                line: number(error.line),
                column: number(error.column),
                path: String::new(),
                message: error.reason,
            }]);
        }
    };
    let found = chart::validate(chart, &values, budget)?;
    let fault = |fault: chart::SchemaError| {
        let place = edit::position(text, &fault.path);
        ValuesError {
            line: place.map_or(0, |place| number(place.line)),
            column: place.map_or(0, |place| number(place.column)),
            path: fault.path.join("."),
            message: fault.message.clone(),
        }
    };
    let duplicates = yaml::duplicate_keys(text)
        .into_iter()
        .map(|key| ValuesError {
            line: number(key.line),
            column: number(key.column),
            path: key.path.join("."),
            message: key.reason(),
        });
    let mut faults: Vec<ValuesError> = duplicates.chain(found.into_iter().map(fault)).collect();
    faults.sort_by_key(|fault| (fault.line, fault.column));
    Ok(faults)
}
