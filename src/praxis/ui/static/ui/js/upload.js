// Sends files in pieces by the tus protocol (1.0.0) and goes on where the line broke.
import { json, post, token } from "./http.js";
import { fileSize, percentage, say } from "./words.js";

const PIECE = 8 * 1024 * 1024;
const PAUSES = [1000, 3000, 8000];
const TUS = { "Tus-Resumable": "1.0.0" };

export function start(root) {
  for (const input of root.querySelectorAll("input[type=file][data-upload]")) {
    if (!input.dataset.upload) continue;
    input.addEventListener("change", () => take(input));
    // A file that is handed over as it arrives needs no button.
    const buttons = input.dataset.complete && input.form?.querySelector(":scope > .actions");
    if (buttons) buttons.hidden = true;
  }
}

function take(input) {
  const list = input.parentElement.querySelector("[data-upload-list]");
  list.hidden = false;
  for (const file of input.files) new Upload(input, file, list).begin();
  // What was sent in pieces must not be sent again with the form.
  input.value = "";
  input.required = false;
}

const encode = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

class Refused extends Error {}

class Upload {
  constructor(input, file, list) {
    this.input = input;
    this.pieceSize = Number(input.dataset.pieceBytes) || PIECE;
    this.file = file;
    this.key = `praxis:upload:${input.dataset.upload}:${input.dataset.purpose ?? ""}:${file.name}:${file.size}:${file.lastModified}`;
    this.row = document.createElement("div");
    this.row.className = "upload__file";
    this.name = this.part("span", "upload__name", file.name);
    this.action = this.part("button", "button button--quiet", say("upload_cancel"));
    this.action.type = "button";
    this.state = this.part("span", "upload__state", say("upload_waiting"));
    this.state.setAttribute("role", "status");
    this.bar = this.part("progress", "", "");
    this.bar.max = 100;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", file.name);
    this.action.addEventListener("click", () => (this.running ? this.cancel() : this.begin()));
    list.append(this.row);
  }

  part(tag, class_, text) {
    const element = document.createElement(tag);
    if (class_) element.className = class_;
    element.textContent = text;
    this.row.append(element);
    return element;
  }

  show(state, text) {
    this.row.dataset.state = state;
    this.state.textContent = text;
  }

  progress(offset) {
    const percent = this.file.size ? Math.floor((offset / this.file.size) * 100) : 100;
    this.percent = percent;
    this.bar.value = percent;
    this.show("sending", say("upload_progress", { percent: percentage(percent), size: fileSize(this.file.size) }));
  }

  async begin() {
    const most = Number(this.input.dataset.maxBytes || 0);
    if (most && this.file.size > most) return this.fail(say("upload_too_large", { size: fileSize(most) }), false);
    this.running = true;
    this.abort = new AbortController();
    this.action.textContent = say("upload_cancel");
    try {
      await this.send();
      await this.complete();
    } catch (error) {
      if (!this.running) return;
      if (error instanceof Refused) {
        localStorage.removeItem(this.key);
        this.fail(say("upload_refused", { reason: error.message }), false);
      } else this.fail(say("upload_failed", { percent: percentage(this.percent ?? 0) }), true);
    }
  }

  async send() {
    let { address, offset } = await this.open();
    let failures = 0;
    this.progress(offset);
    while (offset < this.file.size) {
      try {
        offset = await this.piece(address, offset);
        failures = 0;
        this.progress(offset);
      } catch (error) {
        if (error instanceof Refused || !this.running || failures >= PAUSES.length) throw error;
        await new Promise((done) => setTimeout(done, PAUSES[failures]));
        failures += 1;
        const known = await this.ask(address).catch(() => null);
        if (known !== null) offset = known;
      }
    }
    this.address = address;
  }

  // An upload begun before, on this device, with the same file: ask how far it came.
  async open() {
    const before = localStorage.getItem(this.key);
    if (before) {
      const offset = await this.ask(before);
      if (offset !== null) return { address: before, offset };
    }
    const metadata = { filename: this.file.name, filetype: this.file.type, purpose: this.input.dataset.purpose };
    const response = await this.request("POST", this.input.dataset.upload, {
      "Upload-Length": String(this.file.size),
      "Upload-Metadata": Object.entries(metadata).filter(([, value]) => value).map(([name, value]) => `${name} ${encode(value)}`).join(","),
    });
    const address = new URL(response.headers.get("Location"), new URL(this.input.dataset.upload, location.href)).href;
    localStorage.setItem(this.key, address);
    return { address, offset: Number(response.headers.get("Upload-Offset") ?? 0) };
  }

  async ask(address) {
    const response = await fetch(address, { method: "HEAD", headers: TUS, credentials: "same-origin", signal: this.abort.signal });
    if ([403, 404, 410].includes(response.status)) return null;
    if (!response.ok) throw new Error(String(response.status));
    return Number(response.headers.get("Upload-Offset"));
  }

  async piece(address, offset) {
    const response = await this.request("PATCH", address, {
      "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream",
    }, this.file.slice(offset, offset + this.pieceSize));
    const next = Number(response.headers.get("Upload-Offset"));
    if (!(next > offset)) throw new Error("no progress");
    return next;
  }

  async request(method, address, headers, body) {
    const response = await fetch(address, {
      method, body, credentials: "same-origin", signal: this.abort.signal, headers: { ...TUS, ...headers, "X-CSRFToken": token(this.input) },
    });
    if (response.ok) return response;
    const passing = response.status >= 500 || [409, 423, 429].includes(response.status);
    if (passing) throw new Error(String(response.status));
    throw new Refused((await json(response)).message ?? String(response.status));
  }

  async complete() {
    const url = this.input.dataset.complete;
    if (url) {
      const body = new FormData();
      body.set("upload", this.address);
      body.set("upload_id", this.address.replace(/\/+$/, "").split("/").pop());
      body.set("name", this.file.name);
      if (this.input.dataset.purpose) body.set("purpose", this.input.dataset.purpose);
      const response = await post(url, body, this.input);
      if (!response.ok) {
        if (response.status >= 500 || response.type === "opaqueredirect") throw new Error(String(response.status));
        throw new Refused((await json(response)).message ?? String(response.status));
      }
      this.answer = await json(response);
    } else this.remember();
    localStorage.removeItem(this.key);
    this.running = false;
    this.bar.value = 100;
    this.show("done", say("upload_done"));
    this.action.remove();
    this.input.dispatchEvent(new CustomEvent("praxis:uploaded", { bubbles: true, detail: { address: this.address, answer: this.answer } }));
    if (this.answer?.reload) location.reload();
  }

  // Without an address to complete at, the form itself carries what was uploaded.
  remember() {
    const hidden = document.createElement("input");
    hidden.type = "hidden";
    hidden.name = `${this.input.name}_upload`;
    hidden.value = this.address;
    this.row.append(hidden);
  }

  fail(text, again) {
    this.running = false;
    this.show("failed", text);
    if (again) this.action.textContent = say("upload_retry");
    else this.action.remove();
  }

  cancel() {
    this.running = false;
    this.abort.abort();
    const address = localStorage.getItem(this.key);
    localStorage.removeItem(this.key);
    if (address) fetch(address, { method: "DELETE", credentials: "same-origin", headers: { ...TUS, "X-CSRFToken": token(this.input) } }).catch(() => {});
    this.row.remove();
  }
}
