// The console below a path of its host: links, server functions, the event stream, assets and the session.
import { expect, hydrated, test } from "../console.ts";
import { deploy, installed, open, parameters, target } from "../steps.ts";

test.use({ options: ["--sandbox", "--base-path", "/console"] });

test("a chart is installed in a console below a path", async ({ page, console: own }) => {
  expect(own.url).toMatch(/\/console$/);
  const requested: string[] = [];
  page.on("request", (request) => requested.push(request.url()));
  await target(page, "ack-istio", "istio-control-plane");
  await parameters(page);
  await deploy(page, "istio-control-plane");
  await installed(page);
  expect(page.url()).toMatch(/\/console\/jobs\/\w+$/);
  await page.reload();
  await hydrated(page);
  await open(page, "Overview");
  expect(page.url()).toBe(own.url);
  expect(requested.filter((url) => !url.startsWith(own.url))).toEqual([]);
  const cookies = await page.context().cookies();
  expect([...new Set(cookies.map((cookie) => cookie.path))]).toEqual(["/console"]);
});

test("the logout and a page without a session lead to the login below the path", async ({ page, console: own }) => {
  await hydrated(page);
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();
  expect(page.url()).toBe(`${own.url}/login`);
  await page.goto(`${own.url}/clusters`);
  expect(page.url()).toBe(`${own.url}/login?next=%2Fclusters`);
  await page.goto(own.newLink());
  expect(page.url()).toBe(`${own.url}/clusters`);
});
