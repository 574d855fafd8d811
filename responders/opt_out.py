"""Whether a message to us asks us to stop: "stop" and its kin, in the plainest words of fifteen languages. Pure.

Two ways to say it count. The whole message is such a request, with nothing beside it but courtesies and what stresses
it; or its first or last sentence asks us not to contact them, and the rest neither asks for anything nor tells a story.
All else does not: whoever is put on the list by mistake is not heard from again, while a "stop" that is missed still
comes before a person, who can put them on it. So only a command or a plain wish counts, in words that could not as well
be the complaint that nobody answers ("no me responden", "non mi rispondete più"), a joke, a quotation or a question.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

import regex

LONGEST = 240  # letters of a sentence; longer than any plain request
MOST = 4_000  # letters of a message; whoever writes more has more to say


def asks_to_stop(text: str, handles: Collection[str]) -> bool:
    """Whether this message, said to us, asks us to leave its author alone. `handles` are ours, without @."""
    if len(text) > MOST or _JOKING.search(text):
        return False
    said = _said_to_us(text, handles)
    if said is None:
        return False
    whole = _plain(said)
    if _asks(whole, *((_CLEAR_REQUEST,) if _SMILING.search(said) else (_REQUEST, _POLITE_REQUEST))):
        return True
    return _opens_or_ends_asking(said) and not _IN_NEED.search(_BESIDE.sub(" ", whole))


def _opens_or_ends_asking(said: str) -> bool:
    """Whether the first or last sentence is the request. In the midst of others it is mostly told, not asked."""
    sentences = [one for one in _SENTENCE.findall(said) if any(map(str.isalpha, one))]
    return any(_asks(_plain(one), _CLEAR_REQUEST) for one in {*sentences[:1], *sentences[-1:]})


def _asks(plain: str, request: regex.Pattern[str], if_polite: regex.Pattern[str] | None = None) -> bool:
    """Whether these words are one or more requests and nothing else; some are requests only where they say please."""
    if not plain or len(plain) > LONGEST:
        return False
    bare = " ".join(_BESIDE.sub(" ", plain).split())
    if "?" in bare and not _COULD_YOU.match(bare):
        return False
    asked = " ".join(_PLEASE.sub(" ", bare.rstrip("? ")).split())
    polite = if_polite is not None and asked != bare and if_polite.fullmatch(asked) is not None
    return polite or request.fullmatch(asked) is not None


_LINK = regex.compile(r"https?://\S+", regex.I)
_HANDLE = regex.compile(r"(?<![\w.])@[\w.-]*\w(?:@[\w.-]*\w)?|(?<![\w/])/?u/[\w-]+", regex.I)
_TAGGING = regex.compile(r"(?<!\w)@['’]?ing\b", regex.I)
# What they answer to (a line that begins with ">") is not theirs; nor is what they quote, but that leaves a gap.
_ANSWERED = regex.compile(r"^[ \t]*>.*$", regex.M)
_QUOTED = regex.compile(
    r'"[^"\n]{1,300}+"|“[^”\n]{1,300}+”|„[^“”\n]{1,300}+[“”]|«[^»\n]{1,300}+»|`[^`\n]{1,300}+`'
    r"|(?<!\w)['‘][^'’\n]{1,300}+['’](?!\w)"
)
_SIGNED = regex.compile(r"\s(?:-{1,3}|[–—~])\s?\p{Lu}(?:\p{Ll}+|\.)?(?: \p{Lu}(?:\p{Ll}+|\.)?)?$")
_SENT_FROM = regex.compile(r"(?://|--|\n)\s?sent from [^\n]{1,40}$", regex.I)
# Who laughs, or sings, means it otherwise: "stop it 😂" is a compliment. A smile may also be kindness.
_JOKING = regex.compile(
    r"[😂🤣😭😍🥰😘🤩😻🥹😅😆😁😜😝😉💀❤💕💖💛💙💚🔥🎶🎵♪♫]|\b(?:xd+|lol|lmao|rofl|jk|haha\w*|jaja\w*|omg)\b|(?<!\S)/s\b",
    regex.I,
)
_SMILING = regex.compile(r"[:;]-?[)DPp]|[🙂😊☺]")
_SENTENCE = regex.compile(r"[^.!?…;\n。！？]++[.!?…。！？]*+")


def _said_to_us(text: str, handles: Collection[str]) -> str | None:
    """Their own words without handles, links and a signature; None where they open with somebody else's handle."""
    bare = _LINK.sub(" ", _TAGGING.sub("tagging", text))
    named = [_name(found) for found in _HANDLE.findall(bare)]
    ours = {part for handle in handles for part in (handle.lower(), handle.lower().partition("@")[0])}
    if named and ours and ours.isdisjoint((named[0], named[0].partition("@")[0])):
        return None
    own = _QUOTED.sub(" quoted ", _ANSWERED.sub(" ", _HANDLE.sub(" ", bare))).strip()
    return _without_our_name(_SIGNED.sub("", _SENT_FROM.sub("", own).strip()), ours)


