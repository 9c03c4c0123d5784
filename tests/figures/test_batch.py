from dataclasses import replace

import pytest

from demo.batch import Done, Row, Verdict
from demo.figures import batch as figures
from demo.figures.theme import Theme
from demo.reading import CLASSES, ReaderInfo

FIRST = ReaderInfo("a", "First", CLASSES, layers=0, heads=0, longest=9, parameters=1)
READERS = [FIRST, replace(FIRST, name="b", title="Second"), replace(FIRST, name="c", title="Third")]


def done(text, *classes, confidence=0.9, problem=""):
    verdict = Verdict(classes, (confidence,) * len(classes), problem)
    return Done(Row(["1", text]), verdict)


ALL = [
    done("Oil <b>up</b> & ${x}", "World", "World", "World"),
    done("Coach", "Sports", "Sports", "World"),
    done("Bank", "Business", "World", "World"),
    done("", problem="The cell is empty."),
    done("Moon", "World", "World", "World"),
]


def test_shares_are_those_of_the_rows_that_could_be_read():
    shares = figures.classes(READERS, ALL)
    assert shares == {
        "World": [0.5, 0.75, 1.0],
        "Sports": [0.25, 0.25, 0.0],
        "Business": [0.25, 0.0, 0.0],
        "Sci/Tech": [0.0, 0.0, 0.0],
    }
    assert figures.agreements(READERS, ALL) == {
        "All readers": 0.5,
        "First & Second": 0.75,
        "First & Third": 0.5,
        "Second & Third": 0.75,
    }


@pytest.mark.parametrize("theme", [Theme(), Theme(dark=True), Theme(width=390)])
def test_the_picture_holds_the_shares_and_fits_the_screen(theme):
    figure = figures.picture(READERS, ALL, theme)
    *stacks, agreement = figure.data
    assert [list(bar.x) for bar in stacks] == list(figures.classes(READERS, ALL).values())
    assert [bar.marker.color for bar in stacks] == [theme.label(place) for place in range(4)]
    assert list(agreement.x) == [0.5, 0.75, 0.5, 0.75]
    assert figure.layout.paper_bgcolor == theme.paper
    beside, under = figure.layout.xaxis.domain[1] < 1, figure.layout.yaxis2.domain[1] < 1
    assert (beside, under) == (not theme.phone, theme.phone)


@pytest.mark.parametrize("rows", [[], ALL[3:4]])
def test_a_picture_of_nothing_that_could_be_read_is_empty(rows):
    figure = figures.picture(READERS, rows, Theme())
    assert all(share == 0 for bar in figure.data for share in bar.x)


def test_one_reader_agrees_with_nobody():
    rows = [done("Oil", "World")]
    assert figures.agreements([FIRST], rows) == {}
    assert list(figures.picture([FIRST], rows, Theme()).layout.xaxis.domain) == [0, 1]
    assert figures.in_words([FIRST], rows) == (
        "First: World 100%, Sports 0%, Business 0%, Sci/Tech 0%. 1 row."
    )


def test_the_picture_is_told_in_words():
    said = figures.in_words(READERS, ALL)
    assert said.startswith("First: World 50%, Sports 25%, Business 25%, Sci/Tech 0%. Second: ")
    assert "First &amp; Third name the same class for 50.0%." in said
    assert said.endswith("5 rows, of which 1 cannot be read.")


def test_the_words_of_the_picture_say_what_was_mended():
    rows = [done(text, "World", "World") for text in ("oil &amp; gas", "ﬁnance", "coast")]
    said = figures.in_words(READERS[:2], rows, 1)
    assert said.endswith("2 texts were mended before reading: HTML entities in 1, ligatures in 1.")
    assert "mended" not in figures.in_words(READERS[:2], rows[2:], 1)


def test_the_table_escapes_texts_and_shows_every_reader():
    shown = figures.table(READERS, ALL[:4], 1, 9)
    assert "4 of 9 rows shown. Save CSV has them all." in shown
    assert "Oil &lt;b&gt;up&lt;/b&gt; &amp; ${x}" in shown
    assert (
        shown.count('<td style="--class:var(--label-0)" data-reader="Third"><b>World</b> 0.90</td>')
        == 3
    )
    assert '<td colspan="3">The cell is empty.</td>' in shown
    assert shown.count('<tr class="differ">') == 2
    assert "…" in figures.table(READERS, [done("x" * 500, *["World"] * 3)], 1, 1)
    assert "Save CSV" not in figures.table(READERS, ALL, 1, 5)


def test_the_pace_says_how_long_it_will_take():
    assert figures.pace(500, 2000, 10) == "500 of 2,000 rows, 50 rows/s, 30 s left."
    assert figures.pace(10, 2000, 10) == "10 of 2,000 rows, 1 rows/s, 33 min left."
    bar = figures.progress("<i>", 5, 9)
    assert '<progress max="9" value="5"' in bar
    assert "&lt;i&gt;" in bar


OWN = [
    (["Quiet", "Loud"], ["Loud", "Quiet", "Loud"]),
    (["joy", "sadness", "anger", "optimism"], ["joy", "joy", "anger"]),
    (["LABEL_0", "LABEL_1"], ["LABEL_1", "LABEL_1", "LABEL_1"]),
    (["sci/tech", "World"], ["World", "World", "sci/tech"]),
    ([f"kind {number}" for number in range(20)], ["kind 19", "kind 0", "kind 8"]),
    (["<b>bad</b>", "%{x}"], ["<b>bad</b>", "%{x}", "<b>bad</b>"]),
]


@pytest.mark.parametrize(("labels", "said"), OWN)
def test_a_reader_is_shown_by_its_own_labels(labels, said):
    own = replace(FIRST, name="own", title="<i>Own</i>", labels=tuple(labels))
    rows = [done("Oil", "World", name) for name in said]
    every = list(dict.fromkeys([*CLASSES, *labels]))
    assert figures.labels([FIRST, own]) == every
    shares = figures.classes([FIRST, own], rows)
    assert list(shares) == every
    for name in labels:
        assert shares[name][1] == said.count(name) / 3
    assert sum(share for _, share in shares.values()) == pytest.approx(1)
    assert figures.agreements([FIRST, own], rows) == {}  # they cannot, with other labels
    twin = replace(own, name="twin")
    twins = [done("Oil", name, name) for name in said]
    assert figures.agreements([own, twin], twins) == {"<i>Own</i> & <i>Own</i>": 1}
    theme = Theme(dark=True)
    *stacks, _ = figures.picture([FIRST, own], rows, theme).data
    assert [bar.name for bar in stacks] == every
    assert [bar.marker.color for bar in stacks] == [theme.label(n) for n in range(len(every))]
    words = figures.in_words([FIRST, own], rows)
    assert words.count("Sports") == 1  # of the reader that knows it
    shown = figures.table([FIRST, own], rows, 1, 3)
    assert "<i>" not in words + shown
    assert "<b>bad" not in shown
    for name in said:
        assert f"--label-{every.index(name) % 8})" in shown
