"""A real Chromium in front of a real desk on a real port."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from responders.desk.app import build_app
from responders.desk.session import new_link
from responders.office import Office
from tests.builders import Clock, an_office

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """For one module: while Playwright is up its event loop runs in this thread, and no other test could run one."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def desk(office: Office, tmp_path: Path, clock: Clock) -> Iterator[str]:
    """The address of a desk that is served beside the test, over its own connection to the same database."""
    with an_office(tmp_path, clock) as its_own, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(build_app(its_own), log_level="error", ws="none", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            until = time.monotonic() + 20
            while not server.started and thread.is_alive() and time.monotonic() < until:
                threading.Event().wait(0.01)
            assert server.started
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)


@pytest.fixture
def visit(chromium: Any, desk: str, office: Office) -> Iterator[Callable[..., Any]]:
    """Opens a signed-in page; whatever the browser complains of fails the test."""
    contexts, complaints = [], []

    def opened(**options: Any) -> Any:
        context = chromium.new_context(base_url=desk, **options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("dialog", lambda dialog: (complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.goto(f"/login/{new_link(office.db, 'Ana', office.now())}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
