"""What each token and each head adds to the logits of a Hugging Face encoder.

One pass of the network as it is, whose gradients take it for linear: attention weights, the
deviations of LayerNorm, the slopes y / x of activations and the gates of gated units are constants
to them. Then one pass back for each label. `linearised.py` says why that is exact, how heads share
what they carry, and whose it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode
from transformers import PreTrainedModel, activations

from demo.models.families import FAMILIES
from demo.models.linearised import points
from demo.models.recorder import Recorder
from demo.reading import Decomposition

ACTIVATIONS = (  # f(0) = 0
    *(functional.gelu, functional.silu, functional.mish),
    *(functional.relu, torch.relu, torch.tanh),
)


def decompose(
    network: PreTrainedModel, inputs: dict[str, torch.Tensor], labels: Sequence[int]
) -> Decomposition:
    """The decomposition for some labels of the one text that `inputs` hold.

    A token counts with its embedding as it enters the first layer: that of the word with those of
    its position and its part, after their LayerNorm.
    """
    biases = [bias for name, bias in network.named_parameters() if name.endswith(".bias")]
    held = Held()
    with _linear(network, held) as embedded, Recorder(hold=held):
        (logits,) = network(**inputs).logits  # (labels,)
    (x,) = embedded
    found = []
    for contrast in logits[list(labels)] - logits.mean():
        of_x, *of_biases = torch.autograd.grad(
            contrast, [x, *biases], retain_graph=True, allow_unused=True
        )
        worth = [(g * b).sum() for g, b in zip(of_biases, biases, strict=True) if g is not None]
        found.append(((of_x * x).sum(-1)[0], torch.stack(worth).sum(), contrast))
    parts = (torch.stack(part).detach().cpu().numpy() for part in zip(*found, strict=True))
    return Decomposition(*parts)


def head_shares(
    network: PreTrainedModel,
    inputs: dict[str, torch.Tensor],
    label: int,
    tokens: Sequence[int] | None,
) -> np.ndarray:
    """What each head carries of a label's contrast, or of the shares of `tokens`, (layers, heads).

    One batch with the constants of the text has a row for each point of the integral, and one more
    without the tokens: of a linear network the difference between the two is what they bring.
    """
    held = Held()
    with _linear(network, held), Recorder(hold=held) as recorder:
        network(**inputs)
    layers, (_, heads, length, _) = len(recorder.layers), recorder.layers[0].weights.shape
    scales, weights = (
        torch.tensor(part, dtype=torch.float32, device=network.device)[:, None]
        for part in points(layers)
    )  # (points, 1)
    count = len(scales)
    rows = count if tokens is None else 2 * count
    kept = torch.ones(rows, length, 1, device=network.device)
    if tokens is not None:
        kept[count:, list(tokens)] = 0
    masks = scales.repeat(rows // count, 1)[..., None].expand(rows, layers, heads)
    several = {name: part.expand(rows, -1) for name, part in inputs.items()}
    held.again()
    with (
        _linear(network, held, kept),
        Recorder(details=True, hold=held, head_masks=masks) as recorder,
    ):
        logits = network(**several).logits[:count]  # (points, labels)
    mixed = [layer.mixed for layer in recorder.layers]  # (rows, heads, tokens, head width) each
    of_mixed = torch.autograd.grad((logits[:, label] - logits.mean(-1)).sum(), mixed)
    found = []
    for gradient, given in zip(of_mixed, mixed, strict=True):
        brought = given[:count] - given[count:] if rows > count else given
        slopes = (gradient[:count] * brought).sum((2, 3)) / scales  # (points, heads)
        found.append((weights * slopes).sum(0))
    return torch.stack(found).detach().cpu().numpy()


class Held:
    """What a pass takes for constant, in the order in which it comes by it.

    After `again`, the next pass over the same network is given the same constants.
    """

    def __init__(self):
        self._constants: list[torch.Tensor] = []
        self._next: Iterator[torch.Tensor] | None = None

    def again(self) -> None:
        """Begin anew, with what is there."""
        self._next = iter(self._constants)

    def __call__(self, computed: torch.Tensor) -> torch.Tensor:
        """The constant that stands for what was just computed."""
        if self._next is not None:
            return next(self._next)
        self._constants.append(computed.detach())
        return self._constants[-1]


@contextmanager
def _linear(
    network: PreTrainedModel, held: Held, kept: torch.Tensor | None = None
) -> Iterator[list[torch.Tensor]]:
    """Has gradients of a pass take the network for linear; the list gets the embedded tokens.

    Those are (rows, tokens, width), times `kept` (rows, tokens, 1), and gradients end there.
    """
    embedded: list[torch.Tensor] = []

    def begin(_, __, output: torch.Tensor) -> torch.Tensor:
        x = output.detach()
        embedded.append((x if kept is None else x * kept).requires_grad_())
        return embedded[0]

    def held_slope(_, inputs: tuple, output: torch.Tensor) -> torch.Tensor:
        return _by_slope(inputs[0], output, held)

    hooks = [network.base_model.get_submodule("embeddings").register_forward_hook(begin)]
    gate = FAMILIES[network.config.model_type].gate
    for name, module in network.named_modules():
        if gate and name.endswith(f".{gate}"):
            hooks.append(module.register_forward_hook(lambda _, __, output: held(output)))
        elif type(module).__module__ == activations.__name__:  # some are sums of several functions
            hooks.append(module.register_forward_hook(held_slope))
    try:
        with torch.enable_grad(), _Constants(held):
            yield embedded
    finally:
        for hook in hooks:
            hook.remove()


class _Constants(TorchFunctionMode):
    """Within it, what activations and LayerNorms multiply by is a constant to gradients.

    Some heads of classifiers call functions, not modules; all of them come by here.
    """

    def __init__(self, held: Held):
        super().__init__()
        self.held = held

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if function is functional.layer_norm:
            return _layer_norm(self.held, *args, **(kwargs or {}))
        result = function(*args, **(kwargs or {}))
        return _by_slope(args[0], result, self.held) if function in ACTIVATIONS else result


def _by_slope(x: torch.Tensor, y: torch.Tensor, held: Held) -> torch.Tensor:
    """y = f(x) as x times a constant; where both are 0 any constant will do."""
    return x * held(torch.where(x == 0, 1.0, y / x))


def _layer_norm(held: Held, x, normalized_shape, weight=None, bias=None, eps=1e-5) -> torch.Tensor:
    """`functional.layer_norm` over the last axis, its deviation a constant."""
    deviation = held((x.var(-1, correction=0, keepdim=True) + eps).sqrt())
    y = (x - x.mean(-1, keepdim=True)) / deviation
    y = y if weight is None else y * weight
    return y if bias is None else y + bias
