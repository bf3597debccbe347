"""A folder that Hugging Face `datasets` loads as it is: Parquet files, and a card that says what they hold."""

from __future__ import annotations

from pathlib import Path

from flows.export.files import Named, Written, shards, whole_file
from flows.export.parquet import COLUMNS, write_rows
from flows.outputs import write_atomically
from pipeline.version import RULES, VERSION

CARD = """\
---
configs:
- config_name: default
  data_files:
  - split: train
    path: data/train-*.parquet
---

# Records of copydesk

{documents} documents, cleaned by copydesk {version} (rules {rules}). Columns: {columns}.

`text` is the main content; `blocks` label every line of the source, as spans that count Unicode code points; `evidence` says
for each field which values were considered, where they stand, and which rule read them. Rejected documents are left out.

```python
from datasets import load_dataset

records = load_dataset("path/to/this/folder", split="train")
```
"""


def write(records: Named, out: Path | None) -> Written:
    """Write `data/train-NNNNN.parquet` and `README.md`."""
    if out is None:
        raise ValueError("a data set is a folder; name one")
    written = Written()
    for number, lot in shards(written.usable(records)):
        with whole_file(out / "data" / f"train-{number:05}.parquet") as file:
            write_rows(lot, file)
    columns = ", ".join(f"`{name}`" for name in COLUMNS)
    card = CARD.format(documents=written.documents, version=VERSION, rules=RULES, columns=columns)
    write_atomically(out / "README.md", card.encode())
    return written
