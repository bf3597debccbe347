"""`prefect run FILE:FLOW --param NAME=VALUE`, a command that Prefect 3 does not have: a plug-in that adds it.

Prefect loads it by its entry point (group `prefect.plugins`) where plug-ins are enabled, as `prefect.toml` does for this
folder. There is no public way to add a command, so it is registered on a private object; should that move, `prefect`
says so in one line and all else works. `copydesk run` is the contract.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

from prefect.plugins import register_hook

HOOK = "prefect.cli._app._app"
"""The private object that has Prefect's commands."""

ADVICE = "use 'copydesk run' or 'python -m flows run', which do not need it"


@register_hook
def setup_environment(*, ctx: Any) -> None:
    """Prefect calls this when it is imported, maybe twice; the command is added where Prefect's own command line runs."""
    del ctx
    if Path(sys.argv[0]).name not in ("prefect", "prefect.exe") and "prefect/__main__" not in sys.argv[0].replace("\\", "/"):
        return
    said = add()
    if said and "run" in sys.argv[1:2]:
        print(f"copydesk: {said}", file=sys.stderr)


def add() -> str | None:
    """Add the command; if that cannot be done, what there is to say about it."""
    said = fault()
    if said is None:
        from prefect.cli import _app  # noqa: PLC0415 (private: only here, after a look)

        if "run" not in _app._app:  # noqa: SLF001
            _app._app.command(run, name="run")  # noqa: SLF001
    return said


def fault() -> str | None:
    """Why the command cannot be added to this version of Prefect; `None` if it can."""
    try:
        from prefect.cli import _app  # noqa: PLC0415 (as above)

        commands = _app._app  # noqa: SLF001
        commands.command  # noqa: B018
        "run" in commands  # noqa: B015
    except (ImportError, AttributeError, TypeError) as error:
        return f"this version of Prefect keeps its commands elsewhere than in {HOOK} ({error}), so there is no 'prefect run'; {ADVICE}"
    return None


def run(entrypoint: str, *, param: Annotated[list[str] | None, "NAME=VALUE, the value as JSON or a plain word."] = None) -> None:
    """Run a flow once, here: prefect run flows/clean_dump.py:clean_dump --param source=fixtures/raw.

    Parameters
    ----------
    entrypoint
        The flow: FILE:NAME, or MODULE:NAME.
    param
        A parameter of the flow, NAME=VALUE; the value as JSON, or as a plain word. May be repeated.

    """
    from flows.run import quiet_prefect  # noqa: PLC0415 (only if the command is called)

    quiet_prefect()
    from prefect.flows import load_flow_from_entrypoint  # noqa: PLC0415

    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    flow: Any = load_flow_from_entrypoint(entrypoint)
    state: Any = flow(**parameters(param or []), return_state=True)
    print(state.message or state.name)
    sys.exit(0 if state.is_completed() else 1)


def parameters(pairs: list[str]) -> dict[str, Any]:
    """`NAME=VALUE` pairs as values; exits with a message if one is none."""
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not name or not equals:
            sys.exit(f"copydesk: --param {pair!r} is none; write NAME=VALUE")
        try:
            found[name] = json.loads(value)
        except json.JSONDecodeError:
            found[name] = value
    return found
