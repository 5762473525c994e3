// What many operators at once cost: event streams that stay open, and requests of pages at a fixed rate.
// Prints one JSON object: milliseconds at the 50th and the 99th percentile, failed requests, streams that
// were open to the end. MESHSPAN_LINK is a login link; MESHSPAN_STREAMS, MESHSPAN_RATE (requests a second)
// and MESHSPAN_SECONDS say how much.
import http from "node:http";

const link = new URL(process.env.MESHSPAN_LINK);
const streams = Number(process.env.MESHSPAN_STREAMS ?? 300);
const rate = Number(process.env.MESHSPAN_RATE ?? 200);
const seconds = Number(process.env.MESHSPAN_SECONDS ?? 120);
const PAGES = ["/catalog", "/clusters", "/releases", "/jobs", "/meshes"];

// A name below localhost is this machine.
const to = { host: "127.0.0.1", port: link.port };
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

function get(path, headers, options = {}) {
  return new Promise((resolve, reject) => {
    const request = http.get({ ...to, path, headers: { host: link.host, ...headers }, ...options }, resolve);
    request.on("error", reject);
  });
}

const login = await get(link.pathname + link.search, {}, { agent });
login.resume();
const cookie = (login.headers["set-cookie"] ?? []).map((line) => line.split(";")[0]).join("; ");
if (!cookie) throw new Error(`the login was answered with ${login.statusCode} and no cookie`);

let open = 0;
await Promise.all(
  Array.from({ length: streams }, async () => {
    const stream = await get("/live", { cookie, accept: "text/event-stream" }, { agent: false });
    if (stream.statusCode !== 200) throw new Error(`a stream was answered with ${stream.statusCode}`);
    open++;
    stream.on("close", () => open--);
    stream.resume();
  }),
);

const times = [];
let failed = 0;
let late = 0;
async function ask(path) {
  const start = performance.now();
  try {
    const response = await get(path, { cookie }, { agent });
    await new Promise((resolve, reject) => response.resume().on("end", resolve).on("error", reject));
    if (response.statusCode === 200) times.push(performance.now() - start);
    else failed++;
  } catch {
    failed++;
  }
}
// Requests start at their time whether earlier ones are answered or not, so that a slow server is seen.
const running = new Set();
const begin = performance.now();
for (let number = 0; number < rate * seconds; number++) {
  const due = begin + (number * 1000) / rate;
  const wait = due - performance.now();
  if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
  else if (wait < -1000) late++;
  const asked = ask(PAGES[number % PAGES.length]).finally(() => running.delete(asked));
  running.add(asked);
}
await Promise.all(running);
times.sort((a, b) => a - b);
const at = (part) => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0;
console.log(JSON.stringify({ p50: at(0.5), p99: at(0.99), answered: times.length, failed, late, streams: open }));
process.exit(0);
