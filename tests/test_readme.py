"""What the READMEs tell people to type works, and what they point at is there."""

import re
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.conftest import ROOT

READMES = sorted([*ROOT.glob("README*.md"), *ROOT.glob("trained/*/README.md")])
ADDRESS = "http://127.0.0.1:7860"


def blocks(file, language):
    """The blocks of code in a language, without what indents them."""
    return re.findall(rf"^```{language}\n(.*?)^```", file.read_text("utf-8"), re.M | re.S)


PROGRAMS = [
    pytest.param(block, id=f"{file.name}-{place}")
    for file in READMES
    for place, block in enumerate(blocks(file, "python"))
]


@pytest.mark.slow
@pytest.mark.trained
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_runs_as_it_stands(program, request):
    if ADDRESS in program:
        program = program.replace(ADDRESS, request.getfixturevalue("page_url").rstrip("/"))
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("file", READMES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_module_and_file_that_is_named_is_there(file):
    text = file.read_text("utf-8")
    modules = set(re.findall(r"(?:-m |`)((?:demo|tests)(?:\.\w+)+)", text))
    paths = set(re.findall(r"(?:`|\]\()((?:demo|tests|assets|trained)/[\w./-]*)", text))
    assert [name for name in modules if find_spec(name) is None] == []
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert modules or paths
