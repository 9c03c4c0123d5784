"""Arrays as the scripts of the page unpack them."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

LARGEST = 32_767  # of a number that is sent, as a share of its array's largest


def packed(array: np.ndarray) -> dict[str, Any]:
    """16-bit whole numbers in base64, times `step`; assets/strips.js unpacks them.

    Text would take twice as much; what is lost is a 65,000th of the largest.
    """
    array = np.asarray(array, np.float64)
    step = max(float(np.abs(array).max(initial=0)), 1e-9) / LARGEST
    whole = np.round(array / step).astype("<i2")
    return {
        "shape": list(array.shape),
        "step": float(f"{step:.9g}"),
        "bytes": base64.b64encode(whole.tobytes()).decode(),
    }
