"""What any reader must do, asked of the three trained ones, of tiny ones, and of a fourth."""

import re

import keras
import numpy as np
import pytest

from demo.models import open_reader, words
from demo.models.decoder import SYMBOLS
from demo.models.rnnsearch import Config, RnnSearchReader, build
from demo.reading import Ability, Reading
from tests import other_reader, tiny_encoders
from tests.conftest import TINY_WORDS, TRAINED

TEXTS = (
    "Oil prices climb",
    "oil",
    "The court — “storm” — shuts: 50 % off!",
    "Größe, naïve café 東京 🙂 oil",
    "oil " * 300,
    "  spaces\tand\nlines  ",
    "$47, 9-2 & AT&T's",
)
EXPLAINED = {Ability.GRADIENT, Ability.DECOMPOSE, Ability.TRACE}
OF_HEADS = EXPLAINED | {Ability.HEAD_MASK, Ability.VALUE_NORMS, Ability.UNMASK}
OF_ENCODERS = OF_HEADS | {Ability.PAIR}
OF_WRITERS = EXPLAINED | {Ability.WRITE, Ability.FORCED_ALIGNMENT}
CLAIMED = {  # by each reader
    "tiny transformer": OF_HEADS,
    "tiny rnnsearch": OF_WRITERS,
    "other": set(),
    "multi-label": OF_ENCODERS,
    **dict.fromkeys(tiny_encoders.FAMILIES, OF_ENCODERS),
    "trained transformer": OF_HEADS,
    "trained bert": OF_ENCODERS,
    "trained rnnsearch": OF_WRITERS,
}
OPENS_WEIGHTS = {"trained transformer", "trained bert", "trained rnnsearch"}


def named(names):
    """Readers as parameters of a test."""
    marked = {True: [pytest.mark.trained], False: []}
    return [pytest.param(name, marks=marked[name in OPENS_WEIGHTS]) for name in names]


def able(ability):
    """Has a test ask the readers that claim an ability."""
    names = [name for name, claimed in CLAIMED.items() if ability in claimed]
    return pytest.mark.parametrize("reader", named(names), indirect=True)


@pytest.fixture(scope="module", params=named(CLAIMED))
def reader(request, tiny_reader, tmp_path_factory):
    if request.param == "tiny transformer":
        return tiny_reader
    if request.param in tiny_encoders.FAMILIES:
        return open_reader(tiny_encoders.write(tmp_path_factory.mktemp("tiny"), request.param))
    if request.param == "multi-label":
        settings = {"problem_type": "multi_label_classification"}
        folder = tmp_path_factory.mktemp("tiny")
        return open_reader(tiny_encoders.write(folder, labels=("storm", "oil"), **settings))
    if request.param == "tiny rnnsearch":
        keras.utils.set_random_seed(0)
        vocabulary = words.Vocabulary(["", "[UNK]", *SYMBOLS, *TINY_WORDS])
        config = Config(vocabulary=len(vocabulary), width=12, units=16, alignment=12)
        return RnnSearchReader(build(config), config, vocabulary)
    if request.param == "other":
        return other_reader.CapitalsReader()
    return open_reader(TRAINED / request.param.removeprefix("trained "))


def test_a_reader_describes_itself(reader):
    info = reader.info
    assert info.name
    assert info.title
    assert len(set(info.labels)) == len(info.labels) >= 2
    assert info.parameters > 0
    assert info.longest > 0
    assert (info.layers > 0) == (info.heads > 0)
    reading = reader.read(TEXTS[0])
    assert isinstance(reading, Reading)
    assert reading.reader == info.name
    assert (reading.attention is None) == (info.layers == 0)
    if info.layers:
        assert reading.attention.shape[:2] == (info.layers, info.heads)
    assert (reading.alignment is not None) == (Ability.WRITE in info.can)


@pytest.mark.parametrize("text", TEXTS)
def test_tokens_are_places_of_the_text(reader, text):
    reading = reader.read(text)
    assert reading.text == text
    assert any(not token.special for token in reading.tokens)
    assert len(reading.tokens) <= reader.info.longest
    end = 0
    for token in reading.tokens:
        if token.special:
            assert token.start == token.end
        else:
            assert token.text == text[token.start : token.end]
            assert token.start >= end or token.end == end  # pieces of one character share its span
            end = token.end


@pytest.mark.parametrize("text", TEXTS)
def test_probabilities_of_one_label_and_rows_sum_to_one(reader, text):
    reading = reader.read(text)
    assert reading.labels == reader.info.labels
    assert reading.label in reader.info.labels
    assert reading.probabilities.shape == (len(reader.info.labels),)
    assert reading.probabilities.min() >= 0
    assert reading.probabilities.max() <= 1
    if not reader.info.multi_label:
        assert abs(reading.probabilities.sum() - 1) < 1e-5
    for weights in (reading.attention, reading.alignment and reading.alignment.weights):
        if weights is not None:
            assert weights.dtype == np.float32
            assert weights.min() >= 0
            assert np.abs(weights.sum(-1) - 1).max() < 1e-4


def test_texts_together_read_as_each_alone(reader):
    together = reader.read_batch(list(TEXTS))
    shares = reader.classify(list(TEXTS))
    for text, reading, share in zip(TEXTS, together, shares, strict=True):
        alone = reader.read(text)
        assert reading.tokens == alone.tokens
        assert np.abs(reading.probabilities - alone.probabilities).max() < 1e-4
        assert np.abs(share - alone.probabilities).max() < 1e-4
        if alone.attention is not None:
            assert np.abs(reading.attention - alone.attention).max() < 1e-4


