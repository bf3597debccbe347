// One document: every line in order with its label, who said so, the fields read from it and the candidates that lost.

const FAR = 15; // lines above the first kept one, from which on there is a way to jump there

function lay_document(host, number) {
  const found = documents[number];
  const view = report.views[number];
  const story = make("article", { class: "story" }, heading(found));
  host.replaceChildren(story);
  if (found.reason) story.append(rejection(found));
  else if (!view) story.append(unheld(found));
  else {
    const inspector = make("section", { class: "card inspector", "aria-live": "polite", "aria-label": "Who decided" });
    const lines = view.blocks.map((block, n) => line(block, n, view, inspector));
    story.append(sheet(view, lines, found, inspector), beside(view, lines, inspector));
    rest(inspector);
  }
}

function heading(found) {
  const at = table.shown.indexOf(found);
  const [before, after] = at < 0 ? [] : [table.shown[at - 1], table.shown[at + 1]];
  const step = (name, other) =>
    make("button", { type: "button", disabled: !other, "aria-label": `${name} document`, onclick: () => other && open_document(other.number) }, name === "Next" ? "Next →" : "← Previous");
  return make(
    "header",
    {},
    make("nav", { "aria-label": "Documents" }, make("a", { href: "#/" }, "All documents"), make("span", { class: "gap" }), step("Previous", before), step("Next", after)),
    make("h1", { tabindex: -1, dir: "auto" }, visible(found.title || found.name)),
    make("p", { class: "path", dir: "auto" }, visible(found.name)),
  );
}

function rejection(found) {
  return make(
    "div",
    { class: "rejection" },
    make("p", {}, "This document was rejected: ", make("b", {}, found.reason)),
    make("p", { dir: "auto" }, visible(found.message)),
    make("p", {}, "docs/problems.md says for each reason what to do. The rest of the run is not affected."),
  );
}

function unheld(found) {
  return make(
    "div",
    { class: "rejection" },
    make("p", {}, `This report holds the lines of ${plural(Object.keys(report.views).length, "document")} only, those with problems first. Make it with a larger --documents, or see this one with:`),
    make("p", {}, make("code", {}, visible(`copydesk explain ${found.name}`))),
  );
}

function line([label, size, text, evidence, marks, number], n, view, inspector) {
  const name = LABELS[label];
  const group = GROUPS[label];
  if (group === "blank") return null;
  const said = make("div", { class: "said", dir: "auto" });
  if (text === null) pour(make("span", { class: "hole" }), "");
  if (text === null) said.append(make("span", { class: "hole" }, `${plural(size, "character")}, not in the record`));
  else write(said, text, marks, view);
  if (text !== null && view.source && size - text.length > 2 + text.length / 1000) said.append(make("span", { class: "hole" }, ` … ${plural(size - text.length, "more character")} not shown`));
  const element = make(
    "div",
    { class: `line ${group} ${name}`, tabindex: -1, "aria-label": null },
    make("span", { class: "no", "aria-hidden": "true" }, String(number)),
    make("span", { class: "what" }, name === "paragraph" ? "" : words(name)),
    said,
  );
  paint(element, hueOf(name));
  const show = () => inspect(inspector, number, view, name, evidence, marks);
  element.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && show());
  element.addEventListener("focus", show);
  element.addEventListener("click", () => {
    if (!String(getSelection())) element.focus({ preventScroll: true });
    inspector.classList.add("open");
  });
  return element;
}

function write(host, text, marks, view) {
  let behind = 0;
  for (const [start, end, field] of marks) {
    pour(host, text.slice(behind, start));
    host.append(pour(make("mark", { "data-field": words(view.fields[field][0]) }), text.slice(start, end)));
    behind = end;
  }
  pour(host, text.slice(behind));
}

function sheet(view, lines, found, inspector) {
  const held = lines.filter(Boolean);
  const chrome = held.filter((element) => element.classList.contains("chrome")).length;
  const body = make("div", { class: "sheet", lang: found.language && found.language !== "und" ? found.language : null });
  const choice = (name, only) =>
    make("button", { type: "button", "aria-pressed": only ? "false" : "true", onclick: (event) => {
      body.classList.toggle("only", only);
      for (const button of event.target.parentNode.children) button.setAttribute("aria-pressed", String(button === event.target));
    } }, name);
  const tools = make("div", { class: "tools" }, make("span", { class: "switch", role: "group", "aria-label": "Lines shown" }, choice("All lines", false), choice("Without chrome", true)));
  tools.append(`${plural(held.length, "line")}, ${count.format(chrome)} of them chrome`);
  const first = held.findIndex((element) => element.classList.contains("kept"));
  if (first > FAR) tools.append(make("button", { type: "button", onclick: () => reach(held[first], "center") }, `First kept line: ${held[first].querySelector(".no").textContent} ↓`));
  if (!view.source) tools.append(make("span", {}, report.sourced ? "The source was not found, or is no longer the same: lines that the record does not hold are empty." : "Made from records alone; with --source FOLDER the left-out lines are shown too."));
  body.append(tools, ...held);
  if (held.length) held[0].tabIndex = 0;
  body.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    const at = held.indexOf(document.activeElement);
    if (event.key === "Escape") rest(inspector);
    if (!step || at < 0 || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    let next = at + step;
    while (held[next] && !held[next].offsetParent) next += step;
    if (held[next]) reach(held[next], "nearest");
  });
  body.addEventListener("focusin", (event) => {
    const now = event.target.closest(".line");
    if (now) for (const element of held) element.tabIndex = element === now ? 0 : -1;
  });
  return body;
}

