//! The values of the charts, and the errors of invalid values.

use crate::{ADDRESSES, built_in, render, try_render};
use chart::{
    Budget, Error, Field, FieldKind, Limits, SchemaErrorKind, Values, form,
    yaml::{Scalar, edit},
};

/// Values of Istio's own chart that are accepted and have no effect.
const IDLE: [&str; 1] = ["ack-istio-remote global.mtls.enabled"];

fn problems(name: &str, values: &str) -> Vec<(SchemaErrorKind, String, String)> {
    let budget = Budget::new(Limits::default());
    let values = Values::parse(values).unwrap();
    let found = chart::validate(&built_in(name), &values, &budget).unwrap();
    found
        .into_iter()
        .map(|error| (error.kind, error.path.join("."), error.message))
        .collect()
}

#[test]
fn an_unknown_key_is_rejected_by_name() {
    let found = problems("ack-istio", "gateways: {istio-ilbgatway: {enabled: true}}");
    let (kind, path, message) = found.first().unwrap();
    assert_eq!(*kind, SchemaErrorKind::UnknownKey);
    assert_eq!(path, "gateways.istio-ilbgatway");
    assert_eq!(
        message,
        "Additional property istio-ilbgatway is not allowed"
    );
    assert_eq!(found.len(), 1);
    let error = try_render("ack-istio", "pilots: {}").unwrap_err();
    assert!(matches!(error, Error::Schema(_)));
}

#[test]
fn a_value_of_another_type_is_rejected() {
    let found = problems(
        "ack-istio",
        "gateways: {istio-ilbgateway: {enabled: 'yes'}}",
    );
    let (kind, path, message) = found.first().unwrap();
    assert_eq!(
        (*kind, path.as_str()),
        (
            SchemaErrorKind::WrongType,
            "gateways.istio-ilbgateway.enabled"
        )
    );
    assert_eq!(message, "Invalid type. Expected: boolean, given: string");
    assert_eq!(
        problems("ack-istio-remote", "global: {remotePilotAddress: 17}").len(),
        1
    );
}

#[test]
fn a_value_out_of_its_bounds_is_refused() {
    assert_eq!(
        problems("ack-istio", "pilot: {traceSampling: 101}").len(),
        1
    );
    assert_eq!(
        problems("ack-istio", "global: {imagePullPolicy: Sometimes}").len(),
        1
    );
    assert_eq!(
        problems(
            "ack-istio-remote",
            "global: {proxy: {envoyStatsd: {port: 0}}}"
        )
        .len(),
        1
    );
}

#[test]
fn free_form_maps_accept_any_key() {
    let values = "
gateways:
  istio-ilbgateway:
    enabled: true
    serviceAnnotations: {provider.example/internal: 'true'}
    nodeSelector: {zone: b}
    resources: {limits: {cpu: 2, memory: 1Gi}}
";
    assert_eq!(problems("ack-istio", values), []);
    assert!(
        render("ack-istio", values)
            .text()
            .contains("provider.example/internal: \"true\"")
    );
}

#[test]
fn every_value_has_a_field_with_a_description() {
    for (name, least) in [
        ("ack-istio", 90),
        ("ack-istio-remote", 30),
        ("bookinfo", 15),
        ("bookinfo-details", 5),
    ] {
        let fields = form(&built_in(name), "", &Budget::new(Limits::default()))
            .unwrap()
            .fields;
        assert!(fields.len() >= least, "{name} {}", fields.len());
        for field in fields {
            let path = field.path.join(".");
            let sentence = field.description.unwrap_or_default();
            assert!(sentence.ends_with('.'), "{name} {path}: {sentence}");
            let free = path.contains("resources.");
            assert!(
                free || field.default.is_some(),
                "{name} {path} has no default"
            );
        }
    }
}

#[test]
fn pilots_address_comes_first_in_the_remote_form_and_is_asked_for() {
    let fields = form(
        &built_in("ack-istio-remote"),
        "",
        &Budget::new(Limits::default()),
    )
    .unwrap()
    .fields;
    let first = fields.first().unwrap();
    assert_eq!(first.path.join("."), "global.remotePilotAddress");
    assert!(first.required);
}

/// Another valid value of the field.
fn another(field: &Field, now: &Scalar) -> Scalar {
    match (&field.kind, now) {
        (FieldKind::Boolean, Scalar::Bool(value)) => Scalar::Bool(!value),
        (FieldKind::Number, _) => Scalar::Number(12.5),
        (FieldKind::Integer, Scalar::Integer(value)) => Scalar::Integer(value + 1),
        (FieldKind::Enum(options), Scalar::Text(value)) => Scalar::Text(
            options
                .iter()
                .find(|option| *option != value)
                .unwrap()
                .clone(),
        ),
        (_, Scalar::Text(value)) => Scalar::Text(format!("1{value}")),
        (kind, value) => panic!("{}: {kind:?} is {value:?}", field.path.join(".")),
    }
}

fn everything(name: &str, values: &str) -> String {
    let manifests =
        try_render(name, values).unwrap_or_else(|error| panic!("{values}: {}", error.detail()));
    let hooks = manifests
        .hooks
        .iter()
        .map(|hook| hook.manifest.with_source());
    manifests.text() + &hooks.collect::<String>()
}

#[test]
fn every_value_changes_something() {
    // Every gateway is enabled, behind a load balancer.
    let primary = "
gateways:
  istio-ilbgateway:
    enabled: true
  istio-egressgateway:
    type: LoadBalancer
";
    let remote = ADDRESSES.replace("enabled: false", "enabled: true");
    for (name, base) in [
        ("ack-istio", primary),
        ("ack-istio-remote", remote.as_str()),
        ("bookinfo", ""),
        ("bookinfo-details", ""),
    ] {
        let before = everything(name, base);
        for field in form(&built_in(name), base, &Budget::new(Limits::default()))
            .unwrap()
            .fields
        {
            let path = field.path.join(".");
            let Some(now) = field.value.as_ref().or(field.default.as_ref()) else {
                continue;
            };
            if IDLE.contains(&format!("{name} {path}").as_str())
                || path == "global.meshExpansionILB"
            {
                continue;
            }
            let values = edit::set(base, &field.path, &another(&field, now)).unwrap();
            assert!(
                everything(name, &values) != before,
                "{name} {path} changes nothing"
            );
        }
    }
}

#[test]
fn the_routes_of_the_internal_gateway_also_come_by_istios_own_key() {
    let text = everything("ack-istio", "global: {meshExpansionILB: true}");
    assert!(text.contains("name: meshexpansion-ilb-gateway"));
}
