"""How the page is launched: its looks, its scripts, and what it does not keep."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.themes.utils.fonts import LocalFont

from demo.figures.theme import STYLE, css
from demo.page import delivery, prepared
from demo.page.views import VIEWS
from demo.sentences import for_scripts, languages, speaking

ASSETS = Path(__file__).parents[2] / "assets"
# The first six are what the others build on.
SCRIPTS = (
    *("bridge", "language", "sentences", "letters", "tables", "announce"),
    *("plots", "type", "axes", "grid", "layout", "sheet", "slide"),
    *("page", "save", "tray", "embed", "batch", "walk", "present", "guess", "lesson"),
    *("keep", "print"),
    *("strips", "arithmetic", "inside", "onward", "replay", "evidence"),
)
STYLES = ("page", "inside")
# On paper and over the page: Gradio keeps what it is given as CSS from reaching beyond its content.
HEAD_STYLES = ("print", "lesson", "guess")

# Of the fonts that Gradio carries, few hold every letter; this one does, in 400 and 700 only.
FONT = LocalFont("IBM Plex Sans", weights=(400, 700))
ACCENT = gr.themes.Color(
    *("#f7f5fe", "#ece8fb", "#dcd6f7", "#c3b8ef", "#a99be6"),
    *("#8672d8", "#6d56c9", "#5a45b5", "#4b36a8", "#2c1a7d", "#1d1155"),
    name="accent",
)
THEME = gr.themes.Base(
    primary_hue=ACCENT,
    secondary_hue=ACCENT,
    neutral_hue="zinc",
    radius_size="lg",
    text_size="lg",
    font=[FONT, "system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
)


def launch_settings() -> dict:
    """What `Blocks.launch` needs for this page to look as designed and to keep no history."""
    styles = ((ASSETS / f"{name}.css").read_text("utf-8") for name in HEAD_STYLES)
    bridge, *others = ((ASSETS / f"{name}.js").read_text("utf-8") for name in SCRIPTS)
    given = {
        "theme": STYLE,
        "languages": {code: _for_scripts(code) for code in languages()},
        "lesson": prepared.LESSON,
    }
    handed = f"Object.assign(window.headlineAttention, {json.dumps(given)});"
    return {
        "theme": THEME,
        "css_paths": [ASSETS / f"{name}.css" for name in STYLES],
        "head": f"<style>{css()}{''.join(styles)}</style>"
        + "".join(f"<script>{script}</script>" for script in (bridge, handed, *others)),
        "footer_links": ["api"],
        "run_history": False,
        "app_kwargs": {"middleware": delivery.middleware()},
        "allowed_paths": [],
        # Gradio's server-side rendering does not find the page behind a path prefix.
        "ssr_mode": False if os.environ.get("GRADIO_ROOT_PATH") else None,
        "max_file_size": 1,  # byte: no file is ever uploaded, the browser reads it
    }


def _for_scripts(language: str) -> dict[str, Any]:
    """What the scripts say in a language, and what they know of the views."""
    with speaking(language):
        views = {
            view.id: {"main": view.main, "ofText": view.of_text, "steps": view.named_steps()}
            for view in VIEWS
        }
        return {"sentences": for_scripts(), "views": views}
