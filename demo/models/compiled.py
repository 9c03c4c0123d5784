"""One compiled call of a Keras network, on whichever backend Keras runs."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np


def compiled(network: keras.Model) -> Callable[..., list[np.ndarray]]:
    """`network` as a function from an array for each of its inputs to a list of float32 arrays.

    An eager Keras call spends milliseconds on bookkeeping before it computes anything.
    """

    def call(*arrays):
        return network(arrays[0] if len(arrays) == 1 else list(arrays), training=False)

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        # One trace serves every shape.
        signature = [tf.TensorSpec(given.shape, given.dtype) for given in network.inputs]
        run = tf.function(call, signature)
        return lambda *arrays: [output.numpy() for output in run(*map(tf.constant, arrays))]
    if backend == "torch":
        import torch

        def run(*arrays):
            with torch.inference_mode():
                return [output.cpu().numpy() for output in call(*arrays)]

        return run
    import jax

    run = jax.jit(call)
    return lambda *arrays: [np.asarray(output) for output in run(*arrays)]
