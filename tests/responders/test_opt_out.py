"""Who asks us to stop, and who only uses the word. Every line is invented."""

from __future__ import annotations

import time

import pytest

from responders.opt_out import MOST, asks_to_stop
from tests.pace import took

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
pls stop thx
OK enough, stop
Stop already!
unsubscribe
Unsubscribe me from this list
opt-out
Opt out please
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
Please remove me from your mailing list
take me off your list
No more replies, please
Can you stop?
could you please stop replying to my posts
I asked you to stop. Stop.
I want you to stop messaging me
Not interested, stop messaging me
Stop contacting me or I'll block you
Stop contacting me. I already told your shop the lamp works again.
This is the third time you write under my post! Do not reply to me again.
Bitte stopp!
Hör auf
Hören Sie bitte auf!
Hört auf, mir zu schreiben
Lasst mich in Ruhe!
Lassen Sie mich bitte in Ruhe.
Kontaktieren Sie mich nicht mehr.
bitte nicht mehr kontaktieren
keine Nachrichten mehr bitte
Arrêtez !
Arrête s'il te plaît
Laissez-moi tranquille
Ne me contactez plus
Ne m'écrivez plus jamais
Arrêtez de me répondre
Désabonnez-moi svp
Para ya, por favor
Déjenme en paz por favor
No me escriban más
dejen de escribirme
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
Laat me met rust
Neem geen contact meer op
reageer niet meer op mij
I don't want to hear from you again
I don't want to hear from you anymore.
I do not want to hear from you.
I don't want any more messages from you
I do not want any replies from you
I don't want to be contacted again
get out of my mentions
GET OUT OF MY MENTIONS
Get out of my replies, please
stay the hell out of my mentions
Stay out of my DMs
do not interact with me
Do not engage with my posts
please don't interact with my posts
I don't want your help. Leave me alone.
I don't need your help, leave me alone
I never asked for this. Leave me alone!
I didn't ask for your help. Stop messaging me.
Who asked you? Stop replying to me.
STOP!!1
stop!!!11
stop — Mira
Please stop. — Mira K.
stop -Mira
u/harbourlight stop
/u/harbourlight please stop
u/harbourlight, stop replying to me
Stop @ing me
@harbourlight stop @ing me please
Harbourlight, stop messaging me
harbourlight: stop
Stop messaging me, Harbourlight!
Stop contacting me. Thanks.
I have told you twice now. Stop contacting me!
Don't reply to my posts again.
never message me again, bot
never ever contact me again
bad bot. stop.
stop bot
Blocked. Do not contact me again.
Stop sending me messages
stop sending me DMs please
You need to stop messaging me
Could you stop tagging me?
would you please stop replying to my posts?
Can you please leave me alone?
go away and leave me alone
Please go away.
please do not reply
No more messages, please
no more replies please
I just want to be left alone
leave me out of this
please stop following me around
Stop harassing me
quit tagging me
cease contacting me
don't ever talk to me again
please stop replying to me :)
Stop replying to me or I'll report you to X
Stop messaging me.
Bitte hört auf, mir zu schreiben.
Schreib mir nicht mehr!
Bitte schreibt mir nicht mehr
Antworten Sie mir bitte nicht mehr.
Ich möchte nicht mehr von Ihnen kontaktiert werden.
Ich will keine Nachrichten mehr von euch
Bitte keine Nachrichten mehr
Bitte nicht mehr antworten
Lass mich in Frieden
Stopp!
Ne me répondez plus, merci
Ne m'écris plus s'il te plaît
Arrêtez de m'envoyer des messages
Je ne veux plus recevoir de messages
Fichez-moi la paix !
No me respondan
No me contacten más
no me escribas más
No me contesten, por favor
No quiero que me escriban más
Dejen de mandarme mensajes
Déjenme en paz
Non rispondetemi più
Non mi rispondere più
Non mi scriva più
Non scrivetemi
smettete di scrivermi
Smettila di taggarmi
Non voglio più ricevere messaggi
Não me respondam
Não me escrevam mais
Parem de me mandar mensagens
Me deixem em paz, por favor
Ik wil geen berichten meer van jullie
Stuur me geen berichten meer
Stop met mij te taggen
Schrijf me niet meer
Laat mij met rust
Przestańcie do mnie pisać
Proszę do mnie nie pisać
Nie piszcie do mnie więcej
Zostawcie mnie w spokoju
Хватит мне писать
Не пишите мне больше, пожалуйста
Оставьте меня в покое!
Перестаньте мне писать
もう連絡しないでください
返信しないでください。
やめてください！
放っておいてください
Bana yazmayın
Bana bir daha yazmayın lütfen
Beni rahat bırakın!
Sluta skriva till mig
Kontakta mig inte igen
Lämna mig i fred
Hold op med at skrive til mig
Skriv ikke til mig igen
Lad mig være i fred!
Slutt å skrive til meg
Ikke kontakt meg igjen
La meg være i fred
Přestaňte mi psát
Už mi nepište, prosím
Nekontaktujte mě
Nechte mě být
Hou op alsjeblieft
parem de me escrever
Stop replying to my comments
please stop responding to me
I want you to leave me alone
Stop bothering me!
Do not message me again
don't contact me anymore
pls leave me alone
Leave me alone. Thanks.
please don't tag me again
STOP CONTACTING ME
I asked you to stop contacting me
Unsubscribe me please
please take me off this list
No. Stop contacting me.
I said no. Do not message me again.
Not interested. Please stop messaging me.
Please never contact me again
Stop writing to me
Stop commenting on my posts
Please, no more replies to my posts
I do not wish to be contacted
do not respond to my posts please
don't talk to me again
You're a bot, leave me alone
I don't talk to bots. Stop.
keep out of my mentions
Stop stalking me
stop harassing me please
Bitte lasst mich in Ruhe
Hören Sie auf, mich zu kontaktieren!
Bitte kontaktiert mich nicht mehr
Schreiben Sie mir nicht mehr
Laissez-moi en paix
Arrêtez de m'écrire
Ne m'écrivez plus s'il vous plaît
No me escriban, por favor
Dejen de contactarme
Dejad de responderme
Lasciatemi stare
Smettetela di rispondermi
Não me contactem mais
Parem de me responder
Neem geen contact meer met mij op
Nie kontaktujcie się ze mną
Больше не пишите мне
もう返信しないでください
Bana mesaj atmayın
Sluta kontakta mig
Stop med at kontakte mig
Slutt å kontakte meg
Nepište mi už
"""

# Complaints that nobody answers, other things that stop, jokes, idioms, quotations, questions, another way to reach us.
NOT_ASKING = r"""
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
You never reply to me
@harbourlight never reply to me
You do not reply to me
Don't reply to me with a template
don't reply to me with a bot, get me a human
Please don't reply with the same text again
Why don't you reply to me?
Why did you stop messaging me?
Are you going to stop replying to me?
No reply for two weeks
No replies, no refund, nothing
No answer.
No contact.
no contact
No response again
No more answers?
No more replies
no more messages!!
No more notifications since the update
No notifications
no emails
no email yet
Remove me
remove me
Delete me
No me responden
¿No me responden?
No me responden más
@harbourlight no me contacta
No me contactan
@harbourlight no me contestan
no me escriben más
¿Por qué no me contestan?
Não me respondem mais
Não me responde mais?
não me respondem
@harbourlight não me responde
vocês não me respondem mais
Non mi rispondete più
@harbourlight non mi risponde più
Non mi contattate più?
Non mi scrivete più
Non mi risponde nessuno
Ne me répond plus
@harbourlight ne me contacte plus
Vous ne me répondez plus
Vous ne me répondez pas
Pourquoi ne me répondez-vous plus ?
Antwortet mir nicht
@harbourlight antwortet mir nicht mehr
Schreibt mir nicht mehr
Warum antwortet ihr mir nicht?
Antworten Sie mir nicht mehr?
Ihr antwortet mir nicht
Kontaktiert mich nicht, obwohl ich dreimal gefragt habe
Jullie antwoorden me niet meer
@harbourlight antwoordt mij niet
Waarom reageren jullie niet meer op mij?
Nie odpisujecie mi
Nie odpowiadacie mi
Czemu do mnie nie piszecie?
Вы мне не пишете
Почему вы не отвечаете мне?
Вы не отвечаете мне больше
Bana yazmıyorsunuz
Neden bana cevap vermiyorsunuz?
Ni svarar mig inte
Varför kontaktar ni mig inte?
I svarer mig ikke
Dere svarer meg ikke
Proč mi neodpovídáte?
Nepíšete mi
返信がありません
連絡がありません
なぜ返信しないのですか？
止まらない
stop it 😍
Stop it 😂 that lamp!
Stop 😭😭😭
Stop. It. 😍
stop lol
haha stop
STOP I need this lamp
Stop! Hammer time
Oh stop
Oh, stop it, you
Stop right there
Stop everything
Stop scrolling and look at this lamp
stop what you're doing
Stop it with the new colours, I am broke
You need to stop
you guys need to stop
You have to stop with these colours
Please stop, my wallet hurts
please never stop
Never stop
don't ever stop
Don't stop me now
Don't stop now
Please stop selling the blue one
please stop making them in plastic
please stop wrapping everything twice
Stop changing the app
stop sending me the wrong size
stop sending me the wrong size, send me the right one!
Stop sending me broken lamps
Stop charging me
stop charging my card
Stop the renewal please
Stop my subscription
Please stop my order
Stop order 4411
stop payment
please stop the noise
Make it stop
stop button
The stop button does not work
unsubscribe button doesn't work
Unsubscribe link is broken
the unsubscribe page gives a 404
How do I unsubscribe?
how do I opt out of the newsletter?
Can I opt out?
Can I unsubscribe?
I want to unsubscribe
I'd like to unsubscribe from the newsletter
I want to opt out
I cannot unsubscribe
Opt out of telemetry
opt-out link?
stop by
Stop by our booth
stop by tomorrow
I'll stop by on Friday
Stop by, say hello
bus stop
The bus stop
non stop
one-stop shop
full stop
It's the best lamp, full stop.
Best lamp ever. Don't @ me.
don't @ me
I'd stop using you if the price went up
I'd stop using you if there was anything better
I will stop using this lamp
I stopped replying to them
They stopped answering me
you stopped messaging me
It won't stop messaging me
The app keeps messaging me, how do I make it stop?
My lamp does not stop blinking
It stopped
Does it ever stop?
when does it stop
stop?
Stop, is that a new colour?
Leave me alone with this lamp
leave me alone in the dark
He said "stop contacting me" and left
"stop"
"Stop contacting me."
“Leave me alone” is my favourite song
The mail says "do not reply to this message"
'stop' is what it prints
`stop` does nothing
the command "stop" hangs
"Bus" stop
"Do not contact me again." That is what your mail said.
🎶 Don't speak 🎶
🎵 leave me alone 🎵
stop in the name of love
Stop, collaborate and listen
please don't leave me alone
Nobody leaves me alone today
My cat won't leave me alone
Leave me alone, I am reading
Don't bother me. I am reading under my Wren.
Don't talk to me. My team lost.
Don't talk to me before coffee
Do not disturb
don't call me Shirley
don't message me yet
Don't contact me today. Tomorrow is better.
Do not contact me before Monday
Don't contact me until it is fixed
Don't reply here, DM me instead
Don't DM me, answer here
Stop messaging me. Where is my refund?
Stop messaging me. I want my money back.
Stop replying to me. I want a human.
Stop replying to me. Fix the dimmer.
Please stop messaging me. I need a person to look at my order.
My neighbour wrote to me. Stop contacting me, it said. He was rude.
She told the shop. Stop contacting me. They did.
I love this scene. Leave me alone!
Take me off hold
take me off the waiting list
Remove me from the waitlist
please remove my review
remove the watermark
Get out of here
Get out!
shut up and take my money
Shut up 😍
go away
Go away!
Go away, rain
Go on
cancel my plan
Cancel everything
Enough!
nope
No thank you
not interested
wtf
ffs
spam
This is spam
bad bot
good bot
bot
blocked
Are you a bot?
who asked you?
I didn't ask for this
ok
ok, thanks
please
please?
bitte
Bitte nicht!
Bitte nicht aufhören
Hör auf, das ist ja wunderschön
Schluss jetzt
Das hört nicht auf
Hört auf zu blinken
Wie melde ich mich ab?
Abmelden
Abmelden geht nicht
Lass das Licht an
Lasst mich raten
Basta
Basta!
Basta così
Basta ya
¡Basta!
Para mí
Para mi hermana
¿Para qué?
Para de parpadear
darme de baja
Quiero darme de baja
¿Cómo me doy de baja?
baja
Chega
Chega hoje?
Pare de piscar
Para quando?
Plus de messages
plus de réponse
Plus de messages depuis lundi
Arrêt
Arrêtez de changer l'application
Ça n'arrête pas de clignoter
Comment me désabonner ?
Cancellami
Smetti di lampeggiare
Non smette
Hou op met de blauwe
Stop er een andere lamp in
Geen berichten meer ontvangen sinds maandag
geen reactie
Geen reactie meer
Przestań migać
Nie mogę przestać czytać
Hold op, hvor er den flot!
Hold op
Slutt
Slutta inte
Sluta inte!
Dur
Не могу перестать читать
Хватит
Přestaňte prodávat tu modrou
やめられない
売るのをやめてください
stop/start is broken
Emergency stop
stop-motion
door stop
F-stop?
Telegram STOP arrived STOP lovely lamp
1. Press stop
Press stop
stop = off?
stop, drop and roll
Can you stop the blinking?
Could you stop by?
Will it stop?
would you stop selling it?
Can you stop?! It is too pretty, I can't
I told you to stop the renewal
I asked you to stop the parcel
do not reply
Don't reply
Ok don't reply 🙄
fine, don't reply
Don't answer me then
don't write me off
Don't mention it
don't mention it!
Don't text and drive
Do not contact us, we will contact you
contact me
Please contact me
contact me again
reply to me
Write to me again, please
I don't want to hear from you that it is my fault
I don't want to stop
I don't want your help, I want a refund
I don't want a template
I don't want to talk to a bot
leave us a message
My ex wrote. Do not contact me again. So I bought a lamp.
Do not contact me again. That is what I told my landlord.
Stop tagging me. My wallet is empty.
Stop tagging me. I am broke.
Stop calling me. My phone number changed.
Don't contact me. Contact my husband.
Stop texting me. Use the chat.
It flickers again! Don't DM me.
don't reply to me here
Don't message me like this
stop replying like this
omg stop
OMG stop it
guys stop
you guys, stop
stoooop
stahp
Hou op
Sluta!
Arrête !
Can you opt out?
Can you unsubscribe?
could you unsubscribe
Stop contacting me by phone, write instead
Stop calling me a customer
Stop. That colour.
Stop! Thief!
Stop. Enough plastic.
Me to my lamp: stop
my lamp said stop
your bot said: stop contacting me
Sure, don't reply to me
Dear shops, stop emailing me. Sincerely, my wallet
Stop messaging me? Never!
stop messaging me?
leave me alone?
Don't reply to me?
Unsubscribe?
Why should I stop?
@ola stop
@ola @harbourlight please stop
u/ola stop
/u/ola leave me alone
stop - motion
STOP — Hammer time, folks
don't contact me, contact them
Do not contact me in English
Don't tag me yet
tag me
Please tag me
Don't spam
no spam please
Stop spam
Do you respect "do not contact"?
add me to do not contact? no way
Leave me a note
leave me out a chair
Just stop the renewal
Please, stop the music
stop it at 9 pm
Stop after an hour
auto stop
STOP sign
Stop, look and listen
I can't stop
We can't stop, won't stop
it says stop
Says stop
How to stop
how do I stop
stop how?
何もしないでください
連絡ください
連絡してください
やめてくださいと言われました
Bana yazın
bana yazma dedi
Пишите мне
Перестаньте продавать синюю
Piszcie do mnie
Kontakta mig
Skriv til mig
Kontakt meg
Nepřestávejte
Pište mi
No paren
no pares
non fermatevi
Ne vous arrêtez pas
n'arrêtez pas
Hört bloß nicht auf
Nicht aufhören!
niet ophouden
não parem
Stop niet
stooop
I'd like to unsubscribe
I want to opt out.
Don't message me. 😂
stop :)
You guys stop answering as soon as you have the money
@harbourlight you stop replying once somebody complains
Please stop ghosting me
stop leaving me on read
Stop blaming me
stop telling me to restart it
Stop telling me to check the manual
Stop copy pasting
stop with the copy and paste answers
Don't tell me to reply to the mail
Don't ask me to DM you
do not send me another voucher, send the lamp
Don't send me the blue one
never contacted me back
Nobody contacted me
They never contact me
never contact me
Harbourlight never write to me
Harbourlight don't reply to anyone
I wish you would reply to me again
You may contact me
do contact me
Do not hesitate to contact me
don't hesitate to message me
leave me your number
Leave my order alone
Let me be the first to say it
Let me alone decide
Get out of my way, I need this lamp
Get this out of my feed algorithm
Unsubscribed and it feels great
unsubscribing was easy
Why am I on your list?
Put me on your list
take me off your list? please don't
Is there a stop list?
opt in
The opt-out is broken
opt-out does not save
I opted out and still get letters
Stopp den Verkauf
Stoppt das
Halt
Hör auf dein Herz
Hör auf mit dem Blau
Lass mich rein
Lass mich überlegen
Lasst mich bitte wissen
Ruhe
Nicht mehr lieferbar?
nicht mehr schreiben können ist traurig
Keine Antwort
Keine Antworten mehr seit Montag
Laissez-moi deviner
Laissez-moi un message
Arrêtez tout, elle est en stock !
Ne me dites pas
Déjame pensar
Déjenme un mensaje
No me digas
no me escribe nadie
No me respondieron
no me contactaron
Que no me contacten es una vergüenza
Non mi dire
non mi hanno risposto
Non mi rispondono più
Lasciami indovinare
Não me diga
Não me responderam
me deixem saber
Laat me weten
laat me raden
Stuur me een bericht
Не говорите
Оставьте мне сообщение
Не могу дозвониться
返信ください
連絡が来ない
Beni arayın
Lämna ett meddelande
La meg se
Lad mig vide
Nechte mi zprávu
Zostawcie wiadomość
Daj spokój
Stop. I was wrong, it works!
Stop the count
Stop me if you heard this
stop me
one more and I stop
Please stop being so good
stop being so expensive
Stop gatekeeping the green one
stop it, now I want two
Stop teasing and show it
Do not contact support, they never answer
don't email support
Please contact me, do not reply here
"Leave me alone" she said
do not touch
Do not interact with the lamp while hot
do not engage the dimmer
I don't want to be a bother
I don't want to hear the buzz again
I don't want to hear it from you, I want a manager
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
    assert asks_to_stop("stop\u200b", OURS)


