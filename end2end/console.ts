// The console of a test: its own data directory, port, sandbox clusters and browser page.
import { expect, test as base, type Page } from "@playwright/test";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = process.env.MESHSPAN_PROGRAM ?? "meshspan";

/** No test reads Istio's charts from the internet. */
function offline(options: string[]): string[] {
  return options.includes("--istio-charts") ? [] : ["--istio-charts", "none"];
}

/** A running console. */
export class Console {
  private constructor(
    readonly url: string,
    readonly link: string,
    readonly folder: string,
    private readonly child: ChildProcess,
    private readonly options: string[],
    /** Its log so far. */
    readonly log: () => string,
  ) {}

  /** Starts a console with further options of the command line. */
  static async start(
    options: string[] = ["--sandbox"],
    folder = mkdtempSync(join(tmpdir(), "meshspan-")),
    port = "0",
  ): Promise<Console> {
    const child = spawn(program, ["serve", "--listen", `127.0.0.1:${port}`, "--print-login-link", "--data-dir", folder, ...offline(options), ...options], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let log = "";
    child.stderr.on("data", (text) => (log += text));
    const link = await new Promise<string>((resolve, reject) => {
      let out = "";
      child.stdout.on("data", (text) => {
        out += text;
        const found = out.match(/http:\/\/\S+\/login\?token=\w+/);
        if (found) resolve(found[0]);
      });
      child.on("exit", (code) => reject(new Error(`the console exited with ${code}: ${log}`)));
    });
    return new Console(link.slice(0, link.indexOf("/login?")), link, folder, child, options, () => log);
  }

  /** Ends the process, as a crash would when `signal` is SIGKILL. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill(signal);
    await ended;
  }

  /** Starts the console again on the same data directory. */
  async restart(): Promise<Console> {
    return Console.start(this.options, this.folder);
  }

  /** Starts the console again under the same URL, for pages that are open. */
  async revive(): Promise<Console> {
    return Console.start(this.options, this.folder, new URL(this.url).port);
  }

  /** A new login link, as an operator gets one on the command line. */
  newLink(): string {
    return execFileSync(program, ["login-link", "--data-dir", this.folder], { encoding: "utf8" }).trim();
  }

  /** The processor time of this many seconds, and the memory after them. */
  async usage(seconds: number): Promise<{ cpu_ms_per_s: number; memory_mb: number }> {
    const file = (name: string) => readFileSync(`/proc/${this.child.pid}/${name}`, "utf8");
    // Fields 14 and 15 of the file, in hundredths of a second; the name of the program in parentheses may have spaces.
    const processor = () => file("stat").split(") ")[1].split(" ").slice(11, 13).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
    const before = processor();
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const memory = Number(file("status").match(/VmRSS:\s+(\d+)/)?.[1]) / 1000;
    return { cpu_ms_per_s: (processor() - before) / seconds, memory_mb: memory };
  }

  removeData(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

type Fixtures = { console: Console; page: Page };

/** A test with a console and a page that is logged in; an error on the browser's console fails it. */
export const test = base.extend<Fixtures & { options: string[] }>({
  options: [["--sandbox"], { option: true }],
  console: async ({ options }, use, info) => {
    const own = await Console.start(options);
    await use(own);
    await own.stop();
    if (info.status !== info.expectedStatus) console.log(own.log());
    own.removeData();
  },
  page: async ({ page, console: own }, use) => {
    const errors: string[] = [];
    page.on("console", (message) => {
      // The browser logs the status of a problem, which the page shows.
      const expected = message.text().startsWith("Failed to load resource");
      // The beginning says what happened; the stack of a panic would push it out of a short report.
      if (message.type() === "error" && !expected) errors.push(`${page.url()}: ${message.text().slice(0, 600)}`);
    });
    page.on("pageerror", (error) => errors.push(`${page.url()}: ${String(error)}`));
    await page.goto(own.link);
    await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
    await use(page);
    expect(errors, "errors on the browser's console").toEqual([]);
  },
});

export { expect };

/** Waits until the page is hydrated: before that it handles no clicks. */
export async function hydrated(page: Page): Promise<void> {
  await page.waitForFunction(() => document.body.dataset.hydrated === "true");
}
