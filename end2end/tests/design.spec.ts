// The components that pages are made of, each in every state: photographed, checked by axe, used by keyboard.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { hydrated, expect, test } from "../console.ts";
import type { Page } from "@playwright/test";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pictures = new URL("../test-results/design/", import.meta.url).pathname;

async function show(page: Page, url: string, width: number, theme: "light" | "dark"): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await page.context().addCookies([{ name: "meshspan_theme", value: theme, url }]);
  await page.goto(new URL("/design", url).href);
  await hydrated(page);
  await page.evaluate(() => document.fonts.ready);
  await expect(page.getByRole("heading", { level: 1, name: "Components" })).toBeVisible();
}

type Violation = { id: string; nodes: { html: string }[] };

/** The rules that the page breaks, each with the elements. */
async function violations(page: Page): Promise<string[]> {
  // Evaluated by the debugger, which the policy of the page for scripts does not bind.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(within: string): Promise<{ violations: Violation[] }> } };
    const found = await axe.run("main");
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
  });
}

/** The components, by their names on the page. */
const components = ["Condition", "Problem card", "Object drawer", "Plan list", "Revision diff", "Topology", "Plots", "Timeline"];

const component = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

for (const width of [1440, 390]) {
  for (const theme of ["light", "dark"] as const) {
    test(`every component fits, has contrast and names at ${width} px, ${theme}`, async ({ page, console: own }) => {
      await show(page, own.url, width, theme);
      mkdirSync(pictures, { recursive: true });
      // As tall as the tallest component, so that the top bar lies on none.
      await page.setViewportSize({ width, height: 6000 });
      for (const name of components) {
        const file = name.toLowerCase().replaceAll(" ", "-");
        await component(page, name).screenshot({ path: `${pictures}${file}-${width}-${theme}.png` });
      }
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(over, "the page is wider than its window").toBeLessThanOrEqual(0);
      expect(await violations(page)).toEqual([]);
    });
  }
}

test("a problem card starts its action, unless it runs or is disabled, and says why", async ({ page, console: own }) => {
  await show(page, own.url, 1440, "light");
  const cards = component(page, "What is broken");
  const first = cards.getByRole("listitem", { name: "istiod cannot reach API server of west" });
  await expect(first).toContainText("Unreachable");
  await expect(first).toContainText(/Since \d\d:\d\d.*As of/);
  await expect(first).toContainText("Undo: restores Secret version 41");
  const last = page.getByRole("status", { name: "Last action of a component" });
  const repoint = first.getByRole("button", { name: "Repoint remote secret" });
  await repoint.focus();
  await page.keyboard.press("Enter");
  await expect(last).toHaveText("unreachable");
  const refused = cards.getByRole("listitem", { name: /^payments/ });
  await expect(refused).toContainText("Istio 1.0 has no locality failover.");
  await refused.getByRole("button").focus();
  await page.keyboard.press("Enter");
  await cards.getByRole("listitem", { name: /^ledger/ }).getByRole("button").press("Enter");
  await expect(last).toHaveText("unreachable");
});

test("a plan lists its objects by cluster, and shows a difference by keyboard", async ({ page, console: own }) => {
  await show(page, own.url, 1440, "light");
  const plan = component(page, "Plan to join north");
  await expect(plan).toContainText("2 create · 1 adopt · 1 change · 1 keep · 1 delete");
  await expect(plan).toContainText("About 50s");
  const north = plan.getByRole("group", { name: "north" });
  await expect(north).toContainText("5 objects");
  const changed = north.getByRole("button", { name: /Change.*Namespace.*istio-system/ });
  await changed.press("Enter");
  await expect(changed).toHaveAttribute("aria-expanded", "true");
  await expect(north.getByRole("region", { name: "Namespace istio-system" })).toContainText("net-2");
  await plan.getByText("Equivalent kubectl commands").click();
  await expect(plan.getByRole("button", { name: "Copy commands" })).toBeVisible();
});

test("the drawer shows an object that loads, is there, was deleted or cannot be read", async ({ page, console: own }) => {
  await show(page, own.url, 1440, "light");
  const drawer = page.getByRole("dialog", { name: "Deployment istio-system/istiod" });
  const opened = async (name: string, text: string | RegExp) => {
    const button = page.getByRole("button", { name });
    await button.press("Enter");
    await expect(drawer).toContainText(text);
    expect(await violations(page), name).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(drawer).toBeHidden();
    await expect(button).toBeFocused();
  };
  await opened("Open loading object", "Loading object");
  await opened("Open present object", "1 of 2 ready");
  await opened("Open deleted object", "Missing");
  await opened("Open unread object", "Cluster west is not reachable.");
});

