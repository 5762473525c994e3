//! `genCA` and similar functions create valid certificates.
use chart::{Chart, Values, render};
use x509_parser::pem::parse_x509_pem;
use x509_parser::prelude::{FromDer, GeneralName, ParsedExtension, X509Certificate};

use crate::golden::facts;

/// The map of texts that a template returns.
fn evaluate(template: &str) -> serde_json::Value {
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let chart = Chart::from_files([
        file("Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0"),
        file(
            "templates/a.yaml",
            &format!("{{{{- {template} | toJson | quote | printf \"out: %s\" }}}}"),
        ),
    ])
    .unwrap();
    let text = render(&chart, &Values::empty(), &facts()).unwrap().text();
    let yaml = chart::yaml::read_first(&text).unwrap().as_map().unwrap();
    serde_json::from_str(yaml.get("out").unwrap().as_str().unwrap()).unwrap()
}

fn with_certificate<R>(pem: &serde_json::Value, inspect: impl FnOnce(&X509Certificate) -> R) -> R {
    let (_, pem) = parse_x509_pem(pem.as_str().unwrap().as_bytes()).unwrap();
    let (_, certificate) = X509Certificate::from_der(&pem.contents).unwrap();
    inspect(&certificate)
}

#[test]
fn a_certificate_is_signed_by_its_ca() {
    let values = evaluate(
        "$ca := genCA \"my-ca\" 365 }}{{ $c := genSignedCert \"a.example\" (list \"10.0.0.1\") (list \"b.example\") 30 $ca }}{{ dict \"ca\" $ca.Cert \"cert\" $c.Cert",
    );
    with_certificate(&values["ca"], |ca| {
        assert!(ca.is_ca());
        assert!(ca.verify_signature(None).is_ok(), "self-signed");
        with_certificate(&values["cert"], |cert| {
            assert!(
                cert.verify_signature(Some(ca.public_key())).is_ok(),
                "signed by the CA"
            );
            assert!(!cert.is_ca());
            assert_eq!(cert.issuer().to_string(), "CN=my-ca");
            assert_eq!(cert.subject().to_string(), "CN=a.example");
            let validity = cert.validity();
            assert_eq!(validity.not_before.timestamp(), facts().now.as_second());
            let days = validity.not_after.timestamp() - validity.not_before.timestamp();
            assert_eq!(days, 30 * 86_400);
            let names = &cert
                .subject_alternative_name()
                .unwrap()
                .unwrap()
                .value
                .general_names;
            assert!(names.contains(&GeneralName::DNSName("b.example")));
            assert!(names.contains(&GeneralName::IPAddress(&[10, 0, 0, 1])));
            let usage = cert.extended_key_usage().unwrap().unwrap().value;
            assert!(usage.server_auth && usage.client_auth);
        });
    });
}

#[test]
fn every_key_type_can_sign() {
    for key_type in ["ecdsa", "ed25519"] {
        let values = evaluate(&format!(
            "$k := genPrivateKey \"{key_type}\" }}}}{{{{ $ca := genCAWithKey \"x\" 10 $k }}}}{{{{ $c := genSignedCertWithKey \"y\" nil nil 5 $ca (genPrivateKey \"{key_type}\") }}}}{{{{ dict \"ca\" $ca.Cert \"cert\" $c.Cert"
        ));
        with_certificate(&values["ca"], |ca| {
            with_certificate(&values["cert"], |cert| {
                assert!(
                    cert.verify_signature(Some(ca.public_key())).is_ok(),
                    "{key_type}"
                );
            });
        });
    }
}

#[test]
fn the_same_seed_gives_the_same_key() {
    let key = || evaluate("dict \"k\" (genSelfSignedCert \"x\" nil nil 1).Key");
    assert_eq!(key(), key());
}

/// The extensions that `openssl verify -x509_strict` asks for, as Helm's certificates have them.
#[test]
fn certificates_have_the_extensions_of_strict_verification() {
    let values = evaluate(
        "$ca := genCA \"my-ca\" 365 }}{{ $c := genSignedCert \"a.example\" nil (list \"b.example\") 30 $ca }}{{ $s := genSelfSignedCert \"s.example\" nil nil 30 }}{{ dict \"ca\" $ca.Cert \"cert\" $c.Cert \"own\" $s.Cert",
    );
    let subject_key = with_certificate(&values["ca"], |ca| {
        let found = ca
            .iter_extensions()
            .find_map(|extension| match extension.parsed_extension() {
                ParsedExtension::SubjectKeyIdentifier(key) => Some(key.0.to_vec()),
                _ => None,
            });
        found.expect("a subject key identifier")
    });
    with_certificate(&values["cert"], |cert| {
        let authority =
            cert.iter_extensions()
                .find_map(|extension| match extension.parsed_extension() {
                    ParsedExtension::AuthorityKeyIdentifier(key) => key.key_identifier.clone(),
                    _ => None,
                });
        assert_eq!(
            authority.expect("an authority key identifier").0,
            subject_key
        );
    });
    for name in ["cert", "own"] {
        with_certificate(&values[name], |cert| {
            let constraints = cert
                .basic_constraints()
                .unwrap()
                .expect("basic constraints");
            assert!(constraints.critical && !constraints.value.ca, "{name}");
        });
    }
}
