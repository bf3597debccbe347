"""The quality gate: figures on the bundled pages may not fall under the floors of `fixtures/quality/floors.json`.

    pytest tests/test_quality.py --update-floors

raises the floors to what is measured and then fails, so that no run can bless itself: read the difference in git, then run
again. It never lowers a floor. Who must lower one does so by hand, in the figure's `floor`, and says why in its `reason`;
`best` stays, and remembers what was reached.

The pages are written for this project (its licence holds for them): no sentence, name or outlet in them is real. A page is
its text as a renderer flattens it, each line behind its label of `docs/labels.md`; the head says what the record should hold
(a value left empty: the page has none; a name left out: not asked).

    language: en
    style: nodes
    title: The winter road opens
    ---
    navigation| Home

    paragraph| The first car crossed to
    paragraph+| Norro
    paragraph+|  on Sunday.

`paragraph+` goes on with the sentence of the line above. The styles: `paragraphs` (an empty line between paragraphs, as
resiliparse writes), `bullets` (indented, menus as bullets, as inscriptis), `nodes` (each text node on a line of its own, so
that a link cuts its sentence, as BeautifulSoup's `get_text`), `wrapped` (lines broken at 72 columns).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import FIXTURES

import pipeline
from pipeline.document import CHROME, KEPT, Label
from pipeline.record import Record

QUALITY = FIXTURES / "quality"
FLOORS = QUALITY / "floors.json"
UPDATE = "pytest tests/test_quality.py --update-floors"
SLACK = 0.0005
SHOWN = 12
WORST = 5
STYLES = {"paragraphs", "bullets", "nodes", "wrapped"}

_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD_RE = re.compile(f"[{_CJK}]|[^\\W{_CJK}]+")
_LINE_RE = re.compile(r"([a-z_]+)(\+?)\|(?: (.*))?")


@dataclass(frozen=True)
class Line:
    """A line of a page with what it is; `goes_on` if it belongs to the sentence of the line above."""

    text: str
    label: Label
    goes_on: bool


@dataclass(frozen=True)
class Page:
    """A page and what its record should hold. `None` stands for an empty line."""

    name: str
    head: dict[str, str]
    lines: tuple[Line | None, ...]

    @property
    def text(self) -> str:
        return "".join(f"{line.text if line else ''}\n" for line in self.lines)

    @property
    def gold(self) -> str:
        """The main text: what goes on joined by a space, other lines by an empty one."""
        kept = [line for line in self.lines if line and line.label in KEPT]
        return "".join((" " if line.goes_on else "\n\n") + line.text.strip() for line in kept).strip()


@dataclass(frozen=True)
class Verdict:
    """What a line is and what the pipeline took it for."""

    page: str
    number: int
    text: str
    gold: Label
    got: Label

    @property
    def words(self) -> int:
        return max(1, len(_words(self.text)))


@dataclass(frozen=True)
class Result:
    """A page's body F1, its lines and its fields as (name, wanted, got).

    `alone` holds the shares of the main text's words that are kept where it stands alone.
    """

    page: Page
    f1: float
    verdicts: tuple[Verdict, ...]
    fields: tuple[tuple[str, Any, Any], ...]
    alone: dict[str, float]


def read_page(path: Path) -> Page:
    head, _, body = path.read_text(encoding="utf-8").partition("\n---\n")
    pairs = (line.partition(":") for line in head.splitlines())
    lines: list[Line | None] = []
    for number, written in enumerate(body.splitlines(), head.count("\n") + 3):
        match = _LINE_RE.fullmatch(written)
        if written and (match is None or not (match[3] or "").strip()):
            raise ValueError(f"{path.name}:{number}: a line is empty or 'label| text', not {written!r}")
        lines.append(Line(match[3], Label(match[1]), bool(match[2])) if match else None)
    return Page(path.stem, {name: value.strip() for name, _, value in pairs}, tuple(lines))


def pages_sha256(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.page")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def judge(page: Page, record: Record) -> Result:
    f1 = body_f1(record.text or "", page.gold)
    alone = {name: _share_kept(form(page.gold)) for name, form in ALONE.items()}
    return Result(page, f1, tuple(_verdicts(page, record)), tuple(_fields(page, record)), alone)


ALONE: dict[str, Callable[[str], str]] = {
    "kept_words_alone": str,
    "kept_words_alone_in_one_line": lambda text: " ".join(text.split()),
}
"""The main text without any furniture: with its line ends, and without."""


def _share_kept(text: str) -> float:
    kept, given = Counter(_words(pipeline.clean(text.encode(), name="alone.txt").text or "")), Counter(_words(text))
    return (kept & given).total() / given.total()


def _verdicts(page: Page, record: Record) -> Iterator[Verdict]:
    """A line takes the label of the block that covers its first visible character."""
    offset, number = 0, 0
    for line in page.lines:
        if line is not None:
            number += 1
            seen = offset + len(line.text) - len(line.text.lstrip())
            got = next((b.label for b in record.blocks if b.start <= seen < b.end), Label.BLANK)
            yield Verdict(page.name, number, line.text.strip(), line.label, got)
        offset += len(line.text if line else "") + 1


def _fields(page: Page, record: Record) -> Iterator[tuple[str, Any, Any]]:
    if "title" in page.head:
        yield "title", _plain(page.head["title"]), _plain(record.title or "")
    if "authors" in page.head:
        wanted = {_plain(name) for name in page.head["authors"].split(";")} - {""}
        got = {_plain(" ".join(filter(None, (a.honorific, a.name)))) for a in record.authors}
        yield "authors", sorted(wanted), sorted(got)
    if "date" in page.head:
        yield "date", page.head["date"], (record.date_published or "")[:10]


def _words(text: str) -> list[str]:
    """Words; Chinese, Japanese and Korean count by character."""
    return _WORD_RE.findall(text.casefold())


def _plain(text: str) -> str:
    """A title or name without case and punctuation."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def body_f1(got: str, gold: str) -> float:
    one, other = Counter(_words(got)), Counter(_words(gold))
    return _f1((one & other).total(), one.total(), other.total())


