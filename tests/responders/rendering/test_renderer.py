"""The rendering child: its limits, what it keeps from a template, and that it comes back whenever it is gone."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from responders.rendering import renderer as rendering
from responders.rendering import started
from responders.rendering.child import OUTPUT_MOST, read_letters, read_replies
from responders.rendering.names import NAMES
from responders.rendering.renderer import CannotRender, Fault, Renderer, Sheet
from responders.rendering.started import Child, Ended
from responders.shipped import shipped

GOOD = Sheet("letter", {"good.txt": "Hello {{ who }}"})


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    one = Renderer(wall_s=30.0)  # CI may be busy; what is limited by the clock is tried with a clock of its own
    yield one
    one.close()


@pytest.fixture(scope="module")
def hasty() -> Iterator[Renderer]:
    """With a fifth of the time for computing, so that the tests of it take as little."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(started, "_PROGRAM", with_setting("CPU_S = 0.2"))
        one = Renderer(wall_s=30.0)
        yield one
        one.close()


def with_setting(line: str) -> str:
    """The child's program, with one of its settings changed."""
    return started._PROGRAM.replace("import main;", f"import main; sys.modules[main.__module__].{line};")


def letter(text: str, name: str = "mine.txt", **others: str) -> Sheet:
    return Sheet("letter", {name: text, **others})


def said_of(renderer: Renderer, text: str, **values: Any) -> str:
    """What is told of a template that can't be rendered; the next one is rendered all the same."""
    sheet = letter(text)
    with pytest.raises(Fault) as caught:
        renderer.render(sheet, "mine.txt", values)
    assert renderer.render(GOOD, "good.txt", {"who": "Mira"}) == "Hello Mira"
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}" + 3 * "{% endfor %}",
        "{{ 7 ** 99999999 }}",
        "{% macro a(n) %}{% if n %}{{ a(n - 1) }}{{ a(n - 1) }}{% endif %}{% endmacro %}{{ a(60) }}",
    ],
)  # fmt: skip
def test_going_round_for_ever_ends(hasty: Renderer, text: str) -> None:
    assert said_of(hasty, text) == "it takes more than a second of computing"


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'x' * 10 ** 9 }}",
        "{{ 'x' | center(10 ** 9) }}",
        "{{ '%01000000000d' % 7 }}",
        "{{ '{:>1000000000}'.format(7) }}",
        "{{ 'x' | indent(10 ** 9, true) }}",
        "{{ [0] * 10 ** 9 }}",
        "{{ who.ljust(10 ** 9) }}",
    ],
)  # fmt: skip
def test_swelling_up_ends(renderer: Renderer, text: str) -> None:
    assert said_of(renderer, text, who="Mira") == "it takes more than 256 MB of memory"


def test_swelling_up_little_by_little_ends(renderer: Renderer) -> None:
    swell = "{% for n in range(40) %}{% set it.all = it.all ~ it.all %}{% endfor %}"
    text = "{% set it = namespace(all='x' * 999) %}" + swell
    # Whichever comes first: a busy machine takes its time to hand out 256 MB.
    assert re.search("256 MB of memory|a second of computing", said_of(renderer, text))


@pytest.mark.parametrize(
    "text",
    ["{{ 'x' * 2000001 }}", "{% for n in range(90000) %}{{ 'really ' * 9 }}{% endfor %}", "{{ '%09000000d' % 7 }}"],
)
def test_no_text_is_endless(renderer: Renderer, text: str) -> None:
    assert said_of(renderer, text) == "it makes a longer text than anyone would read"


def test_a_text_of_just_that_length_is_given(renderer: Renderer) -> None:
    most = OUTPUT_MOST["letter"]
    assert len(renderer.render(letter("{{ '\x07' * most }}"), "mine.txt", {"most": most})) == most


