//! Kubeconfigs that are rejected, and their errors.

use super::*;
use base64::{Engine as _, engine::general_purpose::STANDARD};

const CA: &str = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCllXSmoKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=";

fn config(cluster: &str, user: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\nclusters:\n- name: c\n  cluster: {{server: 'https://10.0.0.1:6443', certificate-authority-data: {CA}{cluster}}}\nusers:\n- name: u\n  user: {{{user}}}\ncontexts:\n- name: east\n  context: {{cluster: c, user: u}}\ncurrent-context: east\n"
    )
}

fn outcome(text: &str) -> String {
    let contexts = match read_kubeconfig(text, AddressPolicy::Remote) {
        Ok(contexts) => contexts,
        Err(error) => return error.to_string(),
    };
    match contexts.into_iter().next().expect("a context").outcome {
        Ok(_) => "accepted".into(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn inline_data_with_a_token_is_accepted() {
    assert_eq!(outcome(&config("", "token: abc")), "accepted");
}

#[test]
fn a_field_that_runs_a_program_is_rejected() {
    for user in [
        "exec: {command: /bin/sh, apiVersion: v1}",
        "auth-provider: {name: gcp}",
    ] {
        let message = outcome(&config("", user));
        assert!(message.contains("would run a program"), "{message}");
    }
}

#[test]
fn a_field_that_names_a_file_is_rejected() {
    for user in [
        "tokenFile: /etc/passwd",
        "client-certificate: /etc/passwd",
        "token: a, client-key: /etc/passwd",
    ] {
        let message = outcome(&config("", user));
        assert!(message.contains("names a file"), "{message}");
    }
    let message = outcome(&config(", certificate-authority: /etc/passwd", "token: a"));
    assert!(message.contains("names a file"), "{message}");
}

#[test]
fn a_proxy_and_disabled_verification_are_rejected() {
    for (cluster, key) in [
        (", proxy-url: 'http://evil'", "proxy-url"),
        (
            ", insecure-skip-tls-verify: true",
            "insecure-skip-tls-verify",
        ),
    ] {
        assert!(outcome(&config(cluster, "token: a")).starts_with(key));
    }
    assert!(outcome(&config("", "token: a, as: admin")).starts_with("as is not supported"));
}

#[test]
fn the_tls_server_name_applies_to_the_certificate_alone() {
    let parse = |name: &str| {
        let text = config(&format!(", tls-server-name: '{name}'"), "token: a");
        let mut contexts = read_kubeconfig(&text, AddressPolicy::Remote).expect("a kubeconfig");
        let outcome = contexts.remove(0).outcome;
        outcome.map(|credentials| (credentials.server, credentials.tls_server_name))
    };
    let server = "https://10.0.0.1:6443".to_owned();
    for name in ["kubernetes.default.svc", "10.0.0.2"] {
        assert_eq!(parse(name), Ok((server.clone(), Some(name.into()))));
    }
    assert_eq!(parse(""), Ok((server, None)));
    let refused = parse("not a name").expect_err("refused");
    assert!(
        refused
            .to_string()
            .starts_with("tls-server-name is invalid")
    );
}

#[test]
fn loopback_metadata_and_plain_http_servers_are_rejected() {
    for server in [
        "https://127.0.0.1:6443",
        "https://localhost",
        "https://169.254.169.254",
        "https://[::1]:6443",
        "http://10.0.0.1",
        "file:///etc/passwd",
        "https://0x7f000001",
    ] {
        let text = config("", "token: a").replace("https://10.0.0.1:6443", server);
        let message = outcome(&text);
        assert!(message.contains("is not allowed"), "{server}: {message}");
    }
}

#[test]
fn an_unknown_field_is_rejected_and_the_error_has_no_token() {
    let message = outcome(&config("", "token: very-secret-token, surprise: 1"));
    assert!(message.contains("surprise"), "{message}");
    assert!(!message.contains("very-secret-token"), "{message}");
}

#[test]
fn a_context_without_its_cluster_is_an_error() {
    let text = config("", "token: a").replace("cluster: c, user", "cluster: gone, user");
    assert!(outcome(&text).contains("refers to the cluster gone"));
}

/// What each of these errors must not repeat.
const CANARY: &str = "c4n4ry";

#[test]
fn a_server_with_a_password_is_rejected_without_repeating_it() {
    for server in [
        "https://ann:c4n4ry@10.0.0.1:6443",
        "https://c4n4ry@10.0.0.1:6443",
        "https://ann:c4n/4ry?c4n4ry@10.0.0.1",
        "https://10.0.0.1:6443/?token=c4n4ry",
        "https://10.0.0.1:6443/#c4n4ry",
        "ann:c4n4ry@10.0.0.1",
    ] {
        let text = config("", "token: a").replace("https://10.0.0.1:6443", server);
        let contexts = read_kubeconfig(&text, AddressPolicy::Remote).expect("a kubeconfig");
        let shown = format!("{contexts:?} {}", outcome(&text));
        assert!(contexts.iter().all(|context| context.outcome.is_err()));
        assert!(!shown.contains(CANARY), "{shown}");
    }
}

/// Also the common mistake of a key whose line ends are written as `\\n`.
#[test]
fn a_key_that_is_no_pem_is_rejected_without_repeating_it() {
    let encoded = |text: &str| STANDARD.encode(text);
    let certificate = encoded("-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n");
    for key in [
        "-----BEGIN PRIVATE KEY-----\\nc4n4ry\\n-----END PRIVATE KEY-----\\n",
        "-----BEGIN PRIVATE KEY-----\nc4n4ry!\n-----END PRIVATE KEY-----\n",
        "c4n4ry",
    ] {
        let user = format!(
            "client-certificate-data: {certificate}, client-key-data: {}",
            encoded(key)
        );
        let message = outcome(&config("", &user));
        assert_eq!(
            message,
            "client-key-data is invalid: it contains no PEM private key"
        );
        // A credential that an older version accepted.
        let credentials = Credentials {
            server: "https://10.0.0.1".into(),
            tls_server_name: None,
            ca_bundle: String::from_utf8(STANDARD.decode(CA).expect("base64")).expect("PEM"),
            auth_info: AuthInfo::Certificate {
                certificate: String::from_utf8(STANDARD.decode(&certificate).expect("base64"))
                    .expect("PEM"),
                key: Secret::new(key.to_owned()),
            },
        };
        let name = wire::ClusterName::new("east").expect("a name");
        let Err(error) = crate::Cluster::connect(name, &credentials, AddressPolicy::Remote) else {
            panic!("a key that is no PEM is used");
        };
        let shown = format!("{error:?} {}", wire::error_chain(&error));
        assert!(shown.contains("the client key is not PEM"), "{shown}");
        assert!(!shown.contains(CANARY), "{shown}");
    }
}

#[test]
fn a_field_of_another_type_is_rejected_without_repeating_it() {
    for user in [
        "exec: {command: c4n4ry}, tokenFile: c4n4ry",
        "token: [c4n4ry]",
        "token: {c4n4ry: c4n4ry}",
        "token: 'c4n4ry",
        "client-certificate-data: [c4n4ry]",
    ] {
        let message = outcome(&config("", user));
        assert_ne!(message, "accepted", "{user}");
        assert!(!message.contains(CANARY), "{message}");
    }
    let text = config("", "token: a").replace("users:\n", "users: c4n4ry\n");
    let message = outcome(&text);
    assert!(!message.contains(CANARY), "{message}");
}

#[test]
fn kubeconfigs_are_read_as_tools_write_them() {
    let empty_cluster = ", proxy-url: '', certificate-authority: '', tls-server-name: ''";
    let empty_user = "token: a, username: '', password: '', as: '', as-groups: [], as-user-extra: {}, \
                      exec: null, client-certificate: '', client-key-data: ''";
    assert_eq!(outcome(&config(empty_cluster, empty_user)), "accepted");
    for set in [
        "as-groups: [a]",
        "as-user-extra: {a: [b]}",
        "username: a",
        "as-uid: 1",
    ] {
        let message = outcome(&config("", &format!("token: a, {set}")));
        assert!(message.contains("is not supported"), "{set}: {message}");
    }
    let several = format!(
        "# first\n---\n{}---\napiVersion: v1\nkind: ConfigMap\n",
        config("", "token: a")
    );
    assert_eq!(
        outcome(&several),
        "accepted",
        "kubectl reads the first document"
    );
    let none = "apiVersion: v1\nkind: Config\nclusters: null\nusers: null\ncontexts: null\n";
    assert_eq!(outcome(none), "the kubeconfig has no context");
}

#[tokio::test]
async fn a_cluster_without_a_ca_is_verified_by_those_of_the_system() {
    for authority in ["", "certificate-authority-data: ''"] {
        let text = config("", "token: a");
        let given = format!("certificate-authority-data: {CA}");
        let text = text.replace(&format!(", {given}"), &format!(", {authority}"));
        let text = text.replace("6443', }", "6443'}");
        let mut contexts = read_kubeconfig(&text, AddressPolicy::Remote).expect("a kubeconfig");
        let credentials = contexts.remove(0).outcome.expect("credentials");
        assert_eq!(credentials.ca_bundle, "");
        let name = wire::ClusterName::new("east").expect("a name");
        let connected = crate::Cluster::connect(name, &credentials, AddressPolicy::Remote);
        assert!(connected.is_ok());
    }
}

#[test]
fn a_key_that_cannot_be_used_says_why() {
    let generated = |algorithm| {
        let key = rcgen::KeyPair::generate_for(algorithm).expect("a key");
        key.serialize_pem()
    };
    let certificate =
        STANDARD.encode("-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n");
    let with_key = |key: &str| {
        let key = STANDARD.encode(key);
        outcome(&config(
            "",
            &format!("client-certificate-data: {certificate}, client-key-data: {key}"),
        ))
    };
    for algorithm in [
        &rcgen::PKCS_ECDSA_P256_SHA256,
        &rcgen::PKCS_ECDSA_P384_SHA384,
        &rcgen::PKCS_ED25519,
    ] {
        assert_eq!(with_key(&generated(algorithm)), "accepted");
    }
    for made_by_openssl in [
        include_str!("../crypto/fixtures/client-key.pem"),
        include_str!("../crypto/fixtures/client-key-sec1.pem"),
    ] {
        assert_eq!(with_key(made_by_openssl), "accepted");
    }
    let ed448 = "-----BEGIN PRIVATE KEY-----\n\
         MEcCAQAwBQYDK2VxBDsEOWSDLe3oufA599C3bR1MaLlum9uac0ichsYRGqUr1peS\n\
         jVEOXjRdJHA+PY9LmwL8ms2axjfw7aN28A==\n\
         -----END PRIVATE KEY-----\n";
    let message = with_key(ed448);
    assert!(message.contains("not of a supported type"), "{message}");
    for encrypted in [
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nYWJj\n-----END ENCRYPTED PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nYWJj\n-----END RSA PRIVATE KEY-----\n",
    ] {
        let message = with_key(encrypted);
        assert!(message.contains("it is encrypted"), "{message}");
    }
}
