// The same journey against two real API servers, added by their kubeconfigs in the browser.
import { readFileSync } from "node:fs";
import { expect, test } from "../console.ts";
import { open, wholeJourney } from "../steps.ts";

const lab = process.env.MESHSPAN_LAB;

test.use({ words: ["--allow-loopback-clusters"] });
test.skip(!lab, "no real API servers here");

test("ack-istio and ack-istio-remote pass the same journey on real API servers", async ({ page }) => {
  test.setTimeout(300_000);
  await open(page, "Clusters");
  for (const name of ["istio-control-plane", "istio-remote1"]) {
    await page.getByRole("button", { name: "Add a cluster" }).first().click();
    const text = readFileSync(`${lab}/${name}.kubeconfig`, "utf8");
    await page.getByRole("textbox", { name: "Kubeconfig" }).fill(text);
    await page.getByRole("button", { name: "Read it" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill(name);
    await page.getByRole("button", { name: "Add 1" }).click();
    await expect(page.getByRole("article", { name })).toBeVisible();
  }
  await wholeJourney(page);
});
