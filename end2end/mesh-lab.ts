// The mesh lab: real clusters with kubelets, sidecars and traffic.
import { readFileSync } from "node:fs";
import { expect, type Page } from "@playwright/test";
import { Api } from "./api.ts";
import { decide, operator } from "./mesh-steps.ts";
import { openService, trafficBetween } from "./service-steps.ts";
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
  const url = `${await ingress()}/api/v1/products/0`;
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

/** The URL of the ingress gateway. */
async function ingress(): Promise<string> {
  const { status } = await api("east").send("/api/v1/namespaces/istio-system/services/istio-ingressgateway");
  return `http://${status.loadBalancer.ingress[0].ip}`;
}

/** The pod of details, which runs on the remote. */
async function detailsPod(): Promise<{ name: string; address: string }> {
  const { items } = await api("west").send("/api/v1/namespaces/bookinfo/pods?labelSelector=app%3Ddetails");
  expect(items).toHaveLength(1);
  return { name: items[0].metadata.name, address: items[0].status.podIP };
}

/** The page of details, while requests pass the ingress gateway: who serves it, what istiod has registered, and how many requests go from cluster to cluster. */
export async function detailsIsServed(page: Page): Promise<void> {
  await openService(page, "bookinfo", "details");
  const { items } = await api("east").send("/api/v1/namespaces/istio-system/pods?labelSelector=app%3Distiod");
  const served = page.getByRole("table", { name: "Served by" });
  for (const { metadata } of items) await expect(served.getByRole("columnheader", { name: metadata.name })).toBeVisible({ timeout: 60_000 });
  const callers = served.getByRole("row", { name: /east/ });
  await expect(callers.getByText("0, callers only")).toBeVisible();
  const { name, address } = await detailsPod();
  const endpoints = page.getByRole("region", { name: "Served by" });
  await endpoints.getByText("1 endpoint in west").click();
  const endpoint = endpoints.getByRole("row", { name: new RegExp(name) });
  await expect(endpoint.getByText(address)).toBeVisible();
  await expect(endpoint.getByText("sidecar")).toBeVisible();

  const { requests, failures } = await underLoad(async () => {
    await trafficBetween(page, "east", "west", async () => {});
    const flow = page.getByRole("table", { name: "Traffic between clusters" }).getByRole("row", { name: "east → west" });
    const rate = async () => Number.parseFloat(await flow.getByText(/^[\d.]+ req\/s$/).innerText());
    await expect.poll(rate, { timeout: 60_000 }).toBeGreaterThan(1);
    console.log(`details of bookinfo: ${await rate()} requests a second from east to west, by the page`);
  });
  expect(failures).toEqual([]);
  expect(requests).toBeGreaterThan(100);
}

/** Requests to details are encrypted between the clusters: where it accepts mutual TLS only, it refuses plain text, and goes on serving the other cluster. */
export async function detailsUsesMutualTls(): Promise<void> {
  const [east, west] = [api("east"), api("west")];
  const { name } = await detailsPod();
  // The API server passes a request on to a pod as plain text.
  const plain = () => west.send(`/api/v1/namespaces/bookinfo/pods/${name}:9080/proxy/details/0`).then(() => "answered", (error) => String(error));
  expect(await plain()).toBe("answered");
  const policies = "/apis/security.istio.io/v1/namespaces/bookinfo/peerauthentications";
  const selector = { matchLabels: { app: "details" } };
  await east.send(policies, { apiVersion: "security.istio.io/v1", kind: "PeerAuthentication", metadata: { name: "details" }, spec: { selector, mtls: { mode: "STRICT" } } });
  await expect.poll(plain, { timeout: 30_000 }).toContain("connection reset by peer");
  const url = await ingress();
  for (let request = 0; request < 10; request += 1) {
    expect(await (await fetch(`${url}/productpage`)).text()).toContain("Book Details");
    expect(await plain()).toContain("connection reset by peer");
  }
  await east.send(`${policies}/details`, undefined, "DELETE");
  await expect.poll(plain, { timeout: 30_000 }).toBe("answered");
  console.log("details of bookinfo: plain text is refused by mode STRICT, requests from the other cluster are answered");
}
