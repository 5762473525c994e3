// Faults of a real mesh: what the page of the mesh reports, the remedy, and how long both take.
import { execFileSync } from "node:child_process";
import { expect, type Page } from "@playwright/test";
import type { Api } from "./api.ts";
import { sample } from "./mesh-steps.ts";

/** How long the page may take to report a fault, and to be healthy again after its remedy. */
const timeout = 180_000;

/** A fault, and what mends it. */
export type Fault = {
  name: string;
  /** Part of what the check that reports it says; absent where the mesh mends itself and nothing has to be reported. */
  reported?: RegExp;
  remedy: string;
  inject: () => Promise<unknown>;
  mend: () => Promise<unknown>;
};

/** The failed checks and warnings of the page. */
const findings = (page: Page) => page.getByRole("region", { name: "Checks", exact: true }).getByText(/^(Failed|Warning): /).locator("xpath=..");

/** Injects a fault into a healthy mesh, waits until the page reports it by itself, mends it, checks again as an operator does, and prints a line of the table. */
export async function survive(page: Page, fault: Fault): Promise<void> {
  await expect(page.getByText("All checks passed").first()).toBeVisible({ timeout });
  const injected = Date.now();
  await fault.inject();
  const [text, reported] = fault.reported ? await report(page, fault.reported) : ["nothing: Istio mends it", injected];
  const mending = Date.now();
  await fault.mend();
  await page.getByRole("region", { name: "Checks", exact: true }).getByRole("button", { name: "Re-check" }).click();
  await expect(page.getByText("All checks passed").first()).toBeVisible({ timeout });
  await expect(sample(page).getByText("/api/v1/products/0 answered 200")).toBeVisible({ timeout });
  const seconds = (from: number, to: number) => `${Math.round((to - from) / 1000)} s`;
  const cells = [fault.name, text.replaceAll(/\s+/g, " "), seconds(injected, reported), fault.remedy, seconds(mending, Date.now())];
  console.log(`| ${cells.join(" | ")} |`);
}

/** Waits for a finding; its text, and when it was seen. */
async function report(page: Page, reported: RegExp): Promise<[string, number]> {
  const finding = findings(page).filter({ hasText: reported }).first();
  await expect(finding).toBeVisible({ timeout });
  const seen = Date.now();
  return [await finding.innerText(), seen];
}

/** Asks until the answer is as it should be. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  await expect.poll(() => condition().catch(() => false), { timeout, intervals: [500] }).toBe(true);
}

/** Causes or ends a fault of the lab that no API server can cause. */
const lab = (...words: string[]) => execFileSync(process.env.MESHSPAN_LAB_PROGRAM ?? "lab", ["mesh", ...words, "--folder", process.env.MESHSPAN_MESH_LAB ?? ""]);

/** The faults of a mesh: `rotate` is the remedy of a token. */
export function faults(east: Api, west: Api, rotate: () => Promise<void>): Fault[] {
  return [...credentials(east, west, rotate), ...controlPlane(east, west), ...network(east, west)];
}

const system = "/api/v1/namespaces/istio-system";
const istiod = "/apis/apps/v1/namespaces/istio-system/deployments/istiod";

/** What istiod reads the remote with. */
function credentials(east: Api, west: Api, rotate: () => Promise<void>): Fault[] {
  const binding = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
  const reader = "istio-reader-clusterrole-istio-system";
  const secret = `${system}/secrets/istio-remote-secret-west`;
  let kept: any;
  return [
    {
      name: "the token of the remote is deleted",
      reported: /token/i,
      remedy: "Rotate token",
      inject: async () => {
        const { items } = await west.send(`${system}/secrets`);
        const tokens = items.filter((secret: any) => secret.type === "kubernetes.io/service-account-token");
        for (const { metadata } of tokens) await west.send(`${system}/secrets/${metadata.name}`, undefined, "DELETE");
      },
      mend: rotate,
    },
    {
      name: "the role binding of the reader is deleted",
      reported: /reader|permission/i,
      remedy: "the binding is created again",
      inject: async () => {
        const { metadata, ...rest } = await west.send(`${binding}/${reader}`);
        kept = { ...rest, metadata: { name: metadata.name, labels: metadata.labels, annotations: metadata.annotations } };
        await west.send(`${binding}/${reader}`, undefined, "DELETE");
      },
      mend: () => west.send(binding, kept),
    },
    {
      name: "the key of the remote Secret is renamed",
      reported: /key|cluster ID/i,
      remedy: "the key is named after the cluster again",
      inject: async () => {
        const { data } = await east.send(secret);
        kept = data.west;
        await east.send(secret, { data: { west: null, "west-2": kept } }, "PATCH");
      },
      mend: () => east.send(secret, { data: { "west-2": null, west: kept } }, "PATCH"),
    },
  ];
}

