//! The doctor: every check of a mesh by its id, one a file, each a pure function over [`MeshFacts`].
//!
//! `P` checks come before a cluster joins, `D` checks afterwards and all the time, `U` checks with a
//! removal. A check that does not apply, or whose facts are not known, is skipped with the reason. Start
//! at [`examine`]; the table is [`CHECKS`].

mod d01_cluster_synced;
mod d02_remote_address;
mod d03_remote_address_stale;
mod d04_control_plane_reachable;
mod d05_gateway_address;
mod d06_gateway_exposed;
mod d07_network_and_mesh_id;
mod d08_proxy_cluster_id;
mod d09_shared_root;
mod d10_certificate_chain;
mod d11_trust_domain;
mod d12_clock_skew;
mod d13_version_skew;
mod d14_service_for_callers;
mod d15_service_sameness;
mod d16_injection_label;
mod d17_pods_without_sidecar;
mod d18_root_certificate_maps;
mod d19_webhook_bundle;
mod d20_token_accepted;
mod d21_policy_reachable;
mod d22_mutual_tls;
mod d23_locality_balancing;
mod d24_product_page;
mod d25_remote_authority_changed;
mod gateway;
mod p01_pod_ranges;
mod p02_address_collision;
mod p03_service_ranges;
mod p04_pod_and_service_ranges;
mod p05_server_address;
mod p06_server_reachable;
mod p07_server_certificate;
mod p08_reader_token;
mod p09_token_filled;
mod p10_several_tokens;
mod p11_reader_role;
mod p12_reader_rights;
mod p13_reader_rights_wide;
mod p14_mesh_cluster_name;
mod p15_own_cluster_name;
mod p16_cluster_twice;
mod p17_remote_secret_place;
mod p18_kubeconfig_plain;
pub(crate) mod p19_namespace_state;
pub(crate) mod p20_leftover_webhooks;
pub(crate) mod p21_leftover_crds;
pub(crate) mod p22_terminating_crds;
pub(crate) mod p23_ownership;
pub(crate) mod p24_runs_here;
pub(crate) mod p25_capacity;
mod p26_load_balancers;
mod p27_webhook_port;
mod p28_pod_security;
mod p29_discovery_selectors;
mod p30_other_managers;
mod p31_kubeconfig_path;
#[cfg(test)]
mod tests;
mod u1_configuration_lost;
mod u2_removal_order;
mod u3_leftovers;
mod u4_endpoint_loss;

#[cfg(test)]
use tests::samples;

use crate::facts::host;

use crate::{
    facts::{Intent, IstioGeneration, MeshFacts},
    finding::Finding,
};
use std::time::Instant;
use wire::check::{CheckCode, CheckView, DoctorView, Group, SkipReason, Stage};

/// Which Istio a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// Either.
    Both,
    /// The article's.
    Mixer,
    /// Today's.
    Istiod,
}

/// What must be there for a check to make sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// A remote that joins or has joined.
    Join,
    /// A join, and clusters on several networks.
    Networks,
    /// A removal.
    Removal,
}

/// One check.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// Which.
    pub code: CheckCode,
    /// Where it belongs.
    pub group: Group,
    /// Which Istio it is about.
    pub lines: Lines,
    /// What must be there.
    pub needs: Needs,
    /// The last stage whose facts it reads.
    pub reads: Stage,
    /// The check itself; it reads facts and nothing else.
    pub look: fn(&MeshFacts) -> Finding,
}

