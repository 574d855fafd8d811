from __future__ import annotations

from pathlib import Path

import pytest
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from listener.sentiment import LexiconError, Vader, read_lexicon

FILE = """\
# What words mean to people who ride our boards.
sick\t2.5
Gnarly   +1.8   # praise here
queue -1.2

naïve\t-0.4
:-^ 1
kind 0
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lexicon.txt"


def test_a_brand_s_words_mean_what_the_brand_says(path: Path) -> None:
    path.write_text(FILE, encoding="utf-8")
    lexicon = read_lexicon(path)
    assert lexicon == {"sick": 2.5, "gnarly": 1.8, "queue": -1.2, "naïve": -0.4, ":-^": 1.0, "kind": 0.0}
    brand, raw = Vader(lexicon), SentimentIntensityAnalyzer()
    for text in ("That was so SICK", "a gnarly ride, but the queue!", "not sick :-^", "they are kind"):
        before = raw.polarity_scores(text)["compound"]
        assert Vader().score(text).compound == before
        raw.lexicon.update(lexicon)
        assert brand.score(text).compound == raw.polarity_scores(text)["compound"] != before
        raw = SentimentIntensityAnalyzer()


def test_an_empty_file_changes_nothing(path: Path) -> None:
    path.write_text("\ufeff# nothing yet\n\n", encoding="utf-8")
    assert read_lexicon(path) == {}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sick", "as in: sick 2.5"),
        ("sick good", "from -4 to 4, as in: sick 2.5"),
        ("sick 5", "from -4 to 4"),
        ("sick 2,5", "as in: sick 2.5"),
        ("sick nan", "from -4 to 4"),
        ("to die for 3", "“to die for” is several words"),
        ("sick! 2", "VADER reads it as “sick”: write that"),
        ("🔥 2", "VADER reads it as “fire”"),
        ("very 1", "stronger or weaker"),
        ("not -1", "turns the words after it round"),
        ("143 1", "hidden before anything is scored"),
        ("@acme 2", "hidden before anything is scored"),
        ("sick 1\nsick 2", "stands here twice, as 1 and as 2"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_to_write_instead(path: Path, line: str, said: str) -> None:
    path.write_text(f"# ours\nqueue -1\n{line}\n", encoding="utf-8")
    with pytest.raises(LexiconError) as raised:
        read_lexicon(path)
    assert str(raised.value).startswith(f"{path}:{2 + len(line.splitlines())}: ")
    assert said in str(raised.value)


def test_all_mistakes_are_named_at_once(path: Path) -> None:
    path.write_text("one\nqueue -1\ntwo\n", encoding="utf-8")
    with pytest.raises(LexiconError) as raised:
        read_lexicon(path)
    assert [line.split(": ")[0] for line in str(raised.value).splitlines()] == [f"{path}:1", f"{path}:3"]


def test_a_file_that_cannot_be_read_is_named(path: Path) -> None:
    with pytest.raises(LexiconError, match=r"cannot read .*lexicon.txt: No such file"):
        read_lexicon(path)
    path.write_bytes(b"sick \xff")
    with pytest.raises(LexiconError, match="not UTF-8"):
        read_lexicon(path)
