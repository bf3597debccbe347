"""What is written into each record about the program that made it."""

VERSION = "0.1.0"
"""Version of the distribution; `pyproject.toml` reads it from here."""

RULES = "1"
"""Version of rules and wording lists: raised whenever a label or a value can come out differently."""
