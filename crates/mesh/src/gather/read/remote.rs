//! Remote Secrets, their kubeconfigs and tokens: parsed strictly, never shown.

use crate::facts::{
    KubeconfigFacts, RemoteEntry, RemoteSecretFacts, TokenSecretFacts, Unknown, host::host_of,
};
use crate::istio::{CLUSTER_ANNOTATION, MULTI_CLUSTER_LABEL};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use cluster::{
    AddressPolicy, AuthInfo, Certificate, Credentials, Error, KubeconfigError, Object,
    read_kubeconfig,
};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Secret as SecretObject;
use release::JOIN_LABEL;
use serde_json::Value;
use wire::Secret;

/// The keys that a control plane rejects in a kubeconfig.
const REJECTED_KEYS: &[&str] = &[
    "exec",
    "auth-provider",
    "tokenFile",
    "client-certificate",
    "client-key",
    "certificate-authority",
];

/// A remote Secret, and the credentials of each key that the console may use.
///
/// # Errors
/// [`Error::Malformed`], such as for a value that is no base64.
pub fn remote_secret(
    secret: &Object,
    policy: AddressPolicy,
) -> Result<(RemoteSecretFacts, Vec<Option<Credentials>>), Error> {
    let typed: SecretObject = secret.typed()?;
    let mut entries = Vec::new();
    let mut credentials = Vec::new();
    for (key, data) in typed.data.unwrap_or_default() {
        let text = String::from_utf8(data.0).unwrap_or_default();
        let (kubeconfig, stored) = kubeconfig(&text, policy);
        entries.push(RemoteEntry {
            key,
            kubeconfig: Ok(kubeconfig),
            access: Err(Unknown::because("the remote was not queried")),
        });
        credentials.push(stored);
    }
    let facts = RemoteSecretFacts {
        namespace: secret.namespace().unwrap_or_default().to_owned(),
        name: secret.name().to_owned(),
        label: secret
            .label(MULTI_CLUSTER_LABEL)
            .unwrap_or_default()
            .to_owned(),
        annotation: secret
            .annotation(CLUSTER_ANNOTATION)
            .unwrap_or_default()
            .to_owned(),
        is_own: secret.label(JOIN_LABEL).is_some(),
        entries,
    };
    Ok((facts, credentials))
}

/// The token Secret of a ServiceAccount; none for a Secret that is not one of `account`.
///
/// # Errors
/// [`Error::Malformed`].
pub fn token_secret(secret: &Object, account: &str) -> Result<Option<TokenSecretFacts>, Error> {
    let typed: SecretObject = secret.typed()?;
    let is_of_account = typed.type_.as_deref() == Some("kubernetes.io/service-account-token")
        && secret.annotation("kubernetes.io/service-account.name") == Some(account);
    if !is_of_account {
        return Ok(None);
    }
    let mut data = typed.data.unwrap_or_default();
    let token = data.remove("token").unwrap_or_default();
    let text = String::from_utf8(token.0).unwrap_or_default();
    let has_ca = data.get("ca.crt").is_some_and(|ca| !ca.0.is_empty());
    let (subject, expires) = claims(&text);
    Ok(Some(TokenSecretFacts {
        name: secret.name().to_owned(),
        populated: !text.is_empty() && has_ca,
        subject,
        expires,
        created: secret.created().map(Timestamp::as_second),
    }))
}

fn kubeconfig(text: &str, policy: AddressPolicy) -> (KubeconfigFacts, Option<Credentials>) {
    let mut facts = KubeconfigFacts {
        server: String::new(),
        host: String::new(),
        token: None,
        subject: String::new(),
        ca_fingerprints: Vec::new(),
        rejected: Vec::new(),
    };
    if text.trim().is_empty() {
        facts.rejected.push("it is empty".to_owned());
        return (facts, None);
    }
    let context = match read_kubeconfig(text, policy) {
        Ok(contexts) => contexts.into_iter().next(),
        Err(refusal) => {
            facts.rejected.push(refusal.to_string());
            return (facts, None);
        }
    };
    let Some(context) = context else {
        facts.rejected.push("it has no context".to_owned());
        return (facts, None);
    };
    host_of(&context.server).clone_into(&mut facts.host);
    facts.server = context.server;
    match context.outcome {
        Ok(credentials) => {
            let read = Certificate::read(&credentials.ca_bundle).unwrap_or_default();
            facts.ca_fingerprints = read
                .into_iter()
                .map(|certificate| certificate.sha256)
                .collect();
            if let AuthInfo::Token(token) = &credentials.auth_info {
                facts.subject = claims(token.reveal()).0;
                facts.token = Some(Secret::new(token.reveal().clone()));
            }
            (facts, Some(credentials))
        }
        Err(KubeconfigError::UnsupportedField { key, reason }) if REJECTED_KEYS.contains(&key) => {
            facts.rejected.push(format!("{key}: {reason}"));
            (facts, None)
        }
        Err(
            refusal @ (KubeconfigError::MissingField { .. }
            | KubeconfigError::InvalidField { .. }
            | KubeconfigError::UnknownReference { .. }),
        ) => {
            facts.rejected.push(refusal.to_string());
            (facts, None)
        }
        // A control plane accepts it, but the console may not dial it.
        Err(_) => (facts, None),
    }
}

