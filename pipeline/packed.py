"""Tables of numbers that come with the package: `.npz` files, without pickle."""

from __future__ import annotations

import io
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt


def arrays(package: str, name: str) -> dict[str, npt.NDArray[Any]]:
    """The arrays of a file of a package, by name."""
    content = resources.files(package).joinpath(name).read_bytes()
    with np.load(io.BytesIO(content), allow_pickle=False) as found:
        return dict(found)


def text(array: npt.NDArray[np.uint8]) -> str:
    """The text that an array of bytes holds."""
    return bytes(array).decode("utf-8")
