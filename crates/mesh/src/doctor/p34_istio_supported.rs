//! P34: Istio supports this version, and it has the fixes of published vulnerabilities.
//!
//! The facts have a date, which the finding shows, and a file replaces them.

use crate::{
    facts::MeshFacts,
    finding::{Finding, Tally, detail},
};
use jiff::tz::TimeZone;
use wire::check::Remedy;

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    let releases = &facts.releases;
    let today = facts.now.to_zoned(TimeZone::UTC).date();
    let as_of = releases.as_of;
    for cluster in facts.primaries() {
        let Some(Some(plane)) = tally.known(&cluster.name, &cluster.control_plane) else {
            continue;
        };
        let version = &plane.version;
        let Some(is_unsupported) = releases.is_unsupported(version, today) else {
            continue;
        };
        tally.applies();
        if is_unsupported {
            let ends = releases.of(version).and_then(|row| row.ends);
            let ends = ends.map_or_else(String::new, |ends| ends.to_string());
            let detail = if ends.is_empty() {
                detail!(IstioUnsupported { version, as_of })
            } else {
                detail!(IstioSupportEnded {
                    version,
                    ends,
                    as_of
                })
            };
            tally.warn(detail.on(&cluster.name), Remedy::UpgradeIstio);
        }
        if let Some(fix) = releases.security_release(version) {
            let (fixed, advisory) = (&fix.version, &fix.advisory);
            let detail = detail!(IstioVulnerable {
                version,
                fixed,
                advisory,
                as_of
            });
            tally.warn(detail.on(&cluster.name), Remedy::UpgradeIstio);
        }
    }
    tally.finding()
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use wire::check::CheckStatus;

    fn with_version(version: &str) -> Finding {
        let mut facts = istiod();
        facts.now = "2026-11-29T00:00:00Z".parse().expect("a time");
        let plane = east(&mut facts).control_plane.as_mut().expect("known");
        version.clone_into(&mut plane.as_mut().expect("a control plane").version);
        run(CheckCode::IstioSupported, &facts)
    }

    #[test]
    fn a_version_without_support_is_a_warning_with_the_day_and_the_date_of_the_facts() {
        let finding = with_version("1.29.8");
        assert_eq!(finding.status, CheckStatus::Warning);
        let expected = detail!(IstioSupportEnded {
            version: "1.29.8",
            ends: "2026-10-01",
            as_of: "2026-11-28",
        });
        assert_eq!(finding.details, [expected.on("east")]);
        let finding = with_version("1.6.14");
        assert_eq!(finding.remedies, [Remedy::UpgradeIstio]);
    }

    #[test]
    fn a_version_without_a_published_fix_is_a_warning() {
        let finding = with_version("1.30.3");
        assert_eq!(finding.status, CheckStatus::Warning);
        assert_eq!(
            finding.details[0].arg("advisory"),
            "ISTIO-SECURITY-2026-006"
        );
        assert_eq!(finding.details[0].arg("fixed"), "1.30.4");
    }

    #[test]
    fn a_supported_version_with_its_fixes_passes_and_an_unknown_one_is_not_judged() {
        assert_eq!(with_version("1.31.1").status, CheckStatus::Passed);
        assert_eq!(with_version("1.99.0").status, CheckStatus::Skipped);
    }
}
