"""The report in a real browser: clicks, keys and search work, nothing is loaded, and what documents say stays text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import browser, needs_browser, shape
from test_report import story

import pipeline
from flows.report import build_report

pytestmark = needs_browser

HOSTILE = {
    "script.txt": story("</script><script>document.title='taken'</script> six plain words of headline"),
    "img.txt": story("<img src=x onerror=document.title='taken'> and six plain words of headline"),
    "bidi.txt": story("A headline that \u202eturns around\u202c in six plain words"),
    "long.txt": story() + "w" * 1_000_000 + "\n",
    'it\'s "quoted" & <b>bold \u202egnp.txt': story("A headline of six quoted words"),
    "empty.txt": "",
}


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with browser(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("report")
    return report(folder, {"plain.txt": story("A plain headline for the searchers"), **HOSTILE})


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A report of 10,000 documents, made from one record."""
    folder = tmp_path_factory.mktemp("large")
    record = json.loads(pipeline.to_json(pipeline.clean(story().encode())))
    with (folder / "all.jsonl").open("w") as file:
        for n in range(10_000):
            record["title"] = f"Headline number {n}"
            record["source"] |= {"name": f"{n}.txt", "path": f"{n}.txt"}
            file.write(json.dumps(record) + "\n")
    (folder / "report.html").write_bytes(build_report(folder / "all.jsonl", documents=3).html)
    return (folder / "report.html").as_uri()


def report(folder: Path, documents: dict[str, str]) -> str:
    (folder / "in").mkdir()
    (folder / "out").mkdir()
    for n, (name, text) in enumerate(documents.items()):
        (folder / "in" / name).write_text(text, encoding="utf-8")
        record = pipeline.clean(text.encode(), name=name, path=name)
        (folder / "out" / f"{n}.json").write_bytes(pipeline.to_json(record))
    (folder / "report.html").write_bytes(build_report(folder / "out", source=folder / "in").html)
    return (folder / "report.html").as_uri()


def opened(driver: Any, url: str, width: int = 1280, *, dark: bool = False) -> Any:
    driver.get("about:blank")  # the browser's own first page asks for much until it is left
    driver.get_log("browser")
    driver.get_log("performance")
    shape(driver, width, 900, dark=dark)
    driver.get(url)
    wait(driver, "return document.querySelectorAll('svg').length > 2 || location.hash.length > 3")
    return driver


def wait(driver: Any, condition: str) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(driver, 20).until(lambda d: d.execute_script(condition), condition)


def ask(driver: Any, expression: str) -> Any:
    return driver.execute_script(f"return {expression}")


def one(driver: Any, css: str) -> Any:
    return driver.find_element("css selector", css)


def every(driver: Any, css: str) -> list[str]:
    return [element.text for element in driver.find_elements("css selector", css)]


def press(driver: Any, *keys: str) -> None:
    from selenium.webdriver import ActionChains

    ActionChains(driver).send_keys(*keys).perform()


def titles(driver: Any) -> list[str]:
    return every(driver, ".lines .main a")


def requests(driver: Any) -> list[str]:
    """What the page has asked for since it was opened, but for itself."""
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    sent = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    return [url for url in sent if not url.endswith("report.html")]


def test_it_says_nothing_in_the_console_and_asks_for_nothing(driver: Any, page: str) -> None:
    opened(driver, page)
    for number in range(7):
        driver.get(f"{page}#/document/{number}")
        wait(driver, "return !document.getElementById('document').hidden")
    assert requests(driver) == []
    assert driver.get_log("browser") == []
    assert driver.title.endswith("copydesk report")


def test_its_policy_forbids_what_it_does_not_do(driver: Any, page: str) -> None:
    opened(driver, page)
    driver.execute_script("document.body.append(Object.assign(new Image(), {src: 'https://example.invalid/x.png'}))")
    wait(driver, "return true")
    assert any("Content Security Policy" in entry["message"] for entry in driver.get_log("browser"))


def test_search_narrows_the_table_and_clearing_it_brings_all_back(driver: Any, page: str) -> None:
    opened(driver, page)
    assert every(driver, "#found") == ["7 documents"]
    press(driver, "/", "searchers plain")
    wait(driver, "return document.getElementById('found').textContent.startsWith('1 of')")
    assert titles(driver) == ["A plain headline for the searchers"]
    one(driver, "#search").clear()
    one(driver, "#search").send_keys("nothing has these words")
    wait(driver, "return document.querySelector('.lines').textContent.includes('No document matches')")
    assert titles(driver) == []


