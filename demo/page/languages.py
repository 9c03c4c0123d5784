"""The page in other languages: what its components say there, in place of what they say in English.

Gradio builds a page once, for everybody. So the page is built once in each language, and the answer
to the first request of a visitor changes whatever differs from the English page: labels, help,
choices, tabs, buttons, texts. No component needs to know of languages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr
from gradio.blocks import Block

from demo.sentences import ENGLISH, languages, speaking

Changes = dict[Block, dict[str, Any]]  # of components, by their properties


def in_other_languages(build: Callable[[], gr.Blocks]) -> dict[str, list[dict[str, Any]]]:
    """The components of a page, in the order in which they are made, in each language."""
    found = {}
    for language in languages():
        if language != ENGLISH:
            with speaking(language):
                found[language] = [block.get_config() for block in build().blocks.values()]
    return found


def translations(page: gr.Blocks, others: Mapping[str, list[dict[str, Any]]]) -> dict[str, Changes]:
    """What each language changes of the English page, which is being built."""
    blocks = list(page.blocks.values())
    return {
        language: {
            block: changes
            for block, there in zip(blocks, said, strict=False)
            if (changes := _different(block.get_config(), there))
        }
        for language, said in others.items()
    }


def merged(translation: Changes, updates: Mapping[Block, Any]) -> dict[Block, Any]:
    """Updates as an event returns them, and whatever of a translation they leave as it is."""
    found: dict[Block, Any] = dict(updates)
    for block, changes in translation.items():
        update = updates.get(block, gr.update())
        if not (isinstance(update, dict) and update.get("__type__") == "update"):
            update = gr.update(value=update)
        found[block] = gr.update(**changes) | update
    return found


def _different(here: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in there.items() if value != here[name]}
