"""Run the tests: `python -m tests`, with pytest's options after it.

Those that train networks and rarely break are left to `python -m tests -m slow`.
"""

import sys

import pytest

from tests import chromium

if chromium.find() is None:
    chromium.install()
sys.exit(pytest.main(["-m", "not slow", "--durations=8", *sys.argv[1:]]))
