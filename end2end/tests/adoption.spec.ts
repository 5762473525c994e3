// A remote that the scripts for Istio 1.0 joined: recognised in the table of the members, adopted, rotated, and undone.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "../console.ts";
import { Api } from "../api.ts";
import { accessibleEverywhere } from "../axe.ts";
import { createMesh, deployStep } from "../mesh-steps.ts";

const primary = "istio-control-plane";
const remote = "istio-remote1";
const namespace = "istio-system";
/** The name that the scripts were given, which is not that of the console. */
const id = "cluster-2";

/** Runs the scripts: a reader on the remote, and a Secret with the name of the cluster on the primary. */
async function joinByScripts(kubeconfig: string): Promise<void> {
  const [east, west] = [new Api(kubeconfig, primary), new Api(kubeconfig, remote)];
  const rbac = "rbac.authorization.k8s.io";
  const inNamespace = (name: string, more: object = {}) => ({ name, namespace, ...more });
  await west.send("/api/v1/namespaces", { metadata: { name: namespace } });
  await west.send(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: inNamespace("istio-multi") });
  await west.send(`/apis/${rbac}/v1/clusterroles`, {
    metadata: { name: "istio-reader" },
    rules: [{ apiGroups: [""], resources: ["nodes", "pods", "services", "endpoints"], verbs: ["get", "watch", "list"] }],
  });
  await west.send(`/apis/${rbac}/v1/clusterrolebindings`, {
    metadata: { name: "istio-multi" },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "istio-reader" },
    subjects: [{ kind: "ServiceAccount", name: "istio-multi", namespace }],
  });
  await west.send(`/api/v1/namespaces/${namespace}/secrets`, {
    metadata: inNamespace("istio-multi-token-x7k2p", { annotations: { "kubernetes.io/service-account.name": "istio-multi" } }),
    type: "kubernetes.io/service-account-token",
  });
  const token = `/api/v1/namespaces/${namespace}/secrets/istio-multi-token-x7k2p`;
  await expect.poll(async () => (await west.send(token)).data?.token ?? "").not.toBe("");
  const { data } = await west.send(token);
  const server = kubeconfig.match(new RegExp(`- name: ${remote}\\n  cluster:\\n    server: (\\S+)`))?.[1];
  const file = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": id,
    clusters: [{ name: id, cluster: { "certificate-authority-data": data["ca.crt"], server } }],
    users: [{ name: id, user: { token: Buffer.from(data.token, "base64").toString() } }],
    contexts: [{ name: id, context: { cluster: id, user: id } }],
  };
  await east.send(`/api/v1/namespaces/${namespace}/secrets`, {
    metadata: inNamespace(id, { labels: { "istio/multiCluster": "true" } }),
    data: { [id]: Buffer.from(JSON.stringify(file)).toString("base64") },
  });
}

test("a remote that scripts joined is adopted from the table of the members, and the adoption is undone", async ({ page, console: own }) => {
  test.setTimeout(180_000);
  await createMesh(page, primary, remote);
  await deployStep(page, /^Control plane on/);
  const mesh = page.url();
  await expect(page.getByText("2 of 7 steps complete")).toBeVisible({ timeout: 90_000 });
  await joinByScripts(readFileSync(join(own.folder, "sandbox.kubeconfig"), "utf8"));
  await page.getByRole("button", { name: "Re-check" }).first().click();

  const row = page.getByRole("table", { name: "Members" }).getByRole("row", { name: new RegExp(remote) });
  await expect(row.getByText("joined by scripts")).toBeVisible({ timeout: 30_000 });
  await page.goto(mesh);
  await expect(row.getByRole("button", { name: "Adopt" })).toBeVisible({ timeout: 30_000 });
  await expect(row.getByRole("button", { name: "Rotate token" })).toHaveCount(0);
  await accessibleEverywhere(page);
  await row.getByRole("button", { name: "Adopt" }).click();
  const plan = page.getByRole("dialog", { name: `Adopt the join of ${remote}` });
  await expect(plan.getByText(/Only labels and annotations are added/)).toBeVisible();
  for (const name of ["istio-multi-token-x7k2p", id, "istio-reader"]) await expect(plan.getByText(name).first()).toBeVisible();
  await plan.getByRole("button", { name: "Adopt", exact: true }).click();
  await expect(page.getByText("The join belongs to the console; its token and its traffic did not change.")).toBeVisible({ timeout: 30_000 });
  const adoption = page.url();

  await page.getByRole("link", { name: /^Back to mesh/ }).click();
  await expect(row.getByRole("button", { name: "Rotate token" })).toBeVisible({ timeout: 30_000 });
  await expect(row.getByText("joined by scripts")).toHaveCount(0);

  await page.goto(adoption);
  await page.getByRole("button", { name: "Undo the adoption" }).click();
  const undo = page.getByRole("dialog", { name: `Undo the adoption of ${remote}` });
  await undo.getByRole("button", { name: "Undo the adoption", exact: true }).click();
  await expect(page.getByText("The marks of the adoption are removed; the join works as before.")).toBeVisible({ timeout: 30_000 });
  await page.getByRole("link", { name: /^Back to mesh/ }).click();
  await expect(row.getByText("joined by scripts")).toBeVisible({ timeout: 30_000 });
});
