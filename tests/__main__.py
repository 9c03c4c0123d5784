"""Run the tests, two files at a time: `python -m tests`, with pytest's options after it.

Those that train networks and rarely break are left to `python -m tests -m slow`.
"""

import sys

import pytest

from tests import chromium

OPTIONS = ["-m", "not slow", "-n", "2", "--dist", "loadfile", "--durations=8"]

if chromium.find() is None:
    chromium.install()
sys.exit(pytest.main([*OPTIONS, *sys.argv[1:]]))
