"""Whether the first row names the columns, and which column holds the texts: a table of cases."""

import io

import pytest

from demo.batch import Table

HEADED = [  # a file, the names of its columns, the texts that are read
    ("Headlines\nOil climbs again\n", ["Headlines"], ["Oil climbs again"]),
    ("News headline\nOil climbs again\n", ["News headline"], ["Oil climbs again"]),
    ("headline_text\nOil climbs\nCoach quits\n", ["headline_text"], ["Oil climbs", "Coach quits"]),
    ("articleTitle\nOil climbs\n", ["articleTitle"], ["Oil climbs"]),
    ("Schlagzeile\nÖl wird teurer\n", ["Schlagzeile"], ["Öl wird teurer"]),
    ("제목\n유가 상승\n", ["제목"], ["유가 상승"]),
    ("0\nOil climbs again\n", ["0"], ["Oil climbs again"]),  # a series without a name
    (",sentence\n0,Oil climbs again\n", ["", "sentence"], ["Oil climbs again"]),
    (",0\n0,Oil climbs again\n1,Coach quits\n", ["", "0"], ["Oil climbs again", "Coach quits"]),
    ("date,news_headline\n2004-08-01,Oil up\n", ["date", "news_headline"], ["Oil up"]),
    ("date,lede\n2004-08-01,Oil up\n", ["date", "lede"], ["Oil up"]),
    ("day,what\n2004-08-01,Oil up\n2004-08-02,Gas up\n", ["day", "what"], ["Oil up", "Gas up"]),
    ("Unnamed: 0,what\n0,Oil up\n", ["Unnamed: 0", "what"], ["Oil up"]),
    (";id;Überschrift;\n0;7;Öl;\n", ["", "id", "Überschrift", ""], ["Öl"]),
    ("country,2003,Title\nUS,5,Oil up\n", ["country", "2003", "Title"], ["Oil up"]),
    ("desk,content\nBusiness,Oil climbs again\n", ["desk", "content"], ["Oil climbs again"]),
]
HEADLESS = [  # a file and the texts that are read, its first row among them
    ("Oil climbs again\nCoach quits\n", ["Oil climbs again", "Coach quits"]),
    ("Title race opens\nCoach quits\n", ["Title race opens", "Coach quits"]),
    ("Text of treaty leaks\nCoach quits\n", ["Text of treaty leaks", "Coach quits"]),
    ("Oil climbs\n", ["Oil climbs"]),
    ("3,Oil climbs\n1,Coach quits\n", ["Oil climbs", "Coach quits"]),
    (",Oil climbs again\n,Coach quits team\n", ["Oil climbs again", "Coach quits team"]),
    ("2004-08-01;Oil up\n2004-08-02;Gas up\n", ["Oil up", "Gas up"]),
    ("Oil climbs,news\nCoach quits,news\n", ["Oil climbs", "Coach quits"]),
    (
        "http://a.b/c,Oil up\nhttp://a.b/d,Coach quits the team\n",
        ["Oil up", "Coach quits the team"],
    ),
    ("Oil,Oil\nCoach quits team,Gas\n", ["Oil", "Coach quits team"]),
    ("1990,Wall falls\n1991,Union ends\n", ["Wall falls", "Union ends"]),
]


def table(text, **options):
    return Table("a.csv", lambda: io.BytesIO(text.encode()), **options)


def texts(found):
    return [row.cells[found.column] for row in found]


@pytest.mark.parametrize(("text", "names", "read"), HEADED)
def test_a_first_row_that_names_the_columns_is_not_read(text, names, read):
    found = table(text)
    assert (list(found.columns), texts(found)) == (names, read)
    assert found.rows == len(read)


@pytest.mark.parametrize(("text", "read"), HEADLESS)
def test_a_first_row_that_is_a_text_is_read(text, read):
    found = table(text)
    assert texts(found) == read
    assert not found.header


@pytest.mark.parametrize("text", [*(case[0] for case in HEADED), *(case[0] for case in HEADLESS)])
def test_what_a_person_says_of_the_first_row_holds(text):
    without = table(text, header=False)
    assert without.rows == text.count("\n")
    if without.rows > 1:
        named = table(text, header=True)
        assert named.rows == without.rows - 1
        assert list(named.columns) == next(iter(without)).cells
        again = without.with_header(True)
        assert [row.cells for row in again] == [row.cells for row in named]


def test_a_first_row_alone_cannot_name_the_columns_of_nothing():
    with pytest.raises(ValueError, match="holds no headline"):
        table("Oil climbs\n", header=True)


@pytest.mark.parametrize(
    ("columns", "read"),
    [
        ("id,title,text", "text"),
        ("id,title,headline", "headline"),
        ("id,HEADLINE ,body", "HEADLINE "),
        ("url,news_title,desk", "news_title"),
        ("title_id,full_text,length", "full_text"),
        ("id,what,url", "what"),
        ("news,what,url", "what"),
    ],
)
def test_the_column_is_told_by_its_name_else_by_its_words(columns, read):
    cells = {"what": "Oil climbs as storm shuts wells", "url": "http://long.example/" + "x" * 80}
    row = [cells.get(name, "1 2") for name in columns.split(",")]
    found = table(f"{columns}\n{','.join(row)}\n{','.join(row)}\n", header=True)
    assert found.columns[found.column] == read
