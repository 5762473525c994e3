//! Plans of a mesh, worded.

use super::say;
use wire::mesh::{MissingAddress, PlanNote, StaysBecause, VerificationMessage};

/// What has to be known before a step is done.
pub(crate) fn plan_note(note: &PlanNote) -> String {
    match note {
        PlanNote::KnownAs(name) => say!(mesh.note_known_as, name = name.clone()),
        PlanNote::JoinedTwice(name) => say!(mesh.note_twice, name = name.clone()),
        PlanNote::Loopback(server) => say!(mesh.note_loopback, server = server.clone()),
        PlanNote::ReadsSecrets => say!(mesh.note_reads_secrets),
        PlanNote::StoredIsRefused(said) if said.is_empty() => say!(mesh.note_refused_already),
        PlanNote::StoredIsRefused(said) => say!(mesh.note_refused, said = said.clone()),
        PlanNote::Gap => say!(mesh.note_gap),
        PlanNote::ReadAgain => say!(mesh.note_read_again),
        PlanNote::NetworkOnRestart(networks) => {
            say!(mesh.note_network, networks = networks.join(", "))
        }
        PlanNote::NoGapOnNewVersions => say!(mesh.note_no_gap),
        PlanNote::TokenWithoutSecret(_) => say!(mesh.note_no_secret),
        PlanNote::Depends(service, there, 0) => {
            say!(mesh.note_fails, service = service.clone(), there = *there)
        }
        PlanNote::Depends(service, there, here) => say!(
            mesh.note_depends,
            service = service.clone(),
            there = *there,
            here = *here
        ),
        PlanNote::Injected(pods) => say!(mesh.note_injected, n = *pods),
        PlanNote::DependsUnknown(why) => say!(mesh.note_depends_unknown, why = why.clone()),
        PlanNote::Stays(object, why) => stays(&object.to_string(), why),
    }
}

/// Why an address was not found.
pub(crate) fn missing_address(missing: &MissingAddress) -> String {
    match missing {
        MissingAddress::NothingThere => say!(mesh.nothing_there),
        MissingAddress::BalancerPending(object) => {
            say!(mesh.balancer_pending, object = object.to_string())
        }
        MissingAddress::NoPodReady(pods) => say!(mesh.no_pod_ready, n = *pods),
    }
}

/// Why an object stays when a cluster leaves.
fn stays(object: &str, why: &StaysBecause) -> String {
    match why {
        StaysBecause::OfRelease(name) => {
            say!(mesh.stays_release, object = object, release = name.clone())
        }
        StaysBecause::LedByOthers(names) => {
            say!(mesh.stays_led, object = object, names = names.join(", "))
        }
        StaysBecause::Shared => say!(mesh.stays_shared, object = object),
        StaysBecause::OtherKeys(keys) => {
            say!(mesh.stays_keys, object = object, keys = keys.join(", "))
        }
    }
}

/// What was seen of a mesh.
pub(crate) fn verdict_line(line: &VerificationMessage) -> String {
    match line {
        VerificationMessage::Joined => say!(mesh.says_joined),
        VerificationMessage::NoSample => say!(mesh.says_no_sample),
        VerificationMessage::PageUnreachable(why) => say!(mesh.page_silent, reason = why.clone()),
        VerificationMessage::ServiceMissing => say!(mesh.says_service),
        VerificationMessage::WorkloadMissing => say!(mesh.says_workload),
        VerificationMessage::NotRegistered => say!(mesh.says_not_registered),
        VerificationMessage::NotReachable => say!(mesh.says_not_reachable),
        VerificationMessage::Settling => say!(mesh.says_patience),
        VerificationMessage::Unknown(unknown) => {
            say!(mesh.says_undecided, what = unknown.join("; "))
        }
        VerificationMessage::NotSynced(remote, said) => say!(
            mesh.says_not_taken_up,
            remote = remote.clone(),
            said = said.clone()
        ),
        VerificationMessage::TokenRefused(remote, said) => say!(
            mesh.says_token_refused,
            remote = remote.clone(),
            said = said.clone()
        ),
        VerificationMessage::NotAsked(remote, why) => say!(
            mesh.says_not_asked,
            remote = remote.clone(),
            why = why.clone()
        ),
    }
}
