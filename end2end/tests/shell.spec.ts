// The frame of every page: unknown paths, slashes, a browser without scripts, the palette, keys, menus, notices, what stays in view.
import { hydrated, expect, test } from "../console.ts";
import { deploy, installed, open, parameters, target, yaml } from "../steps.ts";
import type { Page } from "@playwright/test";

/** Installs the control plane of Istio 1.0. */
async function install(page: Page, cluster: string): Promise<void> {
  await target(page, "ack-istio", cluster);
  await parameters(page);
  await deploy(page, cluster);
  await installed(page);
}

test("an unknown path is a page with a way on, when it is loaded and when it is navigated to", async ({ page, console: own }) => {
  const response = await page.goto(`${own.url}/releasses/east`);
  expect(response?.status()).toBe(404);
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1, name: "Page not found" })).toBeVisible();
  await expect(page).toHaveTitle("Page not found · Meshspan");
  await expect(page.getByText("/releasses/east")).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Releases" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Releases" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Page not found" })).toBeVisible();
  await page.goto(`${own.url}/jobs/0123456789ab`);
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1, name: "No such job" })).toBeVisible();
  await expect(page).toHaveTitle("No such job · Meshspan");
  await page.getByRole("link", { name: "Open Jobs" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Jobs" })).toBeVisible();
});

test("a slash too many leads to the page", async ({ page, console: own }) => {
  await page.goto(`${own.url}/releases/`);
  await expect(page).toHaveURL(`${own.url}/releases`);
  await expect(page.getByRole("heading", { level: 1, name: "Releases" })).toBeVisible();
});

test("a page without JavaScript says so", async ({ browser, console: own }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(own.newLink());
  await expect(page.getByText(/needs JavaScript/)).toBeVisible();
  await context.close();
});

