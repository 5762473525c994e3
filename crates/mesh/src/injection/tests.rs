//! Tests of this module.

use super::*;

#[test]
fn a_pod_is_injected_when_its_image_is_filled() {
    let pod = |image: &str| {
        let mut pod = pod("istio-system", "canary");
        pod["spec"]["containers"][0]["image"] = json!(image);
        Object::new(pod).expect("an object")
    };
    assert!(!is_injected(&pod("auto")));
    assert!(is_injected(&pod("docker.io/istio/proxyv2:1.31.1")));
    assert_eq!(pod("auto").text("/metadata/labels/istio.io~1rev"), "canary");
}
