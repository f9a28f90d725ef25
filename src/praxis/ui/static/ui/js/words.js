// The sentences of the scripts, in the reader's language, from the page's inert data.
let words;

export function say(name, values = {}) {
  if (!words) {
    const element = document.getElementById("ui-texts");
    words = element ? JSON.parse(element.textContent) : {};
  }
  return (words[name] ?? name).replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

// Dates of the English pages are written as the server writes them: 16 June 2026.
export function language() {
  const lang = document.documentElement.lang || "en";
  return lang === "en" ? "en-GB" : lang;
}

export function fileSize(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  let power = 0;
  let value = bytes;
  while (value >= 1024 && power < units.length - 1) {
    value /= 1024;
    power += 1;
  }
  return new Intl.NumberFormat(language(), {
    style: "unit", unit: units[power], unitDisplay: "short", maximumFractionDigits: power > 1 ? 1 : 0,
  }).format(value);
}

export function percentage(hundredths) {
  return new Intl.NumberFormat(language(), { style: "percent" }).format(hundredths / 100);
}
