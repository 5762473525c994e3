// The tests of a release, the logs of its hooks, and a revision that another tool left pending.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { Api } from "../api.ts";
import { packed } from "../chart-server.ts";
import { expect, hydrated, test } from "../console.ts";
import { deploy, installed, open, tabTo, target, parameters } from "../steps.ts";
import type { Page } from "@playwright/test";

const cluster = "istio-control-plane";

const TEMPLATES = `apiVersion: v1
kind: ConfigMap
metadata: {name: bills}
---
apiVersion: v1
kind: Pod
metadata:
  name: bills-test
  annotations: {helm.sh/hook: test}
spec:
  restartPolicy: Never
  containers: [{name: main, image: docker.io/library/busybox}]
`;

/** A release of a chart with a test. */
async function withBills(page: Page): Promise<void> {
  const archive = packed("bills", [
    ["Chart.yaml", "apiVersion: v2\nname: bills\nversion: 1.0.0\ndescription: Pays bills on time\n"],
    ["templates/all.yaml", TEMPLATES],
  ]);
  await open(page, "App Catalog");
  await page.getByRole("button", { name: "Upload chart" }).click();
  const file = page.getByRole("dialog", { name: "Upload a chart" }).getByLabel("Choose an archive (.tgz)");
  await file.setInputFiles({ name: "bills-1.0.0.tgz", mimeType: "application/gzip", buffer: archive });
  await expect(page).toHaveURL(/\/catalog\/uploaded\/bills/);
  await target(page, "bills", cluster);
  await parameters(page);
  await deploy(page, cluster);
  await installed(page);
  await page.getByRole("link", { name: "Open release" }).click();
  await expect(page.getByRole("heading", { name: "bills", exact: true })).toBeVisible();
}

/** Another tool begins an upgrade and does not end it: the record of revision 2 is pending. */
async function leavePending(api: Api): Promise<void> {
  const secrets = "/api/v1/namespaces/default/secrets";
  const first = await api.send(`${secrets}/sh.helm.release.v1.bills.v1`);
  const text = Buffer.from(Buffer.from(first.data.release, "base64").toString(), "base64");
  const record = JSON.parse(gunzipSync(text).toString());
  record.version = 2;
  record.info.status = "pending-upgrade";
  await api.send(secrets, {
    apiVersion: "v1",
    kind: "Secret",
    type: "helm.sh/release.v1",
    metadata: {
      name: "sh.helm.release.v1.bills.v2",
      labels: { ...first.metadata.labels, version: "2", status: "pending-upgrade" },
    },
    data: { release: Buffer.from(gzipSync(JSON.stringify(record)).toString("base64")).toString("base64") },
  });
}

test("a release is tested, and its job shows the log of the test", async ({ page }) => {
  await withBills(page);
  await page.getByRole("tab", { name: "Tests" }).click();
  const tests = page.getByRole("list", { name: "Tests" });
  await expect(tests.getByText("Not run")).toBeVisible();
  await page.getByRole("button", { name: "Test", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Test bills" });
  await expect(dialog.getByText("Runs the tests of revision 1")).toBeVisible();
  await dialog.getByText("Helm command").click();
  await expect(dialog.getByText("helm test bills --namespace default --logs")).toBeVisible();
  await dialog.getByRole("button", { name: "Run 1 test" }).click();

  await expect(page.getByText("All tests succeeded.")).toBeVisible({ timeout: 60_000 });
  const logs = page.getByRole("region", { name: "Logs of hooks" });
  await expect(logs.getByText("pod bills-test, container main")).toBeVisible();
  await expect(logs.getByRole("region", { name: /^Log of Pod/ })).not.toBeEmpty();
  await page.reload();
  await hydrated(page);
  await expect(logs.getByText("pod bills-test, container main")).toBeVisible();
  await page.getByRole("link", { name: "Open release" }).click();
  await page.reload();
  await hydrated(page);
  await page.getByRole("tab", { name: "Tests" }).click();
  await expect(tests.getByText("Succeeded")).toBeVisible();
});

test("a release that another tool left pending is examined and marked as failed, without a mouse", async ({ page, console: own }) => {
  await withBills(page);
  await leavePending(new Api(readFileSync(join(own.folder, "sandbox.kubeconfig"), "utf8"), cluster));
  const notice = page.getByRole("alert").filter({ hasText: "Revision 2 is Upgrading" });
  await expect(notice).toBeVisible({ timeout: 20_000 });
  await tabTo(page, notice.getByRole("button", { name: "Examine" }));
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Interrupted operation on bills" });
  await expect(dialog.getByText("Resources of its manifest that exist: 1 of 1")).toBeVisible();
  await expect(dialog.getByRole("link", { name: "Roll back to r1" })).toBeVisible();
  await tabTo(page, dialog.getByRole("button", { name: "Mark as failed" }));
  await page.keyboard.press("Enter");
  await expect(page.getByText("The revision is marked as failed.")).toBeVisible({ timeout: 30_000 });
  await page.getByRole("link", { name: "Open release" }).click();
  const rail = page.getByRole("navigation", { name: "Revisions" });
  await expect(rail.getByRole("button", { name: /^r2 .*Failed/ })).toBeVisible();
  await expect(page.getByText("Examine")).toHaveCount(0);
});
