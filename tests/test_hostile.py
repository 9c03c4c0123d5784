"""Hostile input as a table: what people and programs send, through the API and the page."""

import json
import re
from urllib.parse import quote

import httpx
import pytest

from demo.reading import MAX_CHARACTERS
from tests.benchmarks.load import ask

pytestmark = [pytest.mark.trained, pytest.mark.slow]
MARK = "hostilemark"  # in many of the texts; in no line that the page prints

READABLE = {
    "script": "<script>alert(1)</script> oil",
    "script closed first": "</script><script>alert(1)</script>",
    "image with handler": "<img src=x onerror=alert(1)> oil prices",
    "svg with handler": "<svg/onload=alert(1)>",
    "iframe": '<iframe src="javascript:alert(1)"></iframe> court',
    "style": "</style><style>body{display:none}</style> oil",
    "textarea closed": "</textarea><b>bold</b>",
    "attribute closed": '" onmouseover="alert(1)" x="',
    "single quote closed": "' onfocus='alert(1)' autofocus='",
    "entities": "&lt;b&gt; &amp; &#39; &quot; &nbsp; &#x41;",
    "comment": "<!-- oil --> prices <!--",
    "cdata": "<![CDATA[ oil ]]>",
    "link": '<a href="javascript:alert(1)">oil</a>',
    "javascript address": "javascript:alert(document.cookie)",
    "template literal": "Price is ${alert(1)} today",
    "nested template": "${`${alert(1)}`}",
    "handlebars": "{{constructor.constructor('alert(1)')()}}",
    "jinja": "{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}",
    "format field": "{0} {text} {self.__class__} %s %(text)s %n",
    "plotly template": "%{y} %{customdata[0]} <extra>oil</extra> <br> <b>prices",
    "mathjax": "$\\frac{oil}{prices}$ and \\(x\\)",
    "markdown": "# Oil\n\n[prices](javascript:alert(1)) ![x](http://x.invalid/y.png)",
    "python": "__import__('os').system('true')",
    "shell": "; rm -rf / && $(true) `true` | oil",
    "sql": "'; DROP TABLE headlines; --",
    "path": "../../../../etc/passwd",
    "formula": "=cmd|' /C calc'!A0",
    "json": '{"data": ["oil"], "fn_index": 0}',
    "query": "?text=oil&tab=nowhere#heads",
    "format directives": "\\u0041 \\x41 \\n \\0 \\\\",
    "bert's own tokens": "[CLS] oil [SEP] prices [MASK] [PAD] [UNK] [unused1]",
    "decoder's own symbols": "<start> oil <end> <World> <Sports>",
    "vocabulary's own words": "[UNK] [unk] oil",
    "word pieces": "##ing ##s oil ##",
    "NUL": "oil\x00prices",
    "control characters": "oil\x01\x02\x1b[31m prices\x7f",
    "bell and backspace": "oil\x07\x08 prices",
    "carriage returns": "oil\r\nprices\rclimb\n",
    "line separators": "oil\u2028prices\u2029climb\x85high",
    "tabs": "\toil\t\tprices\t",
    "right to left": "نفط أسعار ترتفع",
    "override of direction": "oil \u202e secirp \u202c climb",
    "isolates": "\u2066oil\u2069 \u200fprices\u200e",
    "zero width": "o\u200bi\u200cl\u200d pri\ufeffces",
    "byte order mark": "\ufeffOil prices",
    "soft hyphens": "oil pri\u00adces",
    "combining marks": "o\u0301\u0302\u0303\u0304il " + "e" + "\u0301" * 200,
    "zalgo": "O̷̢̧͓͓̳̎̾il p̵̛̯r̶̝̈́ices",
    "decomposed": "cafe\u0301 oil",
    "half of a ligature": "ﬁnance ofﬁce ﷺ",
    "dotted capital I": "İstanbul OİL",
    "sharp s": "STRASSE straße ẞ",
    "full width": "ｏｉｌ　ｐｒｉｃｅｓ",
    "mathematical letters": "𝕠𝕚𝕝 𝓅𝓇𝒾𝒸ℯ𝓈",
    "emoji": "🛢️📈",
    "family of emoji": "👨‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 👍🏽",
    "punctuation": "!!! ... ??? ---",
    "one letter": "x",
    "one digit": "7",
    "chinese": "油价因风暴关闭炼油厂而上涨",
    "thai": "ราคาน้ำมันพุ่งขึ้น",
    "hindi": "तेल की कीमतें बढ़ीं",
    "private use": "\ue000 oil \U0010ffff\U000f0000",
    "noncharacters": "oil \ufffe \uffff prices",
    "replacement": "\ufffd\ufffd oil",
    "number": "1e309 -0 NaN Infinity 0x7fffffff",
    "long number": "9" * 500,
    "same word": "oil " * 400,
    "many different words": " ".join(f"w{i}" for i in range(1500)),
    "long word": "x" * MAX_CHARACTERS,
    "long word of emoji": "🛢" * (MAX_CHARACTERS // 2),
    "dots": "." * 5000,
    "newlines between": "\n".join("oil prices climb".split() * 200),
    "address": "https://user:pw@example.org:99999/?q=<oil>#%00",
    "prototype": "__proto__ constructor toString hasOwnProperty",
}
REFUSED = {
    "nothing": ("", "nothing to read"),
    "spaces": (" \t\n\u00a0\u2003", "nothing to read"),
    "NUL alone": ("\x00", "nothing to read"),
    "zero width alone": ("\u200b\u200d\ufeff", "nothing to read"),
    "direction marks alone": ("\u202e\u202c", "nothing to read"),
    "one character too many": ("x" * (MAX_CHARACTERS + 1), "at most 20,000 can be read"),
    "a million characters": ("oil " * 250_000, "1,000,000 characters"),
    "half an emoji": ("oil \ud83d prices", "broken characters"),
    "other half": ("\udee2", "nothing to read|broken characters"),
    "a number": (7, "must be a string|takes 1 values"),
    "nothing at all": (None, "must be a string|takes 1 values"),
    "a list": (["oil"], "must be a string|takes 1 values"),
    "an object": ({"path": "/etc/passwd"}, "must be a string|takes 1 values"),
    "a file": ({"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, "string|takes"),
    "true": (True, "must be a string|takes 1 values"),
}
assert len(READABLE) + len(REFUSED) >= 60


@pytest.fixture(scope="module")
def client():
    with httpx.Client(timeout=60) as client:
        yield client


def texts(table):
    return pytest.mark.parametrize("given", table.values(), ids=table.keys())


@texts(READABLE)
def test_what_can_be_read_is_read_by_everybody(page_url, client, given):
    shares = ask(client, page_url, "classify", given)
    assert {round(sum(of.values()), 4) for of in shares.values()} == {1.0}
    for reader in ("transformer", "bert"):
        answer = ask(client, page_url, "attention", given, reader)
        assert [given[start:end] for start, end in answer["spans"]] == [
            "" if special else token
            for token, special in zip(answer["tokens"], answer["special"], strict=True)
        ]
    written = ask(client, page_url, "alignment", given, "")
    assert all(abs(sum(row) - 1) < 1e-3 for row in written["weights"])


@texts(REFUSED)
def test_what_cannot_be_read_gets_a_sentence(page_url, client, given):
    text, sentence = given
    body = json.dumps({"data": [text]}).encode()  # escapes halves of emoji, as a program may
    place = f"{page_url}/gradio_api/call/classify"
    queued = client.post(place, content=body, headers={"Content-Type": "application/json"})
    answer = client.get(f"{place}/{queued.json()['event_id']}").text
    assert "event: error" in answer
    assert re.search(sentence, answer)
    assert "Traceback" not in answer


@pytest.mark.browser
def test_the_page_shows_every_text_as_text(open_page):
    """The fixture fails on any dialog, page error, outside request or error in the console."""
    page = open_page(path="/?tab=heads&reader=transformer")
    box = page.get_by_label("Headline", exact=True)
    page.get_by_role("checkbox", name="As you type").uncheck()
    shown = """text => [...document.querySelectorAll('#cards .card')].every(
      card => card.dataset.text === text)"""
    for name, text in READABLE.items():
        if len(text) > 5000 or "\x00" in text or "\r" in text:  # no box of a browser holds these
            continue
        box.fill(text)
        box.press("Enter")
        page.wait_for_function(shown, arg=text, timeout=20_000)
        assert page.locator("#cards .card.off").count() == 0, name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert page.evaluate("JSON.stringify(Object.keys(localStorage))") == (
        '["headline-attention-lesson"]'
    )


@pytest.mark.browser
def test_a_million_characters_in_the_box_get_a_sentence_and_stay(open_page):
    page, text = open_page(), "oil " * 250_000
    box = page.get_by_label("Headline", exact=True)
    page.get_by_role("checkbox", name="As you type").uncheck()
    box.fill(text)
    box.press("Enter")
    page.get_by_text("1,000,000 characters and at most 20,000 can be read").wait_for()
    assert box.input_value() == text
    box.fill("Oil prices climb")
    box.press("Enter")
    page.wait_for_selector('#card-bert .card[data-text="Oil prices climb"]')


@pytest.mark.browser
@pytest.mark.parametrize("tab", ["heads", "alignment", "bertviz", "evidence", "compare"])
def test_every_tab_shows_what_a_link_brings_as_text(open_page, tab):
    text = "</script><img src=x onerror=alert(1)> ${alert(1)} {{7*7}} %{y} [CLS] نفط \u202e oil 🛢️"
    page = open_page(path=f"/?tab={tab}&text={quote(text)}")
    page.wait_for_function(
        "text => document.querySelector('#card-bert .card')?.dataset.text === text", arg=text
    )
    page.wait_for_timeout(1500)
    assert page.locator("#cards img, .tabs img[src=x]").count() == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"data": "oil"}',
        b'{"data": []}',
        b'{"data": [1, 2, 3, 4]}',
        b'{"data": null}',
        b'{"data": ["' + MARK.encode() + b'"]}',
        b"\xff\xfe\x00",
    ],
)
def test_a_malformed_request_is_refused_without_a_traceback(page_url, client, body):
    place = f"{page_url}/gradio_api/call/attention"
    answer = client.post(place, content=body, headers={"Content-Type": "application/json"})
    said = answer.text
    if answer.status_code == 200:
        said = client.get(f"{place}/{answer.json()['event_id']}").text
        assert "event: error" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=app.py",
        "/gradio_api/file=trained/bert/model.safetensors",
        "/gradio_api/file=../app.py",
        "/file=/etc/passwd",
        "/static/../../app.py",
        "/assets/..%2f..%2f..%2fapp.py",
        "/gradio_api/proxy=http://127.0.0.1:22/",
        "/gradio_api/stream/x/y/z",
    ],
)
def test_no_file_is_served_but_what_the_page_needs(page_url, client, path):
    answer = client.get(page_url + path)
    assert answer.status_code in (400, 403, 404, 405)
    assert "root:" not in answer.text
    assert "load_panel" not in answer.text


def test_nothing_can_be_uploaded(page_url, client):
    files = {"files": ("headlines.csv", b"text\n" + b"oil\n" * 1000)}
    assert client.post(f"{page_url}/gradio_api/upload", files=files).status_code == 413


def test_no_text_is_printed(page_url, client, page_log):
    for values in ([f"{MARK} oil"], [f"{MARK} \ud83d"], [MARK] * 3, []):
        for endpoint in ("classify", "attention", "alignment"):
            place = f"{page_url}/gradio_api/call/{endpoint}"
            body = json.dumps({"data": values}).encode()
            queued = client.post(place, content=body, headers={"Content-Type": "application/json"})
            client.get(f"{place}/{queued.json()['event_id']}")
    assert not [line for line in page_log if MARK in line]