@pytest.mark.parametrize(
    "text",
    [
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% include 'mine.txt' %}",
        "{% extends 'mine.txt' %}",
        "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
        "{{ " + "not " * 50_000 + "1 }}",
    ],
)
def test_calling_itself_ends(renderer: Renderer, text: str) -> None:
    assert said_of(renderer, text) in (
        "it is nested too deeply, or calls itself",
        "the child process that renders it does not survive it (it ended with -11)",  # where C's stack ends first
    )


def test_the_clock_ends_what_takes_no_computing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that was stopped from outside answers nothing, and computes nothing."""
    impatient = Renderer(wall_s=0.05)
    ask = Child.ask

    def stopped_first(self: Child, message: bytes, patience_s: float) -> bytes:
        os.kill(self.pid, signal.SIGSTOP)
        return ask(self, message, patience_s)

    monkeypatch.setattr(Child, "ask", stopped_first)
    with pytest.raises(Fault, match=r"more than 0\.05 s"):
        impatient.render(GOOD, "good.txt", {"who": "Mira"})
    # A request that no pipe holds is written no longer than that either.
    with pytest.raises(Fault, match=r"more than 0\.05 s"):
        impatient.render(GOOD, "good.txt", {"who": "M" * 1_000_000})
    impatient.close()


# What is tried on sandboxes: the public escapes of Jinja's, and plain reaching.
ESCAPES = [
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'] }}",
    "{{ '' | attr('__class__') }}",
    "{{ '' | attr('__cla' ~ 'ss__') }}",
    "{{ ['']| map(attribute='__class__') | list }}",
    "{{ '{0.__class__}'.format('') }}",
    "{{ ('{0.__class__}' | attr('format'))('') }}",  # CVE-2024-56326 and CVE-2025-27516
    "{{ ['{0.__class__}'] | map('attr', 'format') | list }}",
    "{{ '{x.__class__}'.format_map({'x': ''}) }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ range.__init__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ lipsum.__globals__ }}",
    "{{ lipsum() }}",
    "{{ host.__globals__ }}",
    "{{ config }}",
    "{{ request }}",
    "{{ given.update({'a': 1}) }}",
    "{{ given.clear() }}",
    "{{ listed.append(1) }}",
    "{{ (1).__class__ }}",
    "{{ given.items.__self__ }}",
    "{% macro a() %}{% endmacro %}{{ a.__globals__ }}",
    "{% macro a() %}{% endmacro %}{{ a._func }}",
    "{% set x = cycler('a') %}{{ x.__init__.__func__ }}",
    "{{ (given | xmlattr).__class__ }}",
    "{{ ''.encode().__class__ }}",
    "{{ ({}|string).__init__.__globals__ }}",
    "{% include '/etc/passwd' %}",
    "{% include '../replies/help/short.txt' %}",
    "{% import '/etc/passwd' as p %}{{ p }}",
    "{% from 'os' import popen %}",
    "{% extends '/etc/hostname' %}",
    "{{ 1 / 0 }}",
    "{% debug %}",
    "{% do given.clear() %}",
]


@pytest.mark.parametrize("text", ESCAPES)
def test_nothing_reaches_out_of_the_sandbox(renderer: Renderer, text: str) -> None:
    try:
        said = renderer.render(letter(text), "mine.txt", {"given": {"a": 2}, "listed": [1]})
    except Fault as why:
        said = str(why)
    assert not re.search(r"does not survive|class '|root:|uid=|built-in function|<module", said)


@given(
    said=st.text(st.characters(), max_size=300) | st.sampled_from(["{{ 7 * 7 }}", "{% raw %}", "{# gone #}", "\ud800"])
)
@settings(max_examples=150, deadline=None)
def test_what_they_wrote_comes_out_as_it_went_in(renderer: Renderer, said: str) -> None:
    assert renderer.render(GOOD, "good.txt", {"who": said}) == f"Hello {said}"


@pytest.mark.parametrize("name", ["week.html", "part.html.j2", "part", "week.txt.html", "WEEK.TXT"])
def test_all_but_plain_text_is_escaped(renderer: Renderer, name: str) -> None:
    assert renderer.render(Sheet("letter", {name: "{{ who }}"}), name, {"who": "<b>"}) == "&lt;b&gt;"


def test_what_a_file_is_called_can_be_anything(renderer: Renderer) -> None:
    """A compiled template's code holds its name: CVE-2024-56201."""
    name = "'\"}{% endfor %}\n{{ 7 * 7 }}\\N{x}{.__class__}"
    assert renderer.render(Sheet("letter", {name: "{{ 6 * 7 }}"}), name, {}) == "42"
    assert said_of(renderer, "{% include '{% x' ignore missing %}{{ nothing }}").startswith("'nothing' is undefined")