test("a difference of revisions shows fields with their parents, hides what is the same, and has CRDs apart", async ({ page, console: own }) => {
  await show(page, own.url, 1440, "light");
  const diff = component(page, "Difference of r5 and r7");
  await expect(diff).toContainText("5 changed · 1 added · 1 removed · 3 unchanged");
  const objects = diff.getByRole("table", { name: "Objects" });
  const image = objects.getByRole("row", { name: /spec\.template\.spec\.containers\[discovery\]\.image/ });
  await expect(image).toContainText("docker.io/istio/pilot:1.31.0");
  await expect(image).toContainText("docker.io/istio/pilot:1.31.1");
  await expect(objects.getByRole("row", { name: /data\.ca-cert\.pem/ })).toContainText("••••");
  await expect(objects.getByText("istio-ca-root-cert")).toHaveCount(0);
  await expect(diff.getByRole("status").filter({ hasText: "3 unchanged objects are hidden." })).toBeVisible();
  const crds = diff.getByRole("table", { name: "CRDs" });
  await expect(crds.getByRole("row")).toHaveCount(1 + 1 + 50 + 1);
  await crds.getByRole("button", { name: "Show 20 more fields" }).press("Enter");
  await expect(crds.getByRole("row")).toHaveCount(1 + 1 + 70);
  // The arrow keys move between objects, Enter folds one.
  const first = objects.getByRole("button", { name: /Deployment.*istiod/ });
  await first.focus();
  await page.keyboard.press("ArrowDown");
  await expect(objects.getByRole("button", { name: /ConfigMap/ })).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await expect(image).toHaveCount(0);
  await diff.getByRole("switch", { name: "Only differences" }).press("Space");
  await expect(objects.getByText("istio-ca-root-cert")).toBeVisible();
  await expect(component(page, "Difference of r1 and r2")).toContainText("The revisions are the same.");
  // The same as a unified text, which a pull request or a ticket can hold.
  await diff.getByRole("radio", { name: "Text" }).check();
  const text = diff.getByRole("region", { name: "Text" });
  await expect(text).toContainText("--- r5");
  await expect(text).toContainText("-spec.template.spec.containers[discovery].image: docker.io/istio/pilot:1.31.0");
  await expect(text).toContainText("+spec.template.spec.containers[discovery].image: docker.io/istio/pilot:1.31.1");
  await expect(text).toContainText("••••");
  await expect(objects).toBeHidden();
  await diff.getByRole("radio", { name: "Fields" }).check();
  await expect(objects).toBeVisible();
});

test("the topology is used by keyboard, hides kinds of connections, and is a list on a phone", async ({ page, console: own }) => {
  await show(page, own.url, 1440, "light");
  const topology = component(page, "Topology of three clusters");
  const last = page.getByRole("status", { name: "Last action of a component" });
  const east = topology.getByRole("button", { name: "east, Primary, Network net-1: Ready" });
  await east.focus();
  await page.keyboard.press("Enter");
  await expect(last).toHaveText("Topology of three clusters: Cluster(0)");
  await expect(east).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(last).toHaveText("Topology of three clusters: Element(0, 0)");
  const secret = topology.getByRole("button", { name: "east → west, Remote secret, token 40d: Unreachable" });
  await secret.click();
  await expect(last).toHaveText("Topology of three clusters: Connection(6)");
  await topology.getByRole("checkbox", { name: "Remote secret" }).uncheck();
  await expect(secret).toHaveCount(0);
  await topology.getByRole("radio", { name: "List" }).check();
  await expect(topology.getByRole("list", { name: "Connections" }).getByRole("listitem")).toHaveCount(6);
  await show(page, own.url, 390, "light");
  await expect(topology.getByRole("button", { name: "east, Primary, Network net-1: Ready" })).toBeHidden();
  const row = topology.getByRole("list", { name: "Connections" }).getByRole("button", { name: /east.*→.*west.*Remote secret.*token 40d.*Unreachable/ });
  await row.click();
  await expect(row).toHaveAttribute("aria-pressed", "true");
});

test("plots read their values under the cursor, have gaps, and are a table too", async ({ page, console: own }) => {
  await show(page, own.url, 1440, "light");
  const plots = component(page, "Mesh prod, last 15 min");
  await expect(plots.getByRole("list", { name: "Changes" })).toContainText("west unreachable");
  const cursor = plots.getByRole("slider", { name: "Time in Mesh prod, last 15 min" });
  await expect(cursor).toHaveAttribute("aria-valuetext", /^Latest values\. Requests: 1,\d+ req\/s, /);
  await cursor.focus();
  await page.keyboard.press("Home");
  await expect(cursor).toHaveAttribute("aria-valuetext", /^\d\d:\d\dZ?\. Requests: 1,\d+ req\/s, /);
  await expect(cursor).toHaveAttribute("aria-valuenow", "0");
  for (let step = 0; step < 22; step++) await page.keyboard.press("ArrowRight");
  await expect(cursor).toHaveAttribute("aria-valuetext", /Push time p99: no data s/);
  await page.keyboard.press("Escape");
  await expect(plots).toContainText("Latest values");
  const height = async () => (await plots.boundingBox())?.height;
  const before = await height();
  await cursor.hover();
  await expect(plots).toContainText(/At \d\d:\d\d/);
  expect(await height(), "nothing moves while the cursor does").toBe(before);
  await expect(component(page, "Series at the edges")).toContainText("No data");
  await plots.getByRole("radio", { name: "Table" }).check();
  const table = plots.getByRole("table", { name: "Mesh prod, last 15 min" });
  await expect(table.getByRole("row")).toHaveCount(1 + 61);
  await expect(table.getByRole("row").filter({ hasText: "west unreachable" })).toHaveCount(1);
  await expect(table).toContainText("no data");
});

test("a timeline shows its window, repeated entries as one, and lanes or names of clusters", async ({ page, console: own }) => {
  await show(page, own.url, 1440, "light");
  const timeline = component(page, "What changed last");
  const entries = timeline.getByRole("list").last().getByRole("listitem");
  await expect(timeline.getByRole("list", { name: "Clusters" })).toContainText("stage-b");
  await expect(timeline).toContainText(/3 times since \d\d:\d\d/);
  await expect(entries).toHaveCount(7);
  await timeline.getByRole("radio", { name: "6h" }).check();
  await expect(entries).toHaveCount(8);
  await timeline.getByRole("radio", { name: "1d" }).check();
  await expect(timeline).toContainText("Release istiod installed");
  await page.setViewportSize({ width: 390, height: 900 });
  await expect(timeline.getByRole("list", { name: "Clusters" })).toBeHidden();
  await expect(entries.first()).toContainText("west");
});
