// The page of a release and the drawer of its objects; the page of a job that was stopped.
import { hydrated, expect, test } from "../console.ts";
import { deploy, installed, parameters, target, yaml } from "../steps.ts";

test("an object of a release opens its YAML, events, pods and logs, without a mouse", async ({ page }) => {
  await target(page, "ack-istio-remote", "istio-remote1");
  await parameters(page);
  await yaml(page).fill("global:\n  remotePilotAddress: 172.16.1.14\n");
  await deploy(page, "istio-remote1");
  await installed(page);
  await page.getByRole("link", { name: "Open release" }).click();
  await expect(page.getByText(/^(\d+) of \1 ready$/).first()).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("Status in Helm")).toBeVisible();
  const row = page.getByRole("link", { name: /^istio-(citadel|sidecar-injector)$/ }).and(page.getByTitle(/^Show Deployment /)).first();
  await row.focus();
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog", { name: /^Deployment istio-system\/istio-/ });
  await expect(drawer).toBeVisible();
  await expect(page).toHaveURL(/\?object=apps%2Fv1%2FDeployment%2Fistio-system%2Fistio-/);
  await expect(drawer.getByRole("region", { name: "YAML" })).toContainText("kind: Deployment");
  await drawer.getByRole("tab", { name: "YAML" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(drawer.getByRole("tab", { name: /^Events/ })).toBeFocused();
  await expect(drawer.getByText("Started").first()).toBeVisible();
  await page.keyboard.press("ArrowRight");
  const logs = drawer.getByRole("button", { name: /^Logs istio-/ }).first();
  await expect(logs).toBeVisible();
  await logs.focus();
  await page.keyboard.press("Enter");
  await expect(drawer.getByRole("region", { name: "Log" })).toContainText("sandbox: started");
  await expect(page).toHaveURL(/part=logs/);
  await page.reload();
  await hydrated(page);
  await expect(drawer.getByRole("region", { name: "Log" })).toContainText("sandbox: started");
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();
  await expect(page).toHaveURL(/\/releases\/istio-remote1\/istio-system\/ack-istio-remote$/);
  await row.click();
  await expect(drawer).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();
  await expect(row).toBeFocused();
});

test("an object that the release does not have is not shown", async ({ page, console: own }) => {
  await target(page, "ack-istio-remote", "istio-remote1");
  await parameters(page);
  await yaml(page).fill("global:\n  remotePilotAddress: 172.16.1.14\n");
  await deploy(page, "istio-remote1");
  await installed(page);
  await page.goto(`${own.url}/releases/istio-remote1/istio-system/ack-istio-remote?object=v1%2FSecret%2Fistio-system%2Fnone`);
  await hydrated(page);
  await expect(page.getByRole("dialog").getByText(/istio-system\/none/).first()).toBeVisible();
});

test("a stopped job is not a failed one, and offers what its text names", async ({ page }) => {
  await target(page, "ack-istio", "istio-control-plane");
  await parameters(page);
  await yaml(page).fill("global:\n  hub: registry.invalid/istio\n");
  await expect(page.getByText("1 changed")).toBeVisible();
  await deploy(page, "istio-control-plane");
  await expect(page.getByRole("region", { name: "Blocked by" })).toBeVisible({ timeout: 60_000 });
  const progress = page.getByRole("progressbar", { name: "Progress of the job" });
  await expect(progress).toHaveAttribute("aria-valuetext", /^\d+ of \d+ resources (applied|ready)\.$/);
  await expect(page.getByText(/^\d+ × Deployment:/).first()).toBeVisible();
  await page.getByRole("button", { name: "Stop job" }).click();
  await expect(page.getByText("The job was stopped by an operator.")).toBeVisible();
  await expect(page).toHaveTitle(/^Stopped · Install ack-istio on istio-control-plane · Meshspan$/);
  await expect(page.getByRole("region", { name: "Phases" }).getByText("Stopped", { exact: true }).first()).toBeVisible();
  await expect(page.getByRole("region", { name: "Phases" }).getByText("Failed", { exact: true })).toHaveCount(0);
  await page.getByRole("button", { name: "Resume job" }).click();
  await expect(page.getByRole("dialog", { name: "Resume this job" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Open the release to uninstall it" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "ack-istio" })).toBeVisible();
});
