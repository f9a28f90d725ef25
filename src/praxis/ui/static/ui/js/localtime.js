import { language, say } from "./words.js";

export function start(root) {
  for (const element of root.querySelectorAll("time[data-localtime]")) show(element);
}

function show(element) {
  const at = new Date(element.dateTime);
  if (Number.isNaN(at.valueOf())) return;
  const written = element.dateTime.match(/([+-])(\d\d):(\d\d)$/);
  const offset = written ? (written[1] === "-" ? -1 : 1) * (Number(written[2]) * 60 + Number(written[3])) : 0;
  const here = new Intl.DateTimeFormat(language(), {
    year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).format(at);
  const zone = new Intl.DateTimeFormat(language(), { timeZoneName: "short" }).formatToParts(at).find((part) => part.type === "timeZoneName").value;
  const text = say("local_time", { time: here, zone });
  // Where the clock on the reader's wall shows the same, saying it twice would only confuse.
  if (offset === -at.getTimezoneOffset()) return;
  if (element.dataset.localtime === "block") {
    element.textContent = text;
    element.parentElement.hidden = false;
  } else {
    element.title = text;
  }
}
