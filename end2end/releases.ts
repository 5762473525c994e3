// Helm releases that are written into a cluster as Helm stores them, and requests of an open page to the console.
import { gzipSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { Api } from "./api.ts";

/** Creates the releases from `first` up to `count` on a cluster: shop-000 and so on, of which every hundredth has failed. */
export async function createReleases(kubeconfig: string, cluster: string, count: number, first = 0): Promise<void> {
  const api = new Api(kubeconfig, cluster);
  for (let number = first; number < count; number++) {
    const name = `shop-${String(number).padStart(3, "0")}`;
    const status = number % 100 === 17 ? "failed" : "deployed";
    const changed = new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString();
    const release = {
      name,
      namespace: "default",
      version: 1,
      info: { first_deployed: changed, last_deployed: changed, deleted: "", description: "Install complete", status },
      chart: { metadata: { name: "shop", version: "1.0.0", apiVersion: "v2" }, templates: [], values: {} },
      config: {},
      manifest: "",
    };
    const labels = { owner: "helm", name, status, version: "1", modifiedAt: "1767225600" };
    const stored = Buffer.from(gzipSync(JSON.stringify(release)).toString("base64")).toString("base64");
    await api.send("/api/v1/namespaces/default/secrets", {
      apiVersion: "v1",
      kind: "Secret",
      type: "helm.sh/release.v1",
      metadata: { name: `sh.helm.release.v1.${name}.v1`, labels },
      data: { release: stored },
    });
  }
}

/** Calls a server function as the open page does. */
export async function call(page: Page, name: string, body: object): Promise<unknown> {
  return page.evaluate(
    async ([name, body]) => {
      const response = await fetch(`/api/${name}`, { method: "POST", headers: { "content-type": "application/json" }, body });
      if (!response.ok) throw new Error(await response.text());
      return response.json();
    },
    [name, JSON.stringify(body)] as const,
  );
}
