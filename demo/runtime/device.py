"""Where the networks compute: the one place that decides it, before a framework is imported.

Where CUDA has a device, everything runs there on PyTorch, Keras included, and TensorFlow is not
even imported; elsewhere Keras runs on TensorFlow, on the processor. The environment variables
KERAS_BACKEND and CUDA_VISIBLE_DEVICES say otherwise. On a Space with ZeroGPU, whose GPU is lent to
one call at a time, BERT borrows it and Keras stays on the processor.

This module imports no framework: TensorFlow has to be imported before PyTorch in one process.
"""

from __future__ import annotations

import ctypes
import logging
import os
from collections.abc import Callable
from functools import wraps
from importlib.util import find_spec
from pathlib import Path
from weakref import WeakValueDictionary

log = logging.getLogger(__name__)
ZERO_GPU = bool(os.environ.get("SPACES_ZERO_GPU"))
LENT_S = 15  # seconds that a call on ZeroGPU may take


def has_gpu() -> bool:
    """Whether CUDA's driver has a device that the PyTorch installed here can use."""
    torch = find_spec("torch")
    if torch is None or not (Path(torch.origin).parent / "lib" / "libtorch_cuda.so").is_file():
        return False
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    count = ctypes.c_int()
    ready = driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0
    return ready and count.value > 0


def choose() -> None:
    """Set the backend that Keras looks for in the environment, where nobody has set it."""
    os.environ.setdefault("KERAS_BACKEND", "torch" if has_gpu() and not ZERO_GPU else "tensorflow")


def cores() -> int:
    """How many cores this process may use; a Space says how many of the machine's are its own."""
    return int(os.environ.get("CPU_CORES") or len(os.sched_getaffinity(0)))


def share_cores() -> None:
    """Leave each pass half of the cores, where nobody has set how many it takes.

    For readers that work side by side: threads of one that wait for work take the core on which
    the next one would compute. Each text of a batch then costs less, and a lone pass a little more.
    """
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"):
        os.environ.setdefault(name, str(max(1, cores() // 2)))


def with_room(run: Callable, to_processor: Callable[[], None], what: str):
    """`run()`; where the GPU is out of memory, `to_processor()` and again."""
    import torch

    try:
        return run()
    except torch.OutOfMemoryError:
        log.warning("The GPU is out of memory: %s goes on on the processor.", what)
        to_processor()
        torch.cuda.empty_cache()
    return run()


def on_gpu(method: Callable) -> Callable:
    """A method of a PyTorch reader that computes, wherever the GPU may be, and falls back.

    The reader has a `to_processor` and takes and returns what can be pickled: on ZeroGPU the method
    runs in a process that was forked for the call.
    """

    @wraps(method)
    def here(self, *arguments, **named):
        return with_room(
            lambda: method(self, *arguments, **named), self.to_processor, self.info.title
        )

    if not ZERO_GPU:
        return here
    import spaces

    readers: WeakValueDictionary[int, object] = WeakValueDictionary()

    @spaces.GPU(duration=LENT_S)
    def there(reader: int, *arguments, **named):
        return here(readers[reader], *arguments, **named)

    @wraps(method)
    def borrowed(self, *arguments, **named):
        readers[id(self)] = self
        return there(id(self), *arguments, **named)

    return borrowed