function reach(element, block) {
  element.scrollIntoView({ block, behavior: "instant" });
  element.focus({ preventScroll: true });
}

function rest(inspector) {
  inspector.classList.remove("open");
  inspector.style.removeProperty("--c");
  inspector.replaceChildren(make("h2", {}, "Who decided"), make("p", {}, "Point at a line, or move through the lines with ↑ and ↓: here stands which rule gave it its label, what it saw, and how sure it was."));
}

function inspect(inspector, number, view, name, evidence, marks) {
  paint(inspector, hueOf(name));
  inspector.replaceChildren(
    make("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => rest(inspector) }, "×"),
    make("h2", {}, `Line ${number}: ${words(name)}`),
    ...evidence.map(([rule, seen, confidence]) => voice(report.strings[rule], report.strings[seen], confidence)),
    ...(evidence.length ? [] : [make("p", {}, "No rule spoke.")]),
    ...marks.map(([, , field, candidate]) => {
      const [value, , rule, confidence] = view.fields[field][3][candidate];
      return paint(voice(`${words(view.fields[field][0])} = ${value}`, report.strings[rule], confidence), "kept");
    }),
  );
}

function voice(rule, seen, confidence) {
  const filled = make("b", {});
  filled.style.width = `${100 * confidence}%`;
  return make(
    "div",
    { class: "voice" },
    make("b", { dir: "auto" }, visible(rule)),
    make("span", { class: "sure" }, confidence.toFixed(2)),
    make("span", { class: "gauge", "aria-hidden": "true" }, filled),
    seen ? make("small", { dir: "auto" }, visible(seen)) : null,
  );
}

function beside(view, lines, inspector) {
  const fields = make("dl", {});
  for (const [name, values, unknown, candidates] of view.fields) {
    fields.append(make("dt", {}, words(name)));
    for (const value of values) fields.append(make("dd", { dir: "auto" }, visible(value)));
    if (!values.length) fields.append(make("dd", { class: "unknown" }, visible(report.strings[unknown]) || "not found"));
    const taken = new Set(candidates.filter((one) => one[4]).map(([value]) => value));
    const chosen = candidates.filter((one) => one[4]);
    const also = candidates.filter((one) => !one[4] && taken.has(one[0]));
    const lost = candidates.filter((one) => !one[4] && !taken.has(one[0]));
    if (chosen.length) fields.append(make("dd", {}, ...chosen.map((one) => candidate(one, view, lines, values.length === 1 && values[0] === one[0]))));
    if (also.length) fields.append(make("dd", {}, folded(`read again in ${plural(also.length, "place")}`, also, view, lines, false)));
    if (lost.length) fields.append(make("dd", {}, folded(`${plural(lost.length, "candidate")} not taken`, lost, view, lines, lost.length < 4)));
  }
  const facts = make("dl", { class: "facts" });
  for (const [name, value] of view.facts) facts.append(make("dt", {}, name), make("dd", { dir: "auto" }, visible(value)));
  const cards = [inspector];
  if (view.problems.length) cards.push(make("section", { class: "card" }, make("h2", {}, "Problems"), ...view.problems.map(([code, message, at]) => problem(code, message, lines[at]))));
  cards.push(make("section", { class: "card" }, make("h2", {}, "What it says about itself"), fields));
  cards.push(make("section", { class: "card" }, make("h2", {}, "Record"), facts));
  return make("aside", { class: "beside", "aria-label": "Fields and evidence" }, ...cards);
}

function problem(code, message, element) {
  const text = [make("b", {}, words(code)), ": " + visible(message)];
  return element ? make("button", { type: "button", class: "problem", onclick: () => reach(element, "center") }, ...text) : make("p", { class: "problem" }, ...text);
}

function folded(title, candidates, view, lines, open) {
  return make("details", { open }, make("summary", {}, title), ...candidates.map((one) => candidate(one, view, lines, false)));
}

function candidate([value, raw, rule, confidence, chosen, at], view, lines, said) {
  const where = at === null ? "" : `, line ${view.blocks[at][5]}`;
  return make(
    "button",
    { type: "button", class: `candidate ${chosen ? "chosen" : "lost"}`, onclick: () => lines[at] && reach(lines[at], "center") },
    said ? null : make("span", { dir: "auto" }, visible(value)),
    make("small", { dir: "auto" }, visible(`${report.strings[rule]} ${confidence.toFixed(2)}${where}${raw ? `, read from “${raw}”` : ""}`)),
  );
}
