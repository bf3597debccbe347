// Totals and charts of the overview. A chart is drawn for the width it has, and again when that changes.

function totals(host) {
  const usable = documents.filter((found) => !found.reason);
  const kept = sum(usable.map((found) => found.kept));
  const removed = sum(usable.map((found) => found.removed));
  const rejected = documents.length - usable.length;
  const odd = usable.filter((found) => found.problems.length).length;
  const rows = [
    [count.format(documents.length), documents.length === 1 ? "document" : "documents"],
    [count.format(usable.length), "clean records"],
    [count.format(rejected), "rejected", rejected > 0],
    [count.format(odd), "with a problem noted"],
    [brief.format(sum(usable.map((found) => found.words))), "words of main content"],
    [percent(kept, kept + removed), "of the characters kept"],
    [...counted(usable.map((found) => found.language).filter((code) => code !== "und"), "language")],
    [...counted(usable.map((found) => found.outlet).filter(Boolean), "outlet")],
  ];
  host.append(...rows.map(([number, name, bad]) => make("div", { class: bad ? "total bad" : "total" }, make("b", {}, number), make("span", {}, name))));
}

function counted(values, one) {
  const number = new Set(values).size;
  return [count.format(number), number === 1 ? one : one + "s"];
}

function charts(host, pick) {
  const usable = documents.filter((found) => !found.reason);
  const rejected = documents.filter((found) => found.reason);
  const faults = [...reasons(rejected, "reason", "accent", pick), ...problemRows(usable, pick)];
  const panels = [
    ["Kept against removed", "Each dot is a document, or several of the same size; characters, on both axes by tens.", "wide", (width) => scatter(usable, width, pick)],
    [
      ["Languages", "Of the main content.", "", (width) => ranked(usable, "language", pick, faults.length ? 5 : 10, width, 64)],
      ...(faults.length ? [["Rejected, and problems", "Why; click one to list its documents.", "", (width) => bars(width, faults, 164)]] : []),
    ],
    ["What the lines are", "Characters by label: kept, about the document, chrome.", "tall", (width) => bars(width, labelled(usable, pick), 128)],
    ["Fields", "How many documents have each, and how sure its value is.", "", (width) => coverage(usable, width, pick)],
    ["Outlets", "As the documents name them.", "", (width) => ranked(usable, "outlet", pick, 12, width, 128)],
    ["Published", "By the date in the document.", "wide", (width) => columns(usable, width, pick)],
  ];
  for (const one of panels) host.append(Array.isArray(one[0]) ? make("div", { class: "stack" }, ...one.map((part) => panel(...part))) : panel(...one));
}

function panel(title, note, size, drawn) {
  const body = make("div", {});
  const section = make("section", { class: `chart ${size}`, role: "group", "aria-label": title }, make("h2", {}, title), make("p", {}, note), body);
  let before = 0;
  new ResizeObserver(() => {
    const width = Math.floor(body.clientWidth);
    if (width > 0 && width !== before) body.replaceChildren(...[drawn((before = width))].flat());
  }).observe(body);
  return section;
}

function ranked(found, column, pick, most, width, names) {
  const counts = tally(found.map((one) => one[column]));
  const named = counts.filter(([value]) => value);
  const rows = named.slice(0, most).map(([value, number]) => ({ name: value, number, hue: "about", act: () => pick(column, value) }));
  const rest = sum(named.slice(most).map(([, number]) => number));
  if (rest) rows.push({ name: `${named.length - most} more`, number: rest, hue: "blank", rest: true });
  const unknown = counts.find(([value]) => !value)?.[1];
  const without = unknown && make("button", { type: "button", onclick: () => pick(column, "") }, `${plural(unknown, "document")} without`);
  return [bars(width, rows, names), make("div", { class: "key" }, without || null)];
}

function reasons(found, column, hue, pick) {
  return tally(found.map((one) => one[column])).map(([value, number]) => ({ name: words(value), number, hue, act: () => pick(column, value) }));
}

function problemRows(found, pick) {
  return tally(found.flatMap((one) => one.problems)).map(([value, number]) => ({ name: words(value), number, hue: "chrome", act: () => pick("problem", value) }));
}

function labelled(found, pick) {
  const sizes = LABELS.map(() => 0);
  for (const one of found) for (const [label, characters] of one.labels) sizes[label] += characters;
  const whole = sum(sizes);
  return LABELS.map((name, n) => ({ name: words(name), number: sizes[n], shown: brief.format(sizes[n]), hue: hueOf(name), whole, act: () => pick("label", name) })).filter(
    (row, n) => row.number && GROUPS[n] !== "blank",
  );
}

