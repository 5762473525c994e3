// A console of a test's own: a data directory, a port, two sandbox clusters, one browser page.
import { expect, test as base, type Page } from "@playwright/test";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = process.env.MESHSPAN_PROGRAM ?? "meshspan";

/** A running console. */
export class Console {
  private constructor(
    readonly url: string,
    readonly link: string,
    readonly folder: string,
    private readonly child: ChildProcess,
    private readonly words: string[],
    /** What it has logged so far. */
    readonly log: () => string,
  ) {}

  /** Starts one; `words` are further words of its command line. */
  static async start(words: string[] = ["--sandbox"], folder = mkdtempSync(join(tmpdir(), "meshspan-"))): Promise<Console> {
    const child = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--data-dir", folder, ...words], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (text) => (said += text));
    const link = await new Promise<string>((resolve, reject) => {
      let out = "";
      child.stdout.on("data", (text) => {
        out += text;
        const found = out.match(/http:\/\/\S+\/login\?token=\w+/);
        if (found) resolve(found[0]);
      });
      child.on("exit", (code) => reject(new Error(`the console ended with ${code}: ${said}`)));
    });
    return new Console(new URL(link).origin, link, folder, child, words, () => said);
  }

  /** Ends the process, as a crash would when `signal` is SIGKILL. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill(signal);
    await ended;
  }

  /** Starts again on the same data directory. */
  async again(): Promise<Console> {
    return Console.start(this.words, this.folder);
  }

  forget(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

type World = { console: Console; page: Page };

/** A test with a console and a page that is logged in; an error on the browser's console fails it. */
export const test = base.extend<World & { words: string[] }>({
  words: [["--sandbox"], { option: true }],
  console: async ({ words }, use, info) => {
    const own = await Console.start(words);
    await use(own);
    await own.stop();
    if (info.status !== info.expectedStatus) console.log(own.log());
    own.forget();
  },
  page: async ({ page, console: own }, use) => {
    const errors: string[] = [];
    page.on("console", (message) => {
      // A problem that the page shows is answered with 500; the browser notes that by itself.
      const noted = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !noted) errors.push(message.text());
    });
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(own.link);
    await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
    await use(page);
    expect(errors, "errors on the browser's console").toEqual([]);
  },
});

export { expect };

/** Waits until the page has woken up: before that a click does nothing. */
export async function awake(page: Page): Promise<void> {
  await page.waitForFunction(() => document.body.dataset.awake === "true");
}