def test_a_click_on_a_heading_sorts_and_a_second_one_turns_the_order(driver: Any, page: str) -> None:
    opened(driver, page)
    one(driver, "[data-key=title] button").click()
    ascending = titles(driver)
    one(driver, "[data-key=title] button").click()
    assert titles(driver) == ascending[::-1]
    assert one(driver, "[data-key=title]").get_attribute("aria-sort") == "descending"
    assert len(ascending) == 7


def test_a_click_on_a_bar_lists_its_documents(driver: Any, page: str) -> None:
    opened(driver, page)
    [bar] = [g for g in driver.find_elements("css selector", "g[role=button]") if g.get_attribute("aria-label") == "empty: 1"]
    driver.execute_script("arguments[0].focus()", bar)
    press(driver, "\ue007")
    assert titles(driver) == ["empty.txt"]
    one(driver, "#filters button").click()
    assert len(titles(driver)) == 7


def test_keys_lead_to_a_document_through_its_lines_and_back(driver: Any, page: str) -> None:
    opened(driver, page)
    driver.execute_script("document.getElementById('table').focus()")
    press(driver, "\ue015", "\ue013", "\ue007")
    wait(driver, "return !document.getElementById('document').hidden")
    assert ask(driver, "document.activeElement.tagName") == "H1"
    driver.execute_script("document.querySelector('.line').focus()")
    first = one(driver, ".inspector h2").text
    press(driver, "\ue015")
    assert one(driver, ".inspector h2").text != first
    assert every(driver, ".inspector .voice b")
    one(driver, "#theme").click()
    press(driver, "\ue00c")
    wait(driver, "return document.getElementById('document').hidden")
    assert ask(driver, "document.activeElement.id") == "table"


def test_a_document_shows_labels_fields_and_who_decided(driver: Any, page: str) -> None:
    opened(driver, f"{page}#/document/0")
    assert ask(driver, "document.querySelector('mark[data-field=authors]').textContent") == "Jane Doe"
    kept = ask(driver, "[...document.querySelectorAll('.line.kept .said')].map((line) => line.textContent)")
    assert [line[:12] for line in kept] == ["The committe", "Work on the "]
    chrome = driver.find_elements("css selector", ".line.chrome")
    assert chrome
    one(driver, ".line.chrome").click()
    assert "navigation" in one(driver, ".inspector h2").text
    driver.find_elements("css selector", ".switch button")[1].click()
    assert not any(line.is_displayed() for line in driver.find_elements("css selector", ".line.chrome"))


def test_hostile_documents_are_shown_as_text(driver: Any, page: str) -> None:
    opened(driver, page)
    assert any(title.startswith("</script><script>") for title in titles(driver))
    assert ask(driver, "document.querySelectorAll('img').length") == 0
    assert ask(driver, "document.querySelectorAll('script').length") == 2
    whole = ask(driver, "document.body.innerText")
    assert "\u202e" not in whole
    assert "<b>bold \\u202egnp.txt" in whole
    driver.get(f"{page}#/document/5")
    wait(driver, "return !document.getElementById('document').hidden")
    assert one(driver, ".path").text == 'it\'s "quoted" & <b>bold \\u202egnp.txt'
    assert ask(driver, "document.querySelectorAll('#document b:not(.voice b):not(.gauge b):not(.problem b)').length") == 0
    driver.get(f"{page}#/document/3")
    wait(driver, "return document.querySelector('.path').textContent === 'bidi.txt'")
    assert "\\u202e" in every(driver, ".line.title .escape")
    assert "taken" not in driver.title


def test_a_line_of_a_megabyte_is_cut_and_says_so(driver: Any, page: str) -> None:
    opened(driver, f"{page}#/document/4")
    assert "… 980,001 more characters not shown" in every(driver, ".line .hole")
    assert ask(driver, "document.documentElement.scrollWidth") <= 1280


def test_a_rejected_document_says_why(driver: Any, page: str) -> None:
    opened(driver, f"{page}#/document/6")
    assert one(driver, ".rejection b").text == "empty"


@pytest.mark.parametrize("place", ["", "#/document/0", "#/document/4", "#/document/5"])
def test_a_phone_needs_no_sideways_scrolling(driver: Any, page: str, place: str) -> None:
    opened(driver, page + place, width=390)
    assert ask(driver, "document.documentElement.scrollWidth") == 390