function bars(width, rows, names = 88) {
  const [tall, end] = [24, 52];
  const most = Math.max(1, ...rows.filter((row) => !row.rest).map((row) => row.number));
  const room = Math.max(20, width - names - end);
  const chart = draw("svg", { height: rows.length * tall, viewBox: `0 0 ${width} ${rows.length * tall}` });
  rows.forEach((row, n) => {
    const long = row.rest ? 0 : Math.max(2, (room * row.number) / most);
    const group = draw(
      "g",
      { transform: `translate(0 ${n * tall})`, "aria-label": `${visible(row.name)}: ${row.shown || count.format(row.number)}` },
      draw("title", {}, `${visible(row.name)}: ${count.format(row.number)}${row.whole ? ` characters, ${percent(row.number, row.whole)}` : ""}`),
      draw("rect", { class: "hit", width, height: tall, rx: 4 }),
      draw("text", { x: 4, y: 16 }, fitting(visible(row.name), names - 10)),
      draw("rect", { class: "fill", x: names, y: 5, width: long, height: 14, rx: 3 }),
      draw("text", { class: "soft", x: names + long + 6, y: 16 }, row.shown || count.format(row.number)),
    );
    paint(group, row.hue);
    chart.append(row.act ? pressable(group, row.act) : group);
  });
  return rows.length ? chart : make("p", {}, "None.");
}

const ruler = document.createElement("canvas").getContext("2d");

function fitting(text, room) {
  ruler.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  if (ruler.measureText(text).width <= room) return text;
  let characters = [...text].slice(0, 60);
  while (characters.length > 1 && ruler.measureText(characters.join("") + "…").width > room) characters.pop();
  return characters.join("") + "…";
}

function scatter(found, width, pick) {
  const [left, low, tall] = [44, 30, 300];
  const [across, up] = [width - left - 12, tall - low - 8];
  const most = Math.max(3, ...found.map((one) => Math.ceil(Math.log10(1 + Math.max(one.kept, one.removed)))));
  const x = (value) => left + (across * Math.log10(1 + value)) / most;
  const y = (value) => 8 + up - (up * Math.log10(1 + value)) / most;
  const chart = draw("svg", { height: tall, viewBox: `0 0 ${width} ${tall}` });
  for (let power = 0; power <= most; power++) {
    const value = 10 ** power - 1;
    chart.append(
      draw("line", { class: "axis", x1: x(value), x2: x(value), y1: 8, y2: 8 + up }),
      draw("line", { class: "axis", x1: left, x2: left + across, y1: y(value), y2: y(value) }),
      draw("text", { class: "soft", x: x(value), y: 8 + up + 15, "text-anchor": "middle" }, brief.format(power ? 10 ** power : 0)),
      draw("text", { class: "soft", x: left - 6, y: y(value) + 4, "text-anchor": "end" }, brief.format(power ? 10 ** power : 0)),
    );
  }
  chart.append(
    draw("line", { class: "axis", x1: x(0), y1: y(0), x2: x(10 ** most - 1), y2: y(10 ** most - 1), "stroke-dasharray": "3 4" }),
    draw("text", { class: "soft", x: left + across, y: tall - 2, "text-anchor": "end" }, "kept →"),
    draw("text", { class: "soft", x: left + 5, y: 20 }, "↑ removed"),
  );
  const step = found.length > 400 ? 9 : 1;
  const spots = new Map();
  for (const one of found) {
    const place = [Math.round(x(one.kept) / step) * step, Math.round(y(one.removed) / step) * step];
    const spot = spots.get(place.join()) || { place, members: [] };
    spot.members.push(one);
    spots.set(place.join(), spot);
  }
  for (const { place, members } of spots.values()) {
    const [first] = members;
    const radius = Math.min(12, 2.4 + Math.sqrt(members.length));
    const dot = draw("circle", { class: "dot", cx: place[0], cy: place[1], r: found.length > 400 ? radius : 5 });
    const name = members.length > 1 ? `${members.length} documents like ` : "";
    dot.append(draw("title", {}, `${name}${visible(first.title || first.name)}: ${count.format(first.kept)} kept, ${count.format(first.removed)} removed`));
    dot.addEventListener("click", () => (members.length > 1 ? pick("these", members) : open_document(first.number)));
    chart.append(paint(dot, first.share >= 0.5 ? "kept" : first.share >= 0.15 ? "about" : "accent"));
  }
  return [chart, legend([["kept", "half or more kept"], ["about", "15 to 50 %"], ["accent", "less than 15 %"]])];
}

function legend(rows) {
  return make("div", { class: "key" }, ...rows.map(([hue, name, level]) => make("span", {}, paint(make("i", { class: level }), hue), name)));
}

