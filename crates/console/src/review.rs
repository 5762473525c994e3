//! The review: the values compared with the defaults, and a dry run of every object.

mod rows;
mod upgrade;

use rows::hooks;
pub(crate) use rows::{count, deleted, object, total};

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
    Code, DraftId, Problem,
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
            return Box::pin(self.review_upgrade(id, &draft, &connection)).await;
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
        let stored = release::left_fields(&connection.user, &rendered.key).await?;
        let differences = release::review_after(
            &connection.user,
            (&rendered.plan, &rendered.manifests),
            &rendered.key,
            earlier,
            FieldChoices {
                decided: &decisions.fields,
                stored: &stored,
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

    /// The decisions of a plan that is executed without a review: what is stored, and the defaults of known
    /// managers.
    ///
    /// # Errors
    /// [`Error::Undecided`] when the operator has to choose, and as [`Console::review`].
    pub(crate) async fn decided_without_review(
        &self,
        plan: &RenderedPlan,
    ) -> Result<Decisions, Error> {
        let (user, rendered) = (&plan.connection.user, &plan.rendered);
        let stored = release::left_fields(user, &rendered.key).await?;
        let fields = FieldChoices {
            decided: &plan.decisions.fields,
            stored: &stored,
            recreated: &plan.decisions.recreated,
        };
        let planned = (&rendered.plan, &*rendered.manifests);
        let reviewed = release::review_after(user, planned, &rendered.key, &[], fields).await?;
        let choices = decisions::choices(&reviewed, &plan.decisions);
        match choices.undecided() {
            0 => Ok(choices.effective()),
            count => Err(Error::Undecided { count }),
        }
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
