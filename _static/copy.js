// A visible copy button for each code block. What is copied is the text that is shown, byte for byte.
"use strict";

const QUIET = ".case-leak, .case-fail, .no-copy";

function copyText(pre) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(pre.textContent);
  const selection = window.getSelection(); // an insecure address has no clipboard of its own
  selection.selectAllChildren(pre);
  const done = document.execCommand("copy");
  selection.removeAllRanges();
  return done ? Promise.resolve() : Promise.reject(new Error("refused"));
}

function addButton(block, status) {
  const caption = block.parentElement.querySelector(".code-block-caption");
  if (caption) makeButton(block.querySelector("pre"), caption, caption.querySelector(".caption-text"), status);
}

function makeButton(pre, where, place, status) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  if (place) button.setAttribute("aria-label", "Copy " + place.textContent);
  let timer = 0;
  const say = (word) => {
    button.textContent = status.textContent = word;
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.textContent = "Copy";
      status.textContent = "";
    }, 2000);
  };
  button.addEventListener("click", () => copyText(pre).then(() => say("Copied"), () => say("Select and copy")));
  where.append(button);
}

const main = document.querySelector("[role=main]");
if (main) {
  const status = document.createElement("p");
  status.className = "copy-status";
  status.setAttribute("role", "status");
  main.append(status);
  // An output and a bad example are to be read, not pasted; so is what has no caption, such as a message of an older version.
  main.querySelectorAll("[class*=highlight-]").forEach((block) => block.closest(QUIET) || addButton(block, status));
  main.querySelectorAll(".addresses dd code").forEach((code) =>
    makeButton(code, code.parentElement, code.closest("dd").previousElementSibling, status));
}

// Paper has nothing to click: what is folded is opened while the page is printed.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("article details:not([open])")];
  opened.forEach((one) => (one.open = true));
});
addEventListener("afterprint", () => opened.splice(0).forEach((one) => (one.open = false)));
