//! The plan of an installation as a list: each release with the number of its objects, and the objects that exist
//! already. Pure.

use crate::{
    parts::{ClusterPlan, PlanRow},
    words::count,
};
use wire::{
    ChartRef, ClusterName, Code, Problem, ReleaseName,
    install::{Change, ObjectDiff, ReviewView},
    mesh::PlannedChange,
};

/// The releases that a review installs on a cluster.
pub(in crate::pages::meshes) fn of_review(
    review: &ReviewView,
    cluster: &ClusterName,
) -> Vec<ClusterPlan> {
    let draft = &review.draft;
    let mut objects = Vec::new();
    for part in &review.parts {
        objects.extend(rows(&part.release, &part.chart, &part.objects));
    }
    if review.parts.is_empty()
        && let Ok(release) = ReleaseName::new(&draft.release)
    {
        objects.extend(rows(&release, &draft.chart, &review.objects));
    }
    vec![ClusterPlan {
        cluster: cluster.to_string(),
        objects,
    }]
}

/// The row of a release, and the rows of its objects that an operator has to see: those that exist, and those that
/// the cluster rejects.
fn rows(release: &ReleaseName, chart: &ChartRef, objects: &[ObjectDiff]) -> Vec<PlanRow> {
    let own = PlanRow {
        change: PlannedChange::Create,
        kind: "Release".to_owned(),
        name: format!("{release} {}", chart.version),
        note: count!(plan.objects, n = objects.len()),
        details: Vec::new(),
        lines: Vec::new(),
        problem: None,
    };
    let existing = objects.iter().filter_map(|object| {
        let (change, problem) = match &object.change {
            Change::Update | Change::Recreate => (PlannedChange::Update, None),
            Change::Adopt => (PlannedChange::Adopt, None),
            Change::Delete => (PlannedChange::Delete, None),
            Change::Undecided => {
                let problem = Problem::new(Code::Undecided).with("count", 1);
                (PlannedChange::Update, Some(problem))
            }
            Change::Refused(problem) => (PlannedChange::Create, Some(problem.clone())),
            Change::Create
            | Change::Keep
            | Change::CreateInNewNamespace
            | Change::CreateOfNewKind
            | Change::Hook => return None,
        };
        Some(PlanRow {
            change,
            kind: object.object.kind.clone(),
            name: object.object.name.clone(),
            note: release.to_string(),
            details: Vec::new(),
            lines: object.lines.clone(),
            problem,
        })
    });
    std::iter::once(own).chain(existing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::{ChartName, ObjectName, Repository};

    #[test]
    fn a_release_is_a_row_and_of_its_objects_those_that_exist() {
        let object = |name: &str, change| ObjectDiff {
            object: ObjectName {
                kind: "ClusterRole".into(),
                api_version: "rbac.authorization.k8s.io/v1".into(),
                namespace: None,
                name: name.into(),
            },
            change,
            lines: Vec::new(),
        };
        let chart = ChartRef {
            repository: Repository::new("istio").expect("a name"),
            chart: ChartName::new("istiod").expect("a name"),
            version: "1.31.1".into(),
        };
        let release = ReleaseName::new("istiod").expect("a name");
        let objects = [
            object("istiod", Change::CreateInNewNamespace),
            object("istio-reader", Change::Adopt),
            object("kept", Change::Keep),
        ];
        let rows = rows(&release, &chart, &objects);
        let shown: Vec<(PlannedChange, &str, &str)> = rows
            .iter()
            .map(|row| (row.change, row.name.as_str(), row.note.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                (PlannedChange::Create, "istiod 1.31.1", "3 objects"),
                (PlannedChange::Adopt, "istio-reader", "istiod"),
            ]
        );
    }
}
