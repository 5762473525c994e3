// Current Istio from the card ack-istio: Istio's own charts by one plan and one job, and one undo.
import { Console, expect, test } from "../console.ts";
import { ChartServer } from "../chart-server.ts";
import { istioArchive, istioCharts } from "../istio-charts.ts";
import { installed, open, openChart, parameters, yaml } from "../steps.ts";

const version = "1.31.1";
const charts = istioCharts();
test.skip(charts === undefined, "Go, which provides Istio's charts, is not installed");

test("current Istio is installed from the catalog as its own charts, and uninstalled by one undo", async ({ browser }) => {
  const server = await ChartServer.start();
  for (const name of ["base", "istiod", "gateway"]) {
    server.addChart(name, [version], (chart, of) => istioArchive(charts!, chart, of));
  }
  const own = await Console.start(["--sandbox", "--istio-charts", server.url]);
  const page = await browser.newPage();
  try {
    await page.goto(own.link);
    await openChart(page, "ack-istio");
    await expect(page.getByText(`Recommended: ${version} supports Kubernetes 1.32 to 1.36`)).toBeVisible();
    await expect(page.getByRole("combobox", { name: "Version" })).toHaveValue(version);
    await page.getByRole("link", { name: `Install ${version}` }).click();

    await page.getByRole("radio", { name: "istio-control-plane" }).check();
    const releases = page.getByRole("list", { name: "Releases" }).getByRole("listitem");
    await expect(releases).toHaveText(["istio-base", "istiod", "istio-ingressgateway", "istio-eastwestgateway", "expose-istiod"]);
    await page.getByRole("button", { name: "Run checks" }).click();
    await expect(page.getByText(/\d+ passed · \d+ warnings? · 0 failed/)).toBeVisible();
    await parameters(page);
    await page.getByRole("searchbox", { name: "Find parameter" }).fill("istio-ilbgateway.enabled");
    await page.getByRole("switch", { name: /^gateways\.istio-ilbgateway\.enabled/ }).check();
    await expect(yaml(page)).toHaveValue(/istio-ilbgateway:\s+enabled: true/);
    await page.getByRole("button", { name: /^Review \d+ resources?/ }).click();
    for (const part of ["istio-base · base", "istiod · istiod", "istio-ingressgateway · gateway", "istio-eastwestgateway · gateway"]) {
      await expect(page.getByRole("heading", { name: `${part} ${version}` })).toBeVisible();
    }
    await page.getByRole("button", { name: /^Deploy \d+ resources? to istio-control-plane/ }).click();
    await expect(page).toHaveURL(/\/jobs\/\w+/);
    await expect(page.getByRole("heading", { name: "istio-eastwestgateway" })).toBeVisible();
    await expect(page.getByText("Injection webhook answers")).toHaveCount(2);
    await installed(page);

    await page.getByRole("button", { name: "Uninstall the releases" }).click();
    const dialog = page.getByRole("dialog", { name: "Undo this installation" });
    await dialog.getByRole("textbox", { name: "Type ack-istio to confirm" }).fill("ack-istio");
    await dialog.getByRole("button", { name: "Uninstall", exact: true }).click();
    await expect(page.getByText("The releases are uninstalled.")).toBeVisible({ timeout: 90_000 });
    await open(page, "Releases");
    await expect(page.getByText("No releases are installed.")).toBeVisible();
  } finally {
    await page.close();
    await own.stop();
    own.removeData();
    await server.stop();
  }
});
