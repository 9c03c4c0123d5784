"""Sentences by their keys: forms, values, and the language of whoever reads them."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from demo import sentences
from demo.sentences import InputError, has, say, speaking


@pytest.fixture
def another(tmp_path, monkeypatch):
    """A language of a few sentences beside English."""
    (tmp_path / "en.json").write_text(
        json.dumps(
            {"a": {"b": "{count:,} words", "c": {"one": "1 word", "other": "{count} words"}}}
        )
    )
    (tmp_path / "xx.json").write_text(json.dumps({"a": {"b": "wörds: {count}", "c": "{count} w"}}))
    monkeypatch.setattr(sentences, "LOCALES", tmp_path)
    sentences._sentences.cache_clear()
    yield "xx"
    sentences._sentences.cache_clear()


def test_a_sentence_writes_its_values_and_has_a_form_for_one(another):
    assert say("a.b", count=1200) == "1,200 words"
    assert [say("a.c", count=count) for count in (0, 1, 2)] == ["0 words", "1 word", "2 words"]


def test_a_language_without_two_forms_has_one(another):
    with speaking(another):
        assert [say("a.c", count=count) for count in (1, 2)] == ["1 w", "2 w"]
    assert say("a.c", count=1) == "1 word"


def test_an_input_error_is_said_in_the_language_of_whoever_reads_it(another):
    def fail():
        raise InputError("a.b", count=2000)

    with ThreadPoolExecutor() as threads:
        problem = threads.submit(fail).exception()
    assert isinstance(problem, ValueError)
    assert str(problem) == "2,000 words"
    with speaking(another):
        assert str(problem) == "wörds: 2000"


def test_what_is_not_there_is_an_error_and_a_part_is_no_sentence(another):
    assert has("a.b")
    assert not has("a.x")
    for key in ("a.x", "x", "a"):
        with pytest.raises(KeyError):
            say(key)
