// The table of documents: searched, sorted and filtered; only the rows in sight are in the page.

const COLUMNS = [
  { key: "title", name: "Document", text: (found) => found.title || found.name },
  { key: "outlet", name: "Outlet" },
  { key: "date", name: "Published" },
  { key: "language", name: "Lang." },
  { key: "words", name: "Words", number: true },
  { key: "share", name: "Kept", number: true },
  { key: "state", name: "State" },
];
const FILTERS = {
  outlet: (found, value) => !found.reason && found.outlet === value,
  language: (found, value) => !found.reason && found.language === value,
  reason: (found, value) => found.reason === value,
  date: (found, value) => found.date.startsWith(value),
  problem: (found, value) => found.problems.includes(value),
  label: (found, value) => found.labels.some(([label]) => LABELS[label] === value),
  without: (found, value) => !found.reason && found.fields[report.fields.indexOf(value)] === null,
  these: (found, value) => value.includes(found),
};

const table = { filters: new Map(), sort: "", down: false, shown: documents, chosen: 0 };
const collator = new Intl.Collator("und", { numeric: true, sensitivity: "base" });

function select() {
  const wanted = document.getElementById("search").value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  const filters = [...table.filters];
  table.shown = documents.filter(
    (found) => filters.every(([name, value]) => FILTERS[name](found, value)) && wanted.every((word) => searchable(found).includes(word)),
  );
  const column = COLUMNS.find(({ key }) => key === table.sort);
  if (column) {
    const read = column.text || ((found) => found[column.key]);
    const compare = column.number ? (a, b) => a - b : collator.compare;
    const empty = (value) => value === "" || value === -1;
    const keyed = table.shown.map((found) => [read(found), found]);
    keyed.sort(([a, one], [b, other]) => empty(a) - empty(b) || (table.down ? compare(b, a) : compare(a, b)) || one.number - other.number);
    table.shown = keyed.map(([, found]) => found);
  }
  table.chosen = 0;
  document.getElementById("found").textContent =
    table.shown.length === documents.length ? plural(documents.length, "document") : `${count.format(table.shown.length)} of ${plural(documents.length, "document")}`;
  chips();
  table.viewport.scrollTop = 0;
  table.lines.style.height = `calc(var(--row) * ${table.shown.length})`;
  table.host.setAttribute("aria-rowcount", table.shown.length + 1);
  rows();
}

function chips() {
  const names = { without: "without", these: "chosen in the chart", label: "with", reason: "rejected:" };
  document.getElementById("filters").replaceChildren(
    ...[...table.filters].map(([name, value]) => {
      const said = name === "these" ? `${value.length} ${names.these}` : `${names[name] ?? name} ${visible(words(value)) || "unknown"}`;
      return make("button", { type: "button", "aria-label": `Remove the filter: ${said}`, onclick: () => filter(name, null) }, `${said} ×`);
    }),
  );
}

function filter(name, value) {
  if (value === null) table.filters.delete(name);
  else table.filters.set(name, value);
  select();
}

function order(key) {
  const number = COLUMNS.find((column) => column.key === key)?.number ?? false;
  table.down = table.sort === key ? !table.down : number;
  table.sort = key;
  for (const cell of table.host.querySelectorAll("[role=columnheader]")) {
    if (cell.dataset.key === key) cell.setAttribute("aria-sort", table.down ? "descending" : "ascending");
    else cell.removeAttribute("aria-sort");
    cell.firstChild.lastChild.textContent = cell.dataset.key === key ? (table.down ? " ↓" : " ↑") : "";
  }
  document.getElementById("sort").value = key;
  select();
}

function lay_table(host) {
  const head = make("div", { class: "row head", role: "row", "aria-rowindex": 1 });
  for (const { key, name, number } of COLUMNS) {
    const button = make("button", { type: "button", onclick: () => order(key) }, name, make("span", { "aria-hidden": "true" }));
    head.append(make("div", { class: `${number ? "number" : ""} ${key === "state" ? "state" : key === "title" || key === "share" ? "" : "wide"}`, role: "columnheader", "data-key": key }, button));
  }
  table.host = host;
  table.lines = make("div", { class: "lines", role: "rowgroup" });
  table.viewport = make("div", { class: "viewport" }, table.lines);
  host.append(make("div", { role: "rowgroup" }, head), table.viewport);
  table.viewport.addEventListener("scroll", rows, { passive: true });
  new ResizeObserver(rows).observe(table.viewport);
  host.addEventListener("keydown", steer);
  const sort = document.getElementById("sort");
  sort.append(make("option", { value: "" }, "as in the dump"), ...COLUMNS.map(({ key, name }) => make("option", { value: key }, name)));
  sort.addEventListener("change", () => order(sort.value));
  let waiting = 0;
  document.getElementById("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(select, 60);
  });
}