def test_what_they_answer_to_and_what_their_phone_adds_is_not_theirs() -> None:
    assert asks_to_stop("> Which bulb is in it?\n\nstop", OURS)
    assert asks_to_stop("@harbourlight\nstop\n\nSent from my telephone", OURS)
    assert asks_to_stop("stop // sent from my telephone", OURS)
    assert not asks_to_stop("> stop contacting me\n\nThat was my sister.", OURS)


def test_a_request_in_the_midst_of_a_story_is_told_and_not_asked() -> None:
    assert asks_to_stop("Twice now. Stop contacting me.", OURS)
    assert asks_to_stop("Stop contacting me. Twice now.", OURS)
    assert not asks_to_stop("Once upon a time. Stop contacting me. And so on.", OURS)


@pytest.mark.parametrize(
    "text",
    [
        "stop " * 20_000 + "x", "please " * 14_000, "@a" * 50_000, "stop contacting me. " * 5_000, "@" + "-" * 100_000,
        '"a' * 50_000, "'a " * 33_000, "«" * 100_000, "u/" * 50_000, "— A" * 33_000, " " * 100_000, "!1" * 50_000,
        "http://" * 14_000, "e" + "\u0301" * 100_000, "やめて" * 33_000, ">\n" * 50_000,
        "do not contact me ever " * 4_500,
    ],
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    for length in (230, MOST, len(text)):
        began = time.perf_counter()
        asks_to_stop(text[:length], OURS)
        assert time.perf_counter() - began < 0.2, length


def test_an_ordinary_text_takes_less_than_a_millisecond() -> None:
    texts = [line for line in (ASKING + NOT_ASKING).splitlines() if line]
    began = time.process_time()
    for text in texts:
        asks_to_stop(text, OURS)
    assert took(began) / len(texts) < 0.001
