import os
import subprocess
import sys

import pytest
import torch

from demo.runtime import device
from tests import tiny_encoders
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


SPACES = """
import pickle

def GPU(duration):
    def decorate(function):
        def there(*arguments, **named):
            given, more = pickle.loads(pickle.dumps((arguments, named)))
            print("GPU", duration)
            return pickle.loads(pickle.dumps(function(*given, **more)))
        return there
    return decorate
"""
BORROW = """
import sys
from demo.models.encoder import EncoderReader
reader = EncoderReader.load(sys.argv[1])
(reading,) = reader.read_batch(["Oil prices"])
shares = reader.classify(["Oil prices"])[0]
assert abs(shares - reading.probabilities).max() < 1e-6
reader.gradient_x_input("Oil prices"), reader.value_norms("Oil prices")
"""


def test_what_borrows_the_gpu_of_a_space_can_be_sent_there_and_back(tmp_path):
    """The package of ZeroGPU works nowhere else; this stand-in sends everything as it would."""
    (tmp_path / "spaces.py").write_text(SPACES, "utf-8")
    folder = tiny_encoders.write(tmp_path / "bert")
    environment = os.environ | {"SPACES_ZERO_GPU": "true", "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", BORROW, str(folder)]
    said = subprocess.check_output(command, env=environment, cwd=ROOT, text=True, timeout=120)
    assert said.count(f"GPU {device.LENT_S}") == 4


@pytest.mark.parametrize(("cores", "threads"), [("8", "4"), ("2", "1"), ("1", "1")])
def test_each_pass_gets_half_of_the_cores_unless_somebody_says_otherwise(
    monkeypatch, cores, threads
):
    environment = {"CPU_CORES": cores, "TF_NUM_INTRAOP_THREADS": "3"}  # cores, as a Space says it
    monkeypatch.setattr(os, "environ", environment)
    device.share_cores()
    assert environment["OMP_NUM_THREADS"] == threads
    assert environment["TF_NUM_INTRAOP_THREADS"] == "3"
