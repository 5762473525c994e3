//! helm with the HTTPS server of a sandbox.

use sandbox::Sandbox;

use crate::support::deployment;
use crate::tool::Tool;

const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: pilot}\nspec:\n  \
    selector: {app: pilot}\n  ports: [{port: 15010}]\n";
const HOOK: &str = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: hook\n  annotations: \
    {helm.sh/hook: pre-install}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      \
    containers: [{name: a, image: kubectl}]\n";

#[tokio::test]
async fn helm_installs_upgrades_lists_and_uninstalls() {
    let sandbox = Sandbox::new();
    let test = "helm_installs_upgrades_lists_and_uninstalls";
    let Some(helm) = Tool::find("helm", test, &sandbox).await else {
        return;
    };
    helm.file(
        "tiny/Chart.yaml",
        "apiVersion: v2\nname: tiny\nversion: 1.0.0\n",
    );
    helm.file(
        "tiny/templates/pilot.yaml",
        &deployment("pilot", 1).to_string(),
    );
    helm.file("tiny/templates/service.yaml", SERVICE);
    let hook = helm.file("tiny/templates/hook.yaml", HOOK);
    let chart = hook.trim_end_matches("/templates/hook.yaml");
    let place = ["-n", "istio-system"];
    let with = |arguments: &[&'static str]| [arguments, &place[..]].concat();
    let install = [
        "install",
        "tiny",
        chart,
        "--create-namespace",
        "--wait",
        "--timeout=30s",
    ];
    helm.output(&[&install[..], &place].concat()).await;
    let listed = helm.output(&["list", "-A"]).await;
    assert!(
        listed.contains("deployed") && listed.contains("tiny-1.0.0"),
        "{listed}"
    );
    let upgrade = ["upgrade", "tiny", chart, "--wait", "--timeout=30s"];
    helm.output(&[&upgrade[..], &place].concat()).await;
    let history = helm.output(&with(&["history", "tiny"])).await;
    assert!(history.contains("superseded"), "{history}");
    let status = helm.output(&with(&["status", "tiny"])).await;
    assert!(
        status.contains("STATUS: deployed") && status.contains("REVISION: 2"),
        "{status}"
    );
    let gone = helm.output(&with(&["uninstall", "tiny", "--wait"])).await;
    assert_eq!(gone, "release \"tiny\" uninstalled\n");
}
