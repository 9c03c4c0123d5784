"""Headline Attention: news classifiers, and where each one looked.

    >>> from demo import load_panel
    >>> panel = load_panel("trained")
    >>> panel["bert"].read("Oil hits record high").label
    'Business'

What the frameworks and NumPy read from the environment is set here, before any of them is imported.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's chatter about missing GPUs
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # never take the GPU's whole memory
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
# Gradio sums up its last 10,000 requests anew at each one, for a page of figures that is not used.
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's others spin 30 ms after each product

from demo.runtime import device

device.choose()

from demo.serving.panel import load_panel  # noqa: E402

__all__ = ["load_panel"]
