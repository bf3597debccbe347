"""How near the labeller comes to a reader: main text by the hand-made line labels, and by the held-out models, on the same pages.

    python -m benchmarks.reader BENCH --work FOLDER

Word F1 against the benchmark's gold text, mean over the hand-labelled texts of each set. FOLDER is where `benchmarks.train` left its
rows and what the models of the folds said of pages that they had not seen.
"""

from __future__ import annotations

import argparse
import pickle
from collections import defaultdict
from pathlib import Path

import numpy as np

from benchmarks.categories import read_sources
from benchmarks.dataset import Row, key_of, page_f1
from benchmarks.line_labels import OURS, labels_as_read, read_labels
from benchmarks.trees import Judged, keeps
from pipeline.document import KEPT


def main() -> None:
    """Print a line for each set."""
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("bench", type=Path)
    ap.add_argument("--work", type=Path, required=True)
    a = ap.parse_args()
    rows: list[Row] = pickle.loads((a.work / "rows-text.pickle").read_bytes())
    judged = Judged(*pickle.loads((a.work / "held-out-text.pickle").read_bytes()))
    labels = read_labels(OURS) | read_labels(a.bench / "lines-dev.jsonl")
    texts = read_sources(a.bench, labels)
    found: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for i, row in enumerate(rows):
        if key_of(row) in labels and i in judged.joint:
            said = labels_as_read(texts[key_of(row)], labels[key_of(row)], row.texts)
            read = np.array([label in KEPT for label in said])
            found[row.set].append((page_f1(row, read), page_f1(row, keeps([row], [judged.joint[i]])[0]), page_f1(row, row.kept)))
    for name, values in sorted(found.items()):
        reader, model, best = np.mean(values, axis=0)
        print(f"{name:10}  {len(values):4} pages  reader {reader:.4f}  labeller {model:.4f}  lines of the gold text {best:.4f}")


if __name__ == "__main__":
    main()
