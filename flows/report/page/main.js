// Which view is shown, and the keys that work everywhere.

const overview = document.getElementById("overview");
const story = document.getElementById("document");
let scrolled = 0;

function open_document(number) {
  location.hash = `#/document/${number}`;
}

function show() {
  const [, number] = /^#\/document\/(\d+)$/.exec(location.hash) || [];
  const found = documents[Number(number)];
  if (number === undefined || !found) {
    const came_back = overview.hidden;
    [overview.hidden, story.hidden] = [false, true];
    story.replaceChildren();
    document.title = `copydesk report: ${report.run}`;
    rows();
    if (came_back) {
      scrollTo({ top: scrolled, behavior: "instant" });
      table.host.focus({ preventScroll: true });
    }
    return;
  }
  if (!overview.hidden) scrolled = scrollY;
  [overview.hidden, story.hidden] = [true, false];
  lay_document(story, found.number);
  document.title = `${visible(found.title || found.name)} – copydesk report`;
  scrollTo({ top: 0, behavior: "instant" });
  story.querySelector("h1").focus({ preventScroll: true });
}

function theme() {
  const button = document.getElementById("theme");
  const choices = [["", "◐", "as the system has them"], ["light", "☀", "light"], ["dark", "☾", "dark"]];
  let at = 0;
  button.addEventListener("click", () => {
    const [name, sign, said] = choices[(at = (at + 1) % choices.length)];
    document.documentElement.dataset.theme = name;
    button.textContent = sign;
    button.setAttribute("aria-label", `Colours: ${said}`);
  });
}

function keys(event) {
  if (event.target.closest("input, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && !overview.hidden) {
    event.preventDefault();
    document.getElementById("search").focus();
  } else if (event.key === "Escape" && overview.hidden && !event.target.closest(".line")) location.hash = "#/";
}

document.getElementById("run").textContent = `${report.run} · ${report.made}`;
theme();
totals(document.getElementById("totals"));
charts(document.getElementById("charts"), (name, value) => {
  filter(name, value);
  document.getElementById("documents").scrollIntoView();
});
lay_table(document.getElementById("table"));
select();
addEventListener("hashchange", show);
addEventListener("keydown", keys);
show();
