//! Certificates made for the test, read back.

use super::*;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

fn params(name: &str, names: &[&str], authority: bool) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("names");
    params.distinguished_name.push(DnType::CommonName, name);
    if authority {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    params
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

#[test]
fn a_certificate_tells_its_names_and_whether_it_may_sign() {
    let made = params("east", &["api.east.example", "10.0.0.1"], false);
    let made = made.self_signed(&key()).expect("a certificate");
    let read = Certificate::read(&made.pem()).expect("readable");
    let [one] = read.as_slice() else {
        panic!("{read:?}");
    };
    assert!(one.subject.contains("CN=east"), "{}", one.subject);
    assert_eq!(one.names, ["api.east.example", "10.0.0.1"]);
    assert!(!one.authority);
    assert_eq!(one.sha256.len(), 64);
    assert!(one.not_before < one.not_after);
}

#[test]
fn days_left_are_whole_days_and_go_below_zero() {
    let made = params("east", &[], false).self_signed(&key()).expect("one");
    let read = Certificate::read_der(made.der()).expect("readable");
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
    let middle = middle_params.signed_by(&middle_key, &issuer).expect("one");
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
fn a_text_without_a_certificate_says_so() {
    assert!(Certificate::read("no certificate").is_err());
    assert!(Certificate::read_der(b"nonsense").is_err());
}
