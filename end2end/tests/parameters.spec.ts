// One text in two views: errors have a line, and no typed text is lost.
import { expect, test } from "../console.ts";
import { parameters, target, yaml } from "../steps.ts";

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
