"""The scripts that need no browser, by Node's own test runner."""

import subprocess
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

HERE = Path(__file__).parent
LIMIT_S = 120


def run(*files: Path) -> subprocess.CompletedProcess:
    """`node --test` with the Node that Playwright carries: a fresh machine has no other."""
    node, _ = compute_driver_executable()
    return subprocess.run(
        [node, "--test", *files], capture_output=True, text=True, timeout=LIMIT_S, check=False
    )


@pytest.mark.parametrize("file", sorted(HERE.glob("*.test.mjs")), ids=lambda file: file.name)
def test_node_finds_no_fault(file):
    done = run(file)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_fault_that_node_finds_is_told(tmp_path):
    wrong = tmp_path / "wrong.test.mjs"
    wrong.write_text('import { test } from "node:test"; test("x", () => { throw Error("no"); });')
    done = run(wrong)
    assert done.returncode == 1
    assert "Error: no" in done.stdout
