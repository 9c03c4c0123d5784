"""A fine-tuned BERT reads a headline; every head of every layer comes out of the same pass.

Serves any folder that holds a `BertForSequenceClassification` with four classes in safetensors,
with its fast WordPiece tokenizer.

Reference: Devlin et al. (2019), "BERT: Pre-training of Deep Bidirectional Transformers".
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from transformers import AutoTokenizer, BertForSequenceClassification
from transformers.utils import logging as transformers_logging

from demo.models.reader import Reader
from demo.reading import CLASSES, Reading, Token, check_text

MAX_PIECES = 128  # read and shown, [CLS] and [SEP] included
CONFIG_FILE, TOKENIZER_FILE = "config.json", "tokenizer.json"
PICKLES = ("*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt")


class BertReader(Reader):
    """Reads texts with a fine-tuned BERT and hands on a `Reading` each."""

    name = "bert"
    title = "Fine-tuned BERT"
    weights_file = "model.safetensors"

    def __init__(self, network: BertForSequenceClassification, tokenizer):
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.network = network.float().eval().to(self.device)
        self.tokenizer = tokenizer
        self.tokenizer.model_max_length = network.config.max_position_embeddings

    @classmethod
    def load(cls, folder: str | Path) -> BertReader:
        """Open a folder that `save_pretrained` wrote; nothing is fetched and nothing unpickled.

        Raises ValueError with one sentence if it holds no BERT with four classes, a file is
        missing or damaged, or one of its files is a pickle.
        """
        folder = Path(folder)
        for name in (CONFIG_FILE, TOKENIZER_FILE, cls.weights_file):
            if not (folder / name).is_file():
                raise ValueError(f"{folder / name} is missing: train BERT again.")
        pickles = sorted(path.name for pattern in PICKLES for path in folder.glob(pattern))
        if pickles:
            raise ValueError(f"{folder / pickles[0]} may hold a pickle: remove it or convert it.")
        try:
            config = json.loads((folder / CONFIG_FILE).read_text("utf-8"))
            if not isinstance(config, dict):
                raise ValueError("config.json is no table of settings.")
            names = config.get("id2label") or {}
            classes = len(names)
            if config.get("model_type") != "bert" or classes != len(CLASSES):
                kind = config.get("model_type", "nothing known")
                raise ValueError(
                    f"config.json says {kind} with {classes} classes, not BERT with 4."
                )
            named = tuple(names.get(str(index)) for index in range(classes))
            if set(named) == set(CLASSES) and named != CLASSES:
                raise ValueError(f"its classes are in the order {named}, not {CLASSES}.")
            if config.get("max_position_embeddings", MAX_PIECES) < MAX_PIECES:
                raise ValueError(f"it reads fewer than {MAX_PIECES} pieces.")
            transformers_logging.disable_progress_bar()
            network, report = BertForSequenceClassification.from_pretrained(
                folder,
                attn_implementation="eager",  # the other kernels return no attention
                local_files_only=True,
                use_safetensors=True,
                output_loading_info=True,
            )
            if report["missing_keys"] or report["mismatched_keys"]:
                raise ValueError("its weights do not fit its config.json.")
            if not all(weights.isfinite().all() for weights in network.parameters()):
                raise ValueError("its weights hold infinite or undefined numbers.")
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            if len(tokenizer) > network.config.vocab_size:
                raise ValueError("its tokenizer has more pieces than its weights.")
        except (OSError, ValueError, TypeError, KeyError, RuntimeError, SafetensorError) as error:
            reason = str(error).strip().split("\n")[0]
            raise ValueError(f"{folder} holds no readable BERT: {reason}") from None
        return cls(network, tokenizer)

    @property
    def parameters(self) -> int:
        return self.network.num_parameters()

    def read_batch(self, texts: Sequence[str]) -> list[Reading]:
        if not texts:
            return []
        started = time.perf_counter()
        encoded = [self._encode(check_text(text)) for text in texts]
        probabilities, attention = self._forward([ids for ids, _, _ in encoded])
        seconds = (time.perf_counter() - started) / len(texts)
        return [
            Reading(
                reader=self.name,
                text=text,
                probabilities=probabilities[i],
                tokens=tokens,
                attention=attention[i, :, :, : len(tokens), : len(tokens)],
                truncated=truncated,
                seconds=seconds,
            )
            for i, (text, (_, tokens, truncated)) in enumerate(zip(texts, encoded, strict=True))
        ]

    def _encode(self, text: str) -> tuple[list[int], tuple[Token, ...], bool]:
        """Vocabulary indices, tokens, and whether the text had more pieces than are read."""
        encoding = self.tokenizer(
            text,
            add_special_tokens=False,
            split_special_tokens=True,  # a typed "[SEP]" is text
            return_offsets_mapping=True,
            verbose=False,
        )
        ids, unknown = encoding["input_ids"], self.tokenizer.unk_token_id
        room = MAX_PIECES - 2
        pieces = [
            Token(text[start:end], start, end, known=index != unknown)
            for index, (start, end) in zip(
                ids[:room], encoding["offset_mapping"][:room], strict=True
            )
        ]
        end = pieces[-1].end if pieces else 0
        first = Token(self.tokenizer.cls_token, 0, 0, special=True)
        last = Token(self.tokenizer.sep_token, end, end, special=True)
        framed = [self.tokenizer.cls_token_id, *ids[:room], self.tokenizer.sep_token_id]
        return framed, (first, *pieces, last), len(ids) > room

    @torch.inference_mode()
    def _forward(self, rows: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities (texts, 4) and attention (texts, layers, heads, pieces, pieces)."""
        longest = max(map(len, rows))
        ids = np.full((len(rows), longest), self.tokenizer.pad_token_id)
        for line, row in zip(ids, rows, strict=True):
            line[: len(row)] = row
        mask = np.arange(longest) < np.array([len(row) for row in rows])[:, None]
        output = self.network(
            input_ids=torch.from_numpy(ids).to(self.device),
            attention_mask=torch.from_numpy(mask).to(self.device),
            output_attentions=True,
        )
        probabilities = output.logits.softmax(-1)  # (texts, 4)
        attention = torch.stack(output.attentions, dim=1)  # (texts, layers, heads, pieces, pieces)
        return probabilities.cpu().numpy(), attention.cpu().numpy()
