"""The page as a Space starts it: its environment, no home, behind a prefix; nothing is written."""

import os
import re
import subprocess
import sys
from threading import Timer

import httpx
import pytest

from tests.conftest import ROOT, START_LIMIT_S

pytestmark = pytest.mark.trained
SPACE = {
    "SYSTEM": "spaces",
    "SPACE_ID": "somebody/headline-attention",
    "GRADIO_SERVER_NAME": "0.0.0.0",
    "GRADIO_SERVER_PORT": "7871",
    "GRADIO_SSR_MODE": "false",
    "GRADIO_ROOT_PATH": "/proxied",
    "HOME": "/proc/nowhere",  # where nobody can write, not even root
    "PYTHONUNBUFFERED": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def written() -> dict[str, float]:
    """When each file of the repository was changed."""
    folders = ("demo", "assets", "trained")
    files = [ROOT / "app.py", *(file for name in folders for file in (ROOT / name).rglob("*"))]
    return {str(file): file.stat().st_mtime for file in files}


def test_a_space_starts_answers_and_writes_nothing():
    before = written()
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        env={**os.environ, **SPACE},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    Timer(START_LIMIT_S, process.kill).start()
    try:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Running on" in line:
                break
        else:
            pytest.fail("".join(lines))
        url = re.search(r"http://\S+:\d+", lines[-1]).group().replace("0.0.0.0", "127.0.0.1")
        page = httpx.get(url, headers={"X-Forwarded-Host": "example.org"}, timeout=30)
        assert page.status_code == 200
        assert "/proxied" in page.text
        assert page.headers.get("x-frame-options") is None  # a Space stands in a frame
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert written() == before
