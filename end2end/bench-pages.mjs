// What pages cost in a browser with many clusters and releases, and the time from a change in a cluster to the
// pixel. Prints one JSON object. MESHSPAN_LINK is a login link, MESHSPAN_CLUSTER the kubeconfig of the
// clusters, MESHSPAN_TURNS the number of visits to each page, MESHSPAN_CHANGES that of the changes.
import { readFileSync } from "node:fs";
import http from "node:http";
import { request } from "node:https";
import { chromium } from "@playwright/test";

const link = process.env.MESHSPAN_LINK;
const kubeconfig = readFileSync(process.env.MESHSPAN_CLUSTER, "utf8");
const turns = Number(process.env.MESHSPAN_TURNS ?? 3);
const changes = Number(process.env.MESHSPAN_CHANGES ?? 100);
const PAGES = { overview: "/", releases: "/releases", clusters: "/clusters", jobs: "/jobs", meshes: "/meshes", catalog: "/catalog", cluster: "/clusters/fleet-000", release: "/releases/fleet-000/default/shop-0000", "new mesh": "/meshes/new" };

const browser = await chromium.launch({
  executablePath: process.env.MESHSPAN_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
const page = await context.newPage();
const base = link.slice(0, link.indexOf("/login?"));
const hydrated = (page) => page.waitForFunction(() => document.body?.dataset.hydrated === "true", undefined, { polling: "raf" });
await page.goto(link);
await hydrated(page);

const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
/** Calls a server function as a page does. A name below localhost is this machine. */
function post(path, body) {
  const { host, port } = new URL(base);
  const headers = { host, origin: base, cookie, "sec-fetch-site": "same-origin", "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const sent = http.request({ host: "127.0.0.1", port, path, method: "POST", headers }, (response) => {
      response.resume();
      response.on("end", () => (response.statusCode === 200 ? resolve() : reject(new Error(`${path} was answered with ${response.statusCode}`))));
    });
    sent.on("error", reject);
    sent.end(JSON.stringify(body));
  });
}
// A document without an event stream: the clusters are watched once all are there.
await page.goto(`${base}/healthz`);
const names = [...kubeconfig.matchAll(/^- name: (fleet-\d+)-admin$/gm)].map((found) => found[1]);
for (let first = 0; first < names.length; first += 10) {
  const contexts = names.slice(first, first + 10).map((name) => [name, name]);
  await post("/api/add_clusters", { request: { kubeconfig, contexts } });
}
const added = Date.now();
await page.goto(`${base}/clusters?state=reachable`);
await page.getByText(`of ${names.length}`, { exact: false }).first().waitFor({ timeout: 120_000 });
const reachable = Date.now() - added;
await page.goto(`${base}/releases`);
await page.getByRole("table").getByRole("row").nth(10).waitFor({ timeout: 120_000 });
// What is read for the first time is read by then.
await page.waitForTimeout(5000);

const rounded = (number) => Math.round(number * 10_000) / 10_000;
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
async function visit(path) {
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.shift = 0;
    window.longest = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => entry.hadRecentInput || (window.shift += entry.value))).observe({ type: "layout-shift", buffered: true });
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.longest = Math.max(window.longest, entry.duration)))).observe({ type: "longtask", buffered: true });
  });
  await page.goto(`${base}${path}`);
  await hydrated(page);
  const ready = await page.evaluate(() => performance.now());
  // The stream opens, and what it tells is shown.
  await page.waitForTimeout(1500);
  const seen = await page.evaluate(() => {
    const own = performance.getEntriesByType("navigation")[0];
    const resources = performance.getEntriesByType("resource").filter((entry) => !entry.name.includes("/live"));
    return {
      requests: resources.length + 1,
      bytes: resources.reduce((sum, entry) => sum + entry.transferSize, own.transferSize),
      html: own.decodedBodySize,
      html_sent: own.encodedBodySize,
      paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
      shift: window.shift,
      longest: window.longest,
    };
  });
  await page.close();
  return { ...seen, hydrated: ready };
}

const pages = {};
for (const [name, path] of Object.entries(PAGES)) {
  await visit(path);
  const visits = [];
  for (let turn = 0; turn < turns; turn++) visits.push(await visit(path));
  pages[name] = Object.fromEntries(Object.keys(visits[0]).map((key) => [key, rounded(median(visits.map((visit) => visit[key])))]));
}

// A release is created in a cluster, and its row appears on an open page.
const entry = (pattern) => kubeconfig.match(new RegExp(pattern))?.[1];
function create(cluster, name) {
  const server = new URL(entry(`- name: ${cluster}\\n  cluster:\\n    server: (\\S+)`));
  const ca = Buffer.from(entry(`- name: ${cluster}\\n  cluster:\\n.*\\n    certificate-authority-data: (\\S+)`), "base64");
  const token = entry(`- name: ${cluster}-admin\\n  user:\\n    token: (\\S+)`);
  const now = new Date().toISOString();
  const release = { name, namespace: "default", version: 1, info: { first_deployed: now, last_deployed: now, deleted: "", description: "", status: "deployed" }, chart: { metadata: { name: "shop", version: "1.0.0" } }, config: {}, manifest: "" };
  const stored = Buffer.from(Buffer.from(JSON.stringify(release)).toString("base64")).toString("base64");
  const labels = { owner: "helm", name, status: "deployed", version: "1" };
  const body = JSON.stringify({ apiVersion: "v1", kind: "Secret", type: "helm.sh/release.v1", metadata: { name: `sh.helm.release.v1.${name}.v1`, labels }, data: { release: stored } });
  return new Promise((resolve, reject) => {
    const sent = request(new URL("/api/v1/namespaces/default/secrets", server), { method: "POST", ca, headers: { authorization: `Bearer ${token}`, "content-type": "application/json" } }, (response) => {
      // The write has happened: its answer begins.
      response.resume();
      response.statusCode < 300 ? resolve(Date.now()) : reject(new Error(`the Secret was answered with ${response.statusCode}`));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
await page.goto(`${base}/releases`);
await hydrated(page);
await page.waitForTimeout(3000);
const times = [];
for (let turn = 0; turn < changes; turn++) {
  const name = `change-${turn}`;
  const shown = page.evaluate(
    (name) =>
      new Promise((resolve) => {
        const look = () => (document.querySelector(`a[href$="/${name}"]`) ? requestAnimationFrame(() => resolve(Date.now())) : requestAnimationFrame(look));
        look();
      }),
    name,
  );
  const before = Date.now();
  await create(names[(turn * 37) % names.length], name);
  times.push((await shown) - before);
  // A page reads the next change a second after the last at the earliest.
  await page.waitForTimeout(1300 + Math.random() * 400);
}
times.sort((a, b) => a - b);
const at = (part) => times[Math.min(times.length - 1, Math.ceil(times.length * part) - 1)];
console.log(JSON.stringify({ pages, reachable, changes: times.length, change_p50: at(0.5), change_p99: at(0.99), change_slowest: times.at(-1) }));
await browser.close();
