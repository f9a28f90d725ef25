import { say } from "./words.js";

export function start(root) {
  for (const box of root.querySelectorAll("[data-pick]")) enhance(box);
}

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function enhance(box) {
  const filter = box.querySelector(".pick__filter");
  const search = filter.querySelector("input");
  const list = box.querySelector(".pick__list");
  const choices = [...list.querySelectorAll(".choice")].map((element) => ({
    element, input: element.querySelector("input"), text: plain(element.textContent), label: element.querySelector("label").textContent,
  }));
  const none = document.createElement("p");
  none.className = "pick__none";
  none.setAttribute("role", "status");
  list.after(none);
  filter.hidden = false;

  search.addEventListener("input", () => {
    const wanted = plain(search.value.trim());
    let shown = 0;
    for (const choice of choices) {
      choice.element.hidden = Boolean(wanted) && !choice.text.includes(wanted);
      if (!choice.element.hidden) shown += 1;
    }
    none.textContent = shown ? "" : say("none_found");
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  // Out of a list of hundreds in one step, by key or by button.
  const close = () => {
    box.open = false;
    box.querySelector("summary").focus();
  };
  filter.querySelector("[data-pick-done]")?.addEventListener("click", close);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && box.open && !event.isComposing) close();
  });
  list.addEventListener("change", () => {
    const chosen = choices.filter((choice) => choice.input.checked);
    box.querySelector("[data-pick-count]").textContent = say("chosen", { count: chosen.length });
    box.querySelector("[data-pick-names]").textContent = chosen.map((choice) => choice.label).join(say("list_comma"));
  });
}
