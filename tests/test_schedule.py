"""Server, worker and schedule on this machine, as docs/production.md starts them: a scheduled run fires and cleans the fixtures."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import httpx
import pytest
import yaml
from browser import browser, needs_browser, shape
from conftest import FIXTURES, ROOT
from test_elsewhere import free_port

from flows.run import PREFECT_DEFAULTS

pytestmark = pytest.mark.timeout(420)

T = TypeVar("T")

STEPS = ("decode", "strip chrome", "detect language", "split metadata", "emit")


class Scheduled(NamedTuple):
    """A scheduled run that is over: the server's address, the flow run, its task runs, and where its records are."""

    server: str
    run: dict[str, Any]
    tasks: list[dict[str, Any]]
    output: Path


def prefect(*command: str) -> list[str]:
    return [sys.executable, "-m", "prefect", *command]


def wait_for(look: Callable[[], T | None], seconds: float, what: str) -> T:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with suppress(httpx.HTTPError):
            found = look()
            if found:
                return found
        time.sleep(0.5)
    raise AssertionError(f"{what} within {seconds} seconds")


@pytest.fixture(scope="module")
def scheduled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scheduled]:
    """The deployment `inbox` of prefect.yaml, with a schedule of seconds, and the first run that it gives."""
    folder = tmp_path_factory.mktemp("schedule")
    for name in ("flows", "pipeline", "fixtures", "prefect.toml"):
        (folder / name).symlink_to(ROOT / name)
    deployments(folder / "prefect.yaml")
    port = free_port()
    api = f"http://127.0.0.1:{port}/api"
    env = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")} | PREFECT_DEFAULTS
    env |= {"PREFECT_HOME": str(folder / "home"), "PREFECT_API_URL": api, "PREFECT_SERVER_UI_API_URL": api}
    env |= {"PREFECT_WORKER_QUERY_SECONDS": "2", "PYTHONPATH": str(ROOT), "PREFECT_PROFILES_PATH": str(folder / "profiles.toml")}

    def start(*command: str) -> subprocess.Popen[bytes]:
        log = (folder / f"{command[0]}.log").open("wb")
        with log:
            return subprocess.Popen(prefect(*command), env=env, cwd=folder, stdout=log, stderr=log, start_new_session=True)

    def call(*command: str) -> None:
        done = subprocess.run(prefect(*command), env=env, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    with ExitStack() as stack:
        stack.callback(end, start_server := start("server", "start", "--host", "127.0.0.1", "--port", str(port)))
        wait_for(
            lambda: start_server.poll() is None and httpx.get(f"{api}/health", timeout=5).is_success, 120, "no server answered"
        )
        call("--no-prompt", "work-pool", "create", "local", "--type", "process")
        call("--no-prompt", "deploy", "--all")
        stack.callback(end, start("worker", "start", "--pool", "local"))

        def first_done() -> dict[str, Any] | None:
            over = {"state": {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED"]}}}
            runs = httpx.post(f"{api}/flow_runs/filter", json={"flow_runs": over}, timeout=20).json()
            return min(runs, key=lambda run: run["end_time"], default=None)

        def all_tasks() -> list[dict[str, Any]] | None:
            wanted = {"flow_runs": {"id": {"any_": [run["id"]]}}}
            found: list[dict[str, Any]] = httpx.post(f"{api}/task_runs/filter", json=wanted, timeout=20).json()
            return found if len(found) >= 1 + len(STEPS) and all(t["state_type"] == "COMPLETED" for t in found) else None

        run = wait_for(first_done, 200, "no scheduled run was done")
        tasks = wait_for(all_tasks, 30, "not all tasks were recorded")
        yield Scheduled(f"http://127.0.0.1:{port}", run, tasks, folder / "output")


def deployments(file: Path) -> None:
    """The deployment `inbox` of our own prefect.yaml, with the fixtures as its inbox and a shorter interval."""
    shape = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))
    [inbox] = [deployment for deployment in shape["deployments"] if deployment["name"] == "inbox"]
    inbox["parameters"]["source"] = "fixtures/raw"
    inbox["schedules"] = [{"interval": 10}]
    file.write_text(yaml.safe_dump(shape | {"deployments": [inbox]}))


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and those that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(15)


def test_a_scheduled_run_fires_and_cleans_the_fixtures(scheduled: Scheduled) -> None:
    run = scheduled.run
    assert (run["state_name"], run["auto_scheduled"]) == ("Completed", True), run["state"]["message"]
    assert run["name"] == "clean fixtures/raw into output"
    for golden in (FIXTURES / "golden").iterdir():
        assert (scheduled.output / golden.name).read_bytes() == golden.read_bytes()
    names = [task["name"] for task in sorted(scheduled.tasks, key=lambda task: task["start_time"])]
    batch = "batch 1: 5 documents, 000_33d6601fe55d2f36.txt and 4 more"
    assert names == [batch, *(f"{step} {batch}" for step in STEPS)]
    assert {task["state"]["message"] for task in scheduled.tasks if task["name"].startswith("emit")} == {"5 ok; none rejected"}


@needs_browser
def test_the_page_of_the_run_shows_the_five_tasks(scheduled: Scheduled, tmp_path: Path) -> None:
    with browser(tmp_path / "profile") as driver:
        shape(driver, 1280, 1250)
        driver.get(f"{scheduled.server}/runs/flow-run/{scheduled.run['id']}")

        def opened() -> bool:
            tabs = [tab for tab in driver.find_elements("css selector", "li.p-tab") if tab.text == "Task Runs"]
            for tab in tabs:
                tab.click()
            return bool(tabs)

        def shown() -> bool:
            text = driver.find_element("tag name", "body").text
            return all(f"\n{step} batch 1" in text for step in STEPS)

        wait_for(opened, 60, "the page has no list of task runs")

        wait_for(shown, 60, "the page did not show the five tasks")
        wanted = os.environ.get("COPYDESK_SCREENSHOT")
        if wanted:
            time.sleep(3)  # for what moves on the page
            driver.save_screenshot(wanted)
