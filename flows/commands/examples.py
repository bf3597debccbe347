"""Examples at the foot of `copydesk COMMAND --help`, for the commands that bring none of their own."""

from __future__ import annotations

EXAMPLES = {
    "run": """\b
Examples:
  copydesk run fixtures/raw --output output
  copydesk run "dumps/**/*.txt" --output records --quiet
  copydesk run rows.jsonl --field text=page.body --field id=key
  copydesk run dumps --output records --json > summary.json""",
    "clean": """\b
Examples:
  copydesk clean page.txt > record.json
  curl -s https://example.org/page.txt | copydesk clean - --url https://example.org/page.txt""",
    "explain": """\b
Examples:
  copydesk explain page.txt
  copydesk explain page.txt --field date
  copydesk explain --verbose --color always page.txt | less -R""",
    "text": """\b
Examples:
  copydesk text page.txt | sed -n 12p""",
    "schema": """\b
Examples:
  copydesk schema > record.schema.json""",
    "runs": """\b
Examples:
  copydesk runs output
  copydesk runs output --json | tail -1""",
    "status": """\b
Examples:
  copydesk status output
  copydesk status output --json | jq .busy""",
    "retry": """\b
Examples:
  copydesk retry output --rejected
  copydesk retry output --rejected took_too_long --seconds 600""",
    "furniture": """\b
Examples:
  copydesk furniture dumps -o furniture.jsonl
  copydesk run dumps --output records --furniture furniture.jsonl""",
    "duplicates": """\b
Examples:
  copydesk duplicates output""",
    "serve": """\b
Examples:
  copydesk serve --cron "0 3 * * *" dumps --output records
  copydesk serve --every 60 inbox --output records""",
    "doctor": """\b
Examples:
  copydesk doctor""",
    "verify": """\b
Examples:
  copydesk verify record.json --against page.txt
  copydesk clean page.txt | copydesk verify - --against page.txt""",
}
