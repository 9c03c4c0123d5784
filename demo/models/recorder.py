"""What the heads of a Hugging Face encoder compute, handed to whoever asks for it during a pass.

    with Recorder(details=True) as recorder:
        logits = network(**inputs).logits
    recorder.layers[3].weights  # (texts, heads, tokens, tokens)

All families of encoders share one attention function, `attend`, which transformers calls for them
by its name (`from_pretrained(..., attn_implementation=recorder.IMPLEMENTATION)`, then
`families.prepare(network)`). It computes eagerly, as the formula stands (Vaswani et al. 2017,
"Attention Is All You Need", section 3.2.1), and looks for the recorder of the pass that its thread
is in: passes of several readers, each in a thread of its own, know nothing of each other. (A
context variable would not do: whoever asks a reader for something during a pass hands on his
context, and with it the recorder.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import local
from typing import Self

import torch
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface, eager_mask

IMPLEMENTATION = "recorded"  # the name of `attend` in a network's config


@dataclass(eq=False)
class LayerRecord:
    """What one layer's heads computed of a batch; without `details`, `weights` alone is there.

    `x` (texts, tokens, width) enters the attention: the layer's input, after its norm where the
    norm comes first. `queries`, `keys`, `values` (texts, heads, tokens, head width) are projected
    from it and rotated where the family does that. `scores` (texts, heads, tokens, tokens) are
    queries times keys times `scale`, plus what the family adds for relative positions, plus a huge
    negative number where a token may not be looked at; `weights` is their softmax, `mixed` (texts,
    heads, tokens, head width) the values by these weights, before any head mask. `projection` takes
    the mixed values of all heads, side by side, to the layer's output.
    """

    weights: torch.Tensor
    x: torch.Tensor | None = None
    queries: torch.Tensor | None = None
    keys: torch.Tensor | None = None
    values: torch.Tensor | None = None
    scores: torch.Tensor | None = None
    scale: float = 1.0
    mixed: torch.Tensor | None = None
    projection: torch.nn.Linear | None = None

    def outputs(self) -> torch.Tensor:
        """What each head adds to the layer's output, (texts, heads, tokens, width).

        Their sum and the projection's bias are what the projection gives.
        """
        return torch.einsum("bhtd,whd->bhtw", self.mixed, self._projection())

    def value_norms(self) -> torch.Tensor:
        """The norm of each token's value vector after the projection, (texts, heads, tokens)."""
        return torch.einsum("bhtd,whd->bhtw", self.values, self._projection()).norm(dim=-1)

    def _projection(self) -> torch.Tensor:
        """The projection's weights head by head, (width, heads, head width)."""
        return self.projection.weight.unflatten(-1, (self.values.shape[1], -1))


class Recorder:
    """Records the attention of the passes that run inside its `with`, and intervenes in them.

    `layers` gets a `LayerRecord` for each layer, in their order, with all of it if `details` are
    asked for. `head_masks` (texts, layers, heads) multiplies the mixed values of each head.
    All scores are multiplied by `factor` before their softmax. `hold` is given each layer's
    attention weights and says which ones the values are mixed by.
    """

    def __init__(
        self,
        details: bool = False,
        head_masks: torch.Tensor | None = None,
        hold: Callable[[torch.Tensor], torch.Tensor] | None = None,
        factor: float = 1.0,
    ):
        self.details, self.head_masks, self.factor = details, head_masks, factor
        self.hold = hold
        self.layers: list[LayerRecord] = []
        self._entered: tuple[torch.Tensor, torch.nn.Linear] | None = None

    def __enter__(self) -> Self:
        assert present() is None
        _of_thread.recorder = self
        return self

    def __exit__(self, *_) -> None:
        _of_thread.recorder = None

    def enter(self, x: torch.Tensor, projection: torch.nn.Linear) -> None:
        """Note what enters the next layer's attention, and the projection that follows it."""
        self._entered = x, projection

    def add(
        self,
        queries: torch.Tensor,
        keys: torch.Tensor,
        values: torch.Tensor,
        scale: float,
        scores: torch.Tensor,
        weights: torch.Tensor,
        mixed: torch.Tensor,
    ) -> None:
        """Keep what the next layer computed."""
        record = LayerRecord(weights)
        if self.details:
            x, projection = self._entered
            record = LayerRecord(
                weights, x, queries, keys, values, scores, scale, mixed, projection
            )
        self.layers.append(record)

    def attention(self) -> torch.Tensor:
        """The weights of all layers, (texts, layers, heads, tokens, tokens)."""
        return torch.stack([layer.weights for layer in self.layers], dim=1)


_of_thread = local()


def present() -> Recorder | None:
    """The recorder of the pass that this thread is in, if there is one."""
    return getattr(_of_thread, "recorder", None)


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    **_,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Scaled dot-product attention, as transformers calls it: (texts, heads, tokens, head width).

    `attention_mask` is added to the scores. Returns the mixed values (texts, tokens, heads, head
    width) and the weights (texts, heads, tokens, tokens). There is no dropout, as in no reader.
    """
    assert not module.training
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    scores = query @ key.transpose(2, 3) * scale  # (texts, heads, tokens, tokens)
    if attention_mask is not None:
        scores = scores + attention_mask
    recorder = present()
    if recorder is None:
        weights = scores.softmax(-1)  # (texts, heads, tokens, tokens)
        return (weights @ value).transpose(1, 2).contiguous(), weights
    weights = (recorder.factor * scores).softmax(-1)
    if recorder.hold is not None:
        weights = recorder.hold(weights)
    mixed = weights @ value  # (texts, heads, tokens, head width)
    recorder.add(query, key, value, scale, scores, weights, mixed)
    if recorder.head_masks is not None:
        mask = recorder.head_masks[:, len(recorder.layers) - 1]  # (texts, heads)
        mixed = mixed * mask[:, :, None, None]
    return mixed.transpose(1, 2).contiguous(), weights


AttentionInterface.register(IMPLEMENTATION, attend)
AttentionMaskInterface.register(IMPLEMENTATION, eager_mask)