def test_the_child_holds_no_secret_and_can_open_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Were the sandbox to fail altogether: this is what stands behind it."""
    monkeypatch.setenv("WARMLINE_WRITE_SECRET", "s3cret")
    reaching = (
        "import sys, os, json; sys.path += sys.argv[1:]\n"
        "from responders.rendering import child\n"
        "def tried(reach):\n"
        "    try: return repr(reach())\n"
        "    except OSError as why: return type(why).__name__\n"
        "def answer(asked, sheets):\n"
        "    import resource\n"
        "    return {'text': json.dumps({'environ': sorted(os.environ), 'cwd': os.getcwd(),\n"
        "        'open': [n for n in range(256) if not tried(lambda: os.fstat(n)).startswith('OSE')],\n"
        "        'read': tried(lambda: open('/etc/hostname').read()),\n"
        "        'write': tried(lambda: open(asked['values']['file'], 'w')),\n"
        "        'socket': tried(lambda: __import__('_socket').socket()),\n"
        "        'core': resource.getrlimit(resource.RLIMIT_CORE),\n"
        "        'ours': sorted(n for n in sys.modules if n.startswith(('listener', 'responders')))})}\n"
        "import _socket\n"
        "child.answer = answer; child.main()\n"
    )  # fmt: skip
    monkeypatch.setattr(started, "_PROGRAM", reaching)
    kept_open = (tmp_path / "held").open("w")
    one = Renderer(wall_s=30.0)
    try:
        told = json.loads(one.render(GOOD, "good.txt", {"file": str(tmp_path / "mine.txt")}))
    finally:
        one.close()
        kept_open.close()
    assert set(told["environ"]) <= {"LC_CTYPE", "LD_LIBRARY_PATH"}  # Python sets the first for itself
    assert (told["cwd"], told["open"], told["core"]) == ("/", [0, 1, 2], [0, 0])
    assert (told["read"], told["write"], told["socket"]) == ("OSError", "OSError", "OSError")
    assert not (tmp_path / "mine.txt").exists()
    assert told["ours"] == [
        "responders", "responders.rendering", "responders.rendering.child", "responders.rendering.grammar",
        "responders.rendering.layout", "responders.rendering.names",
    ]  # fmt: skip


def test_a_child_killed_from_outside_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two renderings, and in the middle of one."""
    one = Renderer(wall_s=30.0)
    assert one.render(GOOD, "good.txt", {"who": "Mira"}) == "Hello Mira"
    begun: list[int] = []
    ask = Child.ask

    def killed_once(self: Child, message: bytes, patience_s: float) -> bytes:
        begun.append(self.pid)
        if len(begun) == 1:
            os.kill(self.pid, signal.SIGKILL)
        return ask(self, message, patience_s)

    monkeypatch.setattr(Child, "ask", killed_once)
    assert one.render(GOOD, "good.txt", {"who": "Jo"}) == "Hello Jo"
    assert len(set(begun)) == 2
    with pytest.raises(ProcessLookupError):
        os.kill(begun[0], 0)  # it was waited for
    one.close()
    with pytest.raises(ProcessLookupError):
        os.kill(begun[1], 0)


