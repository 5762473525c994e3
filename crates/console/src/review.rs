//! The review: the values compared with the defaults, and a dry run of every object.

mod upgrade;

use crate::{
    Action, Caller, Console, Error,
    connections::ClusterConnection,
    decisions, diff,
    jobs::{Install, RenderedPlan},
    mask,
    render::Rendered,
    secrets::Secrets,
};
use chart::{Budget, Chart, Limits, Manifests, Values, yaml};
use release::{FieldChoices, MissingKind, ObjectReview, PlannedChange};
use serde_json::Value;
use wire::{
    Code, DraftId, ObjectName, Problem,
    check::{CheckStatus, CheckView},
    decision::{Decisions, PlanChoices},
    install::{Change, DiffLine, ObjectDiff, ReviewCounts, ReviewView},
    release::ReleaseRef,
};

impl Console {
    /// The review of a draft.
    ///
    /// # Errors
    /// [`Error::NoTarget`], [`Error::Yaml`], [`Error::Chart`] or [`Error::Cluster`].
    pub async fn review(&self, caller: &Caller, id: &DraftId) -> Result<ReviewView, Error> {
        self.permitted(caller, Action::Read, self.review_of(id))
            .await
    }

    /// The same for a caller who was permitted already.
    pub(crate) async fn review_of(&self, id: &DraftId) -> Result<ReviewView, Error> {
        let draft = self.opened(id).await?.draft;
        yaml::refuse_duplicate_keys(&draft.values).map_err(Error::Yaml)?;
        let connection = self.connections.get(draft.cluster()?)?;
        if draft.is_bundle() {
            return self.review_bundle(id, &draft, &connection).await;
        }
        if draft.upgrade.is_some() {
            return self.review_upgrade(id, &draft, &connection).await;
        }
        let rendered = Box::new(self.render(&connection, &draft).await?);
        let release = ReleaseRef {
            cluster: connection.name.clone(),
            namespace: rendered.key.namespace.clone(),
            release: rendered.key.release.clone(),
        };
        let mut plan = RenderedPlan {
            console: self.clone(),
            release: release.clone(),
            connection: connection.clone(),
            rendered,
            mode: release::Mode::Install,
            proofs: Vec::new(),
            obsolete: Vec::new(),
            decisions: draft.decisions.clone(),
        };
        // Before the dry runs: what changes meanwhile is found when the job starts.
        let state = self.planned_state(plan.concerns()).await?;
        let rendered = &plan.rendered;
        let context = [rendered.preflight_context(&connection.user)];
        let (reviewed, rights) = tokio::join!(
            self.reviewed_release(&connection, rendered, &[], None, &draft.decisions),
            mesh::preflight::permissions(&context),
        );
        let reviewed = reviewed?;
        let mut job = Install::reviewed(release, draft.clone(), rendered);
        plan.decisions = reviewed.choices.effective();
        job.draft.decisions = plan.decisions.clone();
        let state = state.decided(&plan.concerns(), reviewed.choices.undecided());
        let review = self.store_reviewed(job, state, None).await?;
        let rendered = &plan.rendered;
        let named = self.helm_chart_arguments(&draft.chart);
        Ok(ReviewView {
            draft: self.draft_view(id).await?,
            review,
            values: reviewed.values,
            objects: reviewed.objects,
            counts: reviewed.counts,
            parts: Vec::new(),
            rerender: None,
            command: command(&named, &draft.chart, rendered, "values.yaml"),
            choices: reviewed.choices,
            problem: reviewed
                .problem
                .or_else(|| rights_problem(&rights, &connection)),
            rights,
        })
    }

