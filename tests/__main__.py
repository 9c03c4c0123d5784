"""Run every test: `python -m tests`, with pytest's options after it."""

import sys

import pytest

from tests import chromium

if chromium.find() is None:
    chromium.install()
sys.exit(pytest.main(["--durations=8", *sys.argv[1:]]))
