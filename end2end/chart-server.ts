// A chart repository and registry of a test: files over HTTP, with basic authentication where a login is given.
import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

/** One file of a tar archive. */
function entry(name: string, text: string): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, width: number) => value.toString(8).padStart(width - 1, "0") + "\0";
  header.write(name, 0);
  header.write(octal(0o644, 8) + octal(0, 8) + octal(0, 8) + octal(Buffer.byteLength(text), 12) + octal(0, 12), 100);
  header.write("        0", 148);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(octal(sum, 7) + "\0 ".slice(1), 148);
  const body = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
  body.write(text);
  return Buffer.concat([header, body]);
}

/** Files of a chart by their names, packed. */
export function packed(name: string, files: [string, string][]): Buffer {
  const entries = files.map(([file, text]) => entry(`${name}/${file}`, text));
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]));
}

/** A small chart, packed. */
export function chartArchive(name: string, version: string): Buffer {
  const files: [string, string][] = [
    ["Chart.yaml", `apiVersion: v2\nname: ${name}\nversion: ${version}\ndescription: Pays bills on time\nkeywords: [money]\n`],
    ["values.yaml", "# The words of the ConfigMap.\ngreeting: hello\nreplicas: 1\n"],
    ["README.md", "# Bills\n\nPays what is owed.\n"],
    ["templates/config.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata: {greeting: {{ .Values.greeting | quote }}}\n"],
  ];
  return packed(name, files);
}

const digest = (bytes: Buffer | string) => "sha256:" + createHash("sha256").update(bytes).digest("hex");

/** A running file server. */
export class ChartServer {
  private readonly files = new Map<string, Buffer | string>();
  private readonly index = new Map<string, string[]>();

  private constructor(private readonly server: Server) {}

  static async start(login?: { user: string; password: string }): Promise<ChartServer> {
    const allowed = login && "Basic " + Buffer.from(`${login.user}:${login.password}`).toString("base64");
    const server = createServer((request, response) => {
      if (allowed && request.headers.authorization !== allowed) {
        response.writeHead(401, { "www-authenticate": 'Basic realm="charts"' }).end();
        return;
      }
      const file = running.files.get((request.url ?? "").split("?")[0]);
      response.writeHead(file === undefined ? 404 : 200).end(file);
    });
    const running = new ChartServer(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return running;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  put(path: string, file: Buffer | string): void {
    this.files.set(path, file);
  }

  /** Adds a chart to index.yaml, with its archives beside it. */
  addChart(name: string, versions: string[], pack: (name: string, version: string) => Buffer = chartArchive): void {
    const rows = versions.map((version) => {
      const archive = pack(name, version);
      this.put(`/${name}-${version}.tgz`, archive);
      const created = "2024-03-01T10:00:00Z";
      return `  - {name: ${name}, version: ${version}, description: Pays bills on time, keywords: [money], created: "${created}", urls: [${name}-${version}.tgz], digest: "${digest(archive)}"}`;
    });
    this.index.set(name, rows);
    const entries = [...this.index].map(([chart, lines]) => `  ${chart}:\n${lines.join("\n")}\n`);
    this.put("/index.yaml", `apiVersion: v1\nentries:\n${entries.join("")}`);
  }

  /** Adds a chart to the registry. */
  push(path: string, name: string, version: string): void {
    const blob = (mediaType: string, bytes: Buffer) => {
      this.put(`/v2/${path}/blobs/${digest(bytes)}`, bytes);
      return { mediaType: `application/vnd.cncf.helm.${mediaType}`, digest: digest(bytes), size: bytes.length };
    };
    const config = Buffer.from(JSON.stringify({ apiVersion: "v2", name, version, description: "Pays bills on time" }));
    const manifest = {
      schemaVersion: 2,
      config: blob("config.v1+json", config),
      layers: [blob("chart.content.v1.tar+gzip", chartArchive(name, version))],
    };
    this.put(`/v2/${path}/manifests/${version}`, JSON.stringify(manifest));
    this.put(`/v2/${path}/tags/list`, JSON.stringify({ name: path, tags: [version] }));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
