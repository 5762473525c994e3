import { hydrated, expect, test } from "../console.ts";
import { createMesh, deployStep, joinRemote } from "../mesh-steps.ts";

test("all pages", async ({ page, console: own }) => {
  test.setTimeout(600_000);
  const [primary, remote] = ["istio-control-plane", "istio-remote1"];
  await createMesh(page, primary, remote);
  await joinRemote(page, remote);
  await deployStep(page, /^Bookinfo on/);
  await deployStep(page, /^Bookinfo details on/);
  await expect(page.getByText("7 of 7 steps complete")).toBeVisible({ timeout: 90_000 });
  const mesh = page.url().split("/meshes/")[1];
  const urls: [string, string][] = [["overview", "/"], ["releases", "/releases"], ["release", `/releases/${primary}/istio-system/ack-istio`], ["clusters", "/clusters"], ["cluster", `/clusters/${primary}`], ["meshes", "/meshes"], ["mesh", `/meshes/${mesh}`], ["services", `/meshes/${mesh}/services`], ["service", `/meshes/${mesh}/services/bookinfo/details`], ["jobs", "/jobs"], ["repositories", "/repositories"], ["chart", "/catalog/built-in/ack-istio"], ["catalog", "/catalog"], ["newmesh", "/meshes/new"], ["sessions", "/sessions"], ["missing", "/nothing"]];
  await page.goto(`${own.url}/jobs`);
  await hydrated(page);
  const job = await page.getByRole("link", { name: /Install|Uninstall|Join/ }).first().getAttribute("href");
  if (job) urls.push(["job", job]);
  for (const [name, path] of urls)
    for (const theme of ["light", "dark"] as const)
      for (const width of [1440, 390]) {
        if (theme === "dark" && width === 390 && !["mesh", "job", "release"].includes(name)) continue;
        await page.emulateMedia({ colorScheme: theme });
        await page.setViewportSize({ width, height: 900 });
        await page.goto(new URL(path, own.url).href);
        await hydrated(page);
        await page.waitForTimeout(800);
        await page.screenshot({ path: `/work/tmp/shots4/${name}-${theme}-${width}.png`, fullPage: true });
      }
});
