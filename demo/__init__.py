"""Headline Attention: three AG News classifiers and where each one looked.

What the frameworks read from the environment is set here, before any of them is imported.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's chatter about missing GPUs
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # never take the GPU's whole memory
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
