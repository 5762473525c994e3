// Charts of an HTTP repository, an OCI registry and an upload, and the problems of each.
import { expect, test } from "../console.ts";
import { deploy, installed, open, parameters } from "../steps.ts";
import { ChartServer, chartArchive } from "../chart-server.ts";
import type { Page } from "@playwright/test";

let charts: ChartServer;
test.beforeEach(async () => {
  charts = await ChartServer.start({ user: "ann", password: "nine-lives" });
});
test.afterEach(async () => {
  await charts.stop();
});

/** Opens the dialog and enters the name and URL of a repository. */
async function enter(page: Page, name: string, url: string): Promise<void> {
  await open(page, "Repositories");
  await page.getByRole("button", { name: "Add repository" }).click();
  const dialog = page.getByRole("dialog", { name: "Add repository" });
  await dialog.getByRole("textbox", { name: "Name" }).fill(name);
  await dialog.getByRole("textbox", { name: "URL" }).fill(url);
}

async function password(page: Page, word: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Add repository" });
  await dialog.getByRole("radio", { name: "User and password" }).check();
  await dialog.getByRole("textbox", { name: "User" }).fill("ann");
  await dialog.getByLabel("Password", { exact: true }).fill(word);
}

/** Tests the connection and adds the repository. */
async function add(page: Page, result: RegExp): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Add repository" });
  await expect(dialog.getByRole("button", { name: "Add repository" })).toBeDisabled();
  await dialog.getByRole("button", { name: "Test connection" }).click();
  await expect(dialog.getByText(result)).toBeVisible();
  await dialog.getByRole("button", { name: "Add repository" }).click();
  await expect(dialog).toBeHidden();
}

/** Installs the chart of the open page. */
async function install(page: Page, release: string): Promise<void> {
  await page.getByRole("link", { name: /^Install \d/ }).click();
  await page.getByRole("radio", { name: "istio-control-plane" }).check();
  await page.getByRole("textbox", { name: "Namespace" }).fill("shop");
  await page.getByRole("textbox", { name: "Release name" }).fill(release);
  await page.getByRole("button", { name: "Run checks" }).click();
  await parameters(page);
  await deploy(page, "istio-control-plane");
  await installed(page);
}

test("a chart of an HTTP repository is found by a word and installed", async ({ page }) => {
  charts.addChart("bills", ["1.0.0", "1.1.0"]);
  charts.addChart("bills!", ["1.0.0"]);
  await enter(page, "company", charts.url);
  await password(page, "nine-lives");
  await add(page, /1 chart in 2 versions/);
  const row = page.getByRole("article", { name: "company" });
  await row.getByText("1 entry skipped").click();
  await expect(row.getByText(/bills! 1\.0\.0: Helm does not accept this chart name/)).toBeVisible();
  await expect(row.getByText("Ready")).toBeVisible();
  await expect(row.getByText(/1 chart · synced .* · user ann/)).toBeVisible();

  await open(page, "App Catalog");
  await page.getByRole("searchbox", { name: "Filter charts" }).fill("money");
  await expect(page).toHaveURL(/words=money/);
  const card = page.getByRole("article", { name: "bills" });
  await expect(card).toBeVisible();
  await expect(page.getByRole("article")).toHaveCount(1);
  await card.getByRole("link", { name: "bills" }).click();
  await expect(page.getByText("Pays what is owed.")).toBeVisible();
  await page.getByRole("combobox", { name: "Version" }).selectOption("1.0.0");
  await expect(page.getByRole("link", { name: "Install 1.0.0" })).toBeVisible();
  await install(page, "bills");

  // The older version is installed: the catalog shows the update.
  await open(page, "App Catalog");
  await page.getByRole("radio", { name: /Update available/ }).check();
  await expect(page.getByRole("article", { name: "bills" }).getByText("Update available: 1.1.0")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("radio", { name: /Update available/ })).toBeChecked();
});

