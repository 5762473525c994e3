// The mesh lab: real clusters with kubelets, sidecars and traffic.
import { readFileSync } from "node:fs";
import { expect, type Page } from "@playwright/test";
import { Api } from "./api.ts";
import { decide, operator } from "./mesh-steps.ts";
import { clusterRow, deploy, installed, openChart, parameters, yaml } from "./steps.ts";

const folder = process.env.MESHSPAN_MESH_LAB;

/** The URL of the repository of Istio's charts; the registry is at the same address. */
export const charts = process.env.MESHSPAN_ISTIO_CHARTS ?? "none";

/** What the proxies of the lab need: an unmodified Envoy without Istio's filters, and images that cannot be pulled. */
export const withoutFilters = `
charts:
  istiod:
    telemetry: {enabled: false}
    env: {PILOT_ENABLE_METADATA_EXCHANGE: "false", PILOT_ENABLE_ALPN_FILTER: "false"}
    resources: {requests: {cpu: 10m, memory: 128Mi}}
  gateway:
    imagePullPolicy: IfNotPresent
    resources: {requests: {cpu: 10m, memory: 64Mi}}
`;

const kubeconfig = (cluster: string) => readFileSync(`${folder}/${cluster}.kubeconfig`, "utf8");

/** The administrator's client of a cluster. */
export const api = (cluster: string) => new Api(kubeconfig(cluster), cluster);

/** Adds a cluster on the page of clusters. */
export async function register(page: Page, cluster: string): Promise<void> {
  await page.getByRole("button", { name: "Add cluster" }).first().click();
  operator.decisions += 1;
  await page.getByRole("textbox", { name: "Kubeconfig" }).fill(kubeconfig(cluster));
  await page.getByRole("button", { name: "Check kubeconfig" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill(cluster);
  await decide(page.getByRole("button", { name: "Add 1 cluster" }));
  await expect(clusterRow(page, cluster)).toBeVisible();
}

/** Requests a page of the sample through the ingress gateway 20 times a second while `work` runs; the number of requests and what failed. */
export async function underLoad(work: () => Promise<unknown>): Promise<{ requests: number; failures: string[] }> {
  const { status } = await api("east").send("/api/v1/namespaces/istio-system/services/istio-ingressgateway");
  const url = `http://${status.loadBalancer.ingress[0].ip}/api/v1/products/0`;
  const failures: string[] = [];
  const sent: Promise<void>[] = [];
  const request = async () => {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
      const body = await response.text();
      if (response.status !== 200) failures.push(`${response.status} ${body.slice(0, 200)}`);
    } catch (error) {
      failures.push(String(error));
    }
  };
  const timer = setInterval(() => sent.push(request()), 50);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  await Promise.all(sent);
  return { requests: sent.length, failures };
}

/** Installs the bundle ack-istio on a cluster in a version, and undoes it. */
export async function installAndUndo(page: Page, cluster: string, version: string): Promise<void> {
  await openChart(page, "ack-istio");
  await page.getByRole("combobox", { name: "Version" }).selectOption(version);
  await page.getByRole("link", { name: `Install ${version}` }).click();
  await page.getByRole("radio", { name: cluster }).check();
  await page.getByRole("button", { name: "Run checks" }).click();
  await expect(page.getByText(/\d+ passed · \d+ warnings? · 0 failed/)).toBeVisible({ timeout: 30_000 });
  await parameters(page);
  await yaml(page).fill((await yaml(page).inputValue()) + withoutFilters);
  await deploy(page, cluster);
  await installed(page);
  const { items } = await api(cluster).send("/apis/apps/v1/namespaces/istio-system/deployments");
  const images = items.map(({ spec }: any) => spec.template.spec.containers[0].image);
  expect(images).toContain(`docker.io/istio/pilot:${version}`);

  await page.getByRole("button", { name: "Uninstall the releases" }).click();
  const dialog = page.getByRole("dialog", { name: "Undo this installation" });
  await dialog.getByRole("textbox", { name: "Type ack-istio to confirm" }).fill("ack-istio");
  await dialog.getByRole("button", { name: "Uninstall", exact: true }).click();
  await expect(page.getByText("The releases are uninstalled.")).toBeVisible({ timeout: 120_000 });
}
