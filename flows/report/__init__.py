"""`copydesk report`: one HTML file that shows what a run kept, what it left out, and why."""

from __future__ import annotations

from flows.report.build import Built, build_report

__all__ = ["Built", "build_report"]
