"""Tests; `python -m tests` finds or installs Chromium and runs them all."""
