// The heart of it: choose a chart, a cluster and a namespace, set a parameter, deploy, watch, uninstall.
import { test } from "../console.ts";
import { wholeJourney } from "../steps.ts";

test("ack-istio and ack-istio-remote are installed, seen and uninstalled", async ({ page }) => {
  await wholeJourney(page);
});
