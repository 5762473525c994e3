//! How a Job's end is read, and what the Job is.

use super::*;

fn way() -> Probe {
    Probe {
        namespace: "default".into(),
        host: "API.example.test".into(),
        port: 6443,
        purpose: Purpose::ApiServer,
    }
}

fn job_that(conditions: Value) -> Object {
    let mut value = job(&way(), &ProbeTool::bash("istio/proxyv2:1.30.5"));
    value["status"] = json!({ "conditions": conditions });
    Object::new(value).expect("an object")
}

fn pod(state: Value) -> Object {
    Object::new(json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "probe-x"},
        "status": {"containerStatuses": [{"name": "probe", "state": state}]},
    }))
    .expect("an object")
}

#[test]
fn the_outcome_of_a_job_is_read_and_unknown_when_its_pod_does_not_start() {
    let failed = json!([{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]);
    let late = json!([{"type": "Failed", "status": "True", "reason": "DeadlineExceeded"}]);
    let refused = pod(json!({"terminated": {"exitCode": 1,
        "message": "bash: connect: Connection refused\nbash: /dev/tcp/10.0.2.6/6443: Connection refused\n"}}));
    let silent = pod(json!({"terminated": {"exitCode": 7}}));
    let pulls = pod(json!({"waiting": {"reason": "ImagePullBackOff"}}));
    let runs = pod(json!({"running": {}}));
    let failure = |text: &str| Ok(Some(Err(text.to_owned())));
    let cases = [
        (
            json!([{"type": "Complete", "status": "True"}]),
            vec![],
            Ok(Some(Ok(()))),
        ),
        (
            failed.clone(),
            vec![refused],
            failure("bash: /dev/tcp/10.0.2.6/6443: Connection refused"),
        ),
        (
            failed.clone(),
            vec![silent],
            failure("the connection failed: exit code 7"),
        ),
        (failed, vec![], failure("the connection failed")),
        (late, vec![], failure("no answer in 30 s")),
        (
            json!([]),
            vec![pulls],
            Err(Unknown::because(
                "the pod of the Job does not start: ImagePullBackOff",
            )),
        ),
        (json!([]), vec![runs], Ok(None)),
        (
            json!([{"type": "Complete", "status": "False"}]),
            vec![],
            Ok(None),
        ),
    ];
    for (conditions, pods, expected) in cases {
        assert_eq!(
            outcome(&job_that(conditions.clone()), &pods),
            expected,
            "{conditions}"
        );
    }
}

#[test]
fn host_and_port_are_words_of_the_command_and_no_part_of_its_script() {
    let mut way = way();
    way.host = "10.0.2.6; rm -rf /".into();
    let job = job(&way, &ProbeTool::bash("any"));
    let command = &job["spec"]["template"]["spec"]["containers"][0]["command"];
    assert_eq!(command[2], "exec 3<>\"/dev/tcp/$0/$1\"");
    assert_eq!(
        (&command[3], &command[4]),
        (&json!("10.0.2.6; rm -rf /"), &json!("6443"))
    );
    assert_eq!(name(&way), "meshspan-probe-10-0-2-6--rm--rf-6443");
}
