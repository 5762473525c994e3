// A client of the API server of a sandbox cluster, beside the console.
import { request } from "node:https";

/** The administrator's client of one cluster of a kubeconfig. */
export class Api {
  private readonly server: URL;
  private readonly ca: Buffer;
  private readonly token: string;

  constructor(kubeconfig: string, name: string) {
    const found = (pattern: string) => kubeconfig.match(new RegExp(pattern))?.[1] ?? "";
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

  /** The names of all objects of the kinds of which a mesh may leave objects. */
  async names(): Promise<string[]> {
    const paths = [
      "/api/v1/namespaces",
      "/api/v1/configmaps",
      "/api/v1/secrets",
      "/api/v1/serviceaccounts",
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
      "/apis/rbac.authorization.k8s.io/v1/clusterroles",
      "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
      "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
      "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
    ];
    const lists = await Promise.all(paths.map((path) => this.send(path)));
    const all = lists.flatMap((list, index) => list.items.map((object: any) => `${paths[index]} ${object.metadata.namespace ?? ""}/${object.metadata.name}`));
    return all.sort();
  }
}
