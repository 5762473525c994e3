// One event stream for all tabs of a browser: more tabs of one host than a browser opens connections to it all
// load and follow a change, and another tab takes over when the one that holds the stream is closed.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, hydrated, test } from "../console.ts";
import { call, createReleases } from "../releases.ts";

test.use({ options: ["--allow-loopback-clusters"] });

let clusters: ChildProcess;
let folder: string;
let kubeconfig: string;

test.beforeEach(async ({ page }) => {
  folder = mkdtempSync(join(tmpdir(), "meshspan-tabs-"));
  const file = join(folder, "kubeconfig");
  clusters = spawn(process.env.MESHSPAN_PROGRAM ?? "meshspan", ["sandbox", "--kubeconfig", file], { stdio: "ignore" });
  await expect.poll(() => existsSync(file) && /istio-remote1-admin\n  user:\n    token: \S+\n/.test(readFileSync(file, "utf8"))).toBe(true);
  kubeconfig = readFileSync(file, "utf8");
  await call(page, "add_clusters", { request: { kubeconfig, contexts: [["istio-control-plane", "istio-control-plane"]] } });
});
test.afterEach(() => {
  clusters.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Counts the open event streams of a tab. */
async function countStreams(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const Original = window.EventSource;
    const open = new Set<EventSource>();
    (window as any).streams = open;
    window.EventSource = class extends Original {
      constructor(url: string | URL) {
        super(url);
        open.add(this);
      }
      close() {
        open.delete(this);
        super.close();
      }
    };
  });
}
const streams = (page: Page): Promise<number> => page.evaluate(() => (window as any).streams.size);

test("eight tabs share one stream and follow a change, and another tab takes over", async ({ page, context }) => {
  const url = new URL("/releases", page.url()).href;
  const tabs: Page[] = [];
  for (let number = 0; number < 8; number++) {
    const tab = await context.newPage();
    await countStreams(tab);
    await tab.goto(url);
    await hydrated(tab);
    tabs.push(tab);
  }
  // The first page has a stream of its own until it is closed.
  await page.close();
  const all = async () => (await Promise.all(tabs.map(streams))).reduce((sum, open) => sum + open, 0);
  await expect.poll(all).toBe(1);
  await createReleases(kubeconfig, "istio-control-plane", 1);
  for (const tab of tabs) await expect(tab.getByRole("rowheader", { name: "shop-000" })).toBeVisible({ timeout: 6_000 });

  const open = await Promise.all(tabs.map(streams));
  const [holder] = tabs.splice(open.indexOf(1), 1);
  await holder.close();
  const closed = Date.now();
  await expect.poll(all, { intervals: [50] }).toBe(1);
  expect(Date.now() - closed).toBeLessThan(2_000);
  await createReleases(kubeconfig, "istio-control-plane", 2, 1);
  for (const tab of tabs) await expect(tab.getByRole("rowheader", { name: "shop-001" })).toBeVisible({ timeout: 6_000 });
});

test("logging out in one tab ends the stream of all", async ({ page, context }) => {
  const other = await context.newPage();
  await countStreams(other);
  await other.goto(new URL("/releases", page.url()).href);
  await hydrated(other);
  await page.evaluate(() => fetch("/logout", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }));
  await expect(other.getByText(/session has (expired|ended)/i).first()).toBeVisible();
  await expect.poll(() => streams(other)).toBe(0);
});

test("a stream that a proxy refuses is opened again", async ({ page }) => {
  await page.route("**/live*", (route) => route.fulfill({ status: 503 }));
  await page.reload();
  await hydrated(page);
  const reconnecting = page.getByText("The data on this page may be out of date.");
  await expect(reconnecting).toBeVisible();
  await page.unroute("**/live*");
  await expect(reconnecting).toBeHidden();
});