/// The subject and the expiry of a ServiceAccount's token, unverified.
pub fn claims(token: &str) -> (String, Option<i64>) {
    let middle = token.split('.').nth(1).unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD
        .decode(middle.trim_end_matches('='))
        .unwrap_or_default();
    let claims: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let subject = claims
        .get("sub")
        .and_then(Value::as_str)
        .unwrap_or_default();
    (
        subject.to_owned(),
        claims.get("exp").and_then(Value::as_i64),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    fn token(claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.c2ln", part(&json!({"alg": "RS256"})), part(claims))
    }

    fn secret(kubeconfig: &str) -> Object {
        Object::new(json!({
            "apiVersion": "v1", "kind": "Secret",
            "metadata": {
                "name": "istio-remote-secret-west", "namespace": "istio-system",
                "labels": {"istio/multiCluster": "true"},
                "annotations": {"networking.istio.io/cluster": "west"},
            },
            "data": {"west": STANDARD.encode(kubeconfig)},
        }))
        .expect("an object")
    }

    fn read(kubeconfig: &str) -> (KubeconfigFacts, bool) {
        let read = remote_secret(&secret(kubeconfig), AddressPolicy::Remote);
        let (mut facts, logins) = read.expect("well-formed");
        assert!(facts.is_watched());
        let entry = facts.entries.remove(0);
        (entry.kubeconfig.expect("read"), logins[0].is_some())
    }

    fn written(user: &str) -> String {
        let authority =
            STANDARD.encode("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: west\n\
             clusters: [{{name: west, cluster: {{server: 'https://10.0.2.6:6443', \
             certificate-authority-data: {authority}}}}}]\n\
             users: [{{name: west, user: {user}}}]\n\
             contexts: [{{name: west, context: {{cluster: west, user: west}}}}]\n"
        )
    }

    #[test]
    fn a_token_says_whose_it_is_and_when_it_ends() {
        let subject = "system:serviceaccount:istio-system:istio-multi";
        let text = token(&json!({"sub": subject, "exp": 1_800_000_000}));
        assert_eq!(claims(&text), (subject.to_owned(), Some(1_800_000_000)));
        assert_eq!(claims("opaque"), (String::new(), None));
    }

    #[test]
    fn a_kubeconfig_with_a_token_is_read_and_its_token_stays_covered() {
        let subject = "system:serviceaccount:istio-system:istio-multi";
        let token = token(&json!({"sub": subject}));
        let (facts, usable) = read(&written(&format!("{{token: {token}}}")));
        assert!(usable && facts.rejected.is_empty(), "{facts:?}");
        assert_eq!(
            (facts.host.as_str(), facts.subject.as_str()),
            ("10.0.2.6", subject)
        );
        assert!(!format!("{facts:?}").contains(&token));
    }

    #[test]
    fn programs_and_files_are_refused_by_name() {
        let (facts, usable) = read(&written("{exec: {command: aws}}"));
        assert!(
            !usable && facts.rejected[0].starts_with("exec: "),
            "{facts:?}"
        );
        let (facts, _) = read(&written("{tokenFile: /etc/token}"));
        assert!(facts.rejected[0].starts_with("tokenFile: "), "{facts:?}");
        let (facts, _) = read("");
        assert_eq!(facts.rejected, ["it is empty"]);
        let (facts, _) = read("not: a kubeconfig");
        assert_eq!(facts.rejected.len(), 1);
    }
}