test("a chart of an OCI registry is installed", async ({ page }) => {
  charts.push("team/bills", "bills", "2.0.0");
  await enter(page, "team", `oci://${charts.host}/team/bills`);
  await password(page, "nine-lives");
  await page.getByRole("checkbox", { name: "This registry uses plain HTTP" }).check();
  await add(page, /1 chart in 1 version/);
  await open(page, "App Catalog");
  await page.getByRole("checkbox", { name: /^team/ }).check();
  await page.getByRole("article", { name: "bills" }).getByRole("link", { name: "bills" }).click();
  await expect(page.getByText(/^sha256:[0-9a-f]{64}$/)).toBeVisible();
  await install(page, "bills-of-team");
});

test("an uploaded chart is installed and deleted", async ({ page }) => {
  await open(page, "App Catalog");
  await page.getByRole("button", { name: "Upload chart" }).click();
  const dialog = page.getByRole("dialog", { name: "Upload a chart" });
  const file = dialog.getByLabel("Choose an archive (.tgz)");
  await file.setInputFiles({ name: "notes.tgz", mimeType: "application/gzip", buffer: Buffer.from("hello") });
  await expect(dialog.getByText("notes.tgz is not a valid chart archive.")).toBeVisible();
  await file.setInputFiles({ name: "bills-3.0.0.tgz", mimeType: "application/gzip", buffer: chartArchive("bills", "3.0.0") });
  await expect(page).toHaveURL(/\/catalog\/uploaded\/bills/);
  await install(page, "bills-uploaded");

  await page.goto(new URL("/catalog/uploaded/bills", page.url()).href);
  await page.getByRole("button", { name: "Delete chart" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete chart" }).click();
  await expect(page.getByRole("heading", { name: "App Catalog" })).toBeVisible();
  await expect(page.getByRole("article", { name: "bills" })).toHaveCount(0);
});

test("a wrong password and a wrong URL have different problems", async ({ page }) => {
  charts.addChart("bills", ["1.0.0"]);
  await enter(page, "company", charts.url);
  const dialog = page.getByRole("dialog", { name: "Add repository" });
  const testConnection = dialog.getByRole("button", { name: "Test connection" });
  await password(page, "wrong");
  await testConnection.click();
  await expect(dialog.getByText(/rejected the credentials/)).toBeVisible();
  await expect(dialog.getByRole("listitem").filter({ hasText: "Credentials: failed" })).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Add repository" })).toBeDisabled();

  const field = dialog.getByRole("textbox", { name: "URL" });
  for (const [url, problem] of [
    [`${charts.url}/nothing/here`, /answered with status 404/],
    ["http://127.0.0.1:1", /is not reachable/],
    ["ftp://charts.example", /is not a valid repository URL/],
    ["https://no-such-host.invalid", /is not reachable/],
  ] as const) {
    await field.fill(url);
    await dialog.getByRole("radio", { name: "User and password" }).check();
    await dialog.getByLabel("Password", { exact: true }).fill("nine-lives");
    await testConnection.click();
    await expect(dialog.getByText(problem).first()).toBeVisible();
  }
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("article", { name: "company" })).toHaveCount(0);
});

test("a repository is added with the keyboard, fails its next sync, and is removed", async ({ page }) => {
  charts.addChart("bills", ["1.0.0"]);
  await open(page, "Repositories");
  await page.getByRole("button", { name: "Add repository" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Add repository" });
  await dialog.getByRole("textbox", { name: "Name" }).focus();
  await page.keyboard.type("company");
  await page.keyboard.press("Tab");
  await page.keyboard.type(charts.url);
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await page.keyboard.type("ann");
  await page.keyboard.press("Tab");
  await page.keyboard.type("nine-lives");
  await page.keyboard.press("Enter");
  await expect(dialog.getByText(/1 chart in 1 version/)).toBeVisible();
  await dialog.getByRole("button", { name: "Add repository" }).press("Enter");

  const row = page.getByRole("article", { name: "company" });
  await expect(row.getByText("Ready")).toBeVisible();
  charts.put("/index.yaml", "<html>hello</html>");
  await row.getByRole("button", { name: "Sync" }).click();
  await expect(row.getByText(/is not a chart repository/)).toBeVisible();
  await expect(row.getByText("Failing")).toBeVisible();
  await row.getByRole("button", { name: "Remove repository" }).click();
  await page.getByRole("dialog", { name: "Remove company" }).getByRole("button", { name: "Remove repository" }).click();
  await expect(row).toHaveCount(0);
});
