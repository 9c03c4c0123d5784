"""Every picture of every view as it is saved for a slide, by its SVG's geometry, in Chromium."""

import io
from urllib.parse import urlencode

import numpy as np
import pytest
from PIL import Image

pytestmark = [pytest.mark.trained, pytest.mark.browser, pytest.mark.slow]
WIDTH, HEIGHT = 1920, 1080
LEAST_TYPE, LEAST_WORD, LEAST_INDEX = 24, 28, 16  # px of a slide; an index of a formula is smaller
ROUNDED = 1  # px
TEXTS = {
    20: "Oil prices climb to a record high as a storm shuts refineries along the Gulf coast "
    "and traders fear shortages",
    60: "Oil prices climbed to a record high on Monday after a storm shut refineries along the "
    "Gulf coast and traders feared that shortages of gasoline would last for weeks, while analysts "
    "at several banks said that demand from China and India had grown faster than anyone expected "
    "this year and that producers could hardly pump more crude oil before the winter",
}
HEADS = ("heads-small", "head-large")
PICTURES = {  # of each view as its query opens it
    ("heads", "reader=transformer"): HEADS,
    ("heads", "reader=bert&layer=3&head=4"): (*HEADS, "heads-all"),
    ("heads", "reader=bert&layer=3&head=4&words=1&specials=folded"): (*HEADS, "heads-all"),
    ("inside", "reader=transformer"): ("inside", "inside-onward"),
    ("inside", "reader=bert&layer=1&head=4"): ("inside", "inside-onward"),
    ("inside", "reader=rnnsearch"): ("inside",),
    ("inside", "kinds=both"): ("inside",),
    ("alignment", "reader=rnnsearch"): ("alignment",),
    ("alignment", "reader=rnnsearch&own=Oil+climbs+as+storm+hits+coast"): ("alignment",),
    ("alignment", "reader=transformer"): ("alignment",),
    ("alignment", "reader=bert"): ("alignment",),
    ("bertviz", "reader=bert"): ("bertviz",),
    ("evidence", "reader=transformer"): ("evidence-sum", "evidence", "head-shares"),
    ("evidence", "reader=bert&out=0&label=World"): ("evidence-sum", "evidence", "head-shares"),
    ("evidence", "reader=bert&map=masked"): ("evidence-sum", "ablation"),
    ("evidence", "reader=rnnsearch"): ("evidence-sum", "evidence"),
    ("compare", "reader=transformer&mode=texts"): (
        "compare",
        "compare-difference",
        "compare-sides",
    ),
    ("compare", "reader=bert&mode=readers&other=transformer"): (
        "compare",
        "compare-difference",
        "compare-sides",
    ),
    ("compare", "reader=rnnsearch&mode=texts"): ("compare", "compare-difference", "compare-sides"),
}
OF_MODELS = ("models-overview", "confusion", "reliability", "atlas")

# Every text of an SVG that is put into the page: what it says, its size in px of the slide, and the
# corners of its letters, which may stand aslant. A line of type is higher than its letters: what no
# letter of a label reaches is left out. A browser sets the letters of a formula by itself.
LABELS = """svg => {
  const host = document.createElement("div");
  host.style = "position: fixed; left: 0; top: 0; z-index: 999";
  host.innerHTML = svg;
  document.body.append(host);
  const texts = [...host.querySelectorAll("text")].filter(text => text.textContent.trim());
  const labels = texts.map(text => {
    const box = text.getBBox(), matrix = text.getScreenCTM();
    const scale = Math.hypot(matrix.a, matrix.b);
    const size = parseFloat(getComputedStyle(text).fontSize);
    const lines = Math.max(Math.round(box.height / (1.3 * size)), 1);
    const over = (box.height - (1.3 * lines - 0.3) * size) / 2;
    const edges = [[box.x, box.y + over], [box.x + box.width, box.y + over],
      [box.x + box.width, box.y + box.height - over], [box.x, box.y + box.height - over]];
    const corners = edges.map(([x, y]) => [
      matrix.a * x + matrix.c * y + matrix.e, matrix.b * x + matrix.d * y + matrix.f,
    ]);
    const formula = getComputedStyle(text).fontFamily.includes("Math");
    return { said: text.textContent, size: size * scale, corners, formula };
  });
  host.remove();
  return labels;
}"""
SVG = "id => headlineAttention.slide.svg(document.getElementById(id))"
# The SVG and the PNG of a picture, drawn to the same small size.
DRAWN = """async ([id, width, height]) => {
  const picture = document.getElementById(id), { slide } = headlineAttention;
  const [svg, png] = [await slide.svg(picture), await slide.png(picture)];
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d").drawImage(image, 0, 0);
  const written = async blob => [...new Uint8Array(await blob.arrayBuffer())];
  return [
    await written(await new Promise(done => canvas.toBlob(done))), await written(png), svg,
    image.naturalWidth, image.naturalHeight,
  ];
}"""


@pytest.fixture(scope="module")
def page(open_kept_page):
    """One page for all pictures."""
    return open_kept_page()


def show(page, url, view, query, text, pictures):
    """Open a view, and wait until its pictures are drawn of this text."""
    page.goto(f"{url}/?tab={view}&{query}&{urlencode({'text': text})}")
    page.wait_for_selector("#card-transformer .card[data-text]", state="attached")
    for picture in pictures:
        kinds = (".js-plotly-plot .main-svg", ".strip", "iframe")
        drawn = ", ".join(f"#{picture} {kind}" for kind in kinds)
        page.locator(drawn).first.wait_for()
    page.wait_for_timeout(300)


