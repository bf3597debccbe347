"""Imports point one way. The table is the documentation: what a module is not given here, it may not import."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

MAY_IMPORT: dict[str, set[str]] = {
    # words and shapes
    "document": set(),
    "version": set(),
    "wording": set(),
    "dates": {"wording"},
    "names": {"wording", "document"},
    "fingerprint": {"wording"},
    "packed": set(),
    "onomasticon": {"packed"},
    "tags": set(),
    "markdown": {"tags"},
    "numbered": set(),
    # the stages, in order; none imports another
    "decode": {"document", "packed"},
    "html": {"document"},
    "segment": {"document", "dates", "markdown", "numbered"},
    "repair": {"document"},
    "label": {"document", "furniture", "view", "wording", "dates", "names", "onomasticon"},
    "join": {"document", "view"},
    "language": {"document", "packed", "view"},
    "metadata": {"document", "view", "wording", "dates", "names", "onomasticon"},
    # people's corrections, between the stages
    "override": {"document"},
    # views of a document; reading a repaired line replays the repair, Markdown is read without its marks
    "view": {"document", "markdown", "numbered", "repair"},
    # what recurs over documents: read and written between runs, heard by the labeller
    "furniture": {"document", "view"},
    # the record
    "record": {"document", "view", "fingerprint", "version"},
    "sniff": set(),
    "verify": {"document", "markdown", "view", "fingerprint", "record", "decode", "html"},
}
"""Modules of `pipeline` (a package counts as one), and the others that each may import. `pipeline/__init__` may all."""

STAGES = ("decode", "html", "segment", "repair", "label", "join", "language", "metadata")

LIBRARIES = {
    "chardet": {"pipeline/decode/guess.py"},
    "dateparser": {"pipeline/dates.py"},
    "lxml": {"pipeline/html/tree.py", "pipeline/html/flatten.py", "pipeline/html/structured.py", "pipeline/html/voters.py"},
    "bs4": {"pipeline/html/structured.py"},
    "trafilatura": {"pipeline/html/voters.py"},
    "resiliparse": {"pipeline/html/voters.py"},
    "ftfy": {"pipeline/repair/__init__.py"},
    "langdetect": {"pipeline/language/voters.py"},
    "msgspec": {"pipeline/record.py"},
    "py3langid": {"pipeline/language/voters.py"},
    "pycld2": {"pipeline/language/voters.py"},
}
"""Third-party libraries of `pipeline` with their one module. numpy is an array type, not a service: it may stand anywhere."""

READING = {
    "brotli": {"flows/readers/http_body.py"},
    "aiohttp": {"flows/readers/remote.py"},
    "fsspec": {"flows/readers/remote.py"},
    "lz4": {"flows/readers/compressed.py"},
    "pyarrow": {"flows/readers/parquets.py"},
    "zstandard": {"flows/readers/compressed.py"},
}
"""Third-party libraries of the readers, likewise; each is imported inside a function, where it is needed."""

FREE = {"numpy"}

BARRED = {
    "prefect",
    "requests",
    "httpx",
    "urllib",
    "socket",
    "http",
    "pickle",
    "marshal",
    "shelve",
    "time",
    "subprocess",
    "os",
    "flows",
}
"""What a pure library has no use for: the network, the clock, the file system, code in data."""

BARRED_CALLS = {"open", "eval", "exec", "input", "print", "now", "today", "utcnow", "getenv"}


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """Full names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: import by full name, not {'.' * node.level}{node.module or ''}"
            yield str(node.module)
            if node.module == "pipeline":
                yield from (f"pipeline.{alias.name}" for alias in node.names)


def module_of(path: Path) -> str:
    """`pipeline/label/rules.py` is part of `label`."""
    return path.relative_to(ROOT / "pipeline").parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", sources("pipeline"), ids=name_of)
def test_modules_import_what_the_table_gives_them(path: Path) -> None:
    module = module_of(path)
    if module == "__init__":
        return
    assert module in MAY_IMPORT, f"{name_of(path)} is new: say in MAY_IMPORT what it may import"
    wanted = {name.split(".")[1] for name in imports(path) if name.startswith("pipeline.")} - {module}
    assert wanted <= MAY_IMPORT[module], f"{name_of(path)} imports {sorted(wanted - MAY_IMPORT[module])}, against the table"


def test_the_table_has_no_circle_and_nothing_gone() -> None:
    assert {module_of(path) for path in sources("pipeline")} - {"__init__"} == MAY_IMPORT.keys()
    done: set[str] = set()
    while len(done) < len(MAY_IMPORT):
        free = {module for module, needs in MAY_IMPORT.items() if needs <= done} - done
        assert free, f"a circle among {sorted(MAY_IMPORT.keys() - done)}"
        done |= free


def test_stages_do_not_import_each_other() -> None:
    assert not [(one, other) for one in STAGES for other in STAGES if other in MAY_IMPORT[one]]


def test_a_library_is_imported_by_one_module() -> None:
    users: defaultdict[str, set[str]] = defaultdict(set)
    for path in sources("pipeline"):
        for name in imports(path):
            top = name.split(".")[0]
            if top not in sys.stdlib_module_names | {"pipeline"} | FREE:
                users[top].add(name_of(path))
    assert dict(users) == LIBRARIES


def test_readers_import_a_library_in_one_module_and_late() -> None:
    users: defaultdict[str, set[str]] = defaultdict(set)
    for path in sources("flows/readers"):
        early = {name for node in ast.parse(path.read_text("utf-8")).body for name in _imported(node)}
        for name in imports(path):
            top = name.split(".")[0]
            if top not in sys.stdlib_module_names | {"pipeline", "flows"}:
                users[top].add(name_of(path))
                assert name not in early, f"{name_of(path)} imports {name} for all who import it"
    assert dict(users) == READING


def _imported(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    return {str(node.module)} if isinstance(node, ast.ImportFrom) else set()


@pytest.mark.parametrize("path", sources("pipeline"), ids=name_of)
def test_the_library_is_pure(path: Path) -> None:
    assert not {name.split(".")[0] for name in imports(path)} & BARRED
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            assert called not in BARRED_CALLS, f"{name_of(path)}:{node.lineno} calls {called}()"
        assert not isinstance(node, ast.Global | ast.Nonlocal), f"{name_of(path)}: state that outlives a document"


def handlers(path: Path) -> Iterator[ast.ExceptHandler]:
    """Handlers of any exception that do not raise it again, or another in its place."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ExceptHandler) and not isinstance(node.body[-1], ast.Raise):
            caught = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} if node.type else {"Exception"}
            if caught & {"Exception", "BaseException"}:
                yield node


def test_any_exception_is_caught_in_one_module() -> None:
    assert {name_of(path) for path in sources("pipeline") + sources("flows") if any(handlers(path))} == {"flows/batch.py"}


def test_the_named_error_is_raised_where_text_is_made() -> None:
    raising = {
        name_of(path)
        for path in sources("pipeline") + sources("flows")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and getattr(node.exc.func, "id", "") == "UnusablePayloadError"
    }
    assert raising == {"pipeline/decode/__init__.py", "pipeline/html/__init__.py"}


def test_prefect_stays_in_the_flows_and_out_of_what_starts_quickly() -> None:
    users = {name_of(path) for path in sources("flows") if any(name.split(".")[0] == "prefect" for name in imports(path))}
    assert "flows/batch.py" not in users
    assert users
