"""Beam search over decoders that are small enough to enumerate."""

from itertools import permutations

import numpy as np
import pytest

from demo.models.beam import Emission, search

SYMBOLS, END = 5, 0


def decoder(seed):
    """A random Markov decoder: the next symbol hangs on the symbol before and on the text."""
    table = np.log(np.random.default_rng(seed).dirichlet(np.ones(SYMBOLS), (3, SYMBOLS)))

    def emit(previous, state, texts):
        log_probabilities = table[texts, previous].copy()
        weights = np.stack([texts, previous], axis=1)
        return Emission(log_probabilities, weights, previous / SYMBOLS, state + 1)

    return table, emit


def run(emit, beam, texts=3, longest=4):
    return search(emit, np.zeros((texts, 1)), np.ones(texts, np.int32), END, beam, longest)


@pytest.mark.parametrize("seed", range(5))
def test_a_beam_of_one_is_greedy(seed):
    table, emit = decoder(seed)
    for text, found in enumerate(run(emit, beam=1)):
        symbols, previous = [], 1
        while len(symbols) < 4:
            scores = table[text, previous].copy()
            scores[symbols] = -np.inf
            if not symbols:
                scores[END] = -np.inf
            previous = int(scores.argmax())
            if previous == END:
                break
            symbols.append(previous)
        assert found.symbols == tuple(symbols)


@pytest.mark.parametrize("seed", range(5))
def test_a_wide_beam_finds_the_most_probable_of_all_outputs(seed):
    table, emit = decoder(seed)

    def mean_log_probability(text, symbols):
        steps = zip((1, *symbols), symbols, strict=False)
        return np.mean([table[text, before, symbol] for before, symbol in steps])

    for text, found in enumerate(run(emit, beam=400, longest=3)):
        outputs = [words for size in (1, 2, 3) for words in permutations(range(1, SYMBOLS), size)]
        finished = [mean_log_probability(text, (*words, END)) for words in outputs]
        cut = [mean_log_probability(text, words) for words in outputs if len(words) == 3]
        total = max(finished + cut)
        end = table[text, found.symbols[-1], END]
        sums = sum(step.log_probability for step in found.steps)
        reached = [found.score, (sums + end) / (len(found.symbols) + 1)]
        assert min(abs(total - score) for score in reached) < 1e-9


def test_rows_and_scores_are_those_that_each_symbol_was_emitted_with():
    table, emit = decoder(7)
    for text, found in enumerate(run(emit, beam=3)):
        before = (1, *found.symbols[:-1])
        assert [step.weights.tolist() for step in found.steps] == [[text, one] for one in before]
        expected = [table[text, a, b] for a, b in zip(before, found.symbols, strict=True)]
        assert np.allclose([step.log_probability for step in found.steps], expected)
        assert np.allclose([step.copied for step in found.steps], np.array(before) / SYMBOLS)
        assert [step.state for step in found.steps] == list(range(len(before)))
        assert found.state == len(found.symbols) or found.state == len(found.symbols) + 1


@pytest.mark.parametrize("beam", [1, 3])
def test_each_step_keeps_the_most_probable_symbols_of_its_place(beam):
    table, emit = decoder(7)
    for text, found in enumerate(run(emit, beam)):
        before = (1, *found.symbols[:-1])
        for place, (previous, step) in enumerate(zip(before, found.steps, strict=True)):
            scores = table[text, previous].copy()
            if place == 0:
                scores[END] = -np.inf  # it has to write something
            order = [symbol for symbol in np.argsort(-scores) if np.isfinite(scores[symbol])]
            assert step.candidates.symbols.tolist() == order
            assert np.allclose(step.candidates.log_probabilities, scores[order])


def test_no_word_is_written_twice():
    table = np.full((SYMBOLS, SYMBOLS), -9.0)
    table[[1, 2, 3], [2, 3, 1]] = -0.1  # 2 3 1 2 3 1 ... for ever

    def emit(previous, state, texts):
        log_probabilities = table[previous].copy()
        return Emission(log_probabilities, state, previous / SYMBOLS, state + 1)

    (found,) = run(emit, beam=2, texts=1, longest=9)
    assert len(found.symbols) == len(set(found.symbols)) <= 4