function row_height() {
  return parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row")) * parseFloat(getComputedStyle(document.documentElement).fontSize);
}

function rows() {
  if (!table.viewport.clientHeight) return;
  const tall = row_height();
  const first = Math.max(0, Math.floor(table.viewport.scrollTop / tall) - 4);
  const last = Math.min(table.shown.length, Math.ceil((table.viewport.scrollTop + table.viewport.clientHeight) / tall) + 4);
  const drawn = [];
  for (let n = first; n < last; n++) drawn.push(row(table.shown[n], n));
  table.lines.replaceChildren(...(drawn.length ? drawn : [make("p", { class: "none" }, "No document matches. Clear the search, or remove a filter.")]));
  if (drawn.length) table.host.setAttribute("aria-activedescendant", `row-${table.chosen}`);
  else table.host.removeAttribute("aria-activedescendant");
}

function row(found, n) {
  const cell = (text, name) => make("div", { role: "gridcell", class: name, dir: "auto", title: visible(text) }, visible(text) || "–");
  const meta = [found.outlet, found.date.slice(0, 10), found.language, found.reason ? `rejected: ${words(found.reason)}` : words(found.state)].filter(Boolean).join(" · ");
  const title = make(
    "div",
    { role: "gridcell", class: "main" },
    make("a", { href: `#/document/${found.number}`, tabindex: -1, dir: "auto" }, visible(found.title || found.name)),
    make("small", { class: "where", dir: "auto" }, visible(found.title ? found.name : found.message)),
    make("small", { class: "meta", dir: "auto" }, visible(meta || found.name)),
  );
  const share = make("div", { role: "gridcell", class: "share number" });
  if (found.share >= 0) {
    const filled = make("b", {});
    filled.style.width = `${100 * found.share}%`;
    share.append(make("i", { "aria-hidden": "true" }, filled), make("span", {}, `${Math.round(100 * found.share)} %`));
  } else share.append("–");
  const state = found.reason ? `rejected: ${words(found.reason)}` : words(found.state) || "ok";
  const line = make(
    "div",
    { class: n === table.chosen ? "row chosen" : "row", role: "row", id: `row-${n}`, "aria-rowindex": n + 2, "aria-selected": n === table.chosen ? "true" : "false" },
    title,
    cell(found.outlet, "wide"),
    cell(found.date.slice(0, 10), "wide soft"),
    cell(found.language, "wide soft"),
    make("div", { role: "gridcell", class: "wide number soft" }, found.reason ? "–" : count.format(found.words)),
    share,
    make("div", { role: "gridcell", class: `state ${found.reason ? "bad" : found.state ? "odd" : "soft"}`, title: state }, state),
  );
  line.style.transform = `translateY(calc(var(--row) * ${n}))`;
  line.addEventListener("click", (event) => {
    if (event.target.closest("a")) return;
    table.chosen = n;
    open_document(found.number);
  });
  return line;
}

function steer(event) {
  const page = Math.max(1, Math.floor(table.viewport.clientHeight / row_height()) - 1);
  const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -table.shown.length, End: table.shown.length };
  if (event.target.closest("button")) return;
  if (event.key === "Enter" && table.shown[table.chosen]) open_document(table.shown[table.chosen].number);
  else if (event.key in moves) {
    event.preventDefault();
    table.chosen = Math.min(table.shown.length - 1, Math.max(0, table.chosen + moves[event.key]));
    const tall = row_height();
    const top = table.chosen * tall;
    if (top < table.viewport.scrollTop) table.viewport.scrollTop = top;
    if (top + tall > table.viewport.scrollTop + table.viewport.clientHeight) table.viewport.scrollTop = top + tall - table.viewport.clientHeight;
    rows();
  }
}
