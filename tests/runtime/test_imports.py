import gc
import importlib
import os
import subprocess
import sys

import pytest

from demo.runtime.imports import LOOKS_ONCE, quick_imports
from tests.conftest import ROOT


def fail():
    with quick_imports():
        assert not gc.isenabled()
        raise KeyError


def test_garbage_is_looked_for_again_even_after_an_error():
    with pytest.raises(KeyError):
        fail()
    assert gc.isenabled()


def test_one_within_another_leaves_it_to_the_outer_one():
    with quick_imports():
        with quick_imports():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_made_meanwhile_is_not_looked_through_again():
    with quick_imports():
        made = [[] for _ in range(1_000)]
    there = {id(one) for one in gc.get_objects()}
    assert not there & {id(one) for one in made}


def test_what_is_hidden_meanwhile_can_be_imported_afterwards(monkeypatch):
    for name in ("wave", LOOKS_ONCE):
        monkeypatch.delitem(sys.modules, name, raising=False)
    with quick_imports(("wave",)), pytest.raises(ImportError):
        importlib.import_module("wave")
    assert importlib.import_module("wave")


@pytest.mark.trained
def test_the_readers_are_opened_without_what_they_do_not_use():
    program = """
import sys
from demo import load_panel
from demo.runtime.imports import UNUSED
load_panel("trained")
print({*UNUSED} & set(sys.modules))
"""
    said = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, text=True)
    assert said.splitlines()[-1] == "set()"


@pytest.mark.trained
def test_readers_are_opened_where_transformers_has_been_used_before():
    program = """
from transformers.utils import is_scipy_available
assert is_scipy_available()
from demo import load_panel
print(*load_panel("trained"))
"""
    said = subprocess.check_output([sys.executable, "-c", program], cwd=ROOT, text=True)
    assert said.split() == ["transformer", "bert", "rnnsearch"]


@pytest.mark.trained
def test_where_keras_is_on_pytorch_tensorflow_is_not_imported():
    program = """
import sys
from demo import load_panel
print(*load_panel("trained"), "tensorflow" in sys.modules)
"""
    said = subprocess.check_output(
        [sys.executable, "-c", program],
        cwd=ROOT,
        text=True,
        env={**os.environ, "KERAS_BACKEND": "torch"},
    )
    assert said.split() == ["transformer", "bert", "rnnsearch", "False"]