def test_a_second_text_is_taken_or_refused_as_the_reader_says(reader):
    if not reader.info.second_text:
        with pytest.raises(ValueError, match="reads one text, not two"):
            reader.read(TEXTS[0], "Storm")
        return
    pairs = [(TEXTS[0], "storm"), (TEXTS[2], None), (TEXTS[0], "the court")]
    both = reader.read_batch(*map(list, zip(*pairs, strict=True)))
    alone = [reader.read(*pair) for pair in pairs]
    for one, other in zip(both, alone, strict=True):
        assert one.text == other.text
        assert np.abs(one.probabilities - other.probabilities).max() < 1e-4


@pytest.mark.parametrize("text", ["", "  \n", "\u200b", "oil " * 6000, "\ud83d oil", None, 7])
def test_what_cannot_be_read_is_a_sentence(reader, text):
    for ask in (reader.read, lambda given: reader.classify([given])):
        with pytest.raises(ValueError, match=r"^[A-Z].*[a-z0-9)]\.?$"):
            ask(text)


ASKED = {  # of a reader that can: what each ability answers, asked of one text
    Ability.HEAD_MASK: lambda reader: reader.mask_heads(TEXTS[0], np.ones((1, 1, 1))),
    Ability.VALUE_NORMS: lambda reader: reader.value_norms(TEXTS[0]),
    Ability.GRADIENT: lambda reader: reader.gradient_x_input(TEXTS[0]),
    Ability.DECOMPOSE: lambda reader: reader.decompose(TEXTS[0], [0]),
    Ability.FORCED_ALIGNMENT: lambda reader: reader.force_alignment(TEXTS[0], np.ones((1, 3))),
    Ability.TRACE: lambda reader: reader.trace(TEXTS[0]),
}


def test_what_a_reader_does_not_claim_it_refuses_with_a_sentence(request, reader):
    assert reader.info.can == CLAIMED[request.node.callspec.params["reader"]]
    for ability in ASKED.keys() - reader.info.can:  # the tests below ask for the others
        refused = rf"^{re.escape(reader.info.title)} cannot {ability}: "
        with pytest.raises(ValueError, match=refused):
            ASKED[ability](reader)


@able(Ability.HEAD_MASK)
def test_masking_no_head_changes_nothing_and_masking_one_only_itself(reader):
    info, reading = reader.info, reader.read(TEXTS[0])
    masks = np.ones((3, info.layers, info.heads), np.float32)
    masks[1] = 0
    none, every, again = reader.mask_heads(TEXTS[0], masks)
    assert np.abs(none - reading.probabilities).max() < 1e-4
    assert np.abs(again - none).max() < 1e-5
    assert np.abs(every - none).max() > 1e-6
    assert np.abs(reader.read(TEXTS[0]).probabilities - reading.probabilities).max() < 1e-6


@able(Ability.TRACE)
def test_a_trace_leads_to_what_is_read_and_changes_nothing(reader):
    reading = reader.read(TEXTS[0])
    for factor in (1.0, 4.0):
        trace = reader.trace(TEXTS[0], factor=factor)
        assert trace.tokens == reading.tokens
        assert np.abs(trace.weights.sum(-1) - 1).max() < 1e-4
        if not reader.info.multi_label:
            assert abs(trace.probabilities.sum() - 1) < 1e-4
        same = np.abs(trace.probabilities - reading.probabilities).max() < 1e-4
        assert same or factor != 1
    assert np.abs(reader.read(TEXTS[0]).probabilities - reading.probabilities).max() < 1e-6


@able(Ability.VALUE_NORMS)
def test_value_norms_are_a_positive_number_for_each_head_and_token(reader):
    norms, tokens = reader.value_norms(TEXTS[0]), reader.read(TEXTS[0]).tokens
    assert norms.shape == (reader.info.layers, reader.info.heads, len(tokens))
    assert norms.min() > 0


@able(Ability.GRADIENT)
def test_gradient_x_input_is_a_number_for_each_token(reader):
    found = reader.gradient_x_input(TEXTS[0])
    assert found.shape == (len(reader.read(TEXTS[0]).tokens),)
    assert np.isfinite(found).all()
    assert np.abs(found).max() > 0


@able(Ability.FORCED_ALIGNMENT)
def test_the_alignment_forced_to_its_own_row_gives_its_own_verdict(reader):
    reading = reader.read(TEXTS[0])
    (found,) = reader.force_alignment(TEXTS[0], reading.alignment.weights[:1])
    assert np.abs(found - reading.probabilities).max() < 1e-4


@pytest.mark.parametrize("text", TEXTS)
@able(Ability.DECOMPOSE)
def test_shares_and_remainder_sum_to_the_logit_of_every_label(reader, text):
    info, reading = reader.info, reader.read(text)
    logits = np.log(reading.probabilities)
    if info.multi_label:
        logits -= np.log1p(-reading.probabilities)
    found = reader.decompose(text, range(len(info.labels)))
    assert found.shares.shape == (len(info.labels), len(reading.tokens))
    assert np.abs(found.contrast - (logits - logits.mean())).max() < 1e-3
    assert np.abs(found.shares.sum(1) + found.remainder - found.contrast).max() < 1e-3
    if info.layers:
        heads = reader.head_shares(text, 0)
        assert heads.shape == (info.layers, info.heads)
        assert np.isfinite(heads).all()
