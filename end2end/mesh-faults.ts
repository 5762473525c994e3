// Faults of a real mesh: what the page of the mesh reports, the remedy, and how long both take.
import { expect, type Page } from "@playwright/test";
import type { Api } from "./api.ts";
import { sample } from "./mesh-steps.ts";

/** How long the page may take to report a fault, and to be healthy again after its remedy. */
const timeout = 180_000;

/** A fault, and what mends it. */
export type Fault = {
  name: string;
  /** Part of the title of the check that reports it. */
  reported: RegExp;
  remedy: string;
  inject: () => Promise<unknown>;
  mend: () => Promise<unknown>;
};

/** The failed checks and warnings of the page. */
const findings = (page: Page) => page.getByRole("region", { name: "Health" }).getByText(/^(Failed|Warning): /).locator("xpath=..");

/** Injects a fault into a healthy mesh, waits until the page reports it by itself, mends it, checks again as an operator does, and prints a line of the table. */
export async function survive(page: Page, fault: Fault): Promise<void> {
  await expect(page.getByText("All checks passed").first()).toBeVisible({ timeout });
  const injected = Date.now();
  await fault.inject();
  const report = findings(page).filter({ hasText: fault.reported }).first();
  await expect(report).toBeVisible({ timeout });
  const [reported, text] = [Date.now(), await report.innerText()];
  const mending = Date.now();
  await fault.mend();
  await page.getByRole("region", { name: "Health" }).getByRole("button", { name: "Re-check" }).click();
  await expect(page.getByText("All checks passed").first()).toBeVisible({ timeout });
  await expect(sample(page).getByText("/api/v1/products/0 answered 200")).toBeVisible({ timeout });
  const seconds = (from: number, to: number) => `${Math.round((to - from) / 1000)} s`;
  const cells = [fault.name, text.replaceAll(/\s+/g, " "), seconds(injected, reported), fault.remedy, seconds(mending, Date.now())];
  console.log(`| ${cells.join(" | ")} |`);
}

/** The faults of a mesh: `rotate` is the remedy of a token. */
export function faults(east: Api, west: Api, rotate: () => Promise<void>): Fault[] {
  const system = "/api/v1/namespaces/istio-system";
  const binding = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
  const reader = "istio-reader-clusterrole-istio-system";
  const istiod = "/apis/apps/v1/namespaces/istio-system/deployments/istiod";
  const replicas = (count: number) => east.send(istiod, { spec: { replicas: count } }, "PATCH");
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
      name: "istiod is scaled to zero",
      reported: /control-plane pods/i,
      remedy: "istiod is scaled to one",
      inject: () => replicas(0),
      mend: () => replicas(1),
    },
  ];
}
