// Warns before leaving a form with changes that neither autosave nor submitting has taken.
export function start(root) {
  for (const form of root.querySelectorAll("form[data-dirty]")) watch(form);
}

function watch(form) {
  let dirty = false;
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("submit", () => { dirty = false; });
  form.addEventListener("praxis:saved", () => { dirty = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!dirty) return;
    event.preventDefault();
  });
}