def test_a_tap_on_a_phone_opens_and_closes_who_decided(driver: Any, page: str) -> None:
    opened(driver, f"{page}#/document/0", width=390)
    assert not one(driver, ".inspector").is_displayed()
    one(driver, ".line.chrome").click()
    assert one(driver, ".inspector").is_displayed()
    one(driver, ".inspector .close").click()
    assert not one(driver, ".inspector").is_displayed()


def test_colours_follow_the_system_and_the_button(driver: Any, page: str) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    opened(driver, page)
    light = ask(driver, colour)
    opened(driver, page, dark=True)
    dark = ask(driver, colour)
    assert light != dark
    one(driver, "#theme").click()
    assert ask(driver, colour) == light
    one(driver, "#theme").click()
    assert ask(driver, colour) == dark


def test_ten_thousand_documents_stay_quick(driver: Any, large: str) -> None:
    opened(driver, large)
    assert ask(driver, "document.querySelectorAll('.lines .row').length") < 60
    assert ask(driver, "document.querySelectorAll('*').length") < 3000
    took = driver.execute_script(
        "const start = performance.now(); document.querySelector('[data-key=words] button').click(); return performance.now() - start"
    )
    assert took < 1000
    driver.execute_script("document.querySelector('.viewport').scrollTop = 1e9")
    wait(driver, "return [...document.querySelectorAll('.lines .main a')].at(-1).textContent === 'Headline number 9999'")
    press(driver, "/", "number 4321")
    wait(driver, "return document.getElementById('found').textContent.startsWith('1 of')")
    assert titles(driver) == ["Headline number 4321"]
    one(driver, ".lines .main a").click()
    wait(driver, "return document.querySelector('.rejection') !== null")
    assert "copydesk explain 4321.txt" in one(driver, ".rejection").text


def test_records_alone_leave_holes_and_say_so(driver: Any, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(pipeline.to_json(pipeline.clean(story().encode(), name="a.txt", path="a.txt")))
    (tmp_path / "report.html").write_bytes(build_report(tmp_path / "a.json").html)
    opened(driver, f"{(tmp_path / 'report.html').as_uri()}#/document/0")
    assert "--source FOLDER" in one(driver, ".tools").text
    assert "not in the record" in one(driver, ".line.chrome .hole").text


def test_a_run_that_rejected_everything_is_shown_too(driver: Any, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(pipeline.to_json(pipeline.clean(b"", name="a.txt", path="a.txt")))
    (tmp_path / "report.html").write_bytes(build_report(tmp_path).html)
    opened(driver, (tmp_path / "report.html").as_uri())
    assert titles(driver) == ["a.txt"]
    assert driver.get_log("browser") == []


def test_a_record_with_impossible_offsets_is_shown_all_the_same(driver: Any, tmp_path: Path) -> None:
    record = json.loads(pipeline.to_json(pipeline.clean(story().encode(), name="a.txt", path="a.txt")))
    for entry in record["evidence"]["authors"]:
        entry |= {"start": -5, "end": 10**9, "confidence": 99}
    record |= {"date_published": "9999-99", "text": None}
    (tmp_path / "a.json").write_text(json.dumps(record))
    (tmp_path / "report.html").write_bytes(build_report(tmp_path).html)
    opened(driver, (tmp_path / "report.html").as_uri())
    driver.get(f"{(tmp_path / 'report.html').as_uri()}#/document/0")
    wait(driver, "return document.querySelector('.beside') !== null")
    assert driver.get_log("browser") == []


def test_a_button_leads_to_text_that_begins_far_down(driver: Any, tmp_path: Path) -> None:
    menu = "".join(f"{name}\n" for name in ("Home", "News", "Sport", "Weather", "Subscribe", "Log in", "Contact", "About us") * 4)
    opened(driver, report(tmp_path, {"far.txt": menu + story(), "near.txt": story()}) + "#/document/0")
    button = one(driver, ".tools > button")
    first = int(button.text.split(": ")[1].split()[0])
    button.click()
    assert ask(driver, "document.activeElement.matches('.line.kept')")
    assert int(ask(driver, "document.activeElement.querySelector('.no').textContent")) == first > 32
    driver.get(driver.current_url.replace("document/0", "document/1"))
    wait(driver, "return document.querySelector('h1') && !document.querySelector('.tools > button')")
