// What a browser feels: first paint, waking up, and the time from Deploy until every object is accepted.
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
const origin = new URL(link).origin;
await page.goto(link);
const awake = () => page.waitForFunction(() => document.body?.dataset.awake === "true");
await awake();

async function visit() {
  await page.goto(`${origin}/catalog`);
  await page.waitForFunction(() => document.body?.dataset.awake === "true", undefined, { polling: "raf" });
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
  paint: median(visits.map((one) => one.paint)),
  hydrated: median(visits.map((one) => one.hydrated)),
  requests: visits.at(-1).requests,
};

if (cluster) {
  const name = "bench";
  await page.goto(`${origin}/clusters`);
  await awake();
  await page.getByRole("button", { name: "Add a cluster" }).first().click();
  await page.getByRole("textbox", { name: "Kubeconfig" }).fill(readFileSync(cluster, "utf8"));
  await page.getByRole("button", { name: "Read it" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Add 1" }).click();
  await page.getByRole("article", { name }).waitFor();
  await page.goto(`${origin}/catalog`);
  await awake();
  await page.getByRole("article", { name: "ack-istio", exact: true }).getByRole("link", { name: /^Install/ }).click();
  await page.getByRole("radio", { name }).check();
  await page.getByRole("button", { name: "Run the checks" }).click();
  const warnings = page.getByRole("checkbox", { name: /I accept the warnings/ });
  await page.getByText(/\d+ passed, \d+ to accept/).waitFor();
  if (await warnings.isVisible()) await warnings.check();
  await page.getByRole("button", { name: "Set the parameters" }).click();
  await page.getByRole("button", { name: /^Review \d+ objects/ }).click();
  const deploy = page.getByRole("button", { name: /^Deploy \d+ objects/ });
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
          if (ready && ready.state !== "ToCome") {
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
