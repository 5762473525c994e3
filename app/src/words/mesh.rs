//! Plans of a mesh, worded.

use super::say;
use wire::mesh::{MissingAddress, PlanNote};

/// What has to be known before a step is done.
pub(crate) fn plan_note(note: &PlanNote) -> String {
    match note {
        PlanNote::KnownAs(name) => say!(mesh.note_known_as, name = name.clone()),
        PlanNote::JoinedTwice(name) => say!(mesh.note_twice, name = name.clone()),
        PlanNote::Loopback(server) => say!(mesh.note_loopback, server = server.clone()),
        PlanNote::ReadsSecrets => say!(mesh.note_reads_secrets),
        PlanNote::StoredIsRefused(said) => say!(mesh.note_refused, said = said.clone()),
        PlanNote::Gap => say!(mesh.note_gap),
        PlanNote::ReadAgain => say!(mesh.note_read_again),
        PlanNote::Traffic(what) => say!(mesh.note_traffic, what = what.clone()),
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
