"""What each token and each head adds to the logits of a Hugging Face encoder.

One pass of the network as it is, whose gradients take it for linear: attention weights, the
deviations of LayerNorm, the slopes y / x of activations and the gates of gated units are constants
to them. Then one pass back for each label. `linearised.py` says why that is exact, and whose it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode
from transformers import PreTrainedModel, activations

from demo.models.families import FAMILIES
from demo.models.recorder import Recorder
from demo.reading import Decomposition

ACTIVATIONS = (functional.gelu, functional.silu, functional.mish, torch.tanh)  # f(0) = 0


def decompose(
    network: PreTrainedModel, inputs: dict[str, torch.Tensor], labels: Sequence[int]
) -> Decomposition:
    """The decomposition for some labels of the one text that `inputs` hold.

    A token counts with its embedding as it enters the first layer: that of the word with those of
    its position and its part, after their LayerNorm.
    """
    biases = [bias for name, bias in network.named_parameters() if name.endswith(".bias")]
    with _linear(network) as embedded, Recorder(details=True, constant_weights=True) as recorder:
        (logits,) = network(**inputs).logits  # (labels,)
    (x,), mixed = embedded, [layer.mixed for layer in recorder.layers]
    found = []
    for contrast in logits[list(labels)] - logits.mean():
        of_x, *others = torch.autograd.grad(
            contrast, [x, *mixed, *biases], retain_graph=True, allow_unused=True
        )
        of_mixed, of_biases = others[: len(mixed)], others[len(mixed) :]
        worth = [(g * b).sum() for g, b in zip(of_biases, biases, strict=True) if g is not None]
        heads = [(g * m).sum((0, 2, 3)) for g, m in zip(of_mixed, mixed, strict=True)]
        found.append(
            ((of_x * x).sum(-1)[0], torch.stack(worth).sum(), contrast, torch.stack(heads))
        )
    parts = (torch.stack(part).detach().cpu().numpy() for part in zip(*found, strict=True))
    return Decomposition(*parts)


@contextmanager
def _linear(network: PreTrainedModel) -> Iterator[list[torch.Tensor]]:
    """Has gradients of a pass take the network for linear; the list gets the embedded tokens.

    Those are (1, tokens, width), and gradients end there.
    """
    embedded: list[torch.Tensor] = []

    def begin(_, __, output: torch.Tensor) -> torch.Tensor:
        embedded.append(output.detach().requires_grad_())
        return embedded[0]

    hooks = [network.base_model.get_submodule("embeddings").register_forward_hook(begin)]
    gate = FAMILIES[network.config.model_type].gate
    for name, module in network.named_modules():
        if gate and name.endswith(f".{gate}"):
            hooks.append(module.register_forward_hook(lambda _, __, output: output.detach()))
        elif type(module).__module__ == activations.__name__:  # some are sums of several functions
            hooks.append(module.register_forward_hook(lambda _, x, y: _by_slope(x[0], y)))
    try:
        with torch.enable_grad(), _Constants():
            yield embedded
    finally:
        for hook in hooks:
            hook.remove()


class _Constants(TorchFunctionMode):
    """Within it, what activations and LayerNorms multiply by is a constant to gradients.

    Some heads of classifiers call functions, not modules; all of them come by here.
    """

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if function is functional.layer_norm:
            return _layer_norm(*args, **(kwargs or {}))
        result = function(*args, **(kwargs or {}))
        return _by_slope(args[0], result) if function in ACTIVATIONS else result


def _by_slope(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """y = f(x) as x times a constant; where both are 0 any constant will do."""
    return x * torch.where(x == 0, 1.0, y / x).detach()


def _layer_norm(x, normalized_shape, weight=None, bias=None, eps=1e-5) -> torch.Tensor:
    """`functional.layer_norm` over the last axis, its deviation a constant."""
    deviation = (x.var(-1, correction=0, keepdim=True) + eps).sqrt().detach()
    y = (x - x.mean(-1, keepdim=True)) / deviation
    y = y if weight is None else y * weight
    return y if bias is None else y + bias
