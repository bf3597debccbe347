"""Events of Prefect that count documents: one for each batch, one at the end of a run. Automations can act on them."""

from __future__ import annotations

from collections.abc import Mapping

from prefect.events import emit_event

Counts = Mapping[str, Mapping[str, int]]

BATCH = "copydesk.batch.cleaned"
RUN = "copydesk.run.finished"


def emit(event: str, output: str, name: str, counts: Counts) -> None:
    """Tell Prefect how many documents were ok, and how many were rejected for which reason."""
    outcomes = counts.get("outcomes", {})
    rejected = {code: number for code, number in sorted(outcomes.items()) if code != "ok"}
    payload = {"name": name, "documents": sum(outcomes.values()), "ok": outcomes.get("ok", 0)}
    more = {"rejected": sum(rejected.values()), "reasons": rejected, "unchanged": sum(counts.get("unchanged", {}).values())}
    emit_event(
        event, {"prefect.resource.id": f"copydesk.output.{output}", "prefect.resource.name": output}, payload=payload | more
    )
