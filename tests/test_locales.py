"""Every language beside English: the same sentences, with the same values, and none left out."""

import json
import re
from string import Formatter

import pytest

from demo.reading import CLASSES, Ability, ReaderInfo
from demo.sentences import ENGLISH, LOCALES, NAMES, called, speaking
from tests.conftest import TRAINED
from tests.test_sentences import written

LANGUAGES = sorted(file.stem for file in LOCALES.glob("*.json") if file.stem != ENGLISH)
# What is called so in any language.
SAME = {"Headline Attention", "BertViz", "PNG", "SVG", "CSV", "JSON", "JSON Lines", "Parquet"}
SAME |= {"XLNet", "fastText", "char-CNN", "Esc"}
# A Korean particle takes its form from the sound before it, which is not known of a value; only a
# percentage always ends in the same one.
PARTICLE = re.compile(
    r"\{[^{}]*[^%{}]\}(?:</?\w+>|[’”])*(?:은|는|이|가|을|를|과|와|으로|로)(?![가-힣])"
)


def sentences(language):
    """Every key of a file with its sentence, or with each form of it."""
    return dict(written(json.loads((LOCALES / f"{language}.json").read_text("utf-8"))))


def values(forms):
    """What the forms of a sentence name, and how each is written there."""
    return [
        (name, spec)
        for form in forms
        for _, name, spec, _ in Formatter().parse(form)
        if name is not None
    ]


def names(forms):
    return {name for name, _ in values(forms)}


def tags(forms):
    return {tag for form in forms for tag in re.findall(r"</?\w+>", form)}


def says_nothing(sentence):
    """Whether a sentence is made of values, tags and signs alone."""
    rest = re.sub(r"\{[^{}]*\}|</?\w+>", "", sentence)
    return not any(map(str.isalpha, rest))


ENGLISH_SENTENCES = sentences(ENGLISH)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_the_keys_of_english_in_their_order(language):
    assert list(sentences(language)) == list(ENGLISH_SENTENCES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_names_the_values_and_has_the_tags_of_the_english_one(language):
    other = sentences(language)
    assert {key: names(forms) for key, forms in other.items()} == {
        key: names(forms) for key, forms in ENGLISH_SENTENCES.items()
    }
    assert {key: tags(forms) for key, forms in other.items()} == {
        key: tags(forms) for key, forms in ENGLISH_SENTENCES.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plural_has_the_form_that_every_number_can_take(language):
    file = (LOCALES / f"{language}.json").read_text("utf-8")
    pairs = []
    json.loads(file, object_hook=lambda found: pairs.append(found) or found)
    assert [found for found in pairs if set(found) == {"one"}] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_or_still_english(language):
    other = sentences(language)
    assert [key for key, forms in other.items() if not all(map(str.strip, forms))] == []
    left = {
        key: form
        for key, forms in other.items()
        for form in forms
        if form in ENGLISH_SENTENCES[key] and not says_nothing(form) and form not in SAME
    }
    assert left == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_said_with_values(language):
    for forms in sentences(language).values():
        for form in forms:
            given = {name: 12.5 if spec else "word" for name, spec in values([form])}
            said = form.format(**given)
            assert not set(said) & set("{}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_scripts_say_names_its_values_alone(language):
    """They put values in as they are: a format would stand there unread."""
    said = {key: forms for key, forms in sentences(language).items() if key.startswith("scripts.")}
    braces = re.compile(r"\{(?!\w+\})")
    assert [key for key, forms in said.items() if any(map(braces.search, forms))] == []


def test_no_particle_of_korean_hangs_on_a_value():
    korean = sentences("ko")
    assert {
        key: form for key, forms in korean.items() for form in forms if PARTICLE.search(form)
    } == {}
    for hanging in ("{label}는", "‘{word}’이 바뀜", "<b>{label}</b>로 분류"):
        assert PARTICLE.search(hanging)
    assert not PARTICLE.search("{share:.0%}가 {label} 클래스로")


def named_elsewhere():
    """What the readers of the repository and their abilities are called in English."""
    found = {*CLASSES, *Ability}
    for file in TRAINED.glob("*/reader.json"):
        card = json.loads(file.read_text("utf-8"))
        found |= {card["title"], card["about"], *card["labels"], *card["facts"]}
        found |= set(card["facts"].values())
    return {str(name) for name in found}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reader_and_label_has_words_and_nothing_else_has(language):
    """A recipe that writes another reader.json takes its words along: they have to be said anew."""
    file = json.loads((LOCALES / f"{language}.json").read_text("utf-8"))
    assert set(file.get(NAMES, {})) == named_elsewhere()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reader_is_told_in_a_language_and_its_labels_stay_as_programs_name_them(language):
    told = {"title": "Small transformer", "facts": (("Limits", "none"),), "labels": CLASSES}
    sizes = dict.fromkeys(("layers", "heads", "longest", "parameters"), 1)
    info = ReaderInfo(name="transformer", **told, **sizes)
    with speaking(language):
        assert info.in_words().title == called("Small transformer") != info.title
        assert info.in_words().facts == ((called("Limits"), "none"),)
        assert info.in_words().labels == CLASSES
    assert info.in_words() == info
