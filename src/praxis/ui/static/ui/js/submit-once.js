import { say } from "./words.js";

export function start(root) {
  for (const form of root.querySelectorAll("form[data-submit-once]")) guard(form);
}

function guard(form) {
  let sent = false;
  const buttons = () => [...form.querySelectorAll("button:not([type=button])")];
  form.addEventListener("submit", (event) => {
    if (sent) {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented) return;
    sent = true;
    // Not the attribute `disabled`: a disabled button would not be sent with its name and value.
    for (const button of buttons()) button.setAttribute("aria-disabled", "true");
    if (event.submitter instanceof HTMLButtonElement) {
      event.submitter.dataset.label = event.submitter.textContent;
      event.submitter.textContent = say("sending");
    }
  });
  // The page may come back from the browser's memory with the form as it was left.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    sent = false;
    for (const button of buttons()) {
      button.removeAttribute("aria-disabled");
      if (button.dataset.label) button.textContent = button.dataset.label;
    }
  });
}
