"""The people who live on the plaza, and how each of them takes an answer.

All invented: Harbourlight makes reading lamps, the Wren and before it the Dune; Glowly makes them too.
"""

from __future__ import annotations

from dataclasses import dataclass

BRAND = "harbourlight"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody, with what they say to a good answer, a generic one, and a second one to the same post.

    An empty tuple means that they say nothing: some people do not come back, and spammers never do.
    """

    handle: str
    name: str
    bio: str
    followers: int
    days_here: int
    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    lang: str = "en"


CAST: tuple[Member, ...] = (
    Member(BRAND, "Harbourlight", "Reading lamps, made slowly in Porthleven. Real people answer here.", 8412, 2200),
    Member(
        "maren_holt",
        "Maren Holt",
        "Two kids, one allotment, never enough bookshelves. Bergen → Leeds",
        312,
        900,
        good=(
            "ha, I told Jonas the lamp people wrote back and he wants to know if you have a badger too",
            "That made my evening, thank you! Chapter nine tonight.",
        ),
        bad=("oh. that reads a bit like it was meant for someone else?", "Did anyone read what I wrote? 🙂"),
        twice=("You already answered me! Still nice of you though",),
    ),
    Member(
        "tobiask",
        "Tobias Krall",
        "trombone, trains, too many tabs open",
        148,
        640,
        good=(
            "Ahh that was it. Three weeks of getting up to tap the thing. Thanks",
            "ok makes sense now, trying it tonight when I'm back from rehearsal",
        ),
        bad=("I asked about the half hour thing? I know how to switch it on",),
        twice=("Got it the first time, cheers",),
    ),
    Member(
        "gwen_apraiz",
        "Gwen Apraiz",
        "Ward clerk. Opinions mine, obviously.",
        501,
        1500,
        good=(
            "Thank you. That's all I wanted, somebody to actually look at it. Sending the photos over now.",
            "Right. Finally. I'll believe it when it's at the door but thank you for not fobbing me off.",
        ),
        bad=(
            "That is a copy and paste. My lamp is in two pieces in a box in the hall. Did anyone read what I wrote?",
            "And again. I give up, I'm ringing the bank about the payment.",
        ),
        twice=("Two answers now and still no shade. Which one of you do I talk to?",),
    ),
    Member(
        "dryly_ned",
        "Ned Farrow",
        "Retired surveyor. It's never level.",
        1203,
        2100,
        good=(
            "Well, knock me down. A straight answer. I take back the second half of what I said, not the first.",
            "Fair enough. I shall report to the kitchen table that somebody is at home over there.",
        ),
        bad=(
            "Did anyone read what I wrote, or does the account have a password and an upper case letter too?",
            "Marvellous. I'll have that one framed.",
        ),
        twice=("Twice! I am spoilt.",),
    ),
    Member(
        "sam_ojo",
        "Samira Ojo",
        "Dental nurse, mum of Temi (7). Croydon",
        226,
        700,
        good=(
            "ok it's unplugged and out on the step. Thank you for being quick, I was properly scared",
            "thank you. not touching it. Temi's at her nan's tonight anyway",
        ),
        bad=(
            "sorry but did anyone READ that?? it smells of burning and it's next to my kid's bed",
            "I've rung the shop instead.",
        ),
        twice=("yes I saw, it's unplugged",),
    ),
    Member(
        "little_wool",
        "wren w.",
        "i knit. mostly lurking",
        19,
        410,
        good=("oh!! I didn't think anybody would see that. thank you 🧶", "you've made me go red. thank you"),
        bad=("oh ok",),
        twice=("🙈",),
    ),
    Member(
        "deepak_v",
        "Deepak Vellathottam",
        "Maths teacher. Marking, mostly.",
        377,
        1100,
        good=(
            "Thanks for looking into it properly. The jam jar can go back in the cupboard then.",
            "Appreciate that. I'd rather know than keep listening for the van.",
        ),
        bad=("With respect, that is the same sentence I could have had from a machine. I asked where the lamp is.",),
        twice=("I've had two replies and no lamp, which is the wrong way round",),
    ),
    Member(
        "ines_marin",
        "Inés Marín",
        "Valencia. Libros, gatos y café con hielo.",
        845,
        1300,
        lang="es",
        good=(
            "¡Qué bien, gracias por contestar! Pues me la pido esta noche.",
            "Mil gracias, era justo lo que quería saber.",
        ),
        bad=("Perdona, ¿habéis leído lo que preguntaba?",),
        twice=("Sí, sí, ya me habíais contestado 😅",),
    ),
    Member(
        "oldpaul_reads",
        "Paul Whitcombe",
        "Paperbacks, tides, the cricket.",
        88,
        2050,
        good=(
            "That's kind of you. She'd have liked that you remembered.",
            "Thank you. I'll leave it on, then.",
        ),
        bad=("I don't think that was meant for me.",),
        twice=("Bless you, you've said it already.",),
    ),
    Member(
        "rita_quill",
        "Rita Quill",
        "Writes about things that last. Sunday pages, mostly.",
        15240,
        1800,
        good=(
            "Useful, thank you, that's clearer than most. I'll send the rest of my questions to the address you gave.",
            "Thanks for a real answer. I may quote that bit if you don't mind.",
        ),
        bad=("I'll put you down as 'did not answer the question', shall I?",),
        twice=("I have it, thank you. One reply is plenty.",),
    ),
    Member(
        "kit_glows",
        "Kit",
        "Glowly ambassador ✨ (not paid, just right)",
        2760,
        300,
        good=("ok respect for answering that. still team Glowly tho", "hm. fair. the arm IS nicer on yours"),
        bad=("lol ok brand account",),
        twice=("obsessed with me 💅",),
    ),
    Member(
        "fen_moves",
        "Fenella Boyd",
        "Currently living out of boxes. Leith",
        164,
        520,
        good=("You star. One less thing on the list (the list is 4 pages)", "Phew!! thank you, that's a weight off"),
        bad=("I don't need help with the lamp, I need it not to go to Glasgow? Did anyone read my message",),
        twice=("all sorted, you said! thanks",),
    ),
    Member(
        "bramble_books",
        "Bramble Books",
        "Secondhand, upstairs, mind your head. Ludlow. Open Tue to Sat.",
        1987,
        1700,
        good=(
            "Perfect, that's what we needed for the landlord. We'll measure up on Monday when we're shut.",
            "Thanks! Will come back to you once we've counted sockets.",
        ),
        bad=("Er, thanks, but we asked how many and when?",),
        twice=("Got both of these, ta",),
    ),
    Member(
        "abi_nights",
        "Abi Sandhu",
        "Nights on ward 6. Asleep when you're not.",
        233,
        600,
        good=("brilliant, will try the lowest notch when I'm in at 8", "thank you from me and my eyelids"),
        bad=("that's nice but which setting??",),
        twice=("yep saw it, was asleep lol",),
    ),
    Member(
        "carl_lumen",
        "carl p",
        "sparky. bikes. bad at typing",
        91,
        480,
        good=("cheers for that. ill tell the missus its not just me then", "nice one. least you owned it"),
        bad=("did you even read it mate. the SWITCH",),
        twice=("alright alright heard you",),
    ),
    Member(
        "jo_and_ferns",
        "Jo Lattimer",
        "47 houseplants and counting",
        402,
        980,
        good=("omg they're listening 😂 hi lamp people. it IS nice with the fern", "haha ok you win, hi!"),
        bad=("we weren't really talking to you but ok",),
        twice=("still here I see 👀",),
    ),
    Member(
        "hedda_m",
        "Hedda Moe",
        "Ceramics, Sundays only",
        290,
        870,
        good=(
            "Hah, hello. I'll let you know how the corner turns out.",
            "Didn't expect to be overheard, but that's sweet.",
        ),
        bad=("Is this a bot? We were just chatting",),
        twice=("Hello again...",),
    ),
    Member("dealz4days_", "DEALZ 4 DAYS", "BEST PRICE ONLINE >>> link in bio", 11, 4),
    Member("lumi_crypto_x", "Lumi", "early is everything", 3, 2),
)
MEMBERS = {member.handle: member for member in CAST}