def test_a_child_killed_in_the_middle_of_a_rendering_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Renderer(wall_s=30.0)
    read = Child._bytes
    killed: list[int] = []

    def killed_while_waited_for(self: Child, size: int, by: float) -> Iterator[bytes]:
        if not killed and self.known:
            killed.append(self.pid)
            os.kill(self.pid, signal.SIGKILL)
        return read(self, size, by)

    assert one.render(GOOD, "good.txt", {"who": "Mira"}) == "Hello Mira"
    monkeypatch.setattr(Child, "_bytes", killed_while_waited_for)
    busy = letter("{% for n in range(9000) %}{% endfor %}Done, {{ who }}")
    assert one.render(busy, "mine.txt", {"who": "Jo"}) == "Done, Jo"
    assert killed
    one.close()


def test_what_passes_a_limit_three_times_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    one, bad = Renderer(wall_s=30.0), letter("{{ 'x' * 3000000 }}")
    for _ in range(rendering.STRIKES):
        with pytest.raises(Fault, match="longer text"):
            one.render(bad, "mine.txt", {})
    monkeypatch.setattr(Child, "__init__", lambda self: pytest.fail("a child was started for it"))
    with pytest.raises(Fault, match="left alone"):
        one.render(bad, "mine.txt", {})
    one.close()


def test_without_a_child_nothing_is_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Renderer()

    def no_fork(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    with monkeypatch.context() as broken:
        broken.setattr(started.subprocess, "Popen", no_fork)
        with pytest.raises(CannotRender, match=r"can't be started.*temporarily unavailable"):
            one.render(GOOD, "good.txt", {"who": "Mira"})
    with monkeypatch.context() as broken:
        broken.setattr(started, "_PROGRAM", "raise SystemExit(3)")
        with pytest.raises(CannotRender, match=r"did not come up \(it ended with 3\)"):
            one.render(GOOD, "good.txt", {"who": "Mira"})
    assert one.render(GOOD, "good.txt", {"who": "Mira"}) == "Hello Mira"  # and again as soon as it can
    one.close()


@pytest.mark.parametrize("told", [b"", b"no JSON", b"[" * 100_000, b"[1]", b'{"fault": "x"}'])
def test_a_child_that_answers_nonsense_is_not_believed(monkeypatch: pytest.MonkeyPatch, told: bytes) -> None:
    one = Renderer(wall_s=30.0)
    with monkeypatch.context() as foul:
        foul.setattr(Child, "ask", lambda self, message, patience_s: told)
        with pytest.raises(Fault, match="does not survive"):
            one.render(GOOD, "good.txt", {"who": "Mira"})
    assert one.render(GOOD, "good.txt", {"who": "Mira"}) == "Hello Mira"
    one.close()


def test_an_answer_too_long_to_be_true_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    shouting = "import sys; sys.stdout.buffer.raw.write(b'\\0\\0\\0\\2{}' + b'\\xff' * 4); sys.stdin.read()"
    monkeypatch.setattr(started, "_PROGRAM", shouting)
    child = Child()
    with pytest.raises(Ended):
        child.ask(b"{}", 30.0)


def test_it_goes_when_nobody_asks_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(started, "_PROGRAM", with_setting("IDLE_S = 0.01"))
    one = Renderer(wall_s=30.0)
    one.close()
    child = Child()
    child._child.wait()  # by itself
    assert child.end() == 0
    monkeypatch.undo()
    assert one.render(GOOD, "good.txt", {"who": "Mira"}) == "Hello Mira"
    one.close()


def test_it_goes_when_whoever_asks_is_gone() -> None:
    child = Child()
    for pipe in child._pipes:
        pipe.close()
    assert child._child.wait() == 0
    child.end()


def test_a_process_that_was_forked_off_has_its_own() -> None:
    one = Renderer(wall_s=30.0)
    assert one.render(GOOD, "good.txt", {"who": "Mira"}) == "Hello Mira"
    if (forked := os.fork()) == 0:
        done = 1
        try:
            said = one.render(GOOD, "good.txt", {"who": "Jo"})
            own = one._child is not None and one._child.owner == os.getpid()
            one.close()
            done = 0 if own and said == "Hello Jo" else 2
        finally:
            os._exit(done)
    assert os.waitpid(forked, 0)[1] == 0
    before = one._child
    assert one.render(GOOD, "good.txt", {"who": "Ana"}) == "Hello Ana"
    assert one._child is before
    one.close()


def test_two_threads_at_once_get_each_their_own(renderer: Renderer) -> None:
    both = threading.Barrier(2)

    def asks(who: str) -> set[str]:
        both.wait()
        return {renderer.render(GOOD, "good.txt", {"who": f"{who} {n}"}).removesuffix(f" {n}") for n in range(200)}

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(asks, ["Mira", "Jo"])) == [{"Hello Mira"}, {"Hello Jo"}]


