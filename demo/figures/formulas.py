"""Formulas as MathML, which browsers set by themselves."""

from __future__ import annotations

from markupsafe import Markup


def sub(base: str, index: str) -> str:
    """A letter with an index: x, i."""
    return f"<msub>{_letter(base)}<mrow>{''.join(map(_letter, index))}</mrow></msub>"


def root(inside: str) -> str:
    """A square root."""
    return f"<msqrt>{inside}</msqrt>"


def fraction(above: str, below: str) -> str:
    """One thing over another."""
    return f"<mfrac><mrow>{above}</mrow><mrow>{below}</mrow></mfrac>"


def op(sign: str) -> str:
    """A sign, or the name of a function."""
    return f"<mo>{sign}</mo>"


def total(over: str, of: str) -> str:
    """A sum over an index, which stands beside the sign: below it, a slide has no room for it."""
    return f"<msub><mo>∑</mo><mi>{over}</mi></msub>{of}"


def formula(*parts: str) -> Markup:
    """The whole, set as one on a line of its own."""
    return Markup(f'<math displaystyle="true">{"".join(parts)}</math>')


def _letter(letter: str) -> str:
    return f"<mn>{letter}</mn>" if letter.isdigit() else f"<mi>{letter}</mi>"


_STATE = (
    "<mi>W</mi><mrow><mo>[</mo><msub><mi>s</mi><mrow><mi>i</mi><mo>−</mo><mn>1</mn></mrow></msub>"
    "<mo>;</mo><msub><mi>y</mi><mrow><mi>i</mi><mo>−</mo><mn>1</mn></mrow></msub><mo>]</mo></mrow>"
)
# Not as powers of e: the index of an exponent is too small to be read.
_EXP, _EXPS = op("exp") + sub("z", "ij"), op("exp") + sub("z", "in")
SOFTMAX = formula(sub("α", "ij"), op("="), fraction(_EXP, total("n", _EXPS)))

WORD_AND_POSITION = formula(sub("x", "i"), op("="), sub("w", "i"), op("+"), sub("p", "i"))
NORMED_SUM = formula(
    *(sub("x", "i"), op("="), op("norm"), op("("), sub("w", "i"), op("+"), sub("p", "i"), op(")"))
)
NORMED = formula(sub("x", "i"), op("="), op("norm"), op("("), sub("w", "i"), op(")"))
_BELOW = "<msup><mi>x</mi><mrow><mi>l</mi><mo>−</mo><mn>1</mn></mrow></msup>"
FROM_BELOW = formula(
    *(
        "<msubsup><mi>x</mi><mi>i</mi><mi>l</mi></msubsup>",
        op("="),
        "<msub><mi>block</mi><mrow><mi>l</mi><mo>−</mo><mn>1</mn></mrow></msub>",
    ),
    *("<mo>(</mo>", _BELOW, "<mo>)</mo>"),
)
PROJECTIONS = formula(
    *(sub("q", "i"), op("="), sub("x", "i"), sub("W", "Q"), op(",")),
    *(sub("k", "j"), op("="), sub("x", "j"), sub("W", "K")),
)
DOT_PRODUCT = formula(
    *(sub("s", "ij"), op("="), sub("q", "i"), op("·"), sub("k", "j"), op("=")),
    total("d", f"{sub('q', 'id')}{sub('k', 'jd')}"),
)
_SCALED = sub("z", "ij"), op("="), fraction(sub("s", "ij"), root("<mi>d</mi>"))
SCALED = formula(*_SCALED)
SCALED_AND_MORE = formula(*_SCALED, op("+"), sub("b", "ij"))
MIXED = formula(op("("), total("j", f"{sub('α', 'ij')}{sub('v', 'j')}"), op(")"), sub("W", "O"))

ANNOTATION = formula(
    *(sub("h", "j"), op("="), op("["), op("forward"), op(";"), op("backward"), op("]"))
)
STATE_AND_KEYS = formula(_STATE, op(","), "<mi>U</mi>", sub("h", "j"))
ADDITIVE = formula(
    *(sub("e", "ij"), op("="), "<msup><mi>v</mi><mo>⊤</mo></msup>", op("tanh")),
    *(op("("), "<mi>W</mi><mi>s</mi>", op("+"), "<mi>U</mi>", sub("h", "j"), op(")")),
)
UNSCALED = formula(sub("z", "ij"), op("="), sub("e", "ij"))
CONTEXT = formula(sub("c", "i"), op("="), total("j", f"{sub('α', 'ij')}{sub('h', 'j')}"))
