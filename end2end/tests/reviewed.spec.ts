// What is deployed is what was reviewed: a change in between starts nothing, and says so where it is seen.
import { hydrated, expect, test } from "../console.ts";
import { deploy, installed, parameters, target } from "../steps.ts";

test("a plan that changed after its review is not deployed, and is reviewed again", async ({ page, context }) => {
  await target(page, "ack-istio", "istio-control-plane");
  await parameters(page);
  await page.getByRole("button", { name: /^Review \d+ resources?/ }).click();
  const button = page.getByRole("button", { name: /^Deploy \d+/ });
  await expect(button).toBeVisible();

  const other = await context.newPage();
  await other.goto(new URL("/", page.url()).href);
  await hydrated(other);
  await target(other, "ack-istio", "istio-control-plane");
  await parameters(other);
  await deploy(other, "istio-control-plane");
  await installed(other);

  await page.setViewportSize({ width: 390, height: 844 });
  await button.click();
  await expect(page.getByText(/^Nothing was started\. Resources that changed/)).toBeInViewport();
  await page.getByRole("button", { name: "Review again" }).click();
  await expect(page.getByText(/^Nothing was started/)).toBeHidden();
});
