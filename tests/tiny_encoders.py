"""Encoders of random weights, 2 layers of 3 heads, of every family, each with its own tokenizer.

The tokenizers are of the kinds that the families have: WordPiece of a few fixed pieces, byte-level
BPE and Unigram (SentencePiece) trained on a few sentences.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import (
    AlbertTokenizerFast,
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    BertTokenizerFast,
    CamembertTokenizerFast,
    DebertaV2TokenizerFast,
    DistilBertTokenizerFast,
    ElectraTokenizerFast,
    MPNetTokenizerFast,
    PreTrainedTokenizerFast,
    RobertaTokenizerFast,
    XLMRobertaTokenizerFast,
)

from demo.reading import CLASSES

TEXT = "Oil prices climb, play things"  # of words that the networks know
PIECES = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "oil", "prices", "climb", ",", "play")
PIECES += ("##ing", "##s", "thing", "cafe", "[", "]", "sep", "e", "##tude", "goal", "bank", "chip")
SENTENCES = (
    "Oil prices climb as the storm shuts the court, and oil climbs again.",
    "The bank plays a chip, the goal is a thing; prices and things climb.",
    "A cafe in the storm: play, goal, bank, chip, oil, oil, oil!",
)
CLASSES_OF = {
    "bert": BertTokenizerFast,
    "distilbert": DistilBertTokenizerFast,
    "electra": ElectraTokenizerFast,
    "mpnet": MPNetTokenizerFast,
    "roberta": RobertaTokenizerFast,
    "xlm-roberta": XLMRobertaTokenizerFast,
    "camembert": CamembertTokenizerFast,
    "albert": AlbertTokenizerFast,
    "deberta-v2": DebertaV2TokenizerFast,
}
WORD_PIECE = ("bert", "distilbert", "electra", "mpnet")
BYTE_LEVEL = ("roberta", "modernbert")
SENTENCE_PIECE = ("xlm-roberta", "camembert", "albert", "deberta-v2")
FAMILIES = WORD_PIECE + BYTE_LEVEL + SENTENCE_PIECE
SPECIALS = {  # in the order of their indices
    "mpnet": ("<s>", "<pad>", "</s>", "[UNK]", "<mask>"),
    "roberta": ("<s>", "<pad>", "</s>", "<unk>", "<mask>"),
    "xlm-roberta": ("<s>", "<pad>", "</s>", "<unk>", "<mask>"),
    "camembert": ("<s>", "<pad>", "</s>", "<unk>", "<mask>"),
    "albert": ("<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"),
    "deberta-v2": ("[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"),
}
MARKS = ("pad", "cls", "sep", "bos", "eos")
SIZES = {
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "intermediate_size": 48,
    "max_position_embeddings": 160,
    "initializer_range": 0.2,  # unlike pieces look unlike from the start
}
OWN = {  # settings of a family's config besides those that all have
    "albert": {"embedding_size": 16, "num_hidden_groups": 1},
    "electra": {"embedding_size": 16},
    "deberta-v2": {
        "relative_attention": True,
        "position_buckets": 16,
        "norm_rel_ebd": "layer_norm",
        "share_att_key": True,
        "pos_att_type": ["p2c", "c2p"],
        "position_biased_input": False,
        "pooler_hidden_size": 24,
    },
    "modernbert": {"local_attention": 8, "initializer_cutoff_factor": 2.0},
}


def write(
    folder: Path,
    family: str = "bert",
    labels: Sequence[str] = CLASSES,
    head: bool = True,
    **settings,
) -> Path:
    """Save a network and its tokenizer into `folder`, and return it; without `head`, no classifier.

    `settings` are further ones of its config.
    """
    torch.manual_seed(0)
    tokenizer = tokenizer_of(family)
    tokenizer.save_pretrained(folder)
    own = {f"{one}_token_id": getattr(tokenizer, f"{one}_token_id") for one in MARKS}
    sizes = SIZES | own | OWN.get(family, {}) | settings
    config = AutoConfig.for_model(
        family,
        vocab_size=len(tokenizer),
        id2label=dict(enumerate(labels)),
        label2id={label: index for index, label in enumerate(labels)},
        **sizes,
    )
    opened = AutoModelForSequenceClassification if head else AutoModel
    opened.from_config(config).save_pretrained(folder)
    return folder


def tokenizer_of(family: str):
    """A tokenizer as those of the family are, of a few pieces."""
    specials = SPECIALS.get(family, PIECES[:5])
    if family in WORD_PIECE:
        pieces = [*specials, *PIECES[5:]]
        return CLASSES_OF[family](vocab={piece: index for index, piece in enumerate(pieces)})
    if family in SENTENCE_PIECE:
        return CLASSES_OF[family](vocab=[tuple(piece) for piece in unigram(specials)["vocab"]])
    learned = byte_level(specials)
    if family == "modernbert":  # which has no class of its own
        return modernbert(learned, specials)
    model = json.loads(learned.to_str())["model"]
    return CLASSES_OF[family](
        vocab=model["vocab"], merges=[tuple(pair) for pair in model["merges"]]
    )


def byte_level(specials: Sequence[str]) -> Tokenizer:
    """Byte-pair encoding of bytes, so that nothing is unknown."""
    learned = Tokenizer(models.BPE())
    learned.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    learned.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=330,
        special_tokens=list(specials),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    learned.train_from_iterator(SENTENCES, trainer)
    return learned


def modernbert(learned: Tokenizer, specials: Sequence[str]) -> PreTrainedTokenizerFast:
    """A template of [CLS] and [SEP] around pieces that keep their spaces."""
    pad, unk, cls, sep, mask = specials
    marks = [(mark, learned.token_to_id(mark)) for mark in (cls, sep)]
    learned.post_processor = processors.TemplateProcessing(
        single=f"{cls} $A {sep}", pair=f"{cls} $A {sep} $B:1 {sep}:1", special_tokens=marks
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=learned,
        **{"pad_token": pad, "unk_token": unk, "cls_token": cls, "sep_token": sep},
        mask_token=mask,
    )


def unigram(specials: Sequence[str]) -> dict:
    """The model of a Unigram tokenizer whose pieces carry the space before them."""
    learned = Tokenizer(models.Unigram())
    learned.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=80,
        special_tokens=list(specials),
        unk_token=next(one for one in specials if "unk" in one.lower()),
        show_progress=False,
    )
    learned.train_from_iterator(SENTENCES, trainer)
    return json.loads(learned.to_str())["model"]
