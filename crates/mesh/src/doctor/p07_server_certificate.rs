//! P07: does the certificate of the remote's API server fit its address and the given authority?

use super::{Check, Lines, Needs, host::host_of};
use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally},
};
use wire::check::{CheckCode, Group, Remedy, Stage};

pub(super) const CHECK: Check = Check {
    code: CheckCode::ServerCertificate,
    group: Group::Network,
    lines: Lines::Both,
    needs: Needs::Join,
    reads: Stage::Remotes,
    look,
};

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for join in &facts.joins {
        let Some(check) = tally.known(&join.remote, &join.handshake) else {
            continue;
        };
        let Err(said) = &check.verified else {
            continue;
        };
        let host = host_of(&join.server);
        tally.block(
            format!("{}: {host}: {said}", join.remote),
            Remedy::GiveAuthority,
        );
        if let Some(own) = check.chain.first() {
            let names = match own.names.join(", ") {
                names if names.is_empty() => "no name at all".to_owned(),
                names => names,
            };
            let line = format!(
                "{}: it shows {}, signed by {}, for {names}",
                join.remote, own.subject, own.issuer
            );
            tally.block(line, Remedy::GiveAuthority);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::Verdict;

    #[test]
    fn a_certificate_for_other_names_blocks_and_lists_them() {
        let mut facts = today();
        let check = join(&mut facts).handshake.as_mut().expect("known");
        check.verified = Err("certificate not valid for name 10.0.2.6".into());
        check.chain[0].names = vec!["api.west.example".into()];
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert!(finding.found[1].contains("api.west.example"), "{finding:?}");
    }

    #[test]
    fn a_certificate_that_fits_passes() {
        assert_eq!(CHECK.run(&today()).verdict, Verdict::Passed);
    }
}
