import json
import re
from html import unescape

from demo.figures.chips import chips


def test_a_chip_asks_for_what_it_is_given():
    asked = {"text": 'Say "no" <now> & then', "set": {"mode": "texts"}}
    shown = chips("Pairs & more", {"A <pair>": asked})
    assert 'aria-label="Pairs &amp; more"' in shown
    assert "A &lt;pair&gt;</button>" in shown
    (given,) = re.findall(r'data-ask="(.*?)"', shown)
    assert json.loads(unescape(given)) == asked
