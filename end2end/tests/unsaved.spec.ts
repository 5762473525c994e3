// Work that cannot be lost: one history of form and YAML, a console that dies while an operator types, and two tabs.
import type { Page } from "@playwright/test";
import { Console, expect, hydrated, test } from "../console.ts";
import { parameters, target, yaml } from "../steps.ts";

const status = (page: Page) => page.getByRole("status", { name: "Save status" });
const saved = (page: Page) => expect(status(page)).toHaveText(/^Saved at \d\d:\d\d$/);
const unsavedCopies = (page: Page) => page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("unsaved")).length);

/** The field of a parameter, once the form shows no other. */
async function field(page: Page, key: string) {
  await page.getByRole("searchbox", { name: "Find parameter" }).fill(key);
  return page.getByRole("textbox", { name: new RegExp(`^${key.replaceAll(".", "\\.")}`) });
}

test.beforeEach(async ({ page }) => {
  await target(page, "ack-istio", "istio-control-plane");
  await parameters(page);
});

test("undo and redo go back and forth through form and YAML, by key and by button", async ({ page }) => {
  const sampling = await field(page, "pilot.traceSampling");
  const undo = page.getByRole("button", { name: "Undo" });
  const redo = page.getByRole("button", { name: "Redo" });
  await expect(undo).toBeDisabled();
  await expect(redo).toBeDisabled();

  await yaml(page).pressSequentially("# ours\npilot:\n  traceSampling: 1\n");
  await saved(page);
  const typed = "# ours\npilot:\n  traceSampling: 1\n";
  await expect(sampling).toHaveValue("1");
  await sampling.fill("50");
  const edited = typed.replace("1", "50");
  await expect(yaml(page)).toHaveValue(edited);
  await saved(page);
  await yaml(page).focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("# end\n");
  await expect(yaml(page)).toHaveValue(edited + "# end\n");

  await page.keyboard.press("Control+z");
  await expect(yaml(page)).toHaveValue(edited);
  await page.keyboard.press("Control+z");
  await expect(yaml(page)).toHaveValue(typed);
  await expect(sampling).toBeFocused();
  await expect(sampling).toHaveValue("1");
  await page.keyboard.press("Control+z");
  await expect(yaml(page)).toHaveValue("");
  await expect(yaml(page)).toBeFocused();
  await expect(undo).toBeDisabled();
  // The browser's own history has nothing to add.
  await page.keyboard.press("Control+z");
  await expect(yaml(page)).toHaveValue("");

  await page.keyboard.press("Control+Shift+z");
  await expect(yaml(page)).toHaveValue(typed);
  expect(await yaml(page).evaluate((area: HTMLTextAreaElement) => area.selectionStart)).toBe(typed.length);
  await page.keyboard.press("Control+y");
  await expect(yaml(page)).toHaveValue(edited);
  await redo.click();
  await expect(yaml(page)).toHaveValue(edited + "# end\n");
  await expect(redo).toBeDisabled();
  await undo.click();
  await expect(yaml(page)).toHaveValue(edited);
  await saved(page);
  await page.reload();
  await expect(yaml(page)).toHaveValue(edited);
});

test("a duplicate key is an error with both lines", async ({ page }) => {
  await yaml(page).fill("pilot:\n  enabled: true\npilot:\n  enabled: false\n");
  await expect(page.getByText("key pilot is set in line 1 and again in line 3")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Review/ })).toBeDisabled();
});

test("text that is typed while the console is down is saved when it is back", async ({ page, console: own }) => {
  await yaml(page).fill("# before\n");
  await saved(page);
  await own.stop("SIGKILL");
  await yaml(page).pressSequentially("pilot:\n  traceSampling: 1\n");
  await expect(status(page)).toHaveText("Not saved: the console is not reachable, retrying");
  const sampling = await field(page, "pilot.traceSampling");
  await sampling.fill("7");
  await expect(status(page)).toHaveText("Not saved: the console is not reachable, retrying");
  await expect(page.getByRole("button", { name: /^Review/ })).toBeDisabled();
  expect(await unsavedCopies(page)).toBe(1);

  const again = await own.revive();
  try {
    await saved(page);
    expect(await unsavedCopies(page)).toBe(0);
    const text = await yaml(page).inputValue();
    expect(text).toMatch(/traceSampling: 7/);
    await page.reload();
    await expect(yaml(page)).toHaveValue(text);
  } finally {
    await again.stop();
  }
});

