// From two kubeconfigs to one verified mesh: the article's whole procedure in a browser.
import { expect, test } from "../console.ts";
import { open } from "../steps.ts";

test("the guided path leads to a control plane and a remote that has joined", async ({ page }) => {
  await open(page, "Meshes");
  await page.getByRole("link", { name: "New mesh" }).first().click();
  await page.getByRole("button", { name: "Begin" }).click();
  const step = (name: RegExp) => page.getByRole("listitem", { name });
  const checks = step(/^Checks/);
  await checks.getByText(/\d+ passed, \d+ to accept/).waitFor();
  await page.screenshot({ path: "/tmp/shot-checks.png", fullPage: true });
  const accept = checks.getByRole("checkbox", { name: /I accept the warnings/ });
  if (await accept.isVisible()) await accept.check();
  await checks.getByRole("button", { name: "Go on" }).click();
  const plane = step(/^Control plane on/);
  await plane.getByRole("button", { name: /^Deploy \d+ objects/ }).waitFor();
  await page.screenshot({ path: "/tmp/shot-plane.png", fullPage: true });
  await plane.getByRole("button", { name: /^Deploy \d+ objects/ }).click();
  const join = step(/joins$/);
  await expect(join.getByRole("button", { name: /^Join/ })).toBeVisible({ timeout: 90_000 });
  await page.screenshot({ path: "/tmp/shot-join.png", fullPage: true });
  await join.getByRole("button", { name: /^Join/ }).click();
  const remote = step(/^Injector on/);
  const deploy = (at: ReturnType<typeof step>) => at.getByRole("button", { name: /^Deploy \d+ objects/ });
  await deploy(remote).waitFor({ timeout: 90_000 });
  await page.screenshot({ path: "/tmp/shot-remote.png", fullPage: true });
  await deploy(remote).click();
  const sample = step(/^Bookinfo on/);
  await deploy(sample).waitFor({ timeout: 90_000 });
  await deploy(sample).click();
  const details = step(/^Bookinfo's details on/);
  await deploy(details).waitFor({ timeout: 90_000 });
  await deploy(details).click();
  await expect(page.getByText("6 of 7 steps hold")).toBeVisible({ timeout: 90_000 });
  await page.screenshot({ path: "/tmp/shot-details.png", fullPage: true });
});
