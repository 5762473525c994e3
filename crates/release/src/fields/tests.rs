//! Conflicts of one object, without a cluster.

use super::*;
use serde_json::Value;
use wire::{ClusterName, decision::KnownOwner};

const POLICY: &str = r#".webhooks[name="a.example"].failurePolicy"#;

fn webhooks(policy: &str, manager: &str) -> Object {
    let key = "k:{\"name\":\"a.example\"}";
    let fields = json!({"f:webhooks": {key: {"f:failurePolicy": {}}}});
    Object::new(json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": "a", "uid": "1", "managedFields": [
            {"manager": manager, "operation": "Update", "fieldsV1": fields}]},
        "webhooks": [{"name": "a.example", "failurePolicy": policy}],
    }))
    .expect("an object")
}

fn rendered() -> Object {
    let mut object = webhooks("Ignore", "");
    if let Some(metadata) = object.value_mut()["metadata"].as_object_mut() {
        metadata.remove("managedFields");
        metadata.remove("uid");
    }
    object
}

fn conflict(managers: &[&str]) -> Error {
    let causes = managers.iter().map(|manager| {
        let message = format!("conflict with \"{manager}\" using admissionregistration.k8s.io/v1");
        (POLICY.to_owned(), message)
    });
    Error::Refused {
        cluster: ClusterName::new("east").expect("a name"),
        verb: cluster::Verb::Apply,
        object: "a".into(),
        source: cluster::ApiStatus {
            code: 409,
            reason: "Conflict".into(),
            message: String::new(),
            causes: causes.collect(),
        },
    }
}

fn found(managers: &[&str], choices: FieldChoices<'_>) -> Vec<FieldConflict> {
    let live = webhooks("Fail", "pilot-discovery");
    conflicts(&conflict(managers), (&rendered(), &live), choices).expect("a conflict")
}

fn decision(choice: FieldChoice) -> FieldDecision {
    FieldDecision {
        object: rendered().reference(),
        path: POLICY.to_owned(),
        manager: "pilot-discovery".into(),
        choice,
    }
}

fn stored(uid: &str) -> LeftField {
    LeftField {
        object: rendered().reference(),
        uid: uid.to_owned(),
        path: POLICY.to_owned(),
        manager: "pilot-discovery".into(),
    }
}

#[test]
fn a_conflict_shows_both_values_and_a_known_owner_keeps_its_field() {
    let rows = found(&["pilot-discovery"], FieldChoices::default());
    let [row] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    assert_eq!((row.theirs.as_str(), row.ours.as_str()), ("Fail", "Ignore"));
    assert_eq!(row.known, Some(KnownOwner::Istiod));
    assert_eq!(row.choice, Some(FieldChoice::Leave));
    assert!(!row.is_stored);
}

#[test]
fn an_unknown_owner_has_to_be_decided_and_own_managers_are_no_conflict() {
    let rows = found(
        &["pilot-discovery", "kubectl-edit", "helm"],
        FieldChoices::default(),
    );
    let [row] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    assert_eq!(row.manager, "kubectl-edit, pilot-discovery");
    assert_eq!((row.known, row.choice), (None, None));
    assert_eq!(found(&["meshspan"], FieldChoices::default()), []);
}

#[test]
fn a_decision_wins_over_a_stored_one_and_holds_for_its_manager_only() {
    let (decided, fields) = ([decision(FieldChoice::Take)], [stored("1")]);
    let choices = FieldChoices {
        decided: &decided,
        stored: &fields,
        ..FieldChoices::default()
    };
    let rows = found(&["pilot-discovery"], choices);
    assert_eq!(rows[0].choice, Some(FieldChoice::Take));
    assert!(rows[0].is_stored);
    let live = webhooks("Fail", "pilot-discovery");
    assert_eq!(left(&rendered(), &live, choices), [], "it is revoked");
    assert_eq!(found(&["kubectl-edit"], choices)[0].choice, None);
}

#[test]
fn a_field_is_dropped_only_while_its_manager_owns_it() {
    let decided = [decision(FieldChoice::Leave)];
    let choices = FieldChoices {
        decided: &decided,
        ..FieldChoices::default()
    };
    let dropped = |manager: &str, choices: FieldChoices<'_>| {
        let rows = left(&rendered(), &webhooks("Fail", manager), choices);
        without(&rendered(), &rows) != rendered()
    };
    assert!(dropped("pilot-discovery", choices));
    assert!(!dropped("helm", choices), "the field would be deleted");
    assert!(!dropped("kubectl-edit", choices), "it is another conflict");
    for (uid, holds) in [("1", true), ("2", false)] {
        let fields = [stored(uid)];
        let choices = FieldChoices {
            decided: &[],
            stored: &fields,
            ..FieldChoices::default()
        };
        assert_eq!(dropped("pilot-discovery", choices), holds, "of UID {uid}");
    }
}

#[test]
fn values_of_secrets_are_masked_and_long_values_cut() {
    let secret = |value: &str| {
        let object = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"},
            "data": {"key": value}, "type": "x".repeat(500)});
        Object::new(object).expect("an object")
    };
    let ours = secret("b3Vycw==");
    let path = FieldPath::resolve(".data.key", ours.value()).expect("a path");
    assert_eq!(shown(&ours, &path, &Value::from("b3Vycw==")), MASK);
    let path = FieldPath::resolve(".type", ours.value()).expect("a path");
    let value = path.of(ours.value()).expect("a value");
    assert_eq!(shown(&ours, &path, value).chars().count(), MAX_SHOWN + 1);
}
