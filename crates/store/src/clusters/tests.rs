//! Tests of the registered clusters.

use super::*;

#[test]
fn credentials_are_encrypted_on_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let name = ClusterName::new("east").expect("a name");
    let secret = Secret::new("very-secret-token".to_owned());
    {
        let store = Store::open(folder.path()).expect("a store");
        assert!(
            store
                .add_cluster(&name, "https://10.0.0.1", false, &secret, 1)
                .expect("added")
        );
        assert!(
            !store
                .add_cluster(&name, "https://10.0.0.2", false, &secret, 1)
                .expect("no error")
        );
    }
    for entry in std::fs::read_dir(folder.path()).expect("the folder") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
        assert!(!String::from_utf8_lossy(&bytes).contains("very-secret-token"));
    }
    let store = Store::open(folder.path()).expect("a store");
    let found = store.clusters().expect("the clusters");
    assert_eq!(
        found
            .first()
            .and_then(|cluster| cluster.credentials.as_ref())
            .map(|credentials| credentials.reveal().as_str()),
        Some("very-secret-token")
    );
}

#[test]
fn a_renamed_cluster_keeps_its_credentials_and_accepts_new_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("a store");
    let [east, west, taken] =
        ["east", "west", "taken"].map(|name| ClusterName::new(name).expect("a name"));
    let secret = |text: &str| Secret::new(text.to_owned());
    for name in [&east, &taken] {
        store
            .add_cluster(name, "https://x", false, &secret("old"), 1)
            .expect("added");
    }
    assert!(!store.rename_cluster(&east, &taken).expect("no error"));
    assert!(store.rename_cluster(&east, &west).expect("renamed"));
    let stored = |store: &Store| {
        let all = store.clusters().expect("read");
        let cluster = all.into_iter().find(|cluster| cluster.name == west);
        let cluster = cluster.expect("west");
        let credentials = cluster.credentials.expect("decrypted");
        (cluster.server, credentials.reveal().clone())
    };
    assert_eq!(stored(&store), ("https://x".to_owned(), "old".to_owned()));
    assert!(
        store
            .replace_credentials(&west, "https://y", &secret("new"))
            .expect("saved")
    );
    assert_eq!(stored(&store), ("https://y".to_owned(), "new".to_owned()));
}

#[test]
fn the_uid_of_a_cluster_is_saved_once_and_survives_a_rename() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("a store");
    let [east, west] = ["east", "west"].map(|name| ClusterName::new(name).expect("a name"));
    let secret = Secret::new("t".to_owned());
    store
        .add_cluster(&east, "https://x", false, &secret, 1)
        .expect("added");
    assert_eq!(store.cluster_uid(&east).expect("read"), None);
    for uid in ["first", "second"] {
        store.learn_cluster_uid(&east, uid).expect("saved");
    }
    store.rename_cluster(&east, &west).expect("renamed");
    let uid = store.cluster_uid(&west).expect("read");
    assert_eq!(uid.as_deref(), Some("first"));
}

#[test]
fn a_network_override_survives_a_rename_and_is_deleted_with_the_cluster() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("a store");
    let [east, west] = ["east", "west"].map(|name| ClusterName::new(name).expect("a name"));
    let secret = Secret::new("t".to_owned());
    let add = || store.add_cluster(&west, "https://x", false, &secret, 1);
    let network = NetworkOverride {
        network: "n1".into(),
        pods: wire::range::ranges("10.10.0.0/16 fd00:10::/56").expect("ranges"),
        by: "ann".into(),
        ..NetworkOverride::default()
    };
    let stored = || {
        let all = store.clusters().expect("read");
        all.into_iter()
            .next()
            .map(|cluster| (cluster.name, cluster.network_override))
    };
    assert!(add().expect("added"));
    assert_eq!(stored(), Some((west.clone(), NetworkOverride::default())));
    assert!(
        !store
            .override_cluster_network(&east, &network)
            .expect("no error")
    );
    assert!(
        store
            .override_cluster_network(&west, &network)
            .expect("saved")
    );
    assert!(store.rename_cluster(&west, &east).expect("renamed"));
    store
        .replace_credentials(&east, "https://y", &secret)
        .expect("replaced");
    assert_eq!(stored(), Some((east.clone(), network)));
    assert!(store.remove_cluster(&east).expect("deleted"));
    assert!(add().expect("added again"));
    assert_eq!(stored(), Some((west.clone(), NetworkOverride::default())));
}

#[test]
fn sandboxes_are_deleted_and_other_clusters_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("a store");
    for (name, sandbox) in [("east", false), ("demo", true)] {
        let name = ClusterName::new(name).expect("a name");
        store
            .add_cluster(&name, "https://x", sandbox, &Secret::new("t".into()), 1)
            .expect("added");
    }
    store.delete_sandboxes().expect("deleted");
    let names: Vec<String> = store
        .clusters()
        .expect("read")
        .into_iter()
        .map(|cluster| cluster.name.to_string())
        .collect();
    assert_eq!(names, ["east"]);
}

#[test]
fn a_cluster_has_a_free_colour_until_an_operator_chooses_another_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("a store");
    let names: Vec<ClusterName> = (1..=14)
        .map(|number| ClusterName::new(format!("east{number}")).expect("a name"))
        .collect();
    for name in &names {
        let secret = Secret::new("secret".to_owned());
        store
            .add_cluster(name, "https://x", false, &secret, 1)
            .expect("added");
    }
    let colours = |store: &Store| -> Vec<u8> {
        let all = store.clusters().expect("read");
        all.iter().map(|cluster| cluster.colour).collect()
    };
    assert_eq!(
        colours(&store),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2]
    );
    let chosen = ClusterColour::try_from(7).expect("a colour");
    let first = names.first().expect("a name");
    assert!(store.set_cluster_colour(first, chosen).expect("set"));
    assert_eq!(colours(&store).first(), Some(&7));
    let unknown = ClusterName::new("unknown").expect("a name");
    assert!(
        !store
            .set_cluster_colour(&unknown, chosen)
            .expect("no error")
    );
}