function coverage(found, width, pick) {
  const [names, tall, end] = [108, 24, 46];
  const room = Math.max(20, width - names - end);
  const chart = draw("svg", { height: report.fields.length * tall, viewBox: `0 0 ${width} ${report.fields.length * tall}` });
  report.fields.forEach((name, n) => {
    const levels = [0, 0, 0];
    for (const one of found) if (one.fields[n] !== null) levels[one.fields[n] >= 90 ? 0 : one.fields[n] >= 70 ? 1 : 2]++;
    const known = sum(levels);
    const said = `${words(name)}: ${known} of ${found.length} documents; sure (0.90 and up) ${levels[0]}, fairly (0.70 and up) ${levels[1]}, less ${levels[2]}`;
    const group = draw("g", { transform: `translate(0 ${n * tall})`, "aria-label": said }, draw("title", {}, said), draw("rect", { class: "hit", width, height: tall, rx: 4 }));
    group.append(draw("text", { x: 4, y: 16 }, words(name)), draw("rect", { class: "track", x: names, y: 5, width: room, height: 14, rx: 3 }));
    let at = names;
    levels.forEach((number, level) => {
      const long = (room * number) / Math.max(1, found.length);
      if (number) group.append(draw("rect", { class: ["fill", "fill mid", "fill low"][level], x: at, y: 5, width: long, height: 14 }));
      at += long;
    });
    group.append(draw("text", { class: "soft", x: names + room + 6, y: 16 }, percent(known, found.length)));
    chart.append(pressable(paint(group, "about"), () => pick("without", name)));
  });
  return [chart, legend([["about", "sure"], ["about", "fairly", "mid"], ["about", "less", "low"], ["about", "unknown", "empty"]])];
}

function columns(found, width, pick) {
  const dated = found.filter((one) => /^\d{4}/.test(one.date));
  if (!dated.length) return make("p", {}, "No document gives its date.");
  const all = dated.map((one) => one.date);
  const first = all.reduce((a, b) => (a < b ? a : b));
  const last = all.reduce((a, b) => (a > b ? a : b));
  const years = Number(last.slice(0, 4)) - Number(first.slice(0, 4));
  const digits = years > 60 ? 3 : years > 2 || all.some((date) => date.length < 7) ? 4 : 7;
  const slots = digits === 7 ? months(first, last) : spread(first.slice(0, digits), last.slice(0, digits));
  const counts = new Map(slots.map((slot) => [slot, 0]));
  for (const date of all) counts.set(date.slice(0, digits), (counts.get(date.slice(0, digits)) || 0) + 1);
  const [left, tall, low] = [34, 220, 26];
  const peak = Math.max(...counts.values());
  const most = peak + (peak % 2);
  const step = (width - left) / slots.length;
  const chart = draw("svg", { height: tall, viewBox: `0 0 ${width} ${tall}` });
  for (const part of [0.5, 1]) {
    const y = 12 + (tall - low - 12) * (1 - part);
    chart.append(draw("line", { class: "axis", x1: left, x2: width, y1: y, y2: y }), draw("text", { class: "soft", x: left - 6, y: y + 4, "text-anchor": "end" }, brief.format(most * part)));
  }
  chart.append(draw("line", { class: "axis", x1: left, x2: width, y1: tall - low, y2: tall - low }));
  const every = Math.ceil(52 / step);
  slots.forEach((slot, n) => {
    const number = counts.get(slot);
    const name = digits === 3 ? slot + "0s" : slot;
    const high = ((tall - low - 12) * number) / most;
    const group = draw("g", { "aria-label": `${name}: ${number}` }, draw("title", {}, `${name}: ${plural(number, "document")}`), draw("rect", { class: "hit", x: left + n * step, y: 12, width: step, height: tall - low - 12 }));
    group.append(draw("rect", { class: "fill", x: left + n * step + Math.min(3, step * 0.1), y: tall - low - high, width: Math.max(1, Math.min(46, step - Math.min(6, step * 0.2))), height: high, rx: Math.min(3, step / 4) }));
    if (n % every === 0) chart.append(draw("text", { class: "soft", x: left + n * step + Math.min(3, step * 0.1), y: tall - 8 }, name));
    chart.append(number ? pressable(paint(group, "about"), () => pick("date", slot)) : paint(group, "about"));
  });
  const without = found.length - dated.length;
  return [chart, make("div", { class: "key" }, `${plural(dated.length, "document")} with a date, ${count.format(without)} without`)];
}

function spread(first, last) {
  const slots = [];
  for (let at = Number(first); at <= Number(last); at++) slots.push(String(at).padStart(first.length, "0"));
  return slots;
}

function months(first, last) {
  const slots = [];
  for (let at = Number(first.slice(0, 4)) * 12 + Number(first.slice(5, 7)) - 1; ; at++) {
    slots.push(`${String(Math.floor(at / 12)).padStart(4, "0")}-${String((at % 12) + 1).padStart(2, "0")}`);
    if (slots.at(-1) >= last.slice(0, 7) || slots.length > 48) return slots;
  }
}
