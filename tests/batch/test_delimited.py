"""The dialects of CSV: what stands between cells, quotation marks, line ends, one bad row."""

import io
import time

import pytest

from demo.batch import Table

QUOTE = "A quotation mark in the row is not closed or not doubled."
DIALECTS = [  # what it is, the file, what stands between its cells, the texts that are read
    ("bars", "id|text\n1|Oil, gas; up\n2|Gas\n", "|", ["Oil, gas; up", "Gas"]),
    ("bars, quoted", 'a|headline\n1|"Oil | gas"\n', "|", ["Oil | gas"]),
    ("bars, no header", "3|Oil climbs|AP\n1|Coach quits|AP\n", "|", ["Oil climbs", "Coach quits"]),
    ("sep=;", "sep=;\nid;text\n1;Oil, up\n", ";", ["Oil, up"]),
    ("SEP=, and a mark", "\ufeffSEP=,\r\nid,text\r\n1,Oil\r\n", ",", ["Oil"]),
    ("sep in marks", '"sep=|"\nid|text\n1|Oil\n', "|", ["Oil"]),
    ("sep=tab", "sep=\t\nid\ttext\n1\tOil\n", "\t", ["Oil"]),
    ("sep of another kind", "sep=^\nid^text\n1^Oil, gas; up\n", "^", ["Oil, gas; up"]),
    ("sep against the look", "sep=;\nno,text;a\n1,Oil;b\n", ";", None),
    ("tabs, bare marks", 'id\ttext\n1\t"Oil" up\n2\t"Gas\n', "\t", ['"Oil" up', '"Gas']),
    ("tabs, marks in cells", 'id\ttext\n1\tSays "no"\n', "\t", ['Says "no"']),
    ("tabs, a mark alone", 'id\ttext\n1\t"\n2\tGas\n', "\t", ['"', "Gas"]),
    ("MySQL", 'id,text\n"1","Says \\"no\\", twice"\n', ",", ['Says "no", twice']),
    ("MySQL, at both ends", 'id,text\n"1","\\"No\\""\n"2","Yes"\n', ",", ['"No"', "Yes"]),
    ("MySQL, backslash", 'id,text\n"1","a\\\\b \\"c\\""\n', ",", ['a\\b "c"']),
    ("MySQL, NULL", 'id,text\n\\N,"Says \\"no\\""\n"2",\\N\n', ",", ['Says "no"', ""]),
    ("MySQL, tabs", "id\ttext\n1\tOil\\\tgas\n2\t\\N\n", "\t", ["Oil\tgas", ""]),
    ("MySQL, broken line", 'id,text\n"1","a \\"b\\"\\\nc"\n', ",", ['a "b"\nc']),
    ("a backslash of its own", 'id,text\n1,"Oil\\and ""gas"""\n', ",", ['Oil\\and "gas"']),
    ("decimal commas", "id;text;n\n1;Oil, gas;0,5\n2;Gas;1,5\n", ";", ["Oil, gas", "Gas"]),
    ("decimal commas alone", "7;Oil up;0,5\n8;Gas up;1,5\n", ";", ["Oil up", "Gas up"]),
    ("old Mac", "id,text\r1,Oil\r2,Gas\r", ",", ["Oil", "Gas"]),
    ("Windows, no last end", "id;text\r\n1;Oil", ";", ["Oil"]),
    ("spaces after commas", 'id, text\n1, "Oil, gas"\n', ",", ["Oil, gas"]),
    ("blank lines", "\n\nid,text\n\n1,Oil\n   \n2,Gas\n\n", ",", ["Oil", "Gas"]),
    ("prose with commas", "Oil, gas\nCoach, cup\n", ",", ["Oil, gas", "Coach, cup"]),
    ("prose with bars", "Oil up | AP\nGas up | AP\n", ",", ["Oil up | AP", "Gas up | AP"]),
    ("prose with semicolons", "Oil; up\nGas\nA; b; c\n", ",", ["Oil; up", "Gas", "A; b; c"]),
    ("marks in lines", '"No", he says\n"Yes"\n', ",", ['"No", he says', '"Yes"']),
    ("sizes", "1,000 cut\n2,500 flee\nGas\n", ",", ["1,000 cut", "2,500 flee", "Gas"]),
]  # fmt: skip


def table(text, **options):
    return Table("a.csv", lambda: io.BytesIO(text.encode()), **options)


@pytest.mark.parametrize(
    ("text", "delimiter", "read"),
    [case[1:] for case in DIALECTS],
    ids=[case[0] for case in DIALECTS],
)
def test_a_dialect_is_told_and_read_without_a_problem(text, delimiter, read):
    found = table(text)
    assert found.delimiter == delimiter
    rows = list(found)
    assert [row.problem for row in rows] == [None] * found.rows
    if read is not None:
        assert [row.cells[found.column] for row in rows] == read


@pytest.mark.parametrize(
    ("bad", "cells", "problem"),
    [
        ('9,"Gas', ["9", '"Gas'], QUOTE),
        ('9,"Gas" up', ["9", '"Gas" up'], QUOTE),
        ('9,"Gas"" up', ["9", '"Gas"" up'], QUOTE),
        ("9,Gas, up", ["9", "Gas, up"], "The row has 3 cells and the first row has 2."),
        ("9", ["9", ""], "The row has 1 cell and the first row has 2."),
        ("9," + "x" * 140_000, ["9", "x" * 140_000], "more than 131,072 characters"),
        ('"9","Gas, up', ["9", "Gas, up"], QUOTE),
    ],
)
@pytest.mark.parametrize("place", [0, 7, 150, 299])
def test_one_bad_row_keeps_its_cells_and_loses_no_other(bad, cells, problem, place):
    rows = [f'{n},"Oil, gas {n}"' for n in range(300)]
    rows.insert(place, bad)
    found = table("id,text\n" + "\n".join(rows) + "\n")
    read = list(found)
    assert len(read) == 301
    assert problem in str(read[place].problem)
    assert ",".join(read[place].cells).replace('"', "") == ",".join(cells).replace('"', "")
    assert [row.cells[1] for row in read if not row.problem] == [
        f"Oil, gas {n}" for n in range(300)
    ]


@pytest.mark.parametrize("bad", ['"a', 'x,"', '"', 'a,"b', '"\n' + "x" * 1000])
def test_nothing_but_bad_rows_takes_no_long_time(bad):
    started = time.process_time()
    found = table("id,text\n" + f"{bad}\n" * 5_000)
    assert found.rows > 1000
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Oil, gas\nCoach; team\n", ["Oil, gas", "Coach; team"]),
        ("Oil\n\n  \n\t\nGas\n\n", ["Oil", "Gas"]),
        ('"Oil" up\n"Gas"\n', ['"Oil" up', '"Gas"']),
        ("id,text\n1,Oil\n", ["id,text", "1,Oil"]),
        ("a|b\nc|d\n", ["a|b", "c|d"]),
        ("1\tOil climbs\n2\tGas\n", ["Oil climbs", "Gas"]),  # cells of a spreadsheet
        ('id\ttext\n1\t"Oil"\n', ["Oil"]),
        ('{"text": "Oil"}\n{"text": "Gas"}\n', ["Oil", "Gas"]),
        ('["Oil", "Gas"]', ["Oil", "Gas"]),
        ("[Video] Oil up\n[Live] Gas up\n", ["[Video] Oil up", "[Live] Gas up"]),
    ],
)
def test_what_is_pasted_is_a_text_a_line_unless_it_is_plainly_a_table(text, read):
    found = table(text, lines=True)
    assert [row.cells[found.column] for row in found] == read
    assert all(not row.problem for row in found)
