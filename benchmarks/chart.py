"""Draw the benchmark's chart from what `benchmarks.bench` left in its work folder.

python -m benchmarks.chart WORK [--to docs/benchmark.svg]
"""

from __future__ import annotations

import argparse
import json
from html import escape
from pathlib import Path

PARTS = ("articles", "news", "all types")
COLORS = {"copydesk": "#0b6e4f", "other": "#9aa5b1"}
WIDTH, LEFT, ROW, HEAD = 860, 210, 22, 62
LOW = 0.55
"""Where the axis begins; it is written on the chart."""


def bars(groups: list[tuple[str, dict[str, dict[str, float]]]]) -> str:
    """An SVG with a panel for each part and a group of bars for each run."""
    panel = (WIDTH - LEFT - 20) / len(PARTS)
    rows = sum(len(found) + 1 for _, found in groups)
    height = HEAD + rows * ROW + 46
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="system-ui, sans-serif" font-size="13">',
        f'<title>Word F1 of the main text on pages that the models have not seen</title><rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        '<text x="16" y="26" font-size="16" font-weight="600" fill="#1f2933">Main text found: word F1 on pages of sites not trained on</text>',
    ]
    for k, part in enumerate(PARTS):
        out.append(f'<text x="{LEFT + k * panel:.0f}" y="52" fill="#52606d">{part}</text>')
    y = HEAD
    for title, found in groups:
        y += ROW
        out.append(f'<text x="16" y="{y - 6}" font-weight="600" fill="#1f2933">{escape(title)}</text>')
        for system, values in sorted(found.items(), key=lambda item: -item[1]["articles"]):
            y += ROW
            ours = "copydesk" if system.startswith("copydesk") else "other"
            out.append(f'<text x="16" y="{y - 6}" fill="#1f2933">{escape(system)}</text>')
            for k, part in enumerate(PARTS):
                x, size = LEFT + k * panel, (panel - 64) * max(0.0, values[part] - LOW) / (1 - LOW)
                out.append(f'<rect x="{x:.0f}" y="{y - 18}" width="{size:.1f}" height="15" rx="2" fill="{COLORS[ours]}"/>')
                out.append(f'<text x="{x + size + 5:.0f}" y="{y - 6}" fill="#1f2933">{values[part]:.3f}</text>')
    out.append(
        f'<text x="16" y="{height - 14}" fill="#52606d" font-size="12">Bars begin at {LOW:.2f}. See docs/model.md for sets and folds.</text>'
    )
    return "\n".join([*out, "</svg>", ""])


def main() -> None:
    """Write the chart."""
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("work", type=Path)
    ap.add_argument("--to", type=Path, default=Path("docs/benchmark.svg"))
    a = ap.parse_args()
    runs = [("From flattened text", "table-text.json"), ("From HTML", "table-html.json")]
    groups = [(title, json.loads((a.work / name).read_text(encoding="utf-8"))) for title, name in runs]
    a.to.write_text(bars(groups), encoding="utf-8")


if __name__ == "__main__":
    main()
