"""Measurements and training on named public data. Nothing here is installed with the package."""
