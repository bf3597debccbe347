"""Groups of the same and nearly the same text."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pipeline
from flows.duplicates import groups, member_of, records
from flows.parts import pack

WORDS = [
    *("market", "river", "council", "election", "storm", "village", "teacher", "engine", "harvest", "museum", "border", "police"),
    *(
        "winter",
        "hospital",
        "bridge",
        "festival",
        "science",
        "player",
        "island",
        "company",
        "budget",
        "school",
        "forest",
        "train",
    ),
]


def story(seed: int, words: int = 400) -> list[str]:
    chance = random.Random(seed)
    return [chance.choice(WORDS) + ("." if n % 12 == 11 else "") for n in range(words)]


def record(name: str, words: list[str], date: str = "") -> pipeline.Record:
    body = "\n\n".join(" ".join(words[n : n + 60]).capitalize() + "." for n in range(0, len(words), 60))
    return pipeline.clean(f"A headline\n\n{date}\n\n{body}\n".encode(), name=name, path=name)


def test_groups_do_not_depend_on_the_order_and_prefer_the_oldest(tmp_path: Path) -> None:
    one, other = story(1, 1500), story(2, 1500)
    changed = [*one[:200], "volcano", *one[201:]]
    made = [
        record("a.txt", one, "3 May 2020"),
        record("b.txt", one, "2 May 2020"),
        record("c.txt", changed),
        record("d.txt", other),
        record("e.txt", ["Short", "text."]),
        record("f.txt", ["Short", "texts."]),
    ]
    members = [member for member in map(member_of, made) if member]
    expected = [["b.txt", "a.txt", "c.txt"]]
    for seed in range(5):
        random.Random(seed).shuffle(members)
        assert [[member.path for member in group] for group in groups(members)] == expected
    lines = [pipeline.to_json(each, indent=0) for each in made]
    (tmp_path / "part-000001-000001.jsonl.zst").write_bytes(pack(lines[:3], made[:3], "jsonl"))
    (tmp_path / "part-000001-000002.parquet").write_bytes(pack(lines[3:], made[3:], "parquet"))
    assert list(records(tmp_path)) == made


def test_the_command_lists_them_beside_the_records(tmp_path: Path) -> None:
    from flows.duplicates import duplicates_command

    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_bytes(pipeline.to_json(record(f"{name}.txt", story(3))))
    assert duplicates_command.callback is not None
    assert duplicates_command.callback(str(tmp_path)) == 0
    [row] = [json.loads(line) for line in (tmp_path / "duplicates.jsonl").read_text().splitlines()]
    assert (row["prefer"]["path"], row["exact"], [other["path"] for other in row["others"]]) == ("a.txt", True, ["b.txt"])
