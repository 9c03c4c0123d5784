"""Pictures of readings: plotly figures and HTML, pure functions of an analysis.

    >>> from demo import figures, load_panel
    >>> bert = load_panel("trained")["bert"]
    >>> figures.draw_heads(bert, "Oil hits record high")

draws in a notebook, as `draw_alignment`, `draw_inside` and `draw_evidence` do.
"""

from demo.figures.notebook import draw_alignment, draw_evidence, draw_heads, draw_inside

__all__ = ["draw_alignment", "draw_evidence", "draw_heads", "draw_inside"]