/// Every check, in the order in which a person reads them.
pub const CHECKS: &[Check] = &[
    p01_pod_ranges::CHECK,
    p02_address_collision::CHECK,
    p03_service_ranges::CHECK,
    p04_pod_and_service_ranges::CHECK,
    p05_server_address::CHECK,
    p06_server_reachable::CHECK,
    p07_server_certificate::CHECK,
    p08_reader_token::CHECK,
    p09_token_filled::CHECK,
    p10_several_tokens::CHECK,
    p11_reader_role::CHECK,
    p12_reader_rights::CHECK,
    p13_reader_rights_wide::CHECK,
    p14_mesh_cluster_name::CHECK,
    p15_own_cluster_name::CHECK,
    p16_cluster_twice::CHECK,
    p17_remote_secret_place::CHECK,
    p18_kubeconfig_plain::CHECK,
    p19_namespace_state::CHECK,
    p20_leftover_webhooks::CHECK,
    p21_leftover_crds::CHECK,
    p22_terminating_crds::CHECK,
    p23_ownership::CHECK,
    p24_runs_here::CHECK,
    p25_capacity::CHECK,
    p26_load_balancers::CHECK,
    p27_webhook_port::CHECK,
    p28_pod_security::CHECK,
    p29_discovery_selectors::CHECK,
    p30_other_managers::CHECK,
    p31_kubeconfig_path::CHECK,
    d01_cluster_synced::CHECK,
    d02_remote_address::CHECK,
    d03_remote_address_stale::CHECK,
    d04_control_plane_reachable::CHECK,
    d05_gateway_address::CHECK,
    d06_gateway_exposed::CHECK,
    d07_network_and_mesh_id::CHECK,
    d08_proxy_cluster_id::CHECK,
    d09_shared_root::CHECK,
    d10_certificate_chain::CHECK,
    d11_trust_domain::CHECK,
    d12_clock_skew::CHECK,
    d13_version_skew::CHECK,
    d14_service_for_callers::CHECK,
    d15_service_sameness::CHECK,
    d16_injection_label::CHECK,
    d17_pods_without_sidecar::CHECK,
    d18_root_certificate_maps::CHECK,
    d19_webhook_bundle::CHECK,
    d20_token_accepted::CHECK,
    d21_policy_reachable::CHECK,
    d22_mutual_tls::CHECK,
    d23_locality_balancing::CHECK,
    d24_product_page::CHECK,
    d25_remote_authority_changed::CHECK,
    u1_configuration_lost::CHECK,
    u2_removal_order::CHECK,
    u3_leftovers::CHECK,
    u4_endpoint_loss::CHECK,
];

impl Check {
    /// Why it does not apply to this mesh, when it does not.
    fn does_not_apply(&self, facts: &MeshFacts) -> Option<SkipReason> {
        match (self.lines, facts.generation) {
            (Lines::Mixer, IstioGeneration::Istiod) => return Some(SkipReason::LegacyOnly),
            (Lines::Istiod, IstioGeneration::Mixer) => return Some(SkipReason::TodayOnly),
            _ => {}
        }
        match self.needs {
            Needs::Nothing => None,
            Needs::Join | Needs::Networks if facts.joins.is_empty() => Some(SkipReason::NoRemote),
            Needs::Networks if !facts.spans_networks() => Some(SkipReason::OneNetwork),
            Needs::Join | Needs::Networks => None,
            Needs::Removal => (facts.intent != Intent::Remove).then_some(SkipReason::RemovalOnly),
        }
    }

    /// Carries it out, or says why not.
    pub fn run(&self, facts: &MeshFacts) -> Finding {
        match self.does_not_apply(facts) {
            Some(why) => Finding::skipped(why).with("count", 0),
            None => {
                let finding = (self.look)(facts);
                #[cfg(test)]
                tests::read_nothing_later(self, facts, &finding);
                finding
            }
        }
    }

    fn view(&self, facts: &MeshFacts) -> CheckView {
        let start = Instant::now();
        let finding = self.run(facts);
        CheckView {
            code: self.code,
            group: self.group,
            verdict: finding.verdict,
            skipped: finding.skipped,
            args: finding.args,
            found: finding.found,
            remedies: finding.remedies,
            problem: None,
            took: u32::try_from(start.elapsed().as_millis()).unwrap_or(u32::MAX),
        }
    }
}

/// Carries out the checks for which a stage brings the last facts.
pub fn examine_at(facts: &MeshFacts, stage: Stage) -> impl Iterator<Item = CheckView> {
    let fitting = CHECKS.iter().filter(move |check| check.reads == stage);
    fitting.map(|check| check.view(facts))
}

/// A check's place among all, as a person reads them.
pub fn place(code: CheckCode) -> usize {
    let found = CHECKS.iter().position(|check| check.code == code);
    found.unwrap_or(CHECKS.len())
}

/// Carries out every check, one after the other, as the reader takes them.
pub fn examine(facts: &MeshFacts) -> impl Iterator<Item = CheckView> {
    CHECKS.iter().map(|check| check.view(facts))
}

/// What the doctor says of a mesh, whole.
pub fn report(facts: &MeshFacts) -> DoctorView {
    report_of(facts, examine(facts).collect())
}

/// The same of checks that were carried out already.
pub fn report_of(facts: &MeshFacts, checks: Vec<CheckView>) -> DoctorView {
    let primaries = facts.primaries().chain(facts.remotes());
    DoctorView {
        clusters: primaries.map(|cluster| cluster.name.clone()).collect(),
        line: facts.generation.as_str().to_owned(),
        at: facts.now.as_second(),
        checks,
    }
}
