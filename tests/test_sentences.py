"""Sentences by their keys: forms, values, the language of whoever reads them, and their uses."""

import ast
import json
import pickle
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from string import Formatter

import numpy as np
import pytest
from jinja2 import Environment, nodes

from demo import sentences
from demo.page.views import VIEWS
from demo.sentences import (
    ENGLISH,
    LOCALES,
    NAMES,
    InputError,
    called,
    has,
    languages,
    listed,
    number,
    say,
    speaking,
    spoken,
)
from tests.conftest import ROOT

SAYING = ("say", "marked", "template", "has", "part", "InputError")
WITH_VALUES = ("say", "marked", "InputError")
SCRIPTS = "scripts."  # stands before the keys that JavaScript says
PLURAL = {"one", "other"}


@pytest.fixture
def another(tmp_path, monkeypatch):
    """A language of a few sentences beside English."""
    (tmp_path / "en.json").write_text(
        json.dumps(
            {"a": {"b": "{count:,} words", "c": {"one": "1 word", "other": "{count} words"}}}
        )
    )
    words = {"b": "wörds: {count:,} ({count})", "c": "{count} w", "d": "{reader} cannöt"}
    words["e"] = "{share:+.1f} %"
    xx = {"language": "Xx", "list": {"comma": "、"}, "a": words, "names": {"World": "Wörld"}}
    xx["number"] = {"decimal": ",", "thousands": "."}
    (tmp_path / "xx.json").write_text(json.dumps(xx))
    monkeypatch.setattr(sentences, "LOCALES", tmp_path)
    kept = sentences._sentences, sentences._signs, sentences.languages
    for read in kept:
        read.cache_clear()
    yield "xx"
    for read in kept:
        read.cache_clear()


def test_a_sentence_writes_its_values_and_has_a_form_for_one(another):
    assert say("a.b", count=1200) == "1,200 words"
    assert [say("a.c", count=count) for count in (0, 1, 2)] == ["0 words", "1 word", "2 words"]


def test_a_language_without_two_forms_has_one(another):
    with speaking(another):
        assert [say("a.c", count=count) for count in (1, 2)] == ["1 w", "2 w"]
    assert say("a.c", count=1) == "1 word"


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (1234.5, ",.2f", "1.234,50"),
        (np.float32(-0.25), "+.1%", "-25,0%"),
        (1_000_000, ",", "1.000.000"),
        (7, "", "7"),
    ],
)
def test_numbers_have_the_signs_of_the_language(another, value, form, expected):
    with speaking(another):
        assert number(value, form) == expected
        assert say("a.e", share=1.25) == "+1,2 %"
        assert called("1.5") == "1.5"  # is a name
    assert number(value, form) == format(value, form)


def test_an_input_error_is_said_in_the_language_of_whoever_reads_it(another):
    def fail():
        raise InputError("a.b", count=2000)

    with ThreadPoolExecutor() as threads:
        problem = threads.submit(fail).exception()
    assert isinstance(problem, ValueError)
    assert str(problem) == "2,000 words"
    with speaking(another):
        assert str(problem) == "wörds: 2.000 (2000)"


def test_every_file_is_a_language_that_says_what_it_is_called(another):
    assert list(languages().items()) == [("en", "en"), ("xx", "Xx")]
    with speaking("yy"):  # there is no such file
        assert spoken() == ENGLISH


def test_names_have_words_where_a_language_has_them(another):
    with speaking(another):
        assert (called("World"), called("my label")) == ("Wörld", "my label")
        assert str(InputError("a.d", reader="World")) == "Wörld cannöt"
        assert listed(["a", "b"]) == "a、b"
    assert called("World") == "World"


def test_what_is_not_there_is_an_error_and_a_part_is_no_sentence(another):
    assert has("a.b")
    assert not has("a.x")
    for key in ("a.x", "x", "a"):
        with pytest.raises(KeyError):
            say(key)


@dataclass
class Uses:
    """Where keys stand in the code: as they are, put together, and in calls, with their values."""

    strings: set[str] = field(default_factory=set)
    patterns: set[str] = field(default_factory=set)
    calls: list[tuple[str, set[str] | None]] = field(default_factory=list)

    def put_together(self, parts):
        """A key of strings and of what is known only later (None), which begins with a string."""
        if re.fullmatch(r"([a-z_]+\.)+", parts[0] or ""):
            made = "".join("[^.]+" if part is None else re.escape(part) for part in parts)
            self.patterns.add(made)