def _name(found: str) -> str:
    return found.lower().lstrip("@/").removeprefix("u/")


def _without_our_name(said: str, ours: Collection[str]) -> str:
    """Without our name where they call us by it: "acme: stop", "Stop messaging me, Acme!"."""
    for mark in ",:":
        head, found, rest = said.partition(mark)
        if found and head.strip().lower() in ours:
            return rest
    rest, found, tail = said.rpartition(",")
    return rest if found and tail.strip(" .!").lower() in ours else said


def _plain(text: str) -> str:
    """Lower case, without marks (but for ?) and a Latin letter's accents; "opt-out" and don’t are one word each."""
    bare = regex.sub(r"(?<=!)1+", " ", unicodedata.normalize("NFKD", text.casefold()))
    bare = unicodedata.normalize("NFC", regex.sub(r"(?<=\p{Latin})\p{Mn}+", "", bare)).replace("¿", "?")
    bare = regex.sub(r"(?<=\w)['’ʼ`´‑-](?=\w)", "", bare)
    return " ".join(regex.sub(r"[^\w?]+|_+", " ", bare).replace("?", " ? ").split())


def _any_of(*tables: str) -> str:
    return "|".join(f"(?:{line.strip()})" for table in tables for line in table.splitlines() if line.strip())


# The tables below are patterns over plain words (see `_plain`): no Latin accents, no apostrophes, one space between.

_COURTLY = """
please|pls|plz|plss|kindly|bitte|svp|stp|sil vous plait|sil te plait|por favor|per favore|per piacere
alsjeblieft|alstublieft|aub|prosze|prosim|lutfen|snalla|vær sa snill|vær sa venlig|пожалуйста
"""
# What may stand beside a request without changing it.
_STRESS = r"""
(?:but )?(?:thanks|thank you)(?: though)?|thx|ty|no thanks|no thank you|hey|hi|hello|sorry|ok|okay|enough
seriously|i mean it|for real|right now|now|already|immediately|at once|for good|forever|just|wtf|ffs
i said|(?:this is (?:my|the) )?(?:last time|(?:final|last) warning)
(?:im |i am )?not interested|this is spam|i (?:have )?blocked you|blocked
i (?:did not|didnt|never) consent(?:ed)? to (?:this|being contacted(?: by a bot)?)
bots are not welcome here|i (?:dont|do not) talk to bots|(?:youre|you are) a bot|(?:bad )?bot
(?:or )?(?:ill|i will|im going to|i am going to) (?:block|report) (?:you|this)(?: to \w+)?
i (?:dont|do not) (?:want|need) (?:your|any|this) help
i (?:never|didnt|did not) ask(?:ed)? for (?:this|you|your help|help)
i (?:never|didnt|did not) ask(?:ed)? you to (?:message|contact|reply to) me|who asked you
(?:i(?:ts| have| ve|ve)? )?already (?:solved|fixed)(?: it)?
danke|sofort|endlich|jetzt|mal|kein interesse|merci|tout de suite|maintenant|ca suffit
gracias|ahora|ya|grazie|subito|adesso|ora|obrigado|obrigada|agora|ja|bedankt|dank je|dank u|nu|graag
"""
_COULD = "(?:can|could|would|will) you"
_ASKED = f"""
{_COULD}|(?:id like|i (?:want|need|would like|told|asked|am asking)) you to|i asked(?: you)?(?: to)?|go away(?: and)?
"""

