"""A text, or a pair of them, as an encoder takes it: by the rules of the tokenizer it came with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from demo.mending import Mended, mend, parted
from demo.models import pieces, words
from demo.reading import Token


class Encoded(NamedTuple):
    """A text as the network takes it: indices of pieces, the part of each, and its tokens.

    `words` of it were read, of which `known_words` are known; both are 0 of a tokenizer that can
    spell anything, and so cannot tell.
    """

    ids: list[int]
    types: list[int]
    tokens: tuple[Token, ...]
    truncated: bool
    mended: tuple[str, ...]
    words: int
    known_words: int


class TextEncoder:
    """Encodes texts with a fast tokenizer of Hugging Face, at most `longest` pieces of each.

    The tokenizer's own template sets the special tokens ([CLS] ... [SEP], <s> ... </s></s> ...).
    """

    def __init__(self, tokenizer, longest: int):
        self.tokenizer, self.longest = tokenizer, longest
        self.specials = {
            index: spelling
            for index, spelling in zip(
                tokenizer.all_special_ids, tokenizer.all_special_tokens, strict=True
            )
            if index != tokenizer.unk_token_id
        }
        # Its pieces of words are those of one language; the others spell what they do not know.
        self.tells_words = type(tokenizer.backend_tokenizer.model).__name__ == "WordPiece"

    def __call__(self, parts: Sequence[str]) -> Encoded:
        """The pieces of one text or of two; of what is too long, the longer one is cut."""
        mended = [mend(part) for part in parts]
        encoding = self._pieces(mended)
        if self._spells_specials(encoding):
            mended = [parted(part, self.specials.values()) for part in mended]
            encoding = self._pieces(mended)
        truncated = len(encoding["input_ids"]) > self.longest
        if truncated:
            encoding = self._pieces(mended, truncation=True, max_length=self.longest)
        tokens, found = self._tokens(encoding, mended)
        return Encoded(
            encoding["input_ids"],
            encoding["token_type_ids"],
            tokens,
            truncated,
            tuple(dict.fromkeys(name for part in mended for name in part.names)),
            len(found),
            words.known(found),
        )

    def rows(self, texts: Sequence[str]) -> list[list[int]]:
        """The indices of the pieces of each text alone, as those of `Encoded`, in one call."""
        rows = self.tokenizer(
            [mend(text).text for text in texts],
            split_special_tokens=True,
            truncation=True,
            max_length=self.longest,
            return_attention_mask=False,
            return_token_type_ids=False,
        )["input_ids"]
        own = self.tokenizer.num_special_tokens_to_add()
        return [
            # A text in which a special token was found is encoded with care.
            row if sum(map(self.specials.__contains__, row)) == own else self([text]).ids
            for text, row in zip(texts, rows, strict=True)
        ]

    def _pieces(self, mended: Sequence[Mended], **cut) -> Any:
        return self.tokenizer(
            *(part.text for part in mended),
            split_special_tokens=True,  # a typed "[SEP]" is text
            return_offsets_mapping=True,
            return_token_type_ids=True,
            verbose=False,
            **cut,
        )

    def _spells_specials(self, encoding) -> bool:
        """Whether a piece of the text is a special token: SentencePiece finds them in any text."""
        of_pieces = zip(encoding["input_ids"], encoding.sequence_ids(), strict=True)
        return any(part is not None and index in self.specials for index, part in of_pieces)

    def _tokens(self, encoding, mended: Sequence[Mended]) -> tuple[tuple[Token, ...], list[Token]]:
        """All tokens, special ones where the text before them ends, and the words of the texts."""
        ids, parts = encoding["input_ids"], encoding.sequence_ids()
        spelled = self.tokenizer.convert_ids_to_tokens(ids)
        of_text: list[Token] = []
        found: list[Token] = []
        offset = 0
        for number, part in enumerate(mended):
            of_part = [index for index, one in enumerate(parts) if one == number]
            places = [
                pieces.trimmed(part.text, encoding["offset_mapping"][index], spelled[index])
                for index in of_part
            ]
            known = [ids[index] != self.tokenizer.unk_token_id for index in of_part]
            of_text += pieces.tokens(part, places, known, offset)
            if self.tells_words:
                found += pieces.words(part.text, places, known)
            offset += len(part.given) + 1
        remaining, tokens, end = iter(of_text), [], 0
        for spelling, number in zip(spelled, parts, strict=True):
            special = Token(spelling, end, end, special=True)
            tokens.append(special if number is None else next(remaining))
            end = tokens[-1].end
        return tuple(tokens), found
