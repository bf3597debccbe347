"""The commands for people: each module defines one and is added to the command line in `flows/cli.py`."""