# To be contacted, as one may ask not to be; `me` where the language has it at the end.
_DOING = (
    r"(?:(?:replying|responding|answering|writing|tweeting|talking|speaking|commenting|reaching out) ?(?:to|at|on)?"
    r"|contacting|messaging|tagging|mentioning|spamming|bothering|harassing|stalking|pestering)"
)
_DO = r"(?:contact|message|tag|mention|(?:reply|respond|write) to|tweet at|comment on|(?:interact|engage) with)"
_ME = r"(?:me|us|my (?:posts?|tweets?|messages?|comments?|threads?|account|replies|mentions))"
_AGAIN = r"(?: (?:again|anymore|any more|ever|any longer|(?:in|about) this)){0,2}"
_ONCE_MORE = r" (?:again|anymore|any more|ever again|any longer)"
_NICHT = r"(?:nicht|nie)(?: mehr| wieder| nochmal)?"
_ZU = r"(?:kontaktieren|anschreiben|schreiben|antworten|markieren|taggen|belastigen)"
_FR = r"(?:contact|repond|ecriv|tagu|mentionn|harcel|derang|spamm)"
_MESSAGES = r"(?:messages|replies|dms|e?mails)"

# Requests that name the contact: clear enough even where more is said beside them.
_CLEAR = f"""
(?:you (?:have|need) to |you must )?(?:stop|quit|cease) {_DOING} ?{_ME}{_AGAIN}
stop sending (?:me|us) {_MESSAGES}{_AGAIN}
(?:do not|dont)(?: you)?(?: ever)? {_DO} {_ME}{_AGAIN}
never(?: ever)? {_DO} {_ME}{_ONCE_MORE}
i (?:dont|do not) (?:want|wish) to (?:hear from you|be contacted)(?: by you)?{_AGAIN}
i (?:dont|do not) (?:want|wish) (?:any more|any further) {_MESSAGES}(?: from you)?{_AGAIN}
i (?:dont|do not) (?:want|wish) any {_MESSAGES} from you{_AGAIN}
(?:get|stay|keep) (?:the (?:hell|fuck) )?out of my (?:mentions|replies|dms|inbox|threads)
(?:kontaktiere?|schreibe?|antworte|markiere?|tagge?) (?:mich|mir) {_NICHT}
(?:kontaktieren|schreiben|antworten|markieren|taggen) sie (?:mich|mir) {_NICHT}
(?:hor|hort|horen sie) auf(?: damit)? (?:mich|mir)(?: nachrichten)? zu (?:{_ZU}|schicken|senden)
ich (?:mochte|will|wunsche) (?:nicht mehr|nie wieder) (?:von (?:euch|ihnen) )?kontaktiert werden
ich (?:mochte|will|wunsche) keine (?:nachrichten|antworten) mehr (?:von (?:euch|ihnen|dir)|bekommen|erhalten)
ne (?:me|m) ?{_FR}ez (?:plus|pas)(?: jamais)?
arret(?:e|ez) de (?:me|m) ?(?:{_FR}(?:er|re)|ecrire|envoyer des messages)
je ne (?:veux|souhaite) plus (?:recevoir (?:vos|de) messages(?: de vous)?|etre contactee?)
no me (?:contact|contest|etiquet|mencion)(?:en?|es)(?: mas| nunca mas)?
no me (?:escrib|respond)(?:an?|as)(?: mas| nunca mas)?
(?:deja|deje|dejen|dejad|para|paren) de (?:contactar|escribir|responder|etiquetar|mencionar|molestar)me
(?:deja|deje|dejen|dejad|paren) de (?:mandar|enviar)me mensajes
no quiero que me (?:contacten|escriban|respondan|etiqueten)(?: mas)?
non (?:contattate|scrivete|rispondete|taggate|menzionate)mi(?: piu| mai piu)?
non (?:contattar|scriver|risponder|taggar|menzionar)mi(?: piu| mai piu)?
non mi (?:contattare|scrivere|rispondere|taggare|menzionare|scriva|risponda)(?: piu| mai piu)?
(?:smettila|smettetela|smetti|smettete|la smetta) di (?:contattar|scriver|risponder|taggar|menzionar|disturbar)mi
(?:smettila|smettetela|smetti|smettete|la smetta) di (?:mandar|inviar)mi messaggi
non voglio piu (?:ricevere (?:i vostri )?messaggi|essere contattat[oa])
nao me (?:contatem?|contactem?|respondam?|marquem?|escrevam?|mencionem?)(?: mais| nunca mais)?
(?:pare|parem|para) de me (?:contatar|contactar|responder|marcar|escrever|mencionar|incomodar)
(?:pare|parem|para) de me (?:mandar|enviar) mensagens
nao quero mais (?:receber (?:suas )?mensagens|ser contatad[oa])
(?:contacteer|tag|schrijf|mail) (?:me|mij) (?:niet|nooit)(?: meer)?
reageer (?:niet|nooit)(?: meer)? op (?:me|mij|mijn berichten)(?: meer)?
neem (?:geen|nooit)(?: meer)? contact(?: meer)?(?: met (?:me|mij))? op
stop met (?:me|mij) (?:te (?:contacteren|taggen|berichten|mailen|antwoorden)|berichten te sturen)
stuur (?:me|mij) geen berichten meer
ik wil geen berichten meer(?: (?:van jullie|van u|van je|ontvangen))?
"""

