"""Who asks us to stop, and who only uses the word. Every line is invented."""

from __future__ import annotations

import time

import pytest

from responders.opt_out import asks_to_stop

OURS = frozenset({"harbourlight", "harbourlight@lamps.example"})

ASKING = """
stop
STOP!!!
Stop.
@harbourlight stop
@harbourlight@lamps.example Please stop.
please stop it 🙏
stop 🛑🛑
Stop. Just stop.
stooop
pls stop thx
OK enough, stop
Stop already!
unsubscribe
Unsubscribe me from this list
opt-out
Opt out please
I'd like to unsubscribe
I want to opt out.
leave me alone
Leave me the hell alone!
just leave me in peace
stop replying
stop replying to me
Stop messaging me!
stop tagging me in this
@harbourlight @ola please stop mentioning me
stop contacting me, thank you
Please stop emailing us
Stop spamming me
quit bothering me
don't reply to me
Don’t ever contact me again
do not contact me again.
Do not tag me
Never message me again
do not contact
remove me
Please remove me from your mailing list
take me off your list
No more replies, please
no more messages!!
Can you stop?
could you please stop replying to my posts
I asked you to stop. Stop.
I want you to stop messaging me
Not interested, stop messaging me
Stop contacting me or I'll block you
Stop contacting me. I already told your shop the lamp works again.
This is the third time you write under my post! Do not reply to me again.
Don't message me. 😂
Bitte stopp!
Hör auf
Hören Sie bitte auf!
Hört auf, mir zu schreiben
Lasst mich in Ruhe!
Lassen Sie mich bitte in Ruhe.
Kontaktieren Sie mich nicht mehr.
Schreibt mir nicht mehr
bitte nicht mehr kontaktieren
keine Nachrichten mehr bitte
Abmelden
Arrêtez !
Arrête s'il te plaît
Laissez-moi tranquille
Ne me contactez plus
Ne m'écrivez plus jamais
Arrêtez de me répondre
Désabonnez-moi svp
Basta ya
Para ya, por favor
Déjenme en paz por favor
No me escriban más
dejen de escribirme
darme de baja
Basta!
Smettetela
Smettete di scrivermi
Lasciatemi in pace, per favore
Non contattatemi più
non scrivermi più
Parem
me deixem em paz
Não me contatem mais
parem de me marcar
Stop ermee aub
Hou op
Laat me met rust
Neem geen contact meer op
reageer niet meer op mij
"""

NOT_ASKING = """
I can't stop using it
when will you stop ignoring me?
stop ignoring me
stop by our stand
Stop by any time!
don't stop
Non-stop!
@ola stop it
@ola leave me alone, and hello @harbourlight
My Wren won't stop buzzing, please help
Make it stop buzzing
Stop! It's perfect.
Stop it 😍
stop 😂😂
Stop lol
stop the presses
stop making such good lamps
You have to stop, my wallet is empty
Please stop the order, I typed the wrong address
stop sending broken lamps
Please stop selling the old plug
Please don't stop making the Wren
Don't reply to me unless you have a fix
Don't contact me by phone, use e-mail
Stop emailing me. Call me instead.
Do not contact me. Write to my lawyer instead.
leave me alone with my new lamp and a good book
Leave me alone, I am reading under my new Wren
How do I unsubscribe from the newsletter?
Can I opt out of paper invoices?
the switch got stuck and I couldn't stop it
Why did you stop replying to me?
you stopped answering me
Did you stop selling the Wren?
Nobody would remove me from this chair
don't tag me yet, it is a surprise
I love it, can't stop talking about you
The bus stop next to your shop is closed
Cancel
Enough
no
no thanks
thanks
Ich kann nicht aufhören zu lesen
Wann hört das Summen auf?
Bitte hört nicht auf!
La lampe ne s'arrête plus
Je ne peux plus m'arrêter de lire
No puedo parar de leer
es para mi madre
¿Para cuándo?
Non posso smettere
Basta un clic?
Quando parem de vender, avisem
Ik kan niet ophouden met lezen
De lamp wil niet uit, hoe stop ik dat?
"""


@pytest.mark.parametrize("text", [line for line in ASKING.splitlines() if line])
def test_who_asks_us_to_stop_is_heard(text: str) -> None:
    assert asks_to_stop(text, OURS)


@pytest.mark.parametrize("text", ["", "@harbourlight", "🛑", *(line for line in NOT_ASKING.splitlines() if line)])
def test_who_only_uses_the_word_is_not_sent_away(text: str) -> None:
    assert not asks_to_stop(text, OURS)


def test_lines_and_spaces_and_curly_marks_change_nothing() -> None:
    assert asks_to_stop("\n  Please,\n\nSTOP …\n", OURS)
    assert asks_to_stop("don’t reply to me", OURS)
    assert asks_to_stop("dont reply to me", OURS)


def test_the_longest_text_takes_no_time() -> None:
    began = time.perf_counter()
    for text in ("stop " * 20_000 + "x", "please " * 20_000, "@a" * 50_000, "stop contacting me. " * 5_000 + "but"):
        asks_to_stop(text, OURS)
    assert time.perf_counter() - began < 2
