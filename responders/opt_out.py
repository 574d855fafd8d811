"""Whether a message to us asks us to stop: "stop" and its kin, in seven languages. Pure.

Two ways to say it count. The whole message is such a request, with nothing beside it but courtesies and what stresses
it; or one whole sentence asks us not to contact them, and no other way to reach them is offered. All else does not:
whoever is put on the list by mistake is not heard from again, while a "stop" that is missed still comes before a
person, who can put them on it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable

import regex

LONGEST = 240  # letters; longer than any plain request


def asks_to_stop(text: str, handles: Collection[str]) -> bool:
    """Whether this message, said to us, asks us to leave its author alone. `handles` are ours, without @."""
    words = _without_handles(text, handles)
    if words is None:
        return False
    if _asks(_plain(words), _CLEAR_REQUEST if _PLAYFUL.search(text) else _REQUEST):
        return True
    sentences = [_plain(sentence) for sentence in _SENTENCE.split(words)]
    return any(_asks(one, _CLEAR_REQUEST) for one in sentences) and not _OTHER_WAY.search(_plain(words))


_HANDLE = regex.compile(r"(?<![\w.])@[\w.-]*\w(?:@[\w.-]*\w)?")
_LINK = regex.compile(r"https?://\S+", regex.I)
# "Stop it 😍" is a compliment.
_PLAYFUL = regex.compile(r"[😂🤣😭😍🥰😘🤩😻🥹😅😆😁😜😉💀❤💕💖💛🔥]|[:;]-?[)D]|\b(?:lol|lmao|haha\w*)\b", regex.I)
_SENTENCE = regex.compile(r"[.!?…;\n]+")


def _without_handles(text: str, handles: Collection[str]) -> str | None:
    """The text without links and handles; None where it opens with somebody else's: then it is said to them."""
    bare = _LINK.sub(" ", text)
    named = [found.lstrip("@").lower() for found in _HANDLE.findall(bare)]
    ours = {part for handle in handles for part in (handle.lower(), handle.lower().partition("@")[0])}
    if named and ours and ours.isdisjoint((named[0], named[0].partition("@")[0])):
        return None
    said: str = _HANDLE.sub(" ", bare)
    return said


