//! Views of plans, their notes, and discovered addresses.

use crate::{
    endpoints::{DiscoveredAddress, MissingReason, Outcome},
    join, leave, rotate,
    step::{Action, KeepReason},
};
use wire::mesh::{DiscoveredValue, MissingAddress, PlanNote, PlannedChange, StaysBecause};

impl Action {
    /// What happens to the object, who wrote it before, and what changes, a line each.
    pub fn view(&self) -> (PlannedChange, Vec<String>, Vec<String>) {
        match self {
            Self::Create => (PlannedChange::Create, Vec::new(), Vec::new()),
            Self::Adopt { managers, missing } => {
                (PlannedChange::Adopt, managers.clone(), missing.clone())
            }
            Self::Update { changes }
            | Self::Replace { changes }
            | Self::RemoveLabels { changes, .. } => {
                (PlannedChange::Update, Vec::new(), changes.clone())
            }
            Self::Unchanged | Self::Keep(_) => (PlannedChange::Keep, Vec::new(), Vec::new()),
            Self::Remove { .. } => (PlannedChange::Delete, Vec::new(), Vec::new()),
        }
    }
}

impl From<&join::Note> for PlanNote {
    fn from(note: &join::Note) -> Self {
        use join::Note;
        match note {
            Note::KnownAs { name, .. } => Self::KnownAs(name.clone()),
            Note::JoinedTwice { name, .. } => Self::JoinedTwice(name.clone()),
            Note::Loopback { server } => Self::Loopback(server.clone()),
            Note::ReadsSecrets => Self::ReadsSecrets,
            Note::ExcessRights { role, rights } => Self::ExcessRights(role.clone(), rights.clone()),
            Note::StoredIsRefused { reason } => Self::StoredIsRefused(reason.clone()),
            Note::Gap => Self::Gap,
            Note::ReadAgain => Self::ReadAgain,
            Note::NetworkOnRestart { networks } => Self::NetworkOnRestart(networks.clone()),
        }
    }
}

impl From<&rotate::Note> for PlanNote {
    fn from(note: &rotate::Note) -> Self {
        use rotate::Note as N;
        match note {
            N::Gap => Self::Gap,
            N::NoGapOnNewVersions => Self::NoGapOnNewVersions,
            N::NoGap(version) => Self::NoGap(version.clone()),
            N::GapOfVersion(version) => Self::GapOfVersion(version.clone(), rotate::GAP_SECONDS),
            N::LosesEndpoints(version) => Self::LosesEndpoints(version.clone()),
            N::StoredIsRefused => Self::StoredIsRefused(String::new()),
            N::TokenWithoutSecret { expires } => Self::TokenWithoutSecret(*expires),
        }
    }
}

impl leave::Plan {
    /// The notes about what the leave removes and what it keeps.
    pub fn notes(&self) -> Vec<PlanNote> {
        let mut notes = Vec::new();
        match &self.dependents {
            Ok(all) => notes.extend(all.iter().map(|dependent| {
                let service = format!("{}/{}", dependent.namespace, dependent.service);
                PlanNote::Depends(
                    service,
                    dependent.remote_endpoints,
                    dependent.primary_endpoints,
                )
            })),
            Err(unknown) => notes.push(PlanNote::DependsUnknown(unknown.reason.clone())),
        }
        if let Ok(pods) = self.injected_pods
            && pods > 0
        {
            notes.push(PlanNote::Injected(pods));
        }
        let stays = self.steps.iter().filter_map(|step| match &step.action {
            Action::Keep(reason) | Action::RemoveLabels { reason, .. } => {
                Some(PlanNote::Stays(step.object.clone(), keep_reason(reason)))
            }
            _ => None,
        });
        notes.extend(stays);
        notes.dedup();
        notes
    }
}

fn keep_reason(reason: &KeepReason) -> StaysBecause {
    match reason {
        KeepReason::OfRelease(name, _) => StaysBecause::OfRelease(name.clone()),
        KeepReason::LedByOthers(names) => StaysBecause::LedByOthers(names.clone()),
        KeepReason::Shared => StaysBecause::Shared,
        KeepReason::OtherKeys(keys) => StaysBecause::OtherKeys(keys.clone()),
    }
}

impl DiscoveredAddress {
    /// The value that it gives to the remote's chart.
    pub fn view(&self) -> DiscoveredValue {
        let mut value = DiscoveredValue {
            key: self.key.to_owned(),
            value: String::new(),
            source: None,
            age: 0,
            pod: false,
            host: None,
            exposed: Vec::new(),
            enable_key: self.component.enable_key().map(str::to_owned),
            missing: None,
        };
        match &self.outcome {
            Outcome::Found(found) => {
                value.value.clone_from(&found.address);
                value.source = Some(found.source.clone());
                value.pod = found.pod_ip;
                value.host.clone_from(&found.host);
                value.exposed.clone_from(&found.exposed);
                value.age = found.age.unwrap_or(0);
            }
            Outcome::Missing(reason) => value.missing = Some(missing(reason)),
        }
        value
    }
}

fn missing(reason: &MissingReason) -> MissingAddress {
    match reason {
        MissingReason::NothingThere => MissingAddress::NothingThere,
        MissingReason::BalancerPending(object) => MissingAddress::BalancerPending(object.clone()),
        MissingReason::Unresolved {
            service,
            host,
            reason,
        } => MissingAddress::Unresolved {
            service: service.clone(),
            host: host.clone(),
            reason: reason.clone(),
        },
        MissingReason::NoPodReady { pods } => MissingAddress::NoPodReady(*pods),
    }
}