/** istiod, and the API server of the remote. */
function controlPlane(east: Api, west: Api): Fault[] {
  const injector = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/istio-sidecar-injector";
  const scale = (replicas: number) => east.send(istiod, { spec: { replicas } }, "PATCH");
  const pods = async () => (await east.send(`${system}/pods?labelSelector=app%3Distiod`)).items.map((pod: any) => pod.metadata.name);
  const ready = async (replicas: number) => {
    const { status } = await east.send(istiod);
    return status.readyReplicas === replicas && (await pods()).length === replicas;
  };
  let [before, pod, bundle, paused]: [string[], string, string, number] = [[], "", "", 0];
  return [
    {
      name: "istiod is scaled to zero",
      reported: /webhook|istiod/i,
      remedy: "istiod is scaled to one",
      inject: () => scale(0),
      mend: () => scale(1),
    },
    {
      name: "the pod of istiod is replaced",
      remedy: "none: a new pod is ready",
      inject: async () => {
        before = await pods();
        for (const name of before) await east.send(`${system}/pods/${name}`, undefined, "DELETE");
      },
      mend: () => until(async () => (await ready(1)) && !(await pods()).some((name: string) => before.includes(name))),
    },
    {
      name: "one of two istiods does not reach the API server of the remote",
      reported: /Remote cluster synced/,
      remedy: "the way is open again",
      inject: async () => {
        before = await pods();
        await scale(2);
        await until(() => ready(2));
        pod = (await pods()).find((name: string) => !before.includes(name)) ?? "";
        lab("blind", pod, "west");
      },
      mend: async () => {
        lab("unblind", pod, "west");
        await scale(1);
        await until(() => ready(1));
      },
    },
    {
      name: "the API server of the remote does not answer for a minute",
      reported: /answer|reach/i,
      remedy: "it answers again",
      inject: async () => {
        lab("pause", "west");
        paused = Date.now();
      },
      mend: async () => {
        await new Promise((resolve) => setTimeout(resolve, paused + 60_000 - Date.now()));
        lab("resume", "west");
      },
    },
    {
      name: "the caBundle of the remote's webhook is spoiled",
      remedy: "none: istiod writes it again",
      inject: async () => {
        const { webhooks } = await west.send(injector);
        bundle = webhooks[0].clientConfig.caBundle;
        for (const webhook of webhooks) webhook.clientConfig.caBundle = "c3BvaWxlZA==";
        await west.send(injector, { webhooks }, "PATCH");
      },
      mend: () => until(async () => (await west.send(injector)).webhooks.every((webhook: any) => webhook.clientConfig.caBundle === bundle)),
    },
  ];
}

/** What leads from cluster to cluster. */
function network(east: Api, west: Api): Fault[] {
  const label = "topology.istio.io/network";
  const gateway = `${system}/services/istio-eastwestgateway`;
  return [
    {
      name: "the remote has the label of another network",
      reported: /network/i,
      remedy: "the label is removed",
      inject: () => west.send(system, { metadata: { labels: { [label]: "network-2" } } }, "PATCH"),
      mend: () => west.send(system, { metadata: { labels: { [label]: null } } }, "PATCH"),
    },
    {
      name: "the gateway of istiod has no address",
      reported: /gateway|address/i,
      remedy: "it is a load balancer again",
      inject: () => east.send(gateway, { spec: { type: "ClusterIP" } }, "PATCH"),
      mend: () => east.send(gateway, { spec: { type: "LoadBalancer" } }, "PATCH"),
    },
  ];
}
