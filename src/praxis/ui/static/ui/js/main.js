// Starts what the page asks for. A page works without any of it.
import * as autosave from "./autosave.js";
import * as counter from "./counter.js";
import * as dirty from "./dirty.js";
import * as line from "./line.js";
import * as localtime from "./localtime.js";
import * as pick from "./pick.js";
import * as submitOnce from "./submit-once.js";
import * as upload from "./upload.js";

for (const feature of [localtime, pick, line, counter, upload, autosave, dirty, submitOnce]) feature.start(document);

const summary = document.querySelector("[data-error-summary]");
if (summary) summary.focus();

// A link of the error summary may lead into something folded away.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-error-summary] a[href^='#']");
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target) return;
  const folded = target.closest("details:not([open])");
  if (folded) folded.open = true;
  event.preventDefault();
  target.scrollIntoView({ block: "center" });
  target.focus();
});

// An open menu of the header closes when one goes elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".user-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll(".user-menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
