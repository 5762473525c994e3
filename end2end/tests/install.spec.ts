// The main journey: select a chart, a cluster and a namespace, set a parameter, deploy, watch, uninstall.
import { test } from "../console.ts";
import { wholeJourney } from "../steps.ts";

test("ack-istio and ack-istio-remote are installed, shown and uninstalled", async ({ page }) => {
  await wholeJourney(page);
});
