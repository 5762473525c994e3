//! The wording of the plans and the verification of a mesh.

use super::{count, t};
use wire::mesh::{JoiningTool, MissingAddress, PlanNote, StaysBecause, VerificationMessage};

/// A note of a plan.
pub(crate) fn plan_note(note: &PlanNote) -> String {
    match note {
        PlanNote::AdoptsMarksOnly(JoiningTool::Istioctl) => t!(mesh.note_adopts_istioctl),
        PlanNote::AdoptsMarksOnly(JoiningTool::Scripts) => t!(mesh.note_adopts_scripts),
        PlanNote::AdoptsMarksOnly(_) => t!(mesh.note_adopts),
        PlanNote::KnownAs(name) => t!(mesh.note_joined_as, name = name.clone()),
        PlanNote::JoinedTwice(name) => t!(mesh.note_joined_twice, name = name.clone()),
        PlanNote::Loopback(server) => t!(mesh.note_loopback, server = server.clone()),
        PlanNote::ReadsSecrets => t!(mesh.note_reads_secrets),
        PlanNote::ExcessRights(role, rights) => t!(
            mesh.note_excess_rights,
            role = role.clone(),
            rights = rights.join("; ")
        ),
        PlanNote::StoredIsRefused(message) if message.is_empty() => t!(mesh.note_already_rejected),
        PlanNote::StoredIsRefused(message) => {
            t!(mesh.note_rejected, message = message.clone())
        }
        PlanNote::Gap => t!(mesh.note_gap),
        PlanNote::ReadAgain => t!(mesh.note_resync),
        PlanNote::NetworkOnRestart(networks) => {
            t!(mesh.note_network, networks = networks.join(", "))
        }
        PlanNote::NoGapOnNewVersions => t!(mesh.note_no_gap),
        PlanNote::NoGap(version) => t!(mesh.note_no_gap_of_version, version = version.clone()),
        PlanNote::GapOfVersion(version, seconds) => t!(
            mesh.note_gap_of_version,
            version = version.clone(),
            seconds = *seconds
        ),
        PlanNote::LosesEndpoints(version) => {
            t!(mesh.note_loses_endpoints, version = version.clone())
        }
        PlanNote::RestartsIstiod => t!(mesh.note_restarts_istiod),
        PlanNote::TokenWithoutSecret(_) => t!(mesh.note_no_secret),
        PlanNote::Depends(service, there, 0) => {
            t!(
                mesh.note_service_lost,
                service = service.clone(),
                there = *there
            )
        }
        PlanNote::Depends(service, there, here) => t!(
            mesh.note_service_reduced,
            service = service.clone(),
            there = *there,
            here = *here
        ),
        PlanNote::Injected(pods) => count!(mesh.note_injected, n = *pods),
        PlanNote::DependsUnknown(reason) => {
            t!(mesh.note_dependents_unknown, reason = reason.clone())
        }
        PlanNote::Stays(object, reason) => kept(&object.to_string(), reason),
    }
}

/// The reason for which an address was not found.
pub(crate) fn missing_address(missing: &MissingAddress) -> String {
    match missing {
        MissingAddress::NothingThere => t!(mesh.no_service),
        MissingAddress::BalancerPending(object) => {
            t!(mesh.balancer_pending, object = object.to_string())
        }
        MissingAddress::Unresolved {
            service,
            host,
            reason,
        } => t!(
            mesh.host_unresolved,
            object = service.to_string(),
            host = host.clone(),
            reason = reason.clone()
        ),
        MissingAddress::NoPodReady(pods) => count!(mesh.no_pod_ready, n = *pods),
    }
}

/// The reason for which an object is kept when a cluster leaves the mesh.
fn kept(object: &str, reason: &StaysBecause) -> String {
    match reason {
        StaysBecause::OfRelease(name) => {
            t!(mesh.kept_release, object = object, release = name.clone())
        }
        StaysBecause::LedByOthers(names) => {
            t!(mesh.kept_label, object = object, names = names.join(", "))
        }
        StaysBecause::Shared => t!(mesh.kept_shared, object = object),
        StaysBecause::OtherKeys(keys) => {
            t!(mesh.kept_keys, object = object, keys = keys.join(", "))
        }
    }
}

/// A line of the verification of a mesh.
pub(crate) fn verification_message(line: &VerificationMessage) -> String {
    match line {
        VerificationMessage::Joined => t!(mesh.verification_joined),
        VerificationMessage::NoSample => t!(mesh.verification_no_sample),
        VerificationMessage::PageUnreachable(reason) => {
            t!(mesh.page_not_requested, reason = reason.clone())
        }
        VerificationMessage::ServiceMissing => t!(mesh.verification_no_service),
        VerificationMessage::WorkloadMissing => t!(mesh.verification_no_workload),
        VerificationMessage::NotRegistered => t!(mesh.verification_not_registered),
        VerificationMessage::NotReachable => t!(mesh.verification_not_reachable),
        VerificationMessage::Settling => t!(mesh.verification_propagating),
        VerificationMessage::Unknown(unknown) => {
            t!(mesh.verification_unknown, reasons = unknown.join("; "))
        }
        VerificationMessage::NotSynced(remote, message) => t!(
            mesh.verification_not_synced,
            remote = remote.clone(),
            message = message.clone()
        ),
        VerificationMessage::TokenRefused(remote, message) => t!(
            mesh.verification_token_rejected,
            remote = remote.clone(),
            message = message.clone()
        ),
        VerificationMessage::NotAsked(remote, reason) => t!(
            mesh.verification_not_queried,
            remote = remote.clone(),
            reason = reason.clone()
        ),
    }
}
