"""Text that would be a template or a page somewhere is only ever text here, and loses no letter."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listener.clean import clean_text
from responders.alerts.kept import Alert
from responders.alerts.postman import in_words
from responders.desk.frame import read_templates
from responders.digest.assemble import assemble
from responders.digest.render import Rendered, render
from responders.digest.week import Week
from responders.office import Office
from responders.rendering.child import is_markup
from responders.shipped import shipped
from tests.builders import NOON, a_mention, an_author
from tests.responders.desk.seeded import Visitor, compiled_once, hear, hold
from tests.small_week import World, at

# Jinja, Twig, Freemarker, Velocity, ERB, Mako, Smarty, Handlebars, Pug, Thymeleaf, Razor, Django, format strings.
PAYLOADS = (
    "{{7*7}}", "{% for x in range(9) %}49{% endfor %}", "{# gone #}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "${{7*7}}",
    "{{7*'7'}}", "{{config}}", "{{''.__class__.__mro__[1].__subclasses__()}}", "{{self.__init__.__globals__}}",
    "{{cycler.__init__.__globals__.os.popen('id').read()}}", "{{lipsum.__globals__['os'].popen('id').read()}}",
    "{{request|attr('application')}}", "{%raw%}{{7*7}}{%endraw%}", "{{'x'*50000000}}", "{%include '/etc/passwd'%}",
    "{%extends 'base.html'%}", "{%import 'os' as o%}", "#set($x=7*7)$x", "<#assign x=7*7>${x}", "{php}echo 49;{/php}",
    "{{#with this}}{{lookup}}{{/with}}", "#{global.process}", "[[${7*7}]]", "@(7*7)", "{{7*7|safe}}", "%(x)s %s %n",
    "{0.__class__}", "{x!r}", "$$7*7$$", "\\\\u007b\\\\u007b7*7", "&#123;&#123;7*7", "{{\\n7*7\\n}}", "}}{{7*7}}{{",
    "{{'", "{%",
)  # fmt: skip
HTML = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "'-alert(1)-'",
    "</textarea><script>1</script>", "<!--", "]]>", "javascript:alert(1)", "<b>bold</b> &amp; &lt;",
)  # fmt: skip


@pytest.fixture
def visitor(office: Office) -> Visitor:
    return Visitor(office)


def words_of(page: str) -> str:
    """What a person reads of a page, its white space as one."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", page)).split())


@pytest.mark.parametrize("said", [*PAYLOADS, *HTML])
def test_it_stands_on_every_page_as_it_was_said(office: Office, visitor: Visitor, said: str) -> None:
    author = an_author("mira", name=f"Mira {said}")
    number = hear(office, a_mention(1, text=f"@harbourlight is it {said} now?", author=author), because=f"Soon: {said}")
    hold(office, number, f"It is {said}, Mira.")
    for path in ("/", "/search?q=harbourlight", f"/mentions/{number}"):
        page = visitor.read(path)
        assert " ".join(f"is it {said} now?".split()) in words_of(page), path
        assert " ".join(f"Mira {said}".split()) in words_of(page), path
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert html.escape(f"It is {said}, Mira.") in page.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")


@pytest.mark.parametrize("said", PAYLOADS)
def test_it_stands_in_the_letters_as_it_was_said(said: str) -> None:
    letter = in_words([Alert(1, "Press", NOON, "plaza", "mira", "Mira", f"is it {said} now?", "Soon.")], "http://d")
    assert " ".join(f"is it {said} now?".split()) in letter


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


def week_of(world: World, *folders: Path) -> Rendered:
    return render(
        assemble(world.db, Week(2026, 47), at(7, 8)), "Fernweg", "http://d/", (shipped("templates", "digest"), *folders)
    )


@pytest.mark.parametrize("said", ["{{7*7}} and ${7*7}", "{% for x in y %}", "<script>alert(1)</script> {{config}}"])
def test_it_stands_in_the_week_as_it_was_said(world: World, said: str) -> None:
    world.says(
        "mira", at(2), f"Fernweg, {said} is the best", name=f"Mira {said}", mood="positive", compound=0.9, lane="praise"
    )
    letter = week_of(world)
    assert f"Fernweg, {said} is the best" in " ".join(letter.text.split())
    assert f"Fernweg, {said} is the best" in words_of(letter.html)
    assert "<script" not in letter.html


def test_a_template_s_other_names_are_escaped_too(world: World, tmp_path: Path) -> None:
    """Jinja's own choice by suffix would leave `part.html.j2` and its like open."""
    world.says("mira", at(2), "<b>Fernweg</b>", mood="positive", compound=0.9, lane="praise")
    (tmp_path / "week.html").write_text("{% include 'part.html' %}", encoding="utf-8")
    (tmp_path / "part.html").write_text("<p>{{ '<i>' + letter.subject }}</p>", encoding="utf-8")
    assert "<p>&lt;i&gt;" in week_of(world, tmp_path).html
    for name in ("part.html.j2", "part.htm", "part.xml", "part.jinja", "part", "part.HTML", "part.txt.html"):
        assert is_markup(name), name
    assert not is_markup("week.txt")


def test_the_desk_escapes_whatever_a_file_is_called() -> None:
    assert read_templates().autoescape is True
    assert read_templates().from_string("{{ said }}").render(said="<b>{{7*7}}") == "&lt;b&gt;{{7*7}}"


@settings(max_examples=60, deadline=None)
@given(said=st.one_of(st.text(), st.sampled_from(PAYLOADS)).map(lambda said: clean_text(f"{said}{{{{7*7}}}}{said}")))
def test_any_text_stands_on_a_page_as_it_was_said(said: str) -> None:
    page = compiled_once().from_string("<p>{{ said }}</p>").render(said=said)
    assert html.unescape(page) == f"<p>{said}</p>"
    assert page.count("<") == 2
