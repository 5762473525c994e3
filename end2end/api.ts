// The API server of a sandbox cluster, asked beside the console: by its kubeconfig.
import { request } from "node:https";

/** One cluster of a kubeconfig with several, as its administrator asks it. */
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

  /** Asks; with a body it makes something. */
  async ask(path: string, body?: object, method = body ? "POST" : "GET"): Promise<any> {
    const text = body && JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${this.token}`, "content-type": "application/json" };
      const asked = request(new URL(path, this.server), { method, ca: this.ca, headers }, (answer) => {
        let said = "";
        answer.on("data", (part) => (said += part));
        answer.on("end", () => ((answer.statusCode ?? 500) < 300 ? resolve(JSON.parse(said)) : reject(new Error(said))));
      });
      asked.on("error", reject);
      asked.end(text);
    });
  }

  /** Everything of the kinds that a mesh leaves something of, by name. */
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
    const lists = await Promise.all(paths.map((path) => this.ask(path)));
    const all = lists.flatMap((list, at) => list.items.map((one: any) => `${paths[at]} ${one.metadata.namespace ?? ""}/${one.metadata.name}`));
    return all.sort();
  }
}
