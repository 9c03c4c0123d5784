"""What the page leaves out of Gradio's bookkeeping, and what has to work all the same."""

import gradio as gr
import httpx
import pytest
from gradio_client import Client

from demo.page.gradio_compat import Page
from tests.benchmarks.load import ask

TEXT = "Oil prices climb"


@pytest.fixture(scope="module")
def page():
    """A page with an endpoint and with a state that each session has for itself."""

    def repeat(text: str) -> str:
        return text

    def count(text: str, seen: list) -> tuple[str, list]:
        seen = [*seen, text]
        return " ".join(seen), seen

    with Page(analytics_enabled=False) as page:
        box, seen = gr.Textbox(), gr.State([])
        gr.Button().click(count, [box, seen], [box, seen], api_name="count")
        gr.api(repeat, api_name="repeat")
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True)
    page.url = url.rstrip("/")
    yield page
    page.close()


def test_a_request_without_a_session_leaves_nothing_behind(page):
    before = set(page.state_holder.session_data)
    with httpx.Client(timeout=60) as client:
        for index in range(20):
            assert ask(client, page.url, "repeat", f"{TEXT} {index}") == f"{TEXT} {index}"
    assert set(page.state_holder.session_data) == before
    assert set(page.state_holder.time_last_used) == before


def test_each_session_keeps_its_own_state(page):
    one, other = (Client(page.url, verbose=False) for _ in range(2))
    assert one.predict("a", api_name="/count") == "a"
    assert other.predict("b", api_name="/count") == "b"
    assert one.predict("c", api_name="/count") == "a c"


def test_a_session_holds_no_description_of_the_page(page):
    client = Client(page.url, verbose=False)
    client.predict(TEXT, api_name="/count")
    session = page.state_holder.session_data[client.session_hash]
    assert list(session.components) == []
    assert [one["type"] for one in page.get_config_file()["components"]] != []