# Requests that say it only when they stand alone.
_ALONE = f"""
stop(?: it)?|stopp+|s t o p
(?:stop|quit) (?:dming|e ?mailing|mailing|texting|calling|pinging|bugging) {_ME}{_AGAIN}
(?:do not|dont)(?: ever)? (?:dm|e ?mail|ping|harass|spam) me
(?:stop|quit) (?:replying|contacting|messaging|dming|tagging|mentioning|spamming|bothering){_AGAIN}
(?:do not|dont) contact{_AGAIN}
(?:do not|dont)(?: ever)? (?:reply|respond|message|dm|tag|contact){_ONCE_MORE}
(?:do not|dont)(?: you)?(?: ever)? (?:(?:talk|speak) to|bother|text|call|answer|spam|ping|pester) me{_ONCE_MORE}
i (?:dont|do not) want to (?:talk|speak) to you{_AGAIN}
unsubscribe me|unsubscribe(?: me)? from (?:this|your)(?: mailing)? list|opt me out|cease and desist
(?<!to |you )(?:unsubscribe|unsub|optout|opt out)
(?:remove|take|delete) me (?:from|off)(?: of)? (?:this|your)(?: mailing| contact)? lists?|remove me from your contacts
leave me (?:the (?:hell|fuck) )?alone|leave me be|leave me in peace|leave us alone|leave me out of (?:this|it)
i (?:want|would like) to be left alone|stop following me(?: around)?
aufhoren|(?:hor|hort|horen sie) auf(?: damit)?|(?:lass|lasst|lassen sie) das
(?:lass|lasst|lassen sie) (?:mich|uns) in (?:ruhe|frieden)
nicht mehr {_ZU}|(?:tragt|trag|tragen sie) mich aus|ich (?:mochte|will) keine nachrichten mehr
arretez(?: ca| cela)?|(?:desabonnez|desinscrivez) ?moi
(?:laisse|laissez|fiche|fichez|fous|foutez) ?moi (?:tranquille|en paix|la paix)
para|pare|paren|parad|parem|(?:deja|deje|dejen|dejad) ?me en paz|no quiero mas mensajes
smettila|smettetela|smetti|smettete|la smetta|lascia(?:te)?mi in pace|mi lasci in pace|lascia(?:te)?mi stare
disiscriv(?:i|ete)mi
me deix(?:a|e|em) em paz|deix(?:a|e|em) ?me em paz
stop ermee|stop daarmee|houd op|ophouden|hou ermee op|laat (?:me|mij|ons) met rust|niet meer contacteren
schrijf (?:me|mij) uit
przestancie|przestac|przestan(?:cie)? do mnie pisac|nie pisz(?:cie)? do mnie(?: wiecej)?|do mnie nie pisac
nie odpowiadaj(?:cie)? mi(?: wiecej)?|zostaw(?:cie)? mnie w spokoju|nie kontaktuj(?:cie)? sie ze mna(?: wiecej)?
перестаньте|прекратите|(?:хватит|перестаньте|прекратите) мне (?:писать|отвечать)
(?:больше )?не (?:пишите|отвечайте|пиши) мне(?: больше)?|(?:больше )?мне (?:больше )?не пишите
(?:больше )?не связывайтесь со мной(?: больше)?|оставьте меня в покое
もう(?:連絡|返信|リプライ)し(?:ないで(?:ください|下さい)?)|(?:連絡|返信|リプライ)しないで(?:ください|下さい)
やめて(?:ください|下さい)|もうやめて(?:ください|下さい)|話しかけないで(?:ください|下さい)|放っておいて(?:ください|下さい)
bana (?:bir daha |artik )?(?:yazmay[iı]n|yazma|mesaj atmay[iı]n)|beni rahat b[iı]rak(?:[iı]n)?
benimle (?:bir daha )?iletisime gecmeyin
sluta (?:kontakta|tagga|svara) mig|sluta skriva till mig|lamna mig i ?fred
(?:kontakta|tagga) mig inte(?: igen| mer)?|skriv inte till mig(?: igen| mer)?
(?:hold op|stop) med at (?:skrive til|kontakte|tagge) mig|lad mig være(?: i fred)?
skriv ikke til mig(?: igen| mere)?|kontakt mig ikke(?: igen| mere)?
slutt (?:a|med a) (?:skrive til|kontakte|tagge) meg|ikke (?:kontakt|tagg|skriv til) meg(?: igjen| mer)?
la meg være(?: i fred)?
prestante|prestante mi psat|(?:uz )?mi (?:uz )?nepiste|nepiste mi(?: uz)?|(?:uz )?me (?:uz )?nekontaktujte
nekontaktujte me|nechte (?:me|mne) (?:byt|na pokoji)
"""

