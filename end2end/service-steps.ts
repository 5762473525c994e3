// The page of a Service of a mesh, shared by several tests.
import { expect, type Page } from "@playwright/test";

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