def in_python(uses):
    for path in (ROOT / "demo").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                uses.strings.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                uses.put_together([literal(part) for part in node.values])
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAYING:
                names = {keyword.arg for keyword in node.keywords}
                known = node.func.id in WITH_VALUES and None not in names  # no **values
                key = node.args[0]
                for one in (key.body, key.orelse) if isinstance(key, ast.IfExp) else (key,):
                    if isinstance(one, ast.Constant):
                        uses.calls.append((one.value, names if known else None))


def literal(part):
    """The text of a part of an f-string, or None for one that holds a value."""
    return part.value if isinstance(part, ast.Constant) else None


def in_templates(uses):
    for path in (ROOT / "demo").rglob("*.html"):
        for node in Environment().parse(path.read_text("utf-8")).find_all(nodes.Call):
            key = node.args[0] if getattr(node.node, "name", "") in SAYING else None
            if isinstance(key, nodes.Const):
                uses.strings.add(key.value)
                uses.calls.append((key.value, {value.key for value in node.kwargs}))
            elif isinstance(key, nodes.Concat):
                uses.put_together([getattr(part, "value", None) for part in key.nodes])


def in_scripts(uses):
    for path in (ROOT / "assets").glob("*.js"):
        text = path.read_text("utf-8")
        uses.strings |= {SCRIPTS + key for key in re.findall(r'"([\w.]+)"', text)}
        uses.calls += [(SCRIPTS + key, None) for key in re.findall(r'\bsay\("([^"]+)"', text)]
        for key in re.findall(r"\bsay\(`([^`]+)`", text):
            parts = re.split(r"(\$\{[^}]*\})", SCRIPTS + key)
            uses.put_together([None if part.startswith("$") else part for part in parts])


def in_views(uses):
    """What components.py asks for by the declarations of the views, in place of its patterns."""
    uses.patterns -= {one for one in uses.patterns if one.startswith(r"views\.[^.]+")}
    for view in VIEWS:
        uses.calls.append((f"views.{view.id}.title", set()))
        for control in view.controls:
            key = f"views.{view.id}.{control.name}"
            uses.calls += [(f"{key}.label", set()), (f"{key}.help", set())]
            uses.strings.add(f"{key}.placeholder")


@pytest.fixture(scope="module")
def uses():
    found = Uses()
    for look in (in_python, in_templates, in_scripts, in_views):
        look(found)
    found.strings |= {key for key, _ in found.calls}
    return found


def written(place=None, key=""):
    """Every key of the file with its sentence, or with both where there is a plural."""
    if place is None:
        place = json.loads((LOCALES / f"{ENGLISH}.json").read_text("utf-8"))
    for name, inside in place.items():
        here = f"{key}.{name}".removeprefix(".")
        if here == NAMES:  # of what comes from elsewhere
            continue
        if isinstance(inside, str):
            yield here, [inside]
        elif inside and set(inside) <= PLURAL:
            yield here, list(inside.values())
        else:
            yield from written(inside, here)


def test_every_sentence_is_said_somewhere(uses):
    put_together = re.compile("|".join(uses.patterns))
    keys = [key for key, _ in written()]
    assert len(keys) > 100
    assert [
        key for key in keys if key not in uses.strings and not put_together.fullmatch(key)
    ] == []


def test_every_sentence_that_is_said_is_there(uses):
    assert len(uses.calls) > 100
    assert [key for key, _ in uses.calls if not has(key)] == []


def test_a_sentence_is_given_every_value_that_it_names(uses):
    named = {
        key: {name for said in several for _, name, _, _ in Formatter().parse(said) if name}
        for key, several in written()
    }
    missing = {
        key: named[key] - given
        for key, given in uses.calls
        if given is not None and named.get(key, set()) - given
    }
    assert missing == {}


def test_what_is_wrong_can_be_sent_to_another_process():
    error = InputError("problems.text.too_long", count=3, most=2)
    sent = pickle.loads(pickle.dumps(error))
    assert (type(sent), str(sent)) == (InputError, str(error))
