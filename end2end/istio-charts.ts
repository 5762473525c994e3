// Istio's own charts from the Go module of Istio, packed as releases of Istio.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { packed } from "./chart-server.ts";

/** The module: the main branch on 2026-08-27, from which 1.31 was released. */
const module = "istio.io/istio@v0.0.0-20260827124520-eed52ebb66ad";

/** The folder of the charts; none where Go cannot provide the module. */
export function istioCharts(): string | undefined {
  try {
    const found = JSON.parse(execFileSync("go", ["mod", "download", "-json", module], { encoding: "utf8" }));
    return join(found.Dir, "manifests", "charts");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** A chart as the archive of a release, with the version, registry and tag that releases have. */
export function istioArchive(charts: string, name: string, version: string): Buffer {
  const folder = join(charts, name === "istiod" ? "istio-control/istio-discovery" : name);
  const files = (at: string): string[] => readdirSync(at).flatMap((file) => (statSync(join(at, file)).isDirectory() ? files(join(at, file)) : [join(at, file)]));
  const released = (file: string, text: string) => {
    if (file === "Chart.yaml") return text.replaceAll("ersion: 1.0.0", `ersion: ${version}`);
    if (file !== "values.yaml") return text;
    return text.replace("hub: registry.istio.io/testing", "hub: docker.io/istio").replace("tag: latest", `tag: ${version}`);
  };
  return packed(name, files(folder).map((path): [string, string] => {
    const file = relative(folder, path);
    return [file, released(file, readFileSync(path, "utf8"))];
  }));
}
