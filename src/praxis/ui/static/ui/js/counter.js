import { count } from "./wordcount.js";
import { language, say } from "./words.js";

export function start(root) {
  for (const control of root.querySelectorAll("[data-counter]")) watch(control);
}

function watch(control) {
  const slot = document.getElementById(control.dataset.counter);
  if (!slot) return;
  const limit = Number(slot.dataset.limit);
  const number = new Intl.NumberFormat(language());
  let zone = "";

  const spoken = document.createElement("span");
  spoken.className = "visually-hidden";
  spoken.setAttribute("aria-live", "polite");
  slot.after(spoken);

  const draw = () => {
    const now = count(control.value);
    const over = now - limit;
    const next = over > 0 ? "over" : now >= limit * 0.9 ? "near" : "far";
    const shown = say("count", { count: number.format(now), limit: number.format(limit) });
    slot.textContent = over > 0 ? `${shown} · ${say("count_over", { over: number.format(over) })}` : shown;
    slot.title = say(`count_label_${slot.dataset.unit}`, { count: now, limit });
    slot.classList.toggle("counter--over", next === "over");
    slot.classList.toggle("counter--near", next === "near");
    // Spoken only when the zone changes, so that a screen reader is not interrupted at every letter.
    if (next !== zone && zone) spoken.textContent = slot.title;
    zone = next;
  };
  control.addEventListener("input", draw);
  control.form?.addEventListener("reset", () => queueMicrotask(draw));
  draw();
}
