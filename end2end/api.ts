// A client of the API server of a sandbox cluster, beside the console.
import { request } from "node:https";
import { isDeepStrictEqual } from "node:util";

/** The administrator's client of one cluster of a kubeconfig. */
export class Api {
  private readonly name: string;
  private readonly server: URL;
  private readonly ca: Buffer;
  private readonly token: string;

  constructor(kubeconfig: string, name: string) {
    const found = (pattern: string) => kubeconfig.match(new RegExp(pattern))?.[1] ?? "";
    this.name = name;
    this.server = new URL(found(`- name: ${name}\\n  cluster:\\n    server: (\\S+)`));
    this.ca = Buffer.from(found(`- name: ${name}\\n  cluster:\\n.*\\n    certificate-authority-data: (\\S+)`), "base64");
    this.token = found(`- name: ${name}-admin\\n  user:\\n    token: (\\S+)`);
  }

  /** Sends a request; with a body it creates an object, or merges it into one by PATCH. */
  async send(path: string, body?: object, method = body ? "POST" : "GET"): Promise<any> {
    const text = body && JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
      const headers = { authorization: `Bearer ${this.token}`, "content-type": type };
      const sent = request(new URL(path, this.server), { method, ca: this.ca, headers }, (response) => {
        let content = "";
        response.on("data", (chunk) => (content += chunk));
        response.on("end", () => ((response.statusCode ?? 500) < 300 ? resolve(JSON.parse(content)) : reject(new Error(content))));
      });
      sent.on("error", reject);
      sent.end(text);
    });
  }

  /**
   * All objects of the cluster, by cluster and path. Without what the cluster itself changes all the time: Events, Leases,
   * `componentstatuses`, endpoints, status, the version of an object and the managers of its fields.
   */
  async objects(): Promise<Record<string, object>> {
    const { groups } = await this.send("/apis");
    const versions = ["/api/v1", ...groups.map((group: any) => `/apis/${group.preferredVersion.groupVersion}`)];
    const lists = await Promise.all(versions.map((version) => this.objectsOf(version)));
    return Object.fromEntries(lists.flat());
  }

  private async objectsOf(version: string): Promise<[string, object][]> {
    const { resources } = await this.send(version);
    const listed = resources.filter(({ name, verbs }: any) => verbs.includes("list") && !RUNTIME.includes(name));
    const lists = await Promise.all(listed.map(({ name }: any) => this.send(`${version}/${name}`)));
    return lists.flatMap(({ items }, index) =>
      items.map(({ status, metadata: { resourceVersion, managedFields, generation, ...metadata }, ...object }: any) => [
        `${this.name} ${version}/${listed[index].name}/${metadata.namespace ?? ""}/${metadata.name}`,
        { ...object, metadata },
      ]),
    );
  }
}

/** What a cluster writes all the time. */
const RUNTIME = ["events", "leases", "componentstatuses", "endpoints", "endpointslices"];

/** What differs between two states of clusters: the objects that are gone, new or changed. */
export function differences(before: Record<string, object>, after: Record<string, object>): string[] {
  const gone = Object.keys(before).filter((path) => !(path in after));
  const created = Object.keys(after).filter((path) => !(path in before));
  const changed = Object.keys(before).filter((path) => path in after && !isDeepStrictEqual(before[path], after[path]));
  return [...gone.map((path) => `gone: ${path}`), ...created.map((path) => `new: ${path}`), ...changed.map((path) => `changed: ${path} ${JSON.stringify(after[path])}`)];
}
