//! What a rendering is given besides chart and values: the seed, and the answers to `lookup`.
use std::sync::{Arc, Mutex};

use chart::{Chart, Facts, Lookup, LookupError, LookupRequest, Manifests, Seed, Values, render};
use serde_json::json;

use crate::golden::facts;

fn rendered(template: &str, facts: &Facts) -> Result<Manifests, chart::Error> {
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let chart = Chart::from_files([
        file("Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0"),
        file("templates/a.yaml", &format!("out: {template}")),
    ])
    .unwrap();
    render(&chart, &Values::empty(), facts)
}

fn seeded(byte: u8) -> Facts {
    Facts {
        seed: Seed::new([byte; 32]),
        ..facts()
    }
}

#[test]
fn a_seed_gives_the_same_password_in_every_version_and_on_every_machine() {
    let text = |byte| {
        rendered("{{ randAlphaNum 24 }}", &seeded(byte))
            .unwrap()
            .text()
    };
    // ChaCha20 of 32 bytes 7: releases that were installed with a stored seed depend on it.
    assert!(
        text(7).contains("out: pBv3iCPA9yoc7TDkm1snMhMN"),
        "{}",
        text(7)
    );
    assert_ne!(text(7), text(8));
}

#[test]
fn generated_texts_are_reported_as_sensitive() {
    let template = "{{ $p := randAlphaNum 12 }}{{ $k := genPrivateKey \"ed25519\" }}{{ $p | b64enc }}{{ uuidv4 | trunc 0 }}";
    let manifests = rendered(template, &seeded(7)).unwrap();
    let texts: Vec<&str> = manifests.sensitive.iter().collect();
    assert_eq!(texts.len(), 4, "a password, its Base64, a key and an id");
    assert!(texts.iter().any(|text| text.len() == 12));
    assert!(texts.iter().any(|text| text.contains("PRIVATE KEY")));
    let debug = format!("{:?}", manifests.sensitive);
    assert!(texts.iter().all(|text| !debug.contains(text)));
}

#[test]
fn what_functions_make_of_sensitive_texts_is_sensitive_too() {
    let made = [
        ("{{ $p | upper }}", "HUNTER22-SHOP"),
        ("{{ $p | trunc 8 }}", "hunter22"),
        ("{{ $p | replace \"-\" \"/\" }}", "hunter22/shop"),
        ("{{ printf \"%x\" $p }}", "68756e74657232322d73686f70"),
        (
            "{{ printf \"shop:%s\" $p | b64enc }}",
            "c2hvcDpodW50ZXIyMi1zaG9w",
        ),
        ("{{ first (splitList \"-\" $p) }}", "hunter22"),
        ("{{ print $p $p | sha256sum | trunc 10 }}", "d3242026a4"),
    ];
    let rendered_with = |template: &str| {
        let lookup =
            Lookup::new(|_| Ok(json!({"kind": "Secret", "data": {"p": "aHVudGVyMjItc2hvcA=="}})));
        let facts = Facts { lookup, ..facts() };
        let password = "{{ $p := (lookup \"v1\" \"Secret\" \"ns\" \"x\").data.p | b64dec }}";
        rendered(&format!("{password}{template}"), &facts).unwrap()
    };
    for (template, expected) in made {
        let manifests = rendered_with(template);
        let text = manifests.text();
        assert!(text.contains(expected), "{template}: {text}");
        let mut known = manifests.sensitive.iter();
        assert!(known.any(|known| known == expected), "{template}");
    }
    // Other texts of such calls stay as they are.
    let other =
        "{{ default \"fallback-text\" $p }}{{ typeOf $p }}{{ upper \"public\" }}{{ $p | len }}";
    let texts = rendered_with(other).sensitive;
    let texts: Vec<&str> = texts.iter().collect();
    assert_eq!(texts, ["aHVudGVyMjItc2hvcA==", "hunter22-shop"]);
}

#[test]
fn lookup_gives_the_object_with_whole_numbers_and_reports_secrets() {
    let asked: Arc<Mutex<Vec<LookupRequest>>> = Arc::default();
    let seen = asked.clone();
    let lookup = Lookup::new(move |request| {
        seen.lock().unwrap().push(request.clone());
        Ok(json!({
            "kind": "Secret",
            "data": {"password": "aHVudGVyMjI="},
            "replicas": 3,
        }))
    });
    let facts = Facts { lookup, ..facts() };
    let template = r#"{{ (lookup "v1" "Secret" "ns" "x").data.password | b64dec }}{{ printf "%d" (lookup "v1" "Secret" "ns" "x").replicas }}"#;
    let manifests = rendered(template, &facts).unwrap();
    assert!(
        manifests.text().contains("out: hunter223"),
        "{}",
        manifests.text()
    );
    assert_eq!(manifests.lookups, 2);
    let texts: Vec<&str> = manifests.sensitive.iter().collect();
    assert_eq!(texts, ["aHVudGVyMjI=", "hunter22"]);
    let asked = asked.lock().unwrap();
    let request = asked.first().unwrap();
    let arguments = [
        &request.api_version,
        &request.kind,
        &request.namespace,
        &request.name,
    ];
    assert_eq!(arguments, ["v1", "Secret", "ns", "x"]);
}

#[test]
fn a_refused_lookup_fails_the_rendering_with_its_reason() {
    let lookup = Lookup::new(|_| Err(LookupError("secrets \"x\" is forbidden".to_owned())));
    let facts = Facts { lookup, ..facts() };
    let error = rendered(r#"{{ lookup "v1" "Secret" "ns" "x" }}"#, &facts).unwrap_err();
    let text = wire::error_chain(&error);
    assert!(
        text.contains("error calling lookup: secrets \"x\" is forbidden"),
        "{text}"
    );
}
