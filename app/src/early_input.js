// Runs before the page is hydrated: what is pressed or typed until then is handed over to the application.
// A link, and what unfolds without a script, work by themselves.
(() => {
  const LONGEST_WAIT = 10000;
  const fields = new Map();
  let pressed;
  const click = (event) => {
    const target = event.target.closest?.("button, [role=tab], [role=option]");
    if (target) pressed = { target, at: Date.now() };
  };
  const input = (event) => fields.set(event.target, [event.target.value, event.target.checked]);
  const heard = { click, input };
  for (const [name, listener] of Object.entries(heard)) document.addEventListener(name, listener, true);
  document.addEventListener("meshspan:hydrated", () => {
    for (const [name, listener] of Object.entries(heard)) document.removeEventListener(name, listener, true);
    for (const [field, [value, checked]] of fields) {
      if (!field.isConnected) continue;
      // A script must not choose files; those that somebody chose are still there.
      if (field.type !== "file") field.value = value;
      field.checked = checked;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (pressed?.target.isConnected && Date.now() - pressed.at < LONGEST_WAIT) pressed.target.click();
  }, { once: true });
})();
