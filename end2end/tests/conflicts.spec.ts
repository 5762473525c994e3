// Another field manager owns a field of a release: the operator decides in the review of an upgrade and of a rollback.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Api } from "../api.ts";
import { packed } from "../chart-server.ts";
import { expect, hydrated, test } from "../console.ts";
import { deploy, installed, open, parameters, tabTo, target } from "../steps.ts";
import type { Page } from "@playwright/test";

const CLUSTER = "istio-control-plane";
const MAP = "/api/v1/namespaces/default/configmaps/bills";

/** A version of a chart with another default. */
function bills(version: string, greeting: string): Buffer {
  return packed("bills", [
    ["Chart.yaml", `apiVersion: v2\nname: bills\nversion: ${version}\ndescription: Pays bills on time\n`],
    ["values.yaml", `greeting: ${greeting}\n`],
    ["templates/all.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bills}\ndata: {greeting: {{ .Values.greeting | quote }}}\n"],
  ]);
}

async function upload(page: Page, version: string, archive: Buffer): Promise<void> {
  await open(page, "App Catalog");
  await page.getByRole("button", { name: "Upload chart" }).click();
  const file = page.getByRole("dialog", { name: "Upload a chart" }).getByLabel("Choose an archive (.tgz)");
  await file.setInputFiles({ name: `bills-${version}.tgz`, mimeType: "application/gzip", buffer: archive });
  await expect(page).toHaveURL(/\/catalog\/uploaded\/bills/);
}

test("a field of another manager is left to it by an upgrade and taken by a rollback", async ({ page, console: own }) => {
  await upload(page, "1.0.0", bills("1.0.0", "hello"));
  await target(page, "bills", CLUSTER);
  await parameters(page);
  await deploy(page, CLUSTER);
  await installed(page);
  const api = new Api(readFileSync(join(own.folder, "sandbox.kubeconfig"), "utf8"), CLUSTER);
  await api.send(`${MAP}?fieldManager=clerk`, { data: { greeting: "moin" } }, "PATCH");
  const greeting = async () => (await api.send(MAP)).data.greeting;
  await upload(page, "1.1.0", bills("1.1.0", "good day"));

  await page.goto(`${own.url}/releases/${CLUSTER}/default/bills/upgrade`);
  await hydrated(page);
  await page.getByRole("button", { name: "Prepare upgrade to 1.1.0" }).click();
  await expect(page.getByText("Release bills can be upgraded")).toBeVisible();
  await parameters(page);
  await page.getByRole("button", { name: /^Review \d+ resources?/ }).click();
  const fields = page.getByRole("table", { name: "Field ownership" });
  const row = fields.getByRole("row").filter({ hasText: "data.greeting" });
  await expect(row.getByRole("cell", { name: "clerk" })).toBeVisible();
  await expect(row.getByRole("cell", { name: "moin" })).toBeVisible();
  await expect(row.getByRole("cell", { name: "good day" })).toBeVisible();
  const start = page.getByRole("button", { name: "Upgrade bills (1 resource)" });
  await expect(start).toBeDisabled();
  await expect(page.getByText("Make 1 choice to continue.").first()).toBeVisible();
  await row.getByText("Leave theirs").click();
  await expect(start).toBeDisabled();
  await page.getByRole("button", { name: "Check choices" }).click();
  await expect(start).toBeEnabled();
  await expect(row.getByRole("radio", { name: "Leave theirs" })).toBeChecked();
  await start.click();
  await expect(page.getByText("The new revision is deployed.")).toBeVisible({ timeout: 60_000 });
  expect(await greeting()).toBe("moin");

  // The way back without a mouse.
  await page.getByRole("link", { name: "Open release" }).click();
  const first = page.getByRole("navigation", { name: "Revisions" }).getByRole("button", { name: /^r1 / });
  await tabTo(page, first);
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "Roll back to r1" }));
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Roll back bills to r1" });
  await expect(dialog.getByText("Left to clerk since an earlier revision.")).toBeVisible();
  const left = dialog.getByRole("radio", { name: "Leave theirs" });
  await expect(left).toBeChecked();
  await tabTo(page, left);
  await page.keyboard.press("ArrowRight");
  const back = dialog.getByRole("button", { name: "Roll back 1 resource" });
  await expect(back).toBeDisabled();
  await tabTo(page, dialog.getByRole("button", { name: "Check choices" }));
  await page.keyboard.press("Enter");
  await expect(back).toBeEnabled();
  await expect(dialog.getByRole("radio", { name: "Take it" })).toBeChecked();
  await tabTo(page, back);
  await page.keyboard.press("Enter");
  await expect(page.getByText("The content of the earlier revision is deployed.")).toBeVisible({ timeout: 60_000 });
  expect(await greeting()).toBe("hello");
});
