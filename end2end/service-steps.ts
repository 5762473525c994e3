// The page of a Service of a mesh, shared by several tests.
import { expect, type Page } from "@playwright/test";
import { hydrated } from "./console.ts";

/** From the page of a mesh to one of its Services, chosen by search. */
export async function openService(page: Page, namespace: string, name: string): Promise<void> {
  await page.getByRole("link", { name: "Services", exact: true }).click();
  await page.getByRole("searchbox", { name: "Search Services" }).fill(`namespace:${namespace} ${name}`);
  const table = page.getByRole("table", { name: "Services" });
  await expect(table.getByRole("row")).toHaveCount(2);
  await table.getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

/** The page shows who serves details, and the requests between the clusters, in the plot and as a table. */
export async function trafficBetween(page: Page, from: string, to: string, send: () => Promise<void>): Promise<void> {
  const served = page.getByRole("table", { name: "Served by" });
  await expect(served.getByRole("row", { name: new RegExp(to) }).getByText("1 of 1 registered").first()).toBeVisible({ timeout: 60_000 });
  const flows = page.getByRole("table", { name: "Traffic between clusters" });
  const flow = flows.getByRole("row", { name: `${from} → ${to}` });
  // The first reading has nothing to be compared with.
  await expect(page.getByText(/Source: /)).toBeVisible({ timeout: 60_000 });
  await send();
  await expect(flow).toBeVisible({ timeout: 90_000 });
  await expect(flow.getByText(/^[\d.]+ req\/s$/)).toBeVisible();
  const plots = page.getByRole("region", { name: "Traffic in the last 15 minutes", exact: true });
  await expect(plots.getByText(`${from} → ${to} · requests`)).toBeVisible();
  await plots.getByRole("radio", { name: "Table" }).check();
  await expect(plots.getByRole("columnheader", { name: new RegExp(`${from} → ${to} · requests`) })).toBeVisible();
}

/** Pins the Service of the open page: its requests are lines of the topology, and a plot beside it. */
export async function pinnedTraffic(page: Page, mesh: string, from: string, to: string): Promise<void> {
  const service = (await page.getByRole("heading", { level: 1 }).textContent()) ?? "";
  await page.getByRole("button", { name: `Pin Service ${service}` }).click();
  await expect(page.getByRole("button", { name: `Unpin Service ${service}` })).toBeVisible();
  await expect(page.getByText(/^Pinned by .+: its proxies are sampled without an open page too$/)).toBeVisible();
  await page.goto(mesh);
  const topology = page.getByRole("region", { name: "Topology", exact: true });
  await expect(topology.getByText(/^Traffic: (1 pinned Service|sum of \d+ pinned Services).* · average of the last 15 minutes at most/)).toBeVisible({ timeout: 60_000 });
  const line = /^[\d.]+ req\/s · 0 % errors$/;
  await topology.getByRole("button", { name: line }).click();
  const panel = page.getByRole("region", { name: "Selected part of the topology" });
  await expect(panel.getByRole("heading", { name: "Traffic" })).toBeVisible();
  await expect(panel.getByRole("link", { name: `bookinfo/${service}` })).toBeVisible();
  await topology.getByRole("button", { name: new RegExp(`^${to}`) }).first().click({ position: { x: 30, y: 12 } });
  await expect(panel.getByRole("figure", { name: `Requests from ${from}` })).toBeVisible();
  await topology.getByRole("checkbox", { name: "Traffic" }).uncheck();
  await expect(topology.getByRole("button", { name: line })).toHaveCount(0);
  await topology.getByRole("checkbox", { name: "Traffic" }).check();
  await topology.getByRole("radio", { name: "List" }).check();
  const listed = topology.getByRole("list", { name: "Connections", exact: true });
  await expect(listed.getByRole("button", { name: /Traffic.*req\/s/ })).toBeVisible();
  await topology.getByRole("radio", { name: "Drawing" }).check();
}

/** The list has pinned Services first with their rate; a Prometheus that does not exist is refused with its cause. */
export async function pinnedList(page: Page, service: string): Promise<void> {
  await page.getByRole("link", { name: "Services", exact: true }).click();
  const table = page.getByRole("table", { name: "Services" });
  const first = table.getByRole("row").nth(1);
  await expect(first.getByText("Pinned", { exact: true })).toBeVisible();
  await expect(first.getByRole("link", { name: service })).toBeVisible();
  await expect(first.getByText(/^[\d.]+ req\/s$/)).toBeVisible();
  await hydrated(page);
  await page.getByRole("button", { name: "Use Prometheus" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Namespace").fill("monitoring");
  await dialog.getByRole("button", { name: "Test and save" }).click();
  await expect(dialog.getByText(/^Service monitoring\/prometheus on cluster .+ cannot be asked\.$/)).toBeVisible();
  await expect(dialog.getByText(/does not exist/)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText("Requests come from the statistics of sampled proxies.")).toBeVisible();
  await first.getByRole("button", { name: `Unpin Service ${service}` }).click();
  await expect(table.getByText("Pinned", { exact: true })).toHaveCount(0);
}