def _f1(both: int, got: int, wanted: int) -> float:
    return 2 * both / (got + wanted) if got + wanted else 1.0


def figures(results: list[Result]) -> dict[str, float]:
    """All figures of the gate, each between 0 and 1."""
    verdicts = [v for r in results for v in r.verdicts]
    chrome = [v for v in verdicts if v.gold in CHROME]
    both = sum(v.words for v in verdicts if v.gold in KEPT and v.got in KEPT)
    measured = {
        "body_f1": sum(r.f1 for r in results) / len(results),
        "kept_words_precision": both / max(1, sum(v.words for v in verdicts if v.got in KEPT)),
        "kept_words_recall": both / sum(v.words for v in verdicts if v.gold in KEPT),
        "chrome_category": sum(v.got is v.gold for v in chrome) / len(chrome),
    }
    for label in (Label.TITLE, Label.BYLINE, Label.DATE, Label.CAPTION):
        hits = sum(v.gold is label and v.got is label for v in verdicts)
        measured[f"{label}_lines_f1"] = _f1(hits, sum(v.got is label for v in verdicts), sum(v.gold is label for v in verdicts))
    for name in ("title", "authors", "date"):
        asked = [wanted == got for r in results for field, wanted, got in r.fields if field == name]
        measured[f"{name}_exact"] = sum(asked) / len(asked)
    measured |= {name: sum(r.alone[name] for r in results) / len(results) for name in ALONE}
    return {name: round(value, 4) for name, value in measured.items()}