    /// The review of one release, which is installed after the releases of other plans. Its values are compared with
    /// `before`, the masked effective values of the revision that it replaces, else with the defaults of the chart.
    pub(crate) async fn reviewed_release(
        &self,
        connection: &ClusterConnection,
        rendered: &Rendered,
        earlier: &[&release::Plan],
        before: Option<Value>,
        decisions: &Decisions,
    ) -> Result<ReviewedRelease, Error> {
        let remembered = release::left_fields(&connection.user, &rendered.key).await?;
        let differences = release::review_after(
            &connection.user,
            (&rendered.plan, &rendered.manifests),
            &rendered.key,
            earlier,
            FieldChoices {
                decided: &decisions.fields,
                remembered: &remembered,
                recreated: &decisions.recreated,
            },
        )
        .await?;
        let mut choices = decisions::choices(&differences, decisions);
        let missing = missing_kinds(&differences);
        let mut objects: Vec<ObjectDiff> = differences.iter().map(object).collect();
        // A hook of a missing kind is among the reviewed objects.
        let is_missing = |row: &ObjectDiff| missing.iter().any(|kind| kind.is_of(&row.object));
        let of_hooks = hooks(rendered).into_iter();
        objects.extend(of_hooks.filter(|row| !is_missing(row)));
        let chart = rendered.chart.clone();
        let (manifests, given) = (rendered.manifests.clone(), rendered.values.clone());
        let compared = move || {
            let secrets = secrets(&chart, &manifests, &given);
            let lines = values(&chart, &given, &secrets, before.as_ref());
            (secrets, lines)
        };
        let (secrets, values) = self.charts.run(compared).await?;
        for line in objects.iter_mut().flat_map(|object| &mut object.lines) {
            line.text = secrets.out_of(&line.text);
        }
        decisions::mask(&mut choices, &secrets);
        let counts = count(&objects);
        let refused = objects.iter().find_map(|object| match &object.change {
            Change::Refused(problem) => Some(problem.clone()),
            _ => None,
        });
        Ok(ReviewedRelease {
            values,
            objects,
            counts,
            choices,
            problem: not_served(missing).or(refused),
        })
    }
}

/// The review of one release.
pub(crate) struct ReviewedRelease {
    pub(crate) values: Vec<DiffLine>,
    pub(crate) objects: Vec<ObjectDiff>,
    pub(crate) counts: ReviewCounts,
    /// The choices of the operator.
    pub(crate) choices: PlanChoices,
    /// What prevents the installation, other than missing rights.
    pub(crate) problem: Option<Problem>,
}

/// The problem of missing rights; none when they suffice.
pub(crate) fn rights_problem(
    rights: &CheckView,
    connection: &ClusterConnection,
) -> Option<Problem> {
    (rights.status == CheckStatus::Failed)
        .then(|| Problem::new(Code::Forbidden).with("cluster", &connection.name))
}

/// The kinds that are not served, each once.
pub(crate) fn missing_kinds(differences: &[ObjectReview]) -> Vec<MissingKind> {
    let mut missing: Vec<MissingKind> = Vec::new();
    for difference in differences {
        if let PlannedChange::KindNotServed(kind) = &difference.change
            && !missing.contains(kind)
        {
            missing.push(kind.clone());
        }
    }
    missing
}

/// The problem that names every kind that is not served; none when all are.
pub(crate) fn not_served(missing: Vec<MissingKind>) -> Option<Problem> {
    if missing.is_empty() {
        return None;
    }
    let error = release::Error::KindsNotServed { missing };
    Some(Problem::from(&error))
}

/// The operator's values that go into Secrets.
fn secrets(chart: &Chart, manifests: &Manifests, operator_values: &Values) -> Secrets {
    let hooks = manifests.hooks.iter().map(|hook| &hook.manifest.object);
    let objects = manifests.objects.iter().map(|manifest| &manifest.object);
    let defaults = Values::parse(chart.values_text()).unwrap_or_else(|_| Values::empty());
    let config = operator_values.to_json();
    Secrets::of(objects.chain(hooks), &config, &defaults.to_json())
        .with_sensitive(&manifests.sensitive)
}

/// The effective values against those before, else against the chart's defaults.
fn values(
    chart: &Chart,
    operator_values: &Values,
    secrets: &Secrets,
    before: Option<&Value>,
) -> Vec<DiffLine> {
    let budget = Budget::new(Limits::default());
    let before = match before {
        // In the same order of keys as the new ones.
        Some(before) => Values::parse(&before.to_string())
            .map(|values| values.to_yaml())
            .ok(),
        None => {
            let defaults = chart::default_values(chart, operator_values, &budget);
            defaults.map(|values| values.to_yaml()).ok()
        }
    };
    let effective = chart::effective_values(chart, operator_values, &budget);
    match (before, effective) {
        (Some(before), Ok(after)) => {
            let after = mask::yaml(&secrets.masked(&after.to_json()));
            diff::changes(&before, &after)
        }
        _ => Vec::new(),
    }
}

