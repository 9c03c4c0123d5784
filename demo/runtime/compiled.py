"""One compiled call of a Keras network, on TensorFlow or on PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import keras
import numpy as np

from demo.runtime.device import with_room


def compiled(network: keras.Model) -> Callable[..., list[np.ndarray]]:
    """`network` as a function from an array for each of its inputs to a list of float32 arrays.

    An eager Keras call spends milliseconds on bookkeeping before it computes anything.
    """

    def call(*arrays):
        outputs = network(arrays[0] if len(arrays) == 1 else list(arrays), training=False)
        return outputs if isinstance(outputs, list | tuple) else [outputs]

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        # One trace serves every shape; it is made when it is first asked for.
        signature = [tf.TensorSpec(given.shape, given.dtype) for given in network.inputs]
        traced = cache(tf.function(call, signature, autograph=False).get_concrete_function)
        return lambda *arrays: [output.numpy() for output in traced()(*map(tf.constant, arrays))]
    import torch

    @_placed(network)
    def run(*arrays):
        with torch.inference_mode():
            return [output.cpu().numpy() for output in call(*arrays)]

    return run


def compiled_gradient(network: keras.Model) -> Callable[..., np.ndarray]:
    """The gradient of the largest of `network`'s probabilities by its second input, compiled.

    `network` takes several inputs, the second one of floats, and gives probabilities (batch,
    classes), alone or as its first output.
    """

    def winning(*arrays):
        outputs = network(list(arrays), training=False)
        probabilities = outputs[0] if isinstance(outputs, list | tuple) else outputs
        return keras.ops.sum(keras.ops.max(probabilities, axis=-1))

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        signature = [tf.TensorSpec(given.shape, given.dtype) for given in network.inputs]

        @tf.function(input_signature=signature)
        def slope(*arrays):
            with tf.GradientTape() as tape:
                tape.watch(arrays[1])
                wins = winning(*arrays)
            return tape.gradient(wins, arrays[1])

        return lambda *arrays: slope(*map(tf.constant, arrays)).numpy()
    import torch

    @_placed(network)
    def run(first, by, *rest):
        by = keras.ops.convert_to_tensor(by).requires_grad_()
        (gradient,) = torch.autograd.grad(winning(first, by, *rest), by)
        return gradient.cpu().numpy()

    return run


def _placed(network: keras.Model) -> Callable[[Callable], Callable]:
    """On PyTorch: runs a function of arrays where the network is, on the processor if it must."""

    def to_processor() -> None:
        network.to("cpu")

    def decorate(run: Callable) -> Callable:
        def there(*arrays):
            place = next(network.parameters()).device.type
            network.to(place)  # some layers may be shared with a network that had to leave the GPU
            with keras.device(place):
                return run(*arrays)

        return lambda *arrays: with_room(lambda: there(*arrays), to_processor, network.name)

    return decorate