def test_one_that_goes_round_for_ever_holds_up_no_other_thread_for_long(renderer: Renderer) -> None:
    endless = letter("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %} ")
    with ThreadPoolExecutor(2) as threads:
        bad = threads.submit(renderer.render, endless, "mine.txt", {})
        good = [threads.submit(renderer.render, GOOD, "good.txt", {"who": str(n)}) for n in range(50)]
        assert [one.result() for one in good] == [f"Hello {n}" for n in range(50)]
        assert isinstance(bad.exception(), Fault)


def test_a_child_full_of_sheets_is_started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "SHEETS_MOST", 3)
    one = Renderer(wall_s=30.0)
    for n in range(10):
        assert one.render(letter(f"{n} {{{{ who }}}}"), "mine.txt", {"who": "Mira"}) == f"{n} Mira"
        assert one._child is not None
        assert len(one._child.known) <= 3
    one.close()


# The same text as in this process, for all that is shipped.


def values(said: str) -> dict[str, dict[str, str | bool]]:
    given: dict[str, dict[str, str | bool]] = {owner: dict.fromkeys(names, said) for owner, names in NAMES.items()}
    given["person"] |= {"first_time": False, "returning": True, "same_again": bool(said), "answered_before": not said}
    return given


@pytest.mark.parametrize("said", ["", "the lamp", "{{ 7 * 7 }} <b>&amp;</b> “quoted” \x00\u2028 🕯\ufe0f\n\n\ud800"])
def test_every_reply_reads_as_it_does_in_this_process(renderer: Renderer, said: str) -> None:
    found = sorted(shipped("templates", "replies").rglob("*.txt"))
    assert len(found) > 50
    for path in found:
        sources = {"it": path.read_text(encoding="utf-8").partition("---\n")[2]}
        here = read_replies(sources)("it").render(values(said))
        assert renderer.render(Sheet("reply", sources), "it", values(said)) == here


def test_the_letter_reads_as_it_does_in_this_process(renderer: Renderer) -> None:
    folder = shipped("templates", "digest")
    sources = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    entry = {
        "who": "Mira <b>",
        "told": "on X",
        "quotes": [["", "“hi” {{ 1 }}"], ["We: ", "東京" * 60]],
        "link": "https://a.example/",
    }
    section = {"title": "Kind words", "entries": [entry], "after": "Two more.", "link": "http://127.0.0.1:8100/"}
    told = {
        "subject": "A week", "title": "Acme & sons", "opening": "Quiet.", "sections": [section], "footer": "Weekly.",
        "counts": [["Mentions", "3"]], "unheard": ["Nothing."],
    }  # fmt: skip
    assert len(sources) == 2
    for name in sources:
        here = read_letters(sources)(name).render(letter=told)
        assert renderer.render(Sheet("letter", sources), name, {"letter": told}) == here
        assert ("Mira &lt;b&gt;" in here) == name.endswith(".html")