test("text that was not saved when its page was closed is restored", async ({ page, console: own }) => {
  await yaml(page).fill("# before\n");
  await saved(page);
  const url = page.url();
  await own.stop("SIGKILL");
  await yaml(page).fill("# a secret: correct horse\n");
  await expect(status(page)).toHaveText(/^Not saved/);
  const stored = await page.evaluate(() => JSON.stringify(localStorage));
  expect(stored).toContain("unsaved");
  expect(stored).not.toContain("horse");
  await page.goto("about:blank");

  const again = await own.revive();
  try {
    await page.goto(url);
    await expect(page.getByText("Text that was not saved when this page was closed is restored.")).toBeVisible();
    await expect(yaml(page)).toHaveValue("# a secret: correct horse\n");
    await saved(page);
    expect(await unsavedCopies(page)).toBe(0);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(yaml(page)).toHaveValue("# before\n");
  } finally {
    await again.stop();
  }
});

test("a tab whose draft was changed in another one asks before anything is overwritten", async ({ page }) => {
  const other = await page.context().newPage();
  await other.goto(page.url());
  await hydrated(other);
  await yaml(page).fill("# first tab\n");
  await saved(page);

  await yaml(other).fill("# second tab\n");
  const notice = other.getByRole("alert").filter({ hasText: "Changed in another tab" });
  await expect(notice).toBeVisible();
  await expect(status(other)).toHaveText("Not saved: the draft was changed in another tab");
  await expect(other.getByRole("button", { name: /^Review/ })).toBeDisabled();
  await page.reload();
  await expect(yaml(page)).toHaveValue("# first tab\n");

  // By keyboard.
  await notice.getByRole("button", { name: "Keep mine" }).focus();
  await other.keyboard.press("Enter");
  await expect(notice).toBeHidden();
  await saved(other);
  await expect(yaml(other)).toHaveValue("# second tab\n");

  await yaml(page).fill("# first tab again\n");
  await page.getByRole("button", { name: "Reload", exact: true }).click();
  await expect(yaml(page)).toHaveValue("# second tab\n");
  await saved(page);
  await yaml(page).press("Control+z");
  await expect(yaml(page)).toHaveValue("# first tab again\n");
  await saved(page);
  await other.reload();
  await expect(yaml(other)).toHaveValue("# first tab again\n");
});

test("a full browser storage is said, and the text is saved when the console is back", async ({ page, console: own }) => {
  await page.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await own.stop("SIGKILL");
  await yaml(page).fill("# without a copy\n");
  await expect(page.getByText("The browser does not keep a copy of the unsaved text")).toBeVisible();
  const again = await own.revive();
  try {
    await saved(page);
    await expect(page.getByText("The browser does not keep a copy of the unsaved text")).toBeHidden();
    await page.reload();
    await expect(yaml(page)).toHaveValue("# without a copy\n");
  } finally {
    await again.stop();
  }
});

test("the undo of the browser's menu is that of the page", async ({ page }) => {
  const before = await yaml(page).inputValue();
  await yaml(page).pressSequentially("# typed\n");
  const typed = await yaml(page).inputValue();
  const traced = await field(page, "pilot.traceSampling");
  await traced.fill("7");
  await expect(yaml(page)).toHaveValue(/traceSampling: 7/);
  // The event of "Undo" in the menu of the browser; its own history would undo the typing in the form only.
  const undo = () =>
    yaml(page).evaluate((element) => element.dispatchEvent(new InputEvent("beforeinput", { inputType: "historyUndo", bubbles: true, cancelable: true })));
  expect(await undo(), "the browser does not undo").toBe(false);
  await expect(yaml(page)).toHaveValue(typed);
  await expect(traced).not.toHaveValue("7");
  await undo();
  await expect(yaml(page)).toHaveValue(before);
  await saved(page);
});

test("a logout with unsaved text says what is lost, and leaves no copy", async ({ page, console: own }) => {
  const url = page.url();
  await yaml(page).fill("# before\n");
  await saved(page);
  await page.route("**/api/edit_parameters", (route) => route.abort());
  await yaml(page).fill("# not saved\n");
  await expect(status(page)).toHaveText(/^Not saved/);
  expect(await unsavedCopies(page)).toBe(1);
  await page.getByRole("button", { name: "Account" }).click();
  await expect(page.getByText("It is discarded at the logout.")).toBeVisible();
  page.on("dialog", (dialog) => dialog.accept());
  await page.getByRole("button", { name: "Log out and discard text" }).click();
  await expect(page).toHaveURL(/\/login/);
  expect(await unsavedCopies(page)).toBe(0);
  await page.goto(own.newLink());
  await page.goto(url);
  await expect(yaml(page)).toHaveValue("# before\n");
});