def apart(one, other):
    """Whether a line parts two convex shapes, (corners, 2) px each; by `ROUNDED` they may meet."""
    for shape in (one, other):
        for start, end in zip(shape, np.roll(shape, -1, axis=0), strict=True):
            across = np.array([start[1] - end[1], end[0] - start[0]]) / np.linalg.norm(end - start)
            first, second = one @ across, other @ across
            if min(first.max() - second.min(), second.max() - first.min()) <= ROUNDED:
                return True
    return False


def faults(labels, words):
    """What is wrong with the labels of a slide, as sentences."""
    found = []
    corners = [np.array(label["corners"]) for label in labels]
    for label, shape in zip(labels, corners, strict=True):
        least = LEAST_WORD if label["said"].strip(" ?…") in words else LEAST_TYPE
        least = LEAST_INDEX if label["formula"] else least
        if label["size"] < least - 0.1:
            found.append(f"{label['said']!r} has {label['size']:.1f} px")
        if shape.min() < 0 or (shape.max(axis=0) > (WIDTH, HEIGHT)).any():
            found.append(f"{label['said']!r} is cut: {shape.round().tolist()}")
    for index, shape in enumerate(corners):
        for place in range(index):
            near = (np.abs(shape.mean(0) - corners[place].mean(0)) < (700, 120)).all()
            within = labels[index]["formula"] and labels[place]["formula"]
            if near and not within and not apart(shape, corners[place]):
                found.append(f"{labels[place]['said']!r} touches {labels[index]['said']!r}")
    return found


def check(page, picture, text=""):
    labels = page.evaluate(LABELS, page.evaluate(SVG, picture))
    assert labels
    words = set(text.replace(",", "").split())
    if picture in ("evidence", "compare"):  # sentences below the text have words of it as well
        for word in words:
            sizes = [label["size"] for label in labels if label["said"].strip(",") == word]
            assert max(sizes) >= LEAST_WORD, word
        words = set()
    if picture.startswith("inside"):  # as above, and rows that find no room are left out
        named = [one for one in labels if one["said"] in words and one["size"] >= LEAST_WORD]
        assert len(named) > 1 or picture == "inside-onward"
        words = set()
    assert faults(labels, words) == []
    return [label["said"] for label in labels]


@pytest.mark.parametrize("count", TEXTS)
@pytest.mark.parametrize("opened", PICTURES, ids="-".join)
def test_no_label_of_a_slide_is_cut_or_small_or_touches_another(page, page_url, opened, count):
    view, query = opened
    text = TEXTS[count]
    if "mode=texts" in query:
        query += "&" + urlencode({"second": text.replace("storm", "strike")})
    show(page, page_url, view, query, text, PICTURES[opened])
    for picture in PICTURES[opened]:
        said = check(page, picture, text)
        if "own=" in query:
            assert "headline: yours" in said[0]
        if picture in ("compare-difference", "compare-sides") and "mode=texts" in query:
            assert [line.split(":")[0] for line in said[1:3]] == ["First", "Second"]


def test_what_is_not_of_the_text_is_not_headed_by_it(page, page_url):
    for query in ("reader=bert", "reader=bert&habit=near", "reader=transformer"):
        show(page, page_url, "models", query, TEXTS[20], OF_MODELS)
        for picture in OF_MODELS:
            assert not any("Oil" in said for said in check(page, picture))
    page.goto(f"{page_url}/?tab=batch")
    page.fill("#batch-lines textarea", "Chelsea buy striker\nOil prices climb\nProbe lands on moon")
    page.click("#batch-run")
    page.locator("#batch-summary .main-svg").first.wait_for()
    assert not any("coast" in said for said in check(page, "batch-summary"))


@pytest.mark.parametrize("picture", ["head-large", "evidence"])
def test_png_and_svg_agree_and_carry_the_typeface(page, page_url, picture):
    view = {"head-large": "heads"}.get(picture, picture)
    show(page, page_url, view, "reader=bert", TEXTS[20], [picture])
    svg, png, source, *size = page.evaluate(DRAWN, [picture, WIDTH, HEIGHT])
    assert size == [WIDTH, HEIGHT]
    assert source.count("@font-face") == 2
    assert "data:font/woff2" in source
    with Image.open(io.BytesIO(bytes(png))) as fine, Image.open(io.BytesIO(bytes(svg))) as drawn:
        assert fine.size == (2 * WIDTH, 2 * HEIGHT)
        small = np.asarray(fine.convert("RGB").resize((WIDTH, HEIGHT), Image.Resampling.BOX), float)
        plain = np.asarray(drawn.convert("RGB"), float)
    assert np.abs(small - plain).mean() < 2  # of 255; the edges of letters are smoothed otherwise
    assert (plain.std(axis=(0, 1)) > 5).all()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_slide_does_not_depend_on_the_screen(open_page, page_url, theme):
    said = []
    for width, height in ((1920, 1080), (1024, 700)):
        page = open_page(width, height, theme, path="/?tab=heads&reader=bert")
        show(page, page_url, "heads", "reader=bert", TEXTS[20], ["head-large"])
        said.append(page.evaluate(LABELS, page.evaluate(SVG, "head-large")))
    one, other = ([label["said"] for label in labels] for labels in said)
    assert one == other
    for first, second in zip(*said, strict=True):
        np.testing.assert_allclose(first["corners"], second["corners"], atol=1.5)
