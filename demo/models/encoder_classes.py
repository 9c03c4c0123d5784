"""The classes of many texts, and nothing else of them, as fast as an encoder goes.

Who wants the class alone needs no attention weights and no tokens with their places, so

1. the tokenizer cuts all texts in one call,
2. texts of like length are a batch, which is as large as its pieces are few,
3. attention is the fused one of PyTorch (Dao et al. 2022, "FlashAttention"),
4. behind the last attention, only the token goes on that the classifier reads,
5. each core has batches of its own, instead of all cores one after the other.

Neither a batch nor how it is computed depends on the number of cores, so that a text of one file
has the same probabilities on any number of them, to the last digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from functools import cached_property
from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel

from demo.models.by_length import Row, in_batches
from demo.models.families import FAMILIES
from demo.runtime.device import cores

MOST_PIECES = 1_024  # of a batch, padding too, so that what a layer computes stays in the cache
MOST_ON_GPU = 65_536  # likewise, where a batch has to be large to be worth its start
SDPA = "sdpa"  # as transformers calls the fused attention


class ClassNetwork:
    """A network of the `FAMILIES` for classes alone; its weights are those of the given one."""

    def __init__(self, network: PreTrainedModel):
        shared = {id(part): part for part in (*network.parameters(), *network.buffers())}
        self.network: Any = deepcopy(network, memo=shared)
        family = FAMILIES[network.config.model_type]
        if not family.forward:
            self.network.config._attn_implementation = SDPA
        if family.after_attention:
            *_, last = (
                module
                for name, module in self.network.named_modules()
                if name.endswith(f".{family.after_attention}")
            )
            last.register_forward_pre_hook(_first_token)

    @cached_property
    def _lanes(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(cores(), "lane", initializer=torch.set_num_threads, initargs=(1,))

    def logits(self, rows: Sequence[Row]) -> np.ndarray:
        """What the network gives each label of texts as indices of pieces, (texts, labels)."""
        if next(self.network.parameters()).is_cuda:
            return in_batches(rows, MOST_ON_GPU, self._pass)
        threads = torch.get_num_threads()
        found = in_batches(rows, MOST_PIECES, self._pass, self._lanes.map)
        torch.set_num_threads(threads)  # of threads to come: each lane set it for all of them
        return found

    @torch.inference_mode()
    def _pass(self, rows: Sequence[Row]) -> np.ndarray:
        """The logits of one batch, (texts, labels)."""
        config, device = self.network.config, next(self.network.parameters()).device
        longest = max(map(len, rows))
        padding = config.pad_token_id or 0
        filled = [[*row, *[padding] * (longest - len(row))] for row in rows]
        ids = torch.tensor(filled, device=device)  # (texts, pieces)
        ends = torch.tensor([len(row) for row in rows], device=device)[:, None]
        mask = torch.arange(longest, device=device) < ends  # (texts, pieces)
        return self.network(input_ids=ids, attention_mask=mask).logits.cpu().numpy()


def _first_token(_: torch.nn.Module, inputs: tuple) -> tuple:
    """The heads' mixed values and the layer's input, each of the first token alone."""
    mixed, entered = inputs
    return mixed[:, :1], entered[:, :1]
