// Text from documents, made harmless: it enters the page as text nodes only, and what cannot be seen is spelled out.

const UNSEEN = /(?![\t\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function escapeOf(character) {
  const hex = character.codePointAt(0).toString(16);
  if (hex.length <= 2) return "\\x" + hex.padStart(2, "0");
  return hex.length <= 4 ? "\\u" + hex.padStart(4, "0") : "\\U" + hex.padStart(8, "0");
}

function visible(text) {
  return text.replace(UNSEEN, escapeOf);
}

function pour(element, text) {
  let behind = 0;
  for (const match of text.matchAll(UNSEEN)) {
    element.append(text.slice(behind, match.index), make("span", { class: "escape" }, escapeOf(match[0])));
    behind = match.index + match[0].length;
  }
  element.append(text.slice(behind));
  return element;
}

function dress(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

function make(name, attributes = {}, ...children) {
  return dress(document.createElement(name), attributes, children);
}

function draw(name, attributes = {}, ...children) {
  return dress(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function paint(element, label) {
  element.style.setProperty("--c", `var(--${label})`);
  return element;
}

function pressable(element, act) {
  dress(element, { role: "button", tabindex: 0 }, []);
  element.addEventListener("click", act);
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      act();
    }
  });
  return element;
}

const count = new Intl.NumberFormat("en");
const brief = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

function percent(part, whole) {
  return whole ? Math.round((100 * part) / whole) + " %" : "–";
}

function words(name) {
  return name.replaceAll("_", " ");
}

function plural(number, one) {
  return `${count.format(number)} ${one}${number === 1 ? "" : "s"}`;
}
