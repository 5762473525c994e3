//! Certificates generated for the test and parsed back.

use super::*;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

fn params(name: &str, names: &[&str], is_ca: bool) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("names");
    params.distinguished_name.push(DnType::CommonName, name);
    if is_ca {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    params
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

#[test]
fn a_certificate_has_names_and_a_ca_flag() {
    let certificate = params("east", &["api.east.example", "10.0.0.1"], false);
    let certificate = certificate.self_signed(&key()).expect("a certificate");
    let read = Certificate::read(&certificate.pem()).expect("valid");
    let [parsed] = read.as_slice() else {
        panic!("{read:?}");
    };
    assert!(parsed.subject.contains("CN=east"), "{}", parsed.subject);
    assert_eq!(parsed.names, ["api.east.example", "10.0.0.1"]);
    assert!(!parsed.is_ca);
    assert_eq!(parsed.sha256.len(), 64);
    assert!(parsed.not_before < parsed.not_after);
}

#[test]
fn days_left_are_whole_days_and_go_below_zero() {
    let certificate = params("east", &[], false)
        .self_signed(&key())
        .expect("a certificate");
    let read = Certificate::read_der(certificate.der()).expect("valid");
    assert_eq!(read.days_left(read.not_after - 2 * 86_400 - 5), 2);
    assert_eq!(read.days_left(read.not_after + 5), -1);
}

#[test]
fn an_intermediate_is_traced_to_its_root_and_to_no_other() {
    let (root_key, other_key, middle_key) = (key(), key(), key());
    let root_params = params("root", &[], true);
    let root = root_params.self_signed(&root_key).expect("a root");
    let other = params("root", &[], true);
    let other = other.self_signed(&other_key).expect("a root");
    let issuer = Issuer::new(root_params, root_key);
    let middle_params = params("middle", &[], true);
    let middle = middle_params
        .signed_by(&middle_key, &issuer)
        .expect("a certificate");
    let leaf_issuer = Issuer::new(middle_params, middle_key);
    let leaf = params("leaf", &["leaf.example"], false);
    let leaf = leaf.signed_by(&key(), &leaf_issuer).expect("a leaf");
    let chain = leaf.pem() + &middle.pem();
    assert_eq!(signed_by(&middle.pem(), &root.pem()), Ok(true));
    assert_eq!(signed_by(&chain, &root.pem()), Ok(true));
    assert_eq!(signed_by(&leaf.pem(), &root.pem()), Ok(false));
    assert_eq!(signed_by(&middle.pem(), &other.pem()), Ok(false));
}

#[test]
fn a_text_without_a_certificate_is_an_error() {
    assert!(Certificate::read("no certificate").is_err());
    assert!(Certificate::read_der(b"nonsense").is_err());
}
