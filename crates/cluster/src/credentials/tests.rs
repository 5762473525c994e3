//! What a kubeconfig may not do here.

use super::*;

const CA: &str = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCmFiYwotLS0tLUVORCBDRVJUSUZJQ0FURS0tLS0tCg==";

fn config(cluster: &str, user: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\nclusters:\n- name: c\n  cluster: {{server: 'https://10.0.0.1:6443', certificate-authority-data: {CA}{cluster}}}\nusers:\n- name: u\n  user: {{{user}}}\ncontexts:\n- name: east\n  context: {{cluster: c, user: u}}\ncurrent-context: east\n"
    )
}

fn refusal(text: &str) -> String {
    let contexts = match read_kubeconfig(text, AddressPolicy::Remote) {
        Ok(contexts) => contexts,
        Err(refusal) => return refusal.to_string(),
    };
    match contexts.into_iter().next().expect("one context").outcome {
        Ok(_) => "taken".into(),
        Err(refusal) => refusal.to_string(),
    }
}

#[test]
fn inline_data_with_a_token_is_taken() {
    assert_eq!(refusal(&config("", "token: abc")), "taken");
}

#[test]
fn what_would_run_a_program_is_refused() {
    for user in [
        "exec: {command: /bin/sh, apiVersion: v1}",
        "auth-provider: {name: gcp}",
    ] {
        let said = refusal(&config("", user));
        assert!(said.contains("would run a program"), "{said}");
    }
}

#[test]
fn what_would_read_a_file_is_refused() {
    for user in [
        "tokenFile: /etc/passwd",
        "client-certificate: /etc/passwd",
        "token: a, client-key: /etc/passwd",
    ] {
        let said = refusal(&config("", user));
        assert!(said.contains("names a file"), "{said}");
    }
    let said = refusal(&config(", certificate-authority: /etc/passwd", "token: a"));
    assert!(said.contains("names a file"), "{said}");
}

#[test]
fn a_proxy_and_no_verification_are_refused() {
    for (cluster, key) in [
        (", proxy-url: 'http://evil'", "proxy-url"),
        (
            ", insecure-skip-tls-verify: true",
            "insecure-skip-tls-verify",
        ),
    ] {
        assert!(refusal(&config(cluster, "token: a")).starts_with(key));
    }
    assert!(refusal(&config("", "token: a, as: admin")).starts_with("as is refused"));
}

#[test]
fn another_name_is_taken_for_the_certificate_alone() {
    let taken = |name: &str| {
        let text = config(&format!(", tls-server-name: '{name}'"), "token: a");
        let mut read = read_kubeconfig(&text, AddressPolicy::Remote).expect("a kubeconfig");
        let read = read.remove(0).outcome;
        read.map(|one| (one.server, one.tls_server_name))
    };
    let server = "https://10.0.0.1:6443".to_owned();
    for name in ["kubernetes.default.svc", "10.0.0.2"] {
        assert_eq!(taken(name), Ok((server.clone(), Some(name.into()))));
    }
    assert_eq!(taken(""), Ok((server, None)));
    let refused = taken("not a name").expect_err("refused");
    assert!(
        refused
            .to_string()
            .starts_with("tls-server-name cannot be read")
    );
}

#[test]
fn loopback_metadata_and_plain_http_are_refused() {
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
        let said = refusal(&text);
        assert!(said.contains("is refused"), "{server}: {said}");
    }
}

#[test]
fn an_unknown_key_is_refused_and_the_token_stays_out_of_the_message() {
    let said = refusal(&config("", "token: very-secret-token, surprise: 1"));
    assert!(said.contains("surprise"), "{said}");
    assert!(!said.contains("very-secret-token"), "{said}");
}

#[test]
fn a_context_without_its_cluster_says_so() {
    let text = config("", "token: a").replace("cluster: c, user", "cluster: gone, user");
    assert!(refusal(&text).contains("names the cluster gone"));
}
