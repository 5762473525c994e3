// A release is upgraded to another version, compared with its earlier revision, and rolled back.
import { hydrated, expect, test } from "../console.ts";
import { deploy, installed, open, parameters, tabTo, target, yaml } from "../steps.ts";
import { accessibleEverywhere } from "../axe.ts";
import { packed } from "../chart-server.ts";
import type { Page } from "@playwright/test";

/** The text of the operator, whose comment has to survive. */
const TEXT = "greeting: good day # as agreed\n";

const map = (name: string, data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: ${data}\n`;

/** A version of a chart: the later one has another default, and another second object. */
function bills(version: string, limit: number, second: string): Buffer {
  const shown = `{greeting: {{ .Values.greeting | quote }}, limit: {{ .Values.limit | quote }}}`;
  return packed("bills", [
    ["Chart.yaml", `apiVersion: v2\nname: bills\nversion: ${version}\ndescription: Pays bills on time\n`],
    ["values.yaml", `greeting: hello\nlimit: ${limit}\n`],
    ["templates/all.yaml", `${map("bills", shown)}---\n${map(second, "{a: b}")}`],
  ]);
}

async function upload(page: Page, version: string, archive: Buffer): Promise<void> {
  await open(page, "App Catalog");
  await page.getByRole("button", { name: "Upload chart" }).click();
  const file = page.getByRole("dialog", { name: "Upload a chart" }).getByLabel("Choose an archive (.tgz)");
  await file.setInputFiles({ name: `bills-${version}.tgz`, mimeType: "application/gzip", buffer: archive });
  await expect(page).toHaveURL(/\/catalog\/uploaded\/bills/);
}

/** Version 1.0.0 is installed, and 1.1.0 is in the catalog. */
async function withBills(page: Page): Promise<void> {
  await upload(page, "1.0.0", bills("1.0.0", 10, "bills-old"));
  await target(page, "bills", "istio-control-plane");
  await parameters(page);
  await yaml(page).fill(TEXT);
  await expect(page.getByText("1 changed")).toBeVisible();
  await deploy(page, "istio-control-plane");
  await installed(page);
  await upload(page, "1.1.0", bills("1.1.0", 20, "bills-new"));
}

test("a release is upgraded from the catalog, compared and rolled back", async ({ page }) => {
  await withBills(page);
  await open(page, "App Catalog");
  await page.getByRole("article", { name: "bills", exact: true }).getByRole("link", { name: "Upgrade to 1.1.0" }).click();
  await expect(page.getByRole("heading", { name: "Upgrade bills" })).toBeVisible();
  await expect(page.getByText("Installed: bills 1.0.0, revision 1")).toBeVisible();
  await expect(page.getByRole("radio", { name: /^1\.1\.0 newer/ })).toBeChecked();
  await page.getByRole("button", { name: "Prepare upgrade to 1.1.0" }).click();

  await expect(page.getByText("Release bills can be upgraded")).toBeVisible();
  await parameters(page);
  await expect(yaml(page)).toHaveValue(TEXT);
  await page.getByRole("navigation", { name: "Steps" }).getByRole("button", { name: /Target/ }).click();
  await expect(page.getByText("1.0.0 · revision 1")).toBeVisible();
  await page.getByRole("button", { name: "Run checks" }).click();
  await parameters(page);
  await page.getByRole("button", { name: /^Review \d+ resources?/ }).click();
  await expect(page.getByText("1 deleted", { exact: true }).first()).toBeVisible();
  await page.getByRole("tab", { name: /^Values/ }).click();
  await expect(page.getByText("limit: 20")).toBeVisible();
  await page.getByText("Helm command").click();
  await expect(page.getByText(/^helm upgrade bills /)).toBeVisible();
  await page.getByRole("button", { name: "Upgrade bills (3 resources)" }).click();
  await expect(page.getByText("The new revision is deployed.")).toBeVisible({ timeout: 60_000 });

  await page.getByRole("link", { name: "Open release" }).click();
  const rail = page.getByRole("navigation", { name: "Revisions" });
  await expect(rail.getByRole("button")).toHaveCount(2);
  await rail.getByRole("button", { name: /^r1 bills-1\.0\.0/ }).click();
  await expect(page).toHaveURL(/\?revision=1$/);
  const difference = page.getByRole("table", { name: "Objects" });
  await expect(difference.getByText("data.limit")).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(difference.getByText("data.limit")).toBeVisible();

  await page.getByRole("button", { name: "Roll back to r1" }).click();
  const dialog = page.getByRole("dialog", { name: "Roll back bills to r1" });
  await expect(dialog.getByText("Makes revision 3")).toBeVisible();
  await expect(dialog.getByText("1 new", { exact: true }).first()).toBeVisible();
  await dialog.getByRole("button", { name: "Roll back 3 resources" }).click();
  await expect(page.getByText("The content of the earlier revision is deployed.")).toBeVisible({ timeout: 60_000 });
  await page.getByRole("link", { name: "Open release" }).click();
  await expect(rail.getByRole("button", { name: /^r3 bills-1\.0\.0 .*Deployed/ })).toBeVisible();
  await expect(rail.getByText("Rollback to 1")).toBeVisible();
});

test("an upgrade without a mouse changes values only, and two revisions are compared", async ({ page }) => {
  await withBills(page);
  await open(page, "Releases");
  await page.getByRole("link", { name: "bills", exact: true }).click();
  await hydrated(page);
  await tabTo(page, page.getByRole("link", { name: "Upgrade to 1.1.0" }));
  await page.keyboard.press("Enter");
  const newer = page.getByRole("radio", { name: /^1\.1\.0 newer/ });
  await tabTo(page, newer);
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("radio", { name: /^1\.0\.0 installed/ })).toBeChecked();
  await tabTo(page, page.getByRole("button", { name: "Prepare upgrade to 1.0.0" }));
  await page.keyboard.press("Enter");
  await expect(page.getByText("Release bills can be upgraded")).toBeVisible();
  await parameters(page);
  await yaml(page).fill("greeting: good evening\n");
  await expect(page.getByText("1 changed")).toBeVisible();
  await page.getByRole("button", { name: /^Review \d+ resources?/ }).click();
  await tabTo(page, page.getByRole("button", { name: "Upgrade bills (2 resources)" }));
  await page.keyboard.press("Enter");
  await expect(page.getByText("The new revision is deployed.")).toBeVisible({ timeout: 60_000 });

  await page.getByRole("link", { name: "Open release" }).click();
  const rail = page.getByRole("navigation", { name: "Revisions" });
  const first = rail.getByRole("button", { name: /^r1 / });
  await tabTo(page, first);
  await page.keyboard.press("Enter");
  await expect(first).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("tab", { name: "Values" }).click();
  await expect(page.getByText("greeting: good evening")).toBeVisible();
  await tabTo(page, rail.getByRole("button", { name: /^r2 / }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("tab", { name: /^Resources/ })).toBeVisible();
});

test("a draft of an upgrade is refused when the release was upgraded meanwhile", async ({ page, context, console: own }) => {
  await withBills(page);
  const prepare = async (tab: Page) => {
    await tab.goto(`${own.url}/releases/istio-control-plane/default/bills/upgrade`);
    await hydrated(tab);
    await tab.getByRole("button", { name: "Prepare upgrade to 1.1.0" }).click();
    await expect(tab.getByText("Release bills can be upgraded")).toBeVisible();
  };
  const other = await context.newPage();
  await prepare(other);
  await prepare(page);
  await parameters(page);
  await page.getByRole("button", { name: /^Review \d+ resources?/ }).click();
  await page.getByRole("button", { name: /^Upgrade bills \(/ }).click();
  await expect(page.getByText("The new revision is deployed.")).toBeVisible({ timeout: 60_000 });
  await other.getByRole("button", { name: "Re-check" }).click();
  await expect(other.getByText("Not at revision 1 any more, or an operation is pending.")).toBeVisible();
  await expect(other.getByRole("button", { name: "Set parameters" })).toBeDisabled();
});

/** Values: the next version has another default of one, and does not know another one. */
const CONFLICT = "greeting: good day # as agreed\nlimit: 15 # measured in May\nold: 2\n";

/** The draft of an upgrade whose values have a conflict and a key that the next version does not know. */
async function withConflict(page: Page): Promise<void> {
  const version = (number: string, values: string) => packed("bills", [
    ["Chart.yaml", `apiVersion: v2\nname: bills\nversion: ${number}\ndescription: Pays bills on time\n`],
    ["values.yaml", `greeting: hello\n${values}`],
    ["templates/all.yaml", map("bills", "{greeting: {{ .Values.greeting | quote }}, limit: {{ .Values.limit | quote }}}")],
  ]);
  await upload(page, "1.0.0", version("1.0.0", "limit: 10\nold: 1\n"));
  await target(page, "bills", "istio-control-plane");
  await parameters(page);
  await yaml(page).fill(CONFLICT);
  await expect(page.getByText("3 changed")).toBeVisible();
  await deploy(page, "istio-control-plane");
  await installed(page);
  await upload(page, "1.1.0", version("1.1.0", "limit: 20\nextra: a\n"));
  await open(page, "App Catalog");
  await page.getByRole("article", { name: "bills", exact: true }).getByRole("link", { name: "Upgrade to 1.1.0" }).click();
  await page.getByRole("button", { name: "Prepare upgrade to 1.1.0" }).click();
  await expect(page.getByText("Release bills can be upgraded")).toBeVisible();
  await parameters(page);
}

const panel = (page: Page) => page.getByRole("region", { name: "Values of the upgrade" });
const conflict = (page: Page) => panel(page).getByRole("group", { name: "Conflict of limit" });
const review = (page: Page) => page.getByRole("button", { name: /^Review \d+ resources?/ });
const upgrade = (page: Page) => page.getByRole("button", { name: /^Upgrade bills \(/ });

test("a value whose default changed is decided before the upgrade is deployed", async ({ page }) => {
  await withConflict(page);
  await expect(yaml(page)).toHaveValue(CONFLICT);
  await expect(panel(page).getByText("1 conflict", { exact: true })).toBeVisible();
  await expect(panel(page).getByText(/as revision 1 was deployed with it/)).toBeVisible();
  await expect(conflict(page).getByText("line 2")).toBeVisible();
  for (const value of ["10", "20", "15"]) await expect(conflict(page).getByText(value, { exact: true })).toBeVisible();
  await expect(page.getByText("Decide 1 conflict to deploy")).toBeVisible();
  await accessibleEverywhere(page);

  await review(page).click();
  await expect(page.getByText(/^Values without a decision: limit\./)).toBeVisible();
  await expect(upgrade(page)).toBeDisabled();
  await page.getByRole("button", { name: "Back" }).click();

  await conflict(page).getByRole("button", { name: "Take the new default" }).click();
  await expect(conflict(page)).toHaveCount(0);
  await expect(yaml(page)).not.toHaveValue(/limit/);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(yaml(page)).toHaveValue(CONFLICT);
  await conflict(page).getByRole("button", { name: "Keep mine" }).click();
  await expect(conflict(page).getByText("Your value is kept over the new default.")).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(panel(page).getByText("No open conflicts")).toBeVisible();

  await panel(page).getByRole("button", { name: "Remove old" }).click();
  await expect(yaml(page)).toHaveValue(CONFLICT.replace("old: 2\n", ""));
  await panel(page).getByText(/^\d+ other keys?$/).click();
  const others = panel(page).getByRole("row");
  await expect(others.filter({ hasText: "greeting" }).getByText("Yours, previous revision")).toBeVisible();
  await expect(others.filter({ hasText: "extra" }).getByText("Added")).toBeVisible();
  await review(page).click();
  await upgrade(page).click();
  await expect(page.getByText("The new revision is deployed.")).toBeVisible({ timeout: 60_000 });
});

test("a conflict of values is decided without a mouse", async ({ page }) => {
  await withConflict(page);
  const keep = conflict(page).getByRole("button", { name: "Keep mine limit" });
  await tabTo(page, keep);
  await page.keyboard.press("Enter");
  const again = conflict(page).getByRole("button", { name: "Decide again limit" });
  await expect(again).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(panel(page).getByText("1 conflict", { exact: true })).toBeVisible();
  await tabTo(page, conflict(page).getByRole("button", { name: "Take the new default limit" }));
  await page.keyboard.press("Enter");
  await expect(conflict(page)).toHaveCount(0);
  await expect(panel(page).getByRole("heading", { name: "Values of the upgrade" })).toBeFocused();
  await tabTo(page, review(page));
  await page.keyboard.press("Enter");
  await tabTo(page, upgrade(page));
  await page.keyboard.press("Enter");
  await expect(page.getByText("The new revision is deployed.")).toBeVisible({ timeout: 60_000 });
});
