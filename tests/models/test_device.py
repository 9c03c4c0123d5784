import os
import subprocess
import sys

import pytest
import torch

from demo.models import device
from tests.conftest import ROOT

SCRIPT = "import sys, os, demo.models; print(os.environ['KERAS_BACKEND'], 'torch' in sys.modules)"


def chosen(environment: dict[str, str]) -> str:
    """The Keras backend, and whether PyTorch is imported, once a fresh process has the package."""
    command = [sys.executable, "-c", SCRIPT]
    return subprocess.check_output(command, env=environment, cwd=ROOT, text=True, timeout=60)


def test_the_backend_follows_the_device_unless_somebody_sets_it():
    environment = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    expected = "torch False" if device.has_gpu() else "tensorflow False"
    assert chosen(environment).strip() == expected
    assert chosen(environment | {"KERAS_BACKEND": "torch"}).strip() == "torch False"


def test_without_the_driver_there_is_no_gpu(monkeypatch):
    def no_driver(name):
        raise OSError(name)

    monkeypatch.setattr(device.ctypes, "CDLL", no_driver)
    assert not device.has_gpu()


def test_a_full_gpu_is_left_and_any_other_error_is_not_ours():
    moved = []

    def full_once():
        if not moved:
            raise torch.OutOfMemoryError
        return "answer"

    def broken():
        raise RuntimeError("other")

    assert device.with_room(full_once, lambda: moved.append(1), "BERT") == "answer"
    with pytest.raises(RuntimeError, match="other"):
        device.with_room(broken, lambda: moved.append(2), "BERT")
    assert moved == [1]
