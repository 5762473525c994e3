// One text in two views: errors have a line, and no typed text is lost.
import { expect, test } from "../console.ts";
import { chartArchive } from "../chart-server.ts";
import { deploy, installed, open, parameters, target, yaml } from "../steps.ts";

test.beforeEach(async ({ page }) => {
  await target(page, "ack-istio", "istio-control-plane");
  await parameters(page);
});

test("the form edits the text of the operator and keeps its comments", async ({ page }) => {
  await yaml(page).fill("# ours, do not touch\npilot:\n  # one percent\n  traceSampling: 1\n");
  await expect(page.getByText("1 changed")).toBeVisible();
  await page.getByRole("searchbox", { name: "Find parameter" }).fill("pilot.traceSampling");
  const field = page.getByRole("textbox", { name: /^pilot\.traceSampling/ });
  await expect(field).toHaveValue("1");
  await field.fill("50");
  await field.press("Tab");
  await expect(yaml(page)).toHaveValue("# ours, do not touch\npilot:\n  # one percent\n  traceSampling: 50\n");
});

test("invalid YAML keeps its text and has an error with its line", async ({ page }) => {
  const text = "pilot:\n  enabled: [true\n";
  await yaml(page).fill(text);
  await expect(page.getByText(/line [23], column \d+/).first()).toBeVisible();
  await expect(page.getByText("The form is available again once the YAML is valid")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Review/ })).toBeDisabled();
  await page.reload();
  await expect(yaml(page)).toHaveValue(text);
});

test("an unknown key and a wrong type are errors with their position", async ({ page }) => {
  await yaml(page).fill("pilot:\n  surprise: 1\n");
  await expect(page.getByText("line 2, column 3").first()).toBeVisible();
  await expect(page.getByText(/surprise/).first()).toBeVisible();
  await yaml(page).fill("pilot:\n  enabled: maybe\n");
  await expect(page.getByText(/pilot\.enabled/).first()).toBeVisible();
  await expect(page.getByRole("button", { name: /^Review/ })).toBeDisabled();
});

test("errors lead to their fields and lines, by mouse and by keyboard", async ({ page }) => {
  const form = page.getByRole("region", { name: "Form" });
  await page.getByRole("button", { name: "Collapse all" }).click();
  await expect(page.getByRole("switch", { name: /^pilot\.enabled/ })).toHaveCount(0);
  await yaml(page).fill("surprise: 1\npilot:\n  enabled: maybe\n");
  const errors = page.getByRole("listitem").getByRole("button", { name: /^line \d/ });
  await expect(errors.first()).toContainText("line 1");
  await errors.filter({ hasText: "pilot.enabled" }).click();
  const field = page.getByRole("switch", { name: /^pilot\.enabled/ });
  await expect(field).toBeFocused();
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(form.getByRole("button", { name: /^pilot\b.*1 error/ })).toBeVisible();
  await errors.first().focus();
  await page.keyboard.press("Enter");
  await expect(yaml(page)).toBeFocused();
});

test("groups collapse, the table of contents leads to one, and the default values are beside the form", async ({ page }) => {
  const form = page.getByRole("region", { name: "Form" });
  await page.getByRole("button", { name: "Collapse all" }).click();
  const group = form.getByRole("button", { name: /^gateways\b|^pilot\b/ }).first();
  await expect(group).toHaveAttribute("aria-expanded", "false");
  await group.focus();
  await page.keyboard.press("Enter");
  await expect(group).toHaveAttribute("aria-expanded", "true");
  await page.getByRole("combobox", { name: "Go to" }).selectOption("pilot");
  await expect(page.locator("[id^='pilot.']:focus")).toHaveCount(1);
  await page.getByRole("tab", { name: "Default values" }).click();
  await expect(page.getByRole("region", { name: "YAML" }).getByText(/traceSampling/).first()).toBeVisible();
});

test("a chart without a schema has a form from its default values and their comments", async ({ page }) => {
  await open(page, "App Catalog");
  await page.getByRole("button", { name: "Upload chart" }).click();
  const file = page.getByRole("dialog", { name: "Upload a chart" }).getByLabel("Choose an archive (.tgz)");
  await file.setInputFiles({ name: "bills-3.0.0.tgz", mimeType: "application/gzip", buffer: chartArchive("bills", "3.0.0") });
  await expect(page).toHaveURL(/\/catalog\/uploaded\/bills/);
  await target(page, "bills", "istio-control-plane");
  await parameters(page);
  const field = page.getByRole("textbox", { name: /^greeting/ });
  await expect(page.getByText("The words of the ConfigMap.")).toBeVisible();
  await field.fill("good day");
  await field.press("Tab");
  await expect(yaml(page)).toHaveValue("greeting: good day\n");
  await page.getByRole("searchbox", { name: "Find parameter" }).fill("words of");
  await expect(page.getByRole("textbox", { name: /^replicas/ })).toHaveCount(0);
  await expect(field).toBeVisible();
});

test("a chart that needs a value names it, marks its field and renders once it is set, by keyboard", async ({ page }) => {
  await target(page, "ack-istio-remote", "istio-remote1");
  await parameters(page);
  const key = "global.remotePilotAddress";
  await expect(page.getByText("This chart needs 1 value before it can be rendered")).toBeVisible();
  const form = page.getByRole("region", { name: "Form" });
  await expect(form.getByRole("button", { name: /^global\b.*1 to set/ }).first()).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Go to" })).toContainText(/global \(\d+, 1 to set\)/);
  await expect(page.getByRole("button", { name: /^Review/ })).toBeDisabled();
  await page.getByRole("button", { name: "Collapse all" }).click();
  const needed = page.getByRole("listitem").getByRole("button", { name: new RegExp(`^${key}`) });
  await needed.focus();
  await page.keyboard.press("Enter");
  const field = page.getByRole("textbox", { name: key });
  await expect(field).toBeFocused();
  await expect(field).toHaveAttribute("aria-required", "true");
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(form.getByText(/remotePilotAddress is empty/)).toBeVisible();
  await page.keyboard.type("172.16.1.14");
  await page.keyboard.press("Tab");
  await expect(page.getByText(/This chart needs/)).toHaveCount(0);
  await expect(field).toHaveAttribute("aria-invalid", "false");
  await expect(page.getByRole("button", { name: /^Review \d+ resources/ })).toBeEnabled();
});

test("the addresses of a control plane are offered in the form of its remote, and taken with one click", async ({ page }) => {
  test.setTimeout(240_000);
  await deploy(page, "istio-control-plane");
  await installed(page);
  await target(page, "ack-istio-remote", "istio-remote1");
  await parameters(page);
  const needed = page.getByRole("listitem").filter({ hasText: "global.remotePilotAddress" });
  await expect(needed.getByText(/found: cluster istio-control-plane/)).toBeVisible();
  await needed.getByRole("button", { name: /^Use \d+\.\d+/ }).click();
  await expect(yaml(page)).toHaveValue(/remotePilotAddress: "?\d+\.\d+/);
  const field = page.getByRole("textbox", { name: "global.remotePilotAddress" });
  await expect(field).toBeFocused();
  await expect(page.getByText(/This chart needs/)).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^found: cluster istio-control-plane/ })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Review \d+ resources/ })).toBeEnabled();
});
