//! Tests of the check.

use super::{super::samples::*, *};
use wire::check::DetailCode;

fn with_root_expiring_in(days: i64) -> CheckStatus {
    let mut facts = istiod();
    let roots = east(&mut facts).roots.as_mut().expect("known");
    roots[0].certificate = certificate("root", days);
    run(CheckCode::CertificateChain, &facts).status
}

#[test]
fn an_expiry_is_a_warning_at_thirty_days_and_fails_at_seven() {
    assert_eq!(with_root_expiring_in(31), CheckStatus::Passed);
    assert_eq!(with_root_expiring_in(29), CheckStatus::Warning);
    assert_eq!(with_root_expiring_in(6), CheckStatus::Failed);
    assert_eq!(with_root_expiring_in(-3), CheckStatus::Failed);
}

fn with_ca(change: fn(&mut CaFacts)) -> Finding {
    let mut facts = istiod();
    let mut ca = CaFacts {
        source: "Secret istio-system/cacerts".into(),
        signer: certificate("signer", 300),
        root: certificate("root", 3_000),
        signed_by_root: true,
        key_fits: Some(true),
    };
    change(&mut ca);
    east(&mut facts).ca = Ok(Some(ca));
    run(CheckCode::CertificateChain, &facts)
}

#[test]
fn an_invalid_chain_fails() {
    let unsigned = with_ca(|ca| ca.signed_by_root = false);
    let expected = detail!(SignerNotSignedByRoot {
        object: "Secret istio-system/cacerts",
        signer: "CN=signer",
        root: "CN=root",
    });
    assert_eq!(unsigned.details, [expected.on("east")]);
    let leaf = with_ca(|ca| ca.signer.is_ca = false);
    assert_eq!(leaf.details[0].code, DetailCode::SignerNotCa);
    let key = with_ca(|ca| ca.key_fits = Some(false));
    assert_eq!(key.details[0].code, DetailCode::SignerKeyMismatch);
    assert_eq!(key.status, CheckStatus::Failed);
}

#[test]
fn a_valid_chain_passes() {
    assert_eq!(with_ca(|_| {}).status, CheckStatus::Passed);
}