pub(crate) fn object(difference: &ObjectReview) -> ObjectDiff {
    let text = |object: &cluster::Object| mask::yaml(&mask::shown(object));
    let new = |object: &cluster::Object| diff::added(&text(object));
    let (change, lines) = match &difference.change {
        PlannedChange::Create(made) => (Change::Create, new(made)),
        PlannedChange::Update { from, to } => {
            (Change::Update, diff::changes(&text(from), &text(to)))
        }
        PlannedChange::Adopt { from, to } => (Change::Adopt, diff::changes(&text(from), &text(to))),
        PlannedChange::Unchanged => (Change::Keep, Vec::new()),
        PlannedChange::NamespacePending => (Change::CreateInNewNamespace, new(&difference.object)),
        PlannedChange::KindPending => (Change::CreateOfNewKind, new(&difference.object)),
        PlannedChange::KindNotServed(missing) => {
            let of_object = MissingKind {
                object: difference.object.reference(),
                ..missing.clone()
            };
            let problem = Problem::from(&of_object);
            (Change::Refused(problem), new(&difference.object))
        }
        PlannedChange::Recreate => (Change::Recreate, new(&difference.object)),
        PlannedChange::Undecided => (Change::Undecided, Vec::new()),
        PlannedChange::OwnedByOther(owner) => {
            let problem = Problem::new(Code::OwnedByOther)
                .with("object", difference.object.reference())
                .with("owner", owner.label());
            (Change::Refused(problem), Vec::new())
        }
        PlannedChange::Rejected(error) => (
            Change::Refused(Problem::from(error)),
            new(&difference.object),
        ),
    };
    ObjectDiff {
        object: difference.object.reference(),
        change,
        lines,
    }
}

/// The objects that are deleted, because the next revision does not have them.
pub(crate) fn deleted(objects: &[ObjectName]) -> impl Iterator<Item = ObjectDiff> {
    objects.iter().map(|object| ObjectDiff {
        object: object.clone(),
        change: Change::Delete,
        lines: Vec::new(),
    })
}

fn hooks(rendered: &Rendered) -> Vec<ObjectDiff> {
    let hook = |hook: &chart::Hook| {
        let manifest = &hook.manifest;
        let object = cluster::Object::new(manifest.object.clone());
        let lines = object.map(|object| diff::added(&mask::yaml(&mask::shown(&object))));
        ObjectDiff {
            object: ObjectName {
                kind: manifest.kind.clone(),
                api_version: manifest.api_version.clone(),
                namespace: manifest.namespace.clone(),
                name: manifest.name.clone(),
            },
            change: Change::Hook,
            lines: lines.unwrap_or_default(),
        }
    };
    rendered.manifests.hooks.iter().map(hook).collect()
}

/// The sum of counts.
pub(crate) fn total(counts: impl Iterator<Item = ReviewCounts>) -> ReviewCounts {
    counts.fold(ReviewCounts::default(), |sum, part| ReviewCounts {
        created: sum.created + part.created,
        changed: sum.changed + part.changed,
        adopted: sum.adopted + part.adopted,
        kept: sum.kept + part.kept,
        deleted: sum.deleted + part.deleted,
        in_new_namespace: sum.in_new_namespace + part.in_new_namespace,
        of_new_kind: sum.of_new_kind + part.of_new_kind,
        recreated: sum.recreated + part.recreated,
        undecided: sum.undecided + part.undecided,
        refused: sum.refused + part.refused,
        crds: sum.crds + part.crds,
        hooks: sum.hooks + part.hooks,
    })
}

pub(crate) fn count(objects: &[ObjectDiff]) -> ReviewCounts {
    let mut counts = ReviewCounts::default();
    for object in objects {
        let place = match object.change {
            Change::Create => &mut counts.created,
            Change::Update => &mut counts.changed,
            Change::Adopt => &mut counts.adopted,
            Change::Keep => &mut counts.kept,
            Change::Delete => &mut counts.deleted,
            Change::CreateInNewNamespace => &mut counts.in_new_namespace,
            Change::CreateOfNewKind => &mut counts.of_new_kind,
            Change::Hook => &mut counts.hooks,
            Change::Recreate => &mut counts.recreated,
            Change::Undecided => &mut counts.undecided,
            Change::Refused(_) => &mut counts.refused,
        };
        *place += 1;
        if object.object.kind == "CustomResourceDefinition" {
            counts.crds += 1;
        }
    }
    counts
}

/// The equivalent helm command, with the values of a file.
pub(crate) fn command(
    named: &str,
    chart: &wire::ChartRef,
    rendered: &Rendered,
    values: &str,
) -> String {
    let (verb, created) = match rendered.upgrade {
        Some(_) => ("upgrade", ""),
        None => ("install", " --create-namespace"),
    };
    format!(
        "helm {verb} {} {named} --version {} --namespace {}{created} --values {values} --wait",
        rendered.key.release, chart.version, rendered.key.namespace
    )
}
