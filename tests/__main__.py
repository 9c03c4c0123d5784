"""Run the tests: `python -m tests`, with pytest's options after it.

Those that take long and rarely break are left to `python -m tests -m slow`: they train networks,
start clusters, or go through every size, language, theme and hostile text in Chromium.
"""

import sys

import pytest

from tests import chromium

if chromium.find() is None:
    chromium.install()
sys.exit(pytest.main(["-m", "not slow", "--durations=8", *sys.argv[1:]]))
