// What a browser measures: first paint, hydration, and the time from Deploy until the API server has accepted every resource.
// Prints one JSON object. MESHSPAN_LINK is a login link; MESHSPAN_CLUSTER the kubeconfig of the cluster to deploy
// to, if any.
import { readFileSync } from "node:fs";
import { chromium } from "@playwright/test";

const link = process.env.MESHSPAN_LINK;
const cluster = process.env.MESHSPAN_CLUSTER;
const browser = await chromium.launch({
  executablePath: process.env.MESHSPAN_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
const base = link.slice(0, link.indexOf("/login?"));
await page.goto(link);
const hydrated = () => page.waitForFunction(() => document.body?.dataset.hydrated === "true");
await hydrated();

async function visit() {
  await page.goto(`${base}/catalog`);
  await page.waitForFunction(() => document.body?.dataset.hydrated === "true", undefined, { polling: "raf" });
  return page.evaluate(() => ({
    hydrated: performance.now(),
    paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
    requests: performance.getEntriesByType("resource").length + 1,
  }));
}
const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const visits = [];
for (let turn = 0; turn < 5; turn++) visits.push(await visit());
const result = {
  paint: median(visits.map((visit) => visit.paint)),
  hydrated: median(visits.map((visit) => visit.hydrated)),
  requests: visits.at(-1).requests,
};

if (cluster) {
  const name = "bench";
  await page.goto(`${base}/clusters`);
  await hydrated();
  await page.getByRole("button", { name: "Add cluster" }).first().click();
  await page.getByRole("textbox", { name: "Kubeconfig" }).fill(readFileSync(cluster, "utf8"));
  await page.getByRole("button", { name: "Check kubeconfig" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Add 1 cluster" }).click();
  await page.getByRole("table", { name: "Clusters" }).getByRole("link", { name, exact: true }).waitFor();
  await page.goto(`${base}/catalog`);
  await hydrated();
  await page.getByRole("article", { name: "ack-istio", exact: true }).getByRole("link", { name: /^Install/ }).click();
  await page.getByRole("radio", { name }).check();
  await page.getByRole("button", { name: "Run checks" }).click();
  const warnings = page.getByRole("checkbox", { name: /^Accept \d+ warnings?$/ });
  await page.getByText(/\d+ passed · \d+ warnings?/).waitFor();
  if (await warnings.isVisible()) await warnings.check();
  await page.getByRole("button", { name: "Set parameters" }).click();
  await page.getByRole("button", { name: /^Review \d+ resources?/ }).click();
  const deploy = page.getByRole("button", { name: /^Deploy \d+ resources?/ });
  await deploy.waitFor();
  const start = Date.now();
  await deploy.click();
  await page.waitForURL(/\/jobs\/\w+/);
  result.accepted = await page.evaluate(
    (start) =>
      new Promise((resolve) => {
        const source = new EventSource(`/live?job=${location.pathname.split("/").at(-1)}`);
        source.onmessage = (event) => {
          const job = JSON.parse(event.data).Job;
          const ready = job?.phases.find((phase) => phase.name === "Ready");
          if (ready && ready.state !== "Pending") {
            source.close();
            resolve(Date.now() - start);
          }
        };
      }),
    start,
  );
}
console.log(JSON.stringify(result));
await browser.close();
