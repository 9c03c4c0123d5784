"""One compiled call of a Keras network, on whichever backend Keras runs."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np


def compiled(network: keras.Model) -> Callable[[np.ndarray], list[np.ndarray]]:
    """`network` as a function from an int32 (batch, words) array to a list of float32 arrays.

    An eager Keras call spends milliseconds on bookkeeping before it computes anything.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        # One trace serves every shape.
        signature = [tf.TensorSpec((None, None), tf.int32)]
        run = tf.function(lambda batch: network(batch, training=False), signature)
        return lambda batch: [output.numpy() for output in run(tf.constant(batch))]
    if backend == "torch":
        import torch

        def run(batch):
            with torch.inference_mode():
                return [output.cpu().numpy() for output in network(batch, training=False)]

        return run
    import jax

    run = jax.jit(lambda batch: network(batch, training=False))
    return lambda batch: [np.asarray(output) for output in run(batch)]