# Requests that could as well be a complaint, a statement or a manner of speaking, unless they say please.
_POLITE = f"""
no (?:more|further) {_MESSAGES}(?: to {_ME})?|go away|(?:do not|dont) (?:reply|respond|answer|message|dm|tag)
(?:keine|nie wieder) (?:antworten|nachrichten|mails) mehr|nicht {_ZU}
(?:kontaktiert|schreibt|antwortet|markiert|taggt) (?:mich|mir) {_NICHT}
ne (?:me|m) ?(?:contacte|ecris|reponds|tague|mentionne) plus
no mas (?:mensajes|respuestas)|niente piu messaggi|sem mais mensagens
arrete(?: ca)?|hou op|sluta
geen (?:berichten|reacties|mails) meer|niet (?:meer )?(?:contacteren|reageren|taggen|berichten)
"""

# Whoever says one of these beside it asks for something, names another way to be reached, or tells of someone else.
_IN_NEED = regex.compile(
    r"\?|\b(?:instead|unless|until|till|rather|only|except|but|yet|later|today|tonight|tomorrow|next|before|after|when"
    r"|while|if|call me|phone me|use my|by (?:e?mail|phone)|(?:call|phone|ring|email|dm|text|write|message) (?:me|us)"
    r" (?:at|on|back|first|by|here)|refund\w*|money|need|want|help|fix|repair|send|replace\w*|deliver\w*|order|parcel"
    r"|package|cancel\w*|invoice|bill|charged?|return|broken|where|why|how|human|someone|somebody|person|lawyer"
    r"|husband|wife|partner|number|phone|address|wrong|correct|changed?|use|try|via|wallet|broke"
    r"|he|she|they|him|her|them|his|their|say|says|said|song|lyrics?|film|movie|scene|joke|kidding|quote|quoted|ex|boss|what|who|dear|signed|sincerely"
    r"|sondern|stattdessen|lieber|geld|zuruck|hilfe|brauche|bestellung|paket|wo|warum|wann|wie|er|sie hat|mail"
    r"|plutot|remboursement|commande|colis|argent|pourquoi|aide|besoin|mais|il|elle"
    r"|prefiero|mejor|dinero|reembolso|pedido|donde|ayuda|necesito|pero|sino|cuando|el|ella"
    r"|piuttosto|invece|rimborso|ordine|soldi|pacco|perche|aiuto|dove|ma|lui|lei"
    r"|em vez|dinheiro|ajuda|preciso|onde|ele|ela|quando"
    r"|liever|bestelling|pakket|waar|waarom|hulp|nodig|maar|hij|zij)\b"
)


def _request(*tables: str) -> regex.Pattern[str]:
    """Up to four requests in a row, each perhaps asked for in so many words."""
    return regex.compile(rf"(?:(?:(?:{_any_of(_ASKED)}) )?(?:{_any_of(*tables)})(?: and)?(?: |$)){{1,4}}")


_PLEASE = regex.compile(rf"\b(?:{_any_of(_COURTLY)})\b")
_BESIDE = regex.compile(rf"\b(?:{_any_of(_STRESS)})\b(?: \?)?")
_COULD_YOU = regex.compile(rf"{_COULD} [^?]+\?$")
_REQUEST = _request(_CLEAR, _ALONE)
_CLEAR_REQUEST = _request(_CLEAR)
_POLITE_REQUEST = _request(_CLEAR, _ALONE, _POLITE)
