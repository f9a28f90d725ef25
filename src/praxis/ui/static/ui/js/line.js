// A line of text that wraps on the page stays one line: no line break is typed or pasted into it.
export function start(root) {
  for (const control of root.querySelectorAll("textarea[data-line]")) watch(control);
}

function watch(control) {
  control.addEventListener("keydown", (event) => {
    // While a word is being composed (pinyin), the key takes the word and breaks no line.
    if (event.key === "Enter" && !event.isComposing) event.preventDefault();
  });
  control.addEventListener("input", (event) => {
    if (event.isComposing || !/[\r\n]/.test(control.value)) return;
    const after = control.value.slice(control.selectionEnd).replace(/\s*[\r\n]+\s*/g, " ");
    const whole = control.value.replace(/\s*[\r\n]+\s*/g, " ");
    control.value = whole;
    control.setSelectionRange(whole.length - after.length, whole.length - after.length);
  });
}
