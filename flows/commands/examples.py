"""Examples at the foot of `copydesk COMMAND --help`, for the commands that bring none of their own."""

from __future__ import annotations

EXAMPLES = {
    "run": """\b
Examples:
  copydesk run fixtures/raw --output output
  copydesk run "dumps/**/*.txt" --output records --quiet
  copydesk run dumps --output records --json > summary.json""",
    "clean": """\b
Examples:
  copydesk clean page.txt > record.json
  curl -s https://example.org/page.txt | copydesk clean - --url https://example.org/page.txt""",
    "explain": """\b
Examples:
  copydesk explain page.txt | less -R
  copydesk explain --verbose --color always page.txt | less -R""",
    "text": """\b
Examples:
  copydesk text page.txt | sed -n 12p""",
    "schema": """\b
Examples:
  copydesk schema > record.schema.json""",
    "verify": """\b
Examples:
  copydesk verify record.json --against page.txt
  copydesk clean page.txt | copydesk verify - --against page.txt""",
}