test("the palette executes actions, and ? shows the keys", async ({ page }) => {
  await hydrated(page);
  await page.keyboard.press("?");
  const keys = page.getByRole("dialog", { name: "Keys" });
  await expect(keys.getByRole("cell", { name: "Show this list" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(keys).toBeHidden();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("add clus");
  await expect(page.getByRole("option", { name: /Add cluster.*action/ })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  const adding = page.getByRole("dialog", { name: "Add cluster" });
  await expect(adding).toBeVisible();
  await adding.getByRole("textbox", { name: "Kubeconfig" }).fill("?");
  await expect(keys).toBeHidden();
  await page.keyboard.press("Escape");
  const before = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("switch theme");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.evaluate(() => getComputedStyle(document.body).backgroundColor)).not.toBe(before);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("settings");
  await page.keyboard.press("Enter");
  const settings = page.getByRole("dialog", { name: "Settings" });
  await settings.getByRole("radio", { name: "As the system" }).check();
  await expect(page.locator("html")).not.toHaveAttribute("data-theme", /./);
});

test("the menus of the top bar open clusters and say what this console is", async ({ page }) => {
  await hydrated(page);
  const switcher = page.getByRole("button", { name: "Open a cluster" });
  await switcher.focus();
  await page.keyboard.press("Enter");
  const banner = page.getByRole("banner").first();
  await expect(banner.getByRole("link", { name: "istio-remote1" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(banner.getByRole("link", { name: "istio-remote1" })).toBeHidden();
  await expect(switcher).toBeFocused();
  await switcher.click();
  await banner.getByRole("link", { name: "istio-remote1" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "istio-remote1" })).toBeVisible();
  await expect(page.getByRole("button", { name: /Cluster istio-remote1/ })).toBeVisible();
  await page.getByRole("button", { name: "Help and settings" }).click();
  await page.getByRole("button", { name: "About Meshspan" }).click();
  await expect(page.getByRole("dialog", { name: "About Meshspan" }).getByText("Version")).toBeVisible();
});

test("the end of a job is announced on other pages, and listed in the top bar", async ({ page }) => {
  await target(page, "ack-istio-remote", "istio-remote1");
  await parameters(page);
  await yaml(page).fill("global:\n  remotePilotAddress: 172.16.1.14\n");
  await deploy(page, "istio-remote1");
  await expect(page).toHaveTitle(/^(\d+ of \d+|Succeeded) · Install ack-istio-remote on istio-remote1 · Meshspan$/);
  const job = new URL(page.url()).pathname;
  await open(page, "Clusters");
  const notices = page.getByRole("status", { name: "Notifications" });
  const notice = notices.getByText("Install ack-istio-remote on istio-remote1");
  await expect(notice).toBeVisible({ timeout: 90_000 });
  await expect(notices.getByText("Succeeded")).toBeVisible();
  expect(await notices.evaluate((element) => element.contains(document.activeElement))).toBe(false);
  await notice.hover();
  await expect(page.getByRole("button", { name: "Notifications: 1 job ended" })).toBeVisible();
  await notices.getByRole("link", { name: "Open job" }).click();
  await expect(page).toHaveURL(new RegExp(`${job}$`));
  await expect(page).toHaveTitle("Succeeded · Install ack-istio-remote on istio-remote1 · Meshspan");
  await notices.getByRole("button", { name: "Dismiss" }).click();
  await expect(notice).toBeHidden();
  await page.getByRole("button", { name: /^Notifications/ }).click();
  await expect(page.getByRole("banner").first().getByRole("link", { name: /Install ack-istio-remote.*Succeeded/ })).toBeVisible();
});

for (const width of [1440, 390]) {
  test(`top bar, rail and the footer of the wizard stay in view at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 700 });
    await page.goto(page.url().replace(/\/?$/, "/install/built-in/ack-istio"));
    await hydrated(page);
    await page.getByRole("radio", { name: "istio-control-plane" }).check();
    await page.getByRole("button", { name: "Run checks" }).click();
    await expect(page.getByText(/\d+ passed · \d+ warnings? · \d+ failed/)).toBeVisible();
    const next = page.getByRole("button", { name: "Set parameters" });
    await page.evaluate(() => window.scrollTo(0, 200));
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(100);
    await expect(page.getByRole("banner").first()).toBeInViewport();
    await expect(next).toBeInViewport();
    if (width > 768) await expect(page.getByRole("navigation", { name: "Menu" }).getByRole("link", { name: "Overview" })).toBeInViewport();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    // The last line of the content is not behind the footer.
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    const last = page.getByRole("main").locator("section, label").last();
    const [content, footer] = [await last.boundingBox(), await next.boundingBox()];
    expect(content && footer && content.y + content.height <= footer.y + 1).toBe(true);
  });
}

test("a cluster gets another colour, which every page shows", async ({ page }) => {
  await open(page, "Clusters");
  await page.getByRole("main").getByRole("link", { name: "istio-remote1" }).first().click();
  await page.getByRole("button", { name: "Change colour" }).click();
  const dialog = page.getByRole("dialog", { name: "Colour of the cluster" });
  const rust = dialog.getByRole("radio", { name: "Plum" });
  await rust.focus();
  await page.keyboard.press("Space");
  await expect(rust).toBeChecked();
  await page.keyboard.press("Escape");
  const plum = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--c11").trim());
  const swatch = page.getByRole("button", { name: /Cluster istio-remote1/ }).locator("i");
  const hex = (colour: string) => `#${colour.match(/\d+/g)?.slice(0, 3).map((part) => Number(part).toString(16).padStart(2, "0")).join("")}`;
  await expect.poll(async () => hex(await swatch.evaluate((element) => getComputedStyle(element).backgroundColor))).toBe(plum);
});

test("the namespaces of a cluster lead to their releases, by mouse and by keyboard", async ({ page }) => {
  await install(page, "istio-control-plane");
  await open(page, "Clusters");
  await page.getByRole("main").getByRole("link", { name: "istio-control-plane" }).first().click();
  const namespaces = page.getByRole("button", { name: "Releases of a namespace" });
  await namespaces.focus();
  await page.keyboard.press("Enter");
  const banner = page.getByRole("banner").first();
  await expect(banner.getByRole("link", { name: /istio-system.*1 release/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(namespaces).toBeFocused();
  await namespaces.click();
  await banner.getByRole("link", { name: /istio-system/ }).click();
  await expect(page.getByRole("searchbox", { name: "Find release" })).toHaveValue("cluster:istio-control-plane namespace:istio-system");
  const row = page.getByRole("table", { name: "Releases" }).getByRole("link", { name: "ack-istio" });
  await expect(row).toBeVisible();
  // The list has the place of its filter, also after a reload.
  await page.reload();
  await hydrated(page);
  await page.getByRole("button", { name: /^Namespace istio-system/ }).click();
  await banner.getByRole("link", { name: "All namespaces" }).click();
  await expect(page).toHaveURL(/words=cluster%3Aistio-control-plane$/);
  await expect(row).toBeVisible();
  await page.getByRole("searchbox", { name: "Find release" }).fill("namespace:istio");
  await expect(page.getByText("No rows match the filter.")).toBeVisible();
});

test.describe("in another time zone", () => {
  test.use({ timezoneId: "Asia/Tokyo" });

  test("times are in the zone of the browser, as the server writes them too", async ({ page }) => {
    await install(page, "istio-control-plane");
    await open(page, "Jobs");
    const time = page.getByRole("table", { name: "Jobs" }).locator("time").first();
    await expect(time).toHaveAttribute("title", /^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d Asia\/Tokyo$/);
    const [title, at] = await Promise.all([time.getAttribute("title"), time.getAttribute("datetime")]);
    // Nine hours ahead of UTC, all year.
    const ahead = new Date(Date.parse(at!) + 9 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
    expect(title).toBe(`${ahead} Asia/Tokyo`);
    const html = await page.evaluate(async () => (await fetch(location.href)).text());
    expect(html).toContain(title!);
    // The notification is there after a restart of the page.
    await page.reload();
    await hydrated(page);
    await page.getByRole("button", { name: /^Notifications/ }).click();
    await expect(page.getByRole("banner").first().getByRole("link", { name: /Install ack-istio/ })).toBeVisible();
  });
});