def _plain(text: str) -> str:
    """Lower case, without accents, emoji and marks; "opt-out" is one word, and don't and don’t are the same."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in bare if not unicodedata.combining(char))
    bare = regex.sub(r"(?<=\w)['’ʼ`´‑-](?=\w)", "", bare)
    return " ".join(regex.sub(r"[^\w]+|_+", " ", bare).split())


def _asks(plain: str, request: regex.Pattern[str]) -> bool:
    if not plain or len(plain) > LONGEST:
        return False
    bare = " ".join(_BESIDE.sub(" ", plain).split())
    return request.fullmatch(bare) is not None


def _any_of(lines: str) -> str:
    return "|".join(f"(?:{line.strip()})" for line in lines.splitlines() if line.strip())


# The tables below are patterns over plain words (see `_plain`): no accents, no apostrophes, one space between words.

# What may stand beside a request without changing it.
_COURTESY = """
please|pls|plz|plss|kindly|thanks|thank you|thx|ty|no thanks|no thank you
ok|okay|hey|hi|hello|sorry|seriously|enough|i mean it|for real|right now|now|already|immediately|at once
for good|forever|just|i said|last time|final warning|last warning|wtf|omg|ffs
not interested|im not interested|i am not interested
this is spam|spam|go away|bot|bots|you guys|guys|everyone|or i will block you|or ill block you|or ill report you
or i will report you
bitte|danke|sofort|endlich|jetzt|mal|kein interesse
svp|stp|sil vous plait|sil te plait|merci|tout de suite|maintenant|ca suffit
por favor|gracias|ahora|ya
per favore|per piacere|grazie|subito|adesso|ora
obrigado|obrigada|agora|ja
alsjeblieft|alstublieft|aub|bedankt|dank je|dank u|nu|graag
"""
_ASKED = """
(?:can|could|would|will) you
i (?:want|need|would like|told|am asking|m asking) you to|i asked(?: you)?(?: to)?
id like you to|i would like to|id like to|i want to|you (?:have|need) to|you must
"""

# To be contacted, as one may ask not to be; `me` where the language has it at the end.
_CONTACTING = (
    r"(?:reply|replying|respond|responding|answer|answering|write|writing|talk|talking|speak|speaking) ?(?:to|at)?"
    r"|contact|contacting|messag(?:e|ing)|dm|dming|tag|tagging|mention|mentioning|email|emailing|mail|mailing|text|texting"
    r"|ping|pinging|spam|spamming|bother|bothering|harass|harassing|bug|bugging|pester|pestering|follow up|following up"
    r"|quote|quoting|notify|notifying|reach out|reaching out ?(?:to)?|comment|commenting ?(?:on)?"
)
_ME = r"(?:to )?(?:me|us|my (?:posts?|tweets?|messages?|comments?|threads?|account|replies|mentions))"
_AGAIN = r"(?: (?:again|anymore|any more|ever|ever again|any longer|here|(?:in|with|like|about) this))*"
_NO_MORE = (
    r"(?:repl(?:y|ies)|responses?|answers?|messages?|dms?|tags?|mentions?|e?mails?|contact|comments?|bots?"
    r"|notifications?)"
)
_LISTS = r"(?: (?:this|your|the|all))?(?: (?:mailing |contact )?(?:lists?|messages?|e?mails?|replies))?"
_NICHT = r"(?:nicht|nie)(?: mehr| wieder| nochmal)?"
_ZU = r"(?:kontaktieren|anschreiben|schreiben|antworten|markieren|taggen|belastigen|nerven)"
_FR = r"(?:contact|repond|ecri|tagu|mentionn|harcel|derang|spamm)"

# Requests that name the contact: clear enough even where more is said beside them.
_CLEAR = f"""
(?:stop|quit|cease) (?:{_CONTACTING}) ?{_ME}{_AGAIN}
(?:do not|dont|never) (?:ever )?(?:{_CONTACTING}) ?{_ME}{_AGAIN}
(?:do not|dont|never) (?:ever )?contact me{_AGAIN}
(?:unsubscribe|remove|delete|opt) me(?: (?:from|off|out)(?: of)?{_LISTS})?
take me off{_LISTS}
(?:kontaktier|schreib|antworte|markier|tagg?|belastig)(?:e|t|en sie|en|st)? (?:mich|mir|uns) (?:bitte )?{_NICHT}
(?:hor|hort|horen sie)(?: bitte)? auf(?: damit)? (?:mich|mir) zu {_ZU}
ne (?:me|m) ?{_FR}(?:e|ez|s|vez)? (?:plus|pas)(?: jamais)?
arret(?:e|ez) de (?:me|m) ?{_FR}(?:er|re)
no me (?:contact|escrib|respond|etiquet|mencion)(?:en?|es|an?|as)(?: mas| nunca mas)?
(?:deja|deje|dejen|dejad|para|paren) de (?:contactar|escribir|responder|etiquetar|mencionar|molestar)me
non (?:mi )?(?:contatt|scriv|rispond|tagg|menzion)(?:a|e|i|hi)(?:te|r|re)?(?:mi)?(?: piu| mai piu)?
(?:smettila|smettetela|smetti|smettete|la smetta) di (?:contattar|scriver|risponder|taggar|menzionar|disturbar)mi
nao me (?:contat|contact|respond|marqu|escrev|mencion)(?:e|em|a|am|es|as)(?: mais| nunca mais)?
(?:pare|parem|para) de me (?:contatar|contactar|responder|marcar|escrever|mencionar|incomodar)
(?:contacteer|tag|antwoord|schrijf|mail|noem) (?:me|mij)(?: alsjeblieft)? (?:niet|nooit)(?: meer)?
(?:reageer|antwoord) (?:niet|nooit)(?: meer)? op (?:me|mij|mijn berichten)(?: meer)?
neem (?:geen|nooit)(?: meer)? contact(?: meer)?(?: met (?:me|mij))? op
stop met (?:me|mij) te (?:contacteren|taggen|berichten|mailen|noemen|antwoorden)
"""

# Requests that say it only when they stand alone.
_ALONE = f"""
stop(?: (?:it|this|that|ok|stop))?|sto+p+|stahp
(?:stop|quit|cease) (?:{_CONTACTING}){_AGAIN}
(?:do not|dont) (?:ever )?(?:contact|reply|respond|message|dm|tag){_AGAIN}
unsubscribe|unsub|opt ?out|optout|opt me out|remove me|stop all|cease and desist
leave me (?:the (?:hell|fuck) )?alone|leave me be|leave me in peace|leave us alone|let me be
no(?: more| further) {_NO_MORE}|no contact
aufhoren|hor auf|hort auf|horen sie auf|hor auf damit|hort auf damit|schluss damit|lass das|lasst das|lassen sie das
(?:lass|lasst|lassen sie) (?:mich|uns) in (?:ruhe|frieden)
abmelden|austragen|keine (?:antworten|nachrichten|mails|kontakte|werbung) mehr
nicht(?: mehr)? {_ZU}
arret(?:e|ez)(?: ca| cela)?|arretez tout|stop ca
desabonner|desinscription|desinscrire|(?:desabonnez|desinscrivez) ?moi
(?:laisse|laissez|fiche|fichez|fous|foutez)(?: ?moi) (?:tranquille|en paix|la paix)
plus de (?:messages?|reponses?|contact)
para|pare|paren|parad|parem|basta|basta cosi|chega
(?:deja|deje|dejen|dejad)(?:me| me)? en paz
baja|dar(?:me)? de baja|dame de baja|denme de baja|no mas (?:mensajes|respuestas|contacto)
smettila|smettetela|smetti|smettete|la smetta|lascia(?:te)?mi in pace|mi lasci in pace|lascia(?:te)?mi stare
disiscrivi(?:mi|temi)|cancella(?:mi|temi)|disiscrivetemi|niente piu (?:messaggi|risposte)
me deix(?:a|e|em) em paz|deix(?:a|e|em) ?me em paz|descadastrar|descadastre me|sair da lista|sem mais mensagens
stop ermee|stop daarmee|houd? op|ophouden|hou ermee op|laat (?:me|mij|ons) met rust
afmelden|uitschrijven|schrijf (?:me|mij) uit
geen (?:berichten|reacties|contact|mails) meer|niet meer (?:contacteren|reageren|taggen|berichten)
stuur (?:me|mij) (?:geen|niets|niks)(?: berichten)? meer
"""

# Who names another way wants to be reached.
_OTHER_WAY = regex.compile(
    r"\b(?:instead|unless|until|till|rather|only|except|but|call me|phone me|use my|by (?:e?mail|phone)"
    r"|(?:call|phone|ring|email|e mail|dm|text|write|message) (?:me|us) (?:at|on|back|first|by|here)"
    r"|sondern|stattdessen|lieber|plutot|prefiero|mejor|piuttosto|invece|em vez|liever)\b"
)


def _request(*tables: str) -> regex.Pattern[str]:
    """One or more requests in a row, each perhaps asked for in so many words."""
    return regex.compile(rf"(?:(?:(?:{_any_of(_ASKED)}) )?(?:{'|'.join(map(_any_of, tables))})(?: |$))+")


def _beside(words: Iterable[str]) -> regex.Pattern[str]:
    longest_first = sorted((word for word in words if word), key=len, reverse=True)
    return regex.compile(rf"\b(?:{'|'.join(map(regex.escape, longest_first))})\b")


_BESIDE = _beside(word.strip() for line in _COURTESY.splitlines() for word in line.split("|"))
_REQUEST = _request(_CLEAR, _ALONE)
_CLEAR_REQUEST = _request(_CLEAR)
