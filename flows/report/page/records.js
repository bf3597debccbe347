// The report's data, and what is counted from it.

const report = JSON.parse(document.getElementById("data").textContent);
const LABELS = report.labels.map(([name]) => name);
const GROUPS = report.labels.map(([, group]) => group);

function hueOf(label) {
  const group = GROUPS[LABELS.indexOf(label)];
  return group === "chrome" || group === "blank" ? label : group;
}

const documents = report.rows.map((row, number) => {
  const found = Object.fromEntries(report.columns.map((name, n) => [name, row[n]]));
  const size = { kept: 0, about: 0, chrome: 0, blank: 0 };
  for (const [label, characters] of found.labels) size[GROUPS[label]] += characters;
  found.number = number;
  found.kept = size.kept;
  found.removed = size.about + size.chrome;
  found.share = size.kept + found.removed ? size.kept / (size.kept + found.removed) : -1;
  found.state = found.reason || found.problems[0] || "";
  found.year = found.date.slice(0, 4);
  return found;
});

function searchable(found) {
  found.words_in ??= [found.name, found.title, found.authors, found.outlet, found.date, found.language, found.reason, ...found.problems]
    .join("\n")
    .normalize("NFKC")
    .toLowerCase();
  return found.words_in;
}

function tally(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1));
}

function sum(values) {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