def mistakes(figure: str, results: list[Result]) -> list[str]:
    """What costs a figure most: pages for the body, lines for labels, values for fields."""
    if figure.endswith("_exact"):
        field = figure.removesuffix("_exact")
        wrong = [(r.page.name, want, got) for r in results for name, want, got in r.fields if name == field and want != got]
        return [f"{page}: {got!r}, not {want!r}" for page, want, got in wrong]
    if figure in ALONE:
        return [f"{r.page.name}: {r.alone[figure]:.3f}" for r in sorted(results, key=lambda r: r.alone[figure])[:WORST]]
    told = []
    if figure == "body_f1":
        results = sorted(results, key=lambda r: r.f1)[:WORST]
        told = [f"{r.page.name}: {r.f1:.3f}" for r in results]
    lines = [v for r in results for v in r.verdicts if v.gold is not v.got and _costs(figure, v)]
    lines.sort(key=lambda v: -v.words)
    told += [f"{v.page} line {v.number}: {v.gold} taken for {v.got}: {v.text[:80]!r}" for v in lines[:SHOWN]]
    return [*told, f"... and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else told


def _costs(figure: str, verdict: Verdict) -> bool:
    kept, should = verdict.got in KEPT, verdict.gold in KEPT
    if figure == "body_f1":
        return kept is not should
    if figure == "kept_words_precision":
        return kept and not should
    if figure == "kept_words_recall":
        return should and not kept
    if figure == "chrome_category":
        return verdict.gold in CHROME
    return figure.removesuffix("_lines_f1") in (verdict.gold, verdict.got)


def fallen(floors: dict[str, Any], measured: dict[str, float]) -> list[str]:
    """Names of the figures under their floor; a figure without a floor counts."""
    stored = floors["figures"]
    return [name for name, value in measured.items() if name not in stored or value < stored[name]["floor"] - SLACK]


def raised(floors: dict[str, Any], measured: dict[str, float], pages: str) -> dict[str, Any]:
    """The floors raised to what was measured; `ValueError` where that would lower one."""
    new = {}
    for name, value in measured.items():
        old = floors["figures"].get(name, {"floor": value, "best": value, "reason": ""})
        if value < old["floor"] - SLACK:
            raise ValueError(
                f"{name} is {value}, its floor {old['floor']}: an update does not lower a floor. "
                f"Mend the pipeline, or lower it by hand in {FLOORS.name} and give the reason there"
            )
        floor = max(value, old["floor"])
        best = max(floor, old["best"])
        new[name] = {"floor": floor, "best": best, "reason": old["reason"] if floor < best else ""}
    return {"pages_sha256": pages, "figures": new}


def unexplained(floors: dict[str, Any]) -> list[str]:
    """Names of the figures whose floor is lower than what was once reached, without a reason."""
    return [name for name, f in floors["figures"].items() if f["floor"] < f["best"] and not f["reason"].strip()]


@pytest.fixture(scope="module")
def results() -> list[Result]:
    pages = [read_page(path) for path in sorted(QUALITY.glob("*.page"))]
    return [judge(page, pipeline.clean(page.text.encode(), name=f"{page.name}.txt")) for page in pages]


def test_quality(results: list[Result], request: pytest.FixtureRequest) -> None:
    floors = json.loads(FLOORS.read_bytes()) if FLOORS.exists() else {"pages_sha256": "", "figures": {}}
    measured, pages = figures(results), pages_sha256(QUALITY)
    if request.config.getoption("--update-floors"):
        FLOORS.write_text(json.dumps(raised(floors, measured, pages), indent=2) + "\n", encoding="utf-8")
        pytest.fail(f"{FLOORS.name} was rewritten; read the difference in git, then run without --update-floors")
    told = []
    for name in fallen(floors, measured):
        floor = floors["figures"].get(name, {}).get("floor", "not set")
        told += [f"{name} is {measured[name]}, its floor {floor}. What costs most:"]
        told += [f"    {mistake}" for mistake in mistakes(name, results)]
    if pages != floors["pages_sha256"]:
        told += [f"the pages are not those that the floors were measured on; if that is meant: {UPDATE}"]
    told += [f"the floor of {name} was lowered: give a reason in {FLOORS.name}" for name in unexplained(floors)]
    if told:
        pytest.fail("\n".join([*told, f"all figures: {measured}"]), pytrace=False)


def test_pages_are_many_and_varied() -> None:
    pages = [read_page(path) for path in QUALITY.glob("*.page")]
    assert len(pages) >= 24
    assert len({page.head["language"] for page in pages}) >= 12
    assert {page.head["style"] for page in pages} == STYLES
    assert {line.label for page in pages for line in page.lines if line} >= set(Label) - {Label.OTHER_CHROME, Label.BLANK}


def test_an_update_raises_and_never_lowers() -> None:
    old = {"pages_sha256": "a", "figures": {"body_f1": {"floor": 0.9, "best": 0.95, "reason": "new pages"}}}
    assert raised(old, {"body_f1": 0.92}, "b") == {
        "pages_sha256": "b",
        "figures": {"body_f1": {"floor": 0.92, "best": 0.95, "reason": "new pages"}},
    }
    assert raised(old, {"body_f1": 0.96}, "b")["figures"]["body_f1"] == {"floor": 0.96, "best": 0.96, "reason": ""}
    assert raised(old, {"body_f1": 0.8996}, "b")["figures"]["body_f1"]["floor"] == 0.9
    with pytest.raises(ValueError, match=r"body_f1 is 0\.8, its floor 0\.9"):
        raised(old, {"body_f1": 0.8}, "b")


def test_the_gate_sees_a_fall_and_an_unexplained_floor() -> None:
    floors = {"figures": {"body_f1": {"floor": 0.9, "best": 0.95, "reason": " "}}}
    assert fallen(floors, {"body_f1": 0.8996}) == []
    assert fallen(floors, {"body_f1": 0.8994, "title_exact": 1.0}) == ["body_f1", "title_exact"]
    assert unexplained(floors) == ["body_f1"]


def test_page_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "a.page"
    path.write_text(
        "language: en\ntitle:\n---\nnavigation|   * Home\n\nparagraph| Ice on\nparagraph+|  Norro.\n", encoding="utf-8"
    )
    page = read_page(path)
    assert page.head == {"language": "en", "title": ""}
    assert page.text == "  * Home\n\nIce on\n Norro.\n"
    assert page.gold == "Ice on Norro."
    path.write_text("language: en\n---\nno label\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.page:3"):
        read_page(path)
