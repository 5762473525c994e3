// Charts from elsewhere: an HTTP repository, an OCI registry, an upload; and what is said when one is wrong.
import { expect, test } from "../console.ts";
import { deploy, installed, open, parameters } from "../steps.ts";
import { Shelves, chartArchive } from "../shelves.ts";
import type { Page } from "@playwright/test";

let shelves: Shelves;
test.beforeEach(async () => {
  shelves = await Shelves.start({ user: "ann", password: "nine-lives" });
});
test.afterEach(async () => {
  await shelves.stop();
});

/** The form of a new repository, filled in. */
async function describe(page: Page, name: string, url: string): Promise<void> {
  await open(page, "Repositories");
  await page.getByRole("button", { name: "Add repository" }).click();
  const dialog = page.getByRole("dialog", { name: "Add repository" });
  await dialog.getByRole("textbox", { name: "Name" }).fill(name);
  await dialog.getByRole("textbox", { name: "Address" }).fill(url);
}

async function password(page: Page, word: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Add repository" });
  await dialog.getByRole("radio", { name: "User and password" }).check();
  await dialog.getByRole("textbox", { name: "User" }).fill("ann");
  await dialog.getByLabel("Password", { exact: true }).fill(word);
}

/** Looks at what the form describes and adds it. */
async function add(page: Page, seen: RegExp): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Add repository" });
  await expect(dialog.getByRole("button", { name: "Add repository" })).toBeDisabled();
  await dialog.getByRole("button", { name: "Look at it" }).click();
  await expect(dialog.getByText(seen)).toBeVisible();
  await dialog.getByRole("button", { name: "Add repository" }).click();
  await expect(dialog).toBeHidden();
}

/** From a chart's own page to the end of its installation. */
async function install(page: Page, release: string): Promise<void> {
  await page.getByRole("link", { name: /^Install \d/ }).click();
  await page.getByRole("radio", { name: "istio-control-plane" }).check();
  await page.getByRole("textbox", { name: "Namespace" }).fill("shop");
  await page.getByRole("textbox", { name: "Release name" }).fill(release);
  await page.getByRole("button", { name: "Run the checks" }).click();
  await parameters(page);
  await deploy(page, "istio-control-plane");
  await installed(page);
}

test("a chart of an HTTP repository is found by a word and installed", async ({ page }) => {
  shelves.stock("bills", ["1.0.0", "1.1.0"]);
  await describe(page, "company", shelves.url);
  await password(page, "nine-lives");
  await add(page, /1 charts in 2 versions/);
  const row = page.getByRole("article", { name: "company" });
  await expect(row.getByText("Ready")).toBeVisible();
  await expect(row.getByText(/1 charts · read .* · as ann/)).toBeVisible();

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

  // Installed in the older version: the catalog says that a newer one is ready.
  await open(page, "App Catalog");
  await page.getByRole("radio", { name: /Upgrade ready/ }).check();
  await expect(page.getByRole("article", { name: "bills" }).getByText("1.1.0 ready")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("radio", { name: /Upgrade ready/ })).toBeChecked();
});

test("a chart of an OCI registry is installed", async ({ page }) => {
  shelves.push("team/bills", "bills", "2.0.0");
  await describe(page, "team", `oci://${shelves.host}/team/bills`);
  await password(page, "nine-lives");
  await page.getByRole("checkbox", { name: "This registry speaks plain HTTP" }).check();
  await add(page, /1 charts in 1 versions/);
  await open(page, "App Catalog");
  await page.getByRole("checkbox", { name: /^team/ }).check();
  await page.getByRole("article", { name: "bills" }).getByRole("link", { name: "bills" }).click();
  await expect(page.getByText(/^sha256:[0-9a-f]{64}$/)).toBeVisible();
  await install(page, "bills-of-team");
});

test("an uploaded chart is installed and can be taken away", async ({ page }) => {
  await open(page, "App Catalog");
  await page.getByRole("button", { name: "Upload chart" }).click();
  const dialog = page.getByRole("dialog", { name: "Upload a chart" });
  const file = dialog.getByLabel("Choose an archive (.tgz)");
  await file.setInputFiles({ name: "notes.tgz", mimeType: "application/gzip", buffer: Buffer.from("hello") });
  await expect(dialog.getByText("notes.tgz is no chart that can be installed.")).toBeVisible();
  await file.setInputFiles({ name: "bills-3.0.0.tgz", mimeType: "application/gzip", buffer: chartArchive("bills", "3.0.0") });
  await expect(page).toHaveURL(/\/catalog\/uploaded\/bills/);
  await install(page, "bills-uploaded");

  await page.goto(new URL("/catalog/uploaded/bills", page.url()).href);
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("heading", { name: "App Catalog" })).toBeVisible();
  await expect(page.getByRole("article", { name: "bills" })).toHaveCount(0);
});

test("a wrong password and a wrong address say what is wrong", async ({ page }) => {
  shelves.stock("bills", ["1.0.0"]);
  await describe(page, "company", shelves.url);
  const dialog = page.getByRole("dialog", { name: "Add repository" });
  const look = dialog.getByRole("button", { name: "Look at it" });
  await password(page, "wrong");
  await look.click();
  await expect(dialog.getByText(/does not accept this login/)).toBeVisible();
  await expect(dialog.getByRole("listitem").filter({ hasText: "Login: failed" })).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Add repository" })).toBeDisabled();

  const address = dialog.getByRole("textbox", { name: "Address" });
  for (const [url, says] of [
    [`${shelves.url}/nothing/here`, /answers 404/],
    ["http://127.0.0.1:1", /does not answer/],
    ["ftp://charts.example", /cannot be the address of a repository/],
    ["https://no-such-host.invalid", /does not answer/],
  ] as const) {
    await address.fill(url);
    await dialog.getByRole("radio", { name: "User and password" }).check();
    await dialog.getByLabel("Password", { exact: true }).fill("nine-lives");
    await look.click();
    await expect(dialog.getByText(says).first()).toBeVisible();
  }
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("article", { name: "company" })).toHaveCount(0);
});

test("a repository is added by the keyboard alone, fails later, and is removed", async ({ page }) => {
  shelves.stock("bills", ["1.0.0"]);
  await open(page, "Repositories");
  await page.getByRole("button", { name: "Add repository" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Add repository" });
  await dialog.getByRole("textbox", { name: "Name" }).focus();
  await page.keyboard.type("company");
  await page.keyboard.press("Tab");
  await page.keyboard.type(shelves.url);
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await page.keyboard.type("ann");
  await page.keyboard.press("Tab");
  await page.keyboard.type("nine-lives");
  await page.keyboard.press("Enter");
  await expect(dialog.getByText(/1 charts in 1 versions/)).toBeVisible();
  await dialog.getByRole("button", { name: "Add repository" }).press("Enter");

  const row = page.getByRole("article", { name: "company" });
  await expect(row.getByText("Ready")).toBeVisible();
  shelves.put("/index.yaml", "<html>hello</html>");
  await row.getByRole("button", { name: "Read again" }).click();
  await expect(row.getByText(/is no repository of charts/)).toBeVisible();
  await expect(row.getByText("Failing")).toBeVisible();
  await row.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog", { name: "Remove company" }).getByRole("button", { name: "Remove" }).click();
  await expect(row).toHaveCount(0);
});
