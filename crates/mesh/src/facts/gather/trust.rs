//! Roots and the plugged-in chain, out of ConfigMaps and Secrets; private keys are not looked at.

use super::cluster_facts::Lists;
use crate::facts::{CaFacts, Fact, RootFacts, Unknown};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{Certificate, Object, signed_by};
use std::collections::BTreeSet;

const SYSTEM: &str = "istio-system";
const MAP: &str = "istio-ca-root-cert";

/// The text of a key of a Secret.
fn secret_text(secret: &Object, key: &str) -> String {
    let pointer = format!("/data/{}", key.replace('~', "~0").replace('/', "~1"));
    let bytes = STANDARD.decode(secret.text(&pointer)).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn secret<'a>(lists: &'a Lists, name: &str) -> Fact<Option<&'a Object>> {
    let all = lists.secrets.as_ref().map_err(Clone::clone)?;
    Ok(all.iter().find(|one| one.name() == name))
}

/// Namespaces that have the root certificate.
pub(super) fn maps(lists: &Lists) -> Fact<BTreeSet<String>> {
    let all = lists.maps.as_ref().map_err(Clone::clone)?;
    let maps = all.iter().filter(|one| one.name() == MAP);
    Ok(maps
        .filter_map(|one| one.namespace().map(str::to_owned))
        .collect())
}

/// The roots that workloads trust: what is distributed, else what was plugged in, else what was made.
pub(super) fn roots(lists: &Lists) -> Fact<Vec<RootFacts>> {
    let maps = lists.maps.as_deref().unwrap_or_default();
    let distributed = maps
        .iter()
        .find(|one| one.name() == MAP && one.namespace() == Some(SYSTEM));
    if let Some(map) = distributed {
        let pem = map.text("/data/root-cert.pem");
        return read(&format!("ConfigMap {SYSTEM}/{MAP}"), pem);
    }
    if let Some(own) = secret(lists, "cacerts")? {
        let keys = ["root-cert.pem", "ca.crt", "ca-cert.pem"];
        let texts = keys.iter().map(|key| secret_text(own, key));
        let pem = texts.into_iter().find(|text| !text.is_empty());
        return read(
            &format!("Secret {SYSTEM}/cacerts"),
            &pem.unwrap_or_default(),
        );
    }
    if let Some(made) = secret(lists, "istio-ca-secret")? {
        let pem = secret_text(made, "ca-cert.pem");
        return read(&format!("Secret {SYSTEM}/istio-ca-secret"), &pem);
    }
    Ok(Vec::new())
}

fn read(source: &str, pem: &str) -> Fact<Vec<RootFacts>> {
    let read = Certificate::read(pem);
    let read = read.map_err(|error| Unknown::because(format!("{source}: {error}")))?;
    let each = read.into_iter().map(|certificate| RootFacts {
        source: source.to_owned(),
        certificate,
    });
    Ok(each.collect())
}

/// The plugged-in chain, in either of its two spellings.
pub(super) fn plugged_in(lists: &Lists) -> Fact<Option<CaFacts>> {
    let Some(secret) = secret(lists, "cacerts")? else {
        return Ok(None);
    };
    let source = format!("Secret {SYSTEM}/cacerts");
    let either = |one: &str, other: &str| match secret_text(secret, one) {
        text if text.is_empty() => secret_text(secret, other),
        text => text,
    };
    let signer = either("ca-cert.pem", "tls.crt");
    let root = either("root-cert.pem", "ca.crt");
    let chain = signer.clone() + &secret_text(secret, "cert-chain.pem");
    let unreadable = |error| Unknown::because(format!("{source}: {error}"));
    let first = |pem: &str| {
        let mut read = Certificate::read(pem).map_err(unreadable)?;
        Ok::<_, Unknown>(read.swap_remove(0))
    };
    Ok(Some(CaFacts {
        signer: first(&signer)?,
        root: first(&root)?,
        signed_by_root: signed_by(&chain, &root).map_err(unreadable)?
            || signed_by(&signer, &root).map_err(unreadable)?,
        key_fits: None,
        source: source.clone(),
    }))
}
