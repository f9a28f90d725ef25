import { json, post } from "./http.js";
import { language, say } from "./words.js";

const PAUSE = 1200;
const RETRIES = [3000, 10000, 30000, 60000];

export function start(root) {
  for (const section of root.querySelectorAll("[data-autosave]")) new Saver(section);
}

function differs(control) {
  if (control.type === "hidden") return false;
  if (["checkbox", "radio"].includes(control.type)) return control.checked !== control.defaultChecked;
  if (control instanceof HTMLSelectElement) {
    const options = [...control.options];
    return options.some((option) => option.defaultSelected) && options.some((option) => option.selected !== option.defaultSelected);
  }
  return control.value !== control.defaultValue;
}

class Saver {
  // One saver for each section: it sends the section's controls together, one request at a time.
  constructor(section) {
    this.section = section;
    this.url = section.dataset.autosave;
    this.key = `praxis:kept:${this.url}`;
    this.changes = 0;
    this.taken = 0;
    this.retries = 0;
    this.stopped = false;
    section.addEventListener("input", (event) => this.changed(event.target));
    section.addEventListener("change", (event) => this.changed(event.target));
    section.closest("form")?.addEventListener("submit", () => this.stop());
    window.addEventListener("online", () => this.soon(0));
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.soon(0));
    this.offerKept();
    // Typed before this ran, or put back by the browser.
    const early = this.controls().find(differs);
    if (early) this.changed(early);
  }

  controls() {
    const one = this.section.matches("input, textarea, select") ? [this.section] : [];
    return [...one, ...this.section.querySelectorAll("input, textarea, select")].filter(
      (control) => control.name && !control.disabled && !["file", "password", "submit", "button"].includes(control.type) && control.name !== "csrfmiddlewaretoken",
    );
  }

  fields() {
    const data = new FormData();
    for (const control of this.controls()) {
      if (["checkbox", "radio"].includes(control.type) && !control.checked) continue;
      if (control instanceof HTMLSelectElement && control.multiple) {
        for (const option of control.selectedOptions) data.append(control.name, option.value);
      } else data.append(control.name, control.value);
    }
    const version = this.version();
    if (version && !data.has("version")) data.set("version", version.value);
    return data;
  }

  version() {
    return this.section.querySelector("input[name=version]") ?? this.section.closest("form")?.querySelector("input[name=version]");
  }

  changed(control) {
    if (this.stopped || !control.name) return;
    this.changes += 1;
    this.last = control;
    this.tell("unsaved", say("unsaved"));
    this.soon(PAUSE);
  }

  soon(delay) {
    clearTimeout(this.timer);
    if (this.stopped || this.changes === this.taken) return;
    this.timer = setTimeout(() => this.send(), delay);
  }

  stop() {
    clearTimeout(this.timer);
    this.stopped = true;
    localStorage.removeItem(this.key);
  }

  async send() {
    if (this.busy || this.stopped) return;
    const upTo = this.changes;
    this.busy = true;
    this.tell("saving", say("saving"));
    let response;
    try {
      response = await post(this.url, this.fields(), this.section);
    } catch {
      response = null;
    }
    this.busy = false;
    if (this.stopped) return;
    await this.answered(response, upTo);
  }

  async answered(response, upTo) {
    if (!response || response.status >= 500 || response.status === 429) return this.keep("kept", true);
    const redirected = response.type === "opaqueredirect";
    if (redirected || response.status === 401) return this.keep("signed_out", true);
    const answer = await json(response);
    if (response.ok) return this.saved(answer, upTo);
    if (response.status === 409) return this.conflict(answer);
    if (response.status === 422 || response.status === 400) return this.invalid(answer, upTo);
    this.keep("refused", false, { reason: answer.message ?? String(response.status) });
  }

  saved(answer, upTo) {
    this.taken = upTo;
    this.retries = 0;
    const version = this.version();
    if (version && answer.version !== undefined) version.value = answer.version;
    this.mark({});
    localStorage.removeItem(this.key);
    if (this.changes > this.taken) return this.soon(PAUSE);
    const at = answer.saved_at ? new Date(answer.saved_at) : new Date();
    const time = new Intl.DateTimeFormat(language(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
    this.tell("saved", say("saved", { time }));
    this.section.dispatchEvent(new CustomEvent("praxis:saved", { bubbles: true, detail: answer }));
  }

  invalid(answer, upTo) {
    this.taken = upTo;
    this.mark(answer.errors ?? {});
    this.store();
    this.tell("failed", answer.errors ? say("invalid") : say("refused", { reason: answer.message ?? "" }));
  }

  conflict(answer) {
    this.stopped = true;
    this.store();
    this.tell("failed", answer.message ?? say("conflict"));
    this.notice(answer.message ?? say("conflict"), [[say("reload"), () => location.reload()]]);
  }

  keep(word, again, values = {}) {
    this.store();
    this.tell("failed", say(word, values));
    if (!again) return;
    const delay = RETRIES[Math.min(this.retries, RETRIES.length - 1)];
    this.retries += 1;
    this.soon(delay);
  }

  store() {
    try {
      localStorage.setItem(this.key, JSON.stringify([...this.fields().entries()].filter(([name]) => name !== "version")));
    } catch {
      // The device keeps nothing (private window, full): what was typed is still on the page.
    }
  }

  offerKept() {
    let kept;
    try {
      kept = JSON.parse(localStorage.getItem(this.key) ?? "null");
    } catch {
      kept = null;
    }
    if (!kept) return;
    const now = JSON.stringify([...this.fields().entries()].filter(([name]) => name !== "version"));
    if (now === JSON.stringify(kept)) return localStorage.removeItem(this.key);
    this.notice(say("restore"), [
      [say("restore_use"), () => this.restore(kept)],
      [say("restore_drop"), () => localStorage.removeItem(this.key)],
    ]);
  }

  restore(entries) {
    const given = new Map();
    for (const [name, value] of entries) given.set(name, [...(given.get(name) ?? []), value]);
    for (const control of this.controls()) {
      if (control.name === "version") continue;
      const values = given.get(control.name) ?? [];
      if (["checkbox", "radio"].includes(control.type)) control.checked = values.includes(control.value);
      else if (values.length) control.value = values[0];
      control.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  // The state is told beside the control last touched where there is a place for it, else in the section's first.
  tell(state, text) {
    const near = this.last?.closest(".field")?.querySelector("[data-save-state]");
    const slot = near ?? this.section.querySelector("[data-save-state]") ?? this.section.closest(".field")?.querySelector("[data-save-state]");
    if (!slot) return;
    slot.setAttribute("role", "status");
    slot.dataset.state = state;
    slot.textContent = text;
  }

  mark(errors) {
    for (const control of this.controls()) {
      const texts = errors[control.name];
      const id = `${control.id}_saved_error`;
      document.getElementById(id)?.remove();
      const described = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((part) => part && part !== id);
      if (texts?.length) {
        const message = document.createElement("p");
        message.id = id;
        message.className = "field__error";
        const words = document.createElement("span");
        words.textContent = texts.join(" ");
        message.append(words);
        control.before(message);
        described.unshift(id);
        control.setAttribute("aria-invalid", "true");
      } else if (!document.getElementById(`${control.id}_error`)) control.removeAttribute("aria-invalid");
      if (described.length) control.setAttribute("aria-describedby", described.join(" "));
      else control.removeAttribute("aria-describedby");
    }
  }

  notice(text, actions) {
    const box = document.createElement("div");
    box.className = "callout callout--amber";
    box.setAttribute("role", "alert");
    const body = document.createElement("div");
    body.className = "callout__body";
    const words = document.createElement("p");
    words.textContent = text;
    const row = document.createElement("p");
    row.className = "actions";
    for (const [label, act] of actions) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button--secondary";
      button.textContent = label;
      button.addEventListener("click", () => {
        act();
        box.remove();
      });
      row.append(button);
    }
    body.append(words, row);
    box.append(body);
    this.section.before(box);
  }
}
