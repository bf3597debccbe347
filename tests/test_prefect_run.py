"""The plug-in that gives Prefect a `run` command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows import prefect_run

ROOT = Path(__file__).parent.parent


def test_parameters() -> None:
    assert prefect_run.parameters(["source=a b", 'limits={"ratio": 9}', "wait=true"]) == {
        "source": "a b",
        "limits": {"ratio": 9},
        "wait": True,
    }
    with pytest.raises(SystemExit, match="NAME=VALUE"):
        prefect_run.parameters(["source"])


def test_a_prefect_that_moved_its_commands_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert prefect_run.fault() is None
    from prefect.cli import _app

    monkeypatch.delattr(_app, "_app")
    assert "copydesk run" in str(prefect_run.fault())


@pytest.mark.usefixtures("prefect_server")
def test_prefect_run(tmp_path: Path, raw: list[Path]) -> None:
    """With the entry point as an installation has it, and the settings of the project's folder."""
    from prefect.settings import PREFECT_API_URL

    facts = tmp_path / "site" / "copydesk_test-1.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: copydesk-test\nVersion: 1\n")
    (facts / "entry_points.txt").write_text("[prefect.plugins]\ncopydesk = flows.prefect_run\n")
    env = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{facts.parent}", "PREFECT_API_URL": str(PREFECT_API_URL.value())}
    entry = [sys.executable, "-c", "import sys; sys.argv[0] = 'prefect'; from prefect.cli import app; app()"]
    command = [
        *entry,
        "run",
        "flows/clean_dump.py:clean_dump",
        "--param",
        f"source={raw[0]}",
        "--param",
        f"output={tmp_path / 'out'}",
    ]
    done = subprocess.run([*command, "--param", "runner=thread"], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / f"{raw[0].stem}.json").is_file()
