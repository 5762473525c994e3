//! The wording of the problems of the members of a mesh: their join, their tokens, their adoption.

use crate::words::t;
use wire::{Code, Problem};

/// The sentence for a problem of a member; none for another problem.
pub(super) fn sentence(problem: &Problem) -> Option<String> {
    let arg = |name: &str| problem.arg(name).to_owned();
    Some(match problem.code {
        Code::NameTaken => t!(
            problem.name_taken,
            name = arg("name"),
            object = arg("object")
        ),
        Code::OwnName => t!(problem.own_name, name = arg("name")),
        Code::SameCluster => t!(problem.same_cluster),
        Code::ObjectChanged => t!(problem.object_changed, object = arg("object")),
        Code::NoToken => t!(
            problem.no_token,
            object = arg("object"),
            waited = arg("waited")
        ),
        Code::TokenRejected => t!(problem.token_rejected, object = arg("object")),
        Code::UntrustedCertificate => t!(problem.other_ca, server = arg("server")),
        Code::OtherCluster => t!(problem.other_cluster, server = arg("server")),
        Code::NotSynced => t!(
            problem.not_synced,
            name = arg("name"),
            waited = arg("waited")
        ),
        Code::EndpointsMissing => t!(
            problem.endpoints_missing,
            name = arg("name"),
            cluster = arg("cluster"),
            waited = arg("waited")
        ),
        Code::NoEarlierToken => t!(problem.no_earlier_token, name = arg("name")),
        Code::NotJoined => t!(problem.not_joined, name = arg("name")),
        Code::JoinedTwice => t!(
            problem.joined_twice,
            name = arg("name"),
            object = arg("object"),
            other = arg("other")
        ),
        Code::WithoutToken => t!(
            problem.without_token,
            object = arg("object"),
            field = arg("field")
        ),
        Code::ForeignReader => t!(
            problem.foreign_reader,
            object = arg("object"),
            subject = arg("subject"),
            namespace = arg("namespace")
        ),
        Code::JoinUnproven => t!(
            problem.join_unproven,
            name = arg("name"),
            object = arg("object")
        ),
        Code::NotAdopted => t!(problem.not_adopted, name = arg("name")),
        _ => return None,
    })
}

/// The hint of a problem of a member; none for another problem.
pub(super) fn hint(problem: &Problem) -> Option<String> {
    Some(match problem.code {
        Code::NameTaken => t!(hint.name_taken),
        Code::OwnName => t!(hint.own_name),
        Code::SameCluster => t!(hint.same_cluster),
        Code::ObjectChanged | Code::NoToken | Code::TokenRejected => t!(hint.plan_again),
        Code::UntrustedCertificate => t!(hint.provide_ca),
        Code::OtherCluster => t!(hint.provide_address),
        Code::NotSynced => t!(hint.check_control_plane),
        Code::EndpointsMissing => t!(hint.endpoints_missing),
        Code::NoEarlierToken => t!(hint.no_earlier_token),
        Code::NotJoined => t!(hint.join_first),
        Code::JoinedTwice => t!(hint.joined_twice),
        Code::WithoutToken | Code::ForeignReader => t!(hint.join_again),
        Code::JoinUnproven => t!(hint.join_unproven),
        Code::NotAdopted => t!(hint.not_adopted),
        _ => return None,
    })
}
