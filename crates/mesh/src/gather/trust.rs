//! Root certificates and the plugged-in CA, out of ConfigMaps and Secrets; private keys are not read.

use super::lists::Lists;
use crate::{
    facts::{CaFacts, Fact, RootFacts, Unknown},
    istio::{GENERATED_CA_SECRET, PLUGGED_IN_CA_SECRET, ROOT_CERTIFICATE_MAP, SYSTEM_NAMESPACE},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{Certificate, Object, signed_by};
use std::collections::BTreeSet;

/// The decoded text of a key of a Secret.
fn secret_text(secret: &Object, key: &str) -> String {
    let pointer = format!("/data/{}", key.replace('~', "~0").replace('/', "~1"));
    let bytes = STANDARD.decode(secret.text(&pointer)).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn secret<'a>(lists: &'a Lists, name: &str) -> Fact<Option<&'a Object>> {
    let all = lists.secrets.as_ref().map_err(Clone::clone)?;
    Ok(all.iter().find(|secret| secret.name() == name))
}

/// The namespaces that have the root certificate.
pub(super) fn root_cert_namespaces(lists: &Lists) -> Fact<BTreeSet<String>> {
    let all = lists.root_maps.as_ref().map_err(Clone::clone)?;
    let maps = all.iter().filter(|map| map.name() == ROOT_CERTIFICATE_MAP);
    Ok(maps
        .filter_map(|map| map.namespace().map(str::to_owned))
        .collect())
}

/// The roots that workloads trust: the distributed one, else the plugged-in one, else the generated one.
pub(super) fn roots(lists: &Lists) -> Fact<Vec<RootFacts>> {
    let maps = lists.root_maps.as_deref().unwrap_or_default();
    let distributed = maps.iter().find(|map| {
        map.name() == ROOT_CERTIFICATE_MAP && map.namespace() == Some(SYSTEM_NAMESPACE)
    });
    if let Some(map) = distributed {
        let pem = map.data("root-cert.pem");
        return read(
            &format!("ConfigMap {SYSTEM_NAMESPACE}/{ROOT_CERTIFICATE_MAP}"),
            pem,
        );
    }
    if let Some(plugged_in) = secret(lists, PLUGGED_IN_CA_SECRET)? {
        let keys = ["root-cert.pem", "ca.crt", "ca-cert.pem"];
        let texts = keys.iter().map(|key| secret_text(plugged_in, key));
        let pem = texts.into_iter().find(|text| !text.is_empty());
        return read(
            &format!("Secret {SYSTEM_NAMESPACE}/{PLUGGED_IN_CA_SECRET}"),
            &pem.unwrap_or_default(),
        );
    }
    if let Some(generated) = secret(lists, GENERATED_CA_SECRET)? {
        let pem = secret_text(generated, "ca-cert.pem");
        return read(
            &format!("Secret {SYSTEM_NAMESPACE}/{GENERATED_CA_SECRET}"),
            &pem,
        );
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

/// The plugged-in CA, with either of the two sets of keys.
pub(super) fn plugged_in_ca(lists: &Lists) -> Fact<Option<CaFacts>> {
    let Some(secret) = secret(lists, PLUGGED_IN_CA_SECRET)? else {
        return Ok(None);
    };
    let source = format!("Secret {SYSTEM_NAMESPACE}/{PLUGGED_IN_CA_SECRET}");
    let either = |first: &str, second: &str| match secret_text(secret, first) {
        text if text.is_empty() => secret_text(secret, second),
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
