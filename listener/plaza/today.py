"""What the people of the plaza say today: some of it at once, the rest over five minutes."""

from __future__ import annotations

from listener.plaza.script import Line, after, minutes_ago

# Said at once, so that a newcomer sees people talking straight away.
OPENING: tuple[Line, ...] = (
    Line(
        "little-thanks",
        "little_wool",
        "not sure this goes anywhere but thank you @harbourlight, i can see my stitches again in the evenings. "
        "black yarn even",
        minutes_ago(46),
        likes=3,
    ),
    Line(
        "gwen-again",
        "gwen_apraiz",
        "@harbourlight NINE days since I wrote about the cracked shade on HL-20418. No answer, nothing. £94 and it's "
        "still sat in its box in the hall. Absolutely done with this.",
        minutes_ago(38),
        likes=11,
    ),
    Line(
        "tobias-halfhour",
        "tobiask",
        "@harbourlight my Wren goes dark after half an hour, every evening, on the dot. Is that a setting or is it "
        "broken? I read on the sofa till late and have to keep getting up to tap it",
        minutes_ago(31),
    ),
    Line(
        "maren-badger",
        "maren_holt",
        "Jonas (5) now says goodnight to the lamp. We're on chapter eight of the Badger book and he holds the switch "
        "till I finish the page. @harbourlight thank you for the slow fade, honestly",
        minutes_ago(24),
        likes=19,
    ),
    Line(
        "ned-account",
        "dryly_ned",
        "So pleased that the new @harbourlight timer wants me to make an account before it will let me go to sleep. "
        "Password needs an upper case letter. It's a lamp.",
        minutes_ago(17),
        likes=73,
    ),
    Line(
        "deepak-jamjar",
        "deepak_v",
        "@harbourlight second Friday gone and no Wren. Marta said it would leave the week I wrote (HL-19882). I've "
        "propped the old arm up with a jam jar 🙃",
        minutes_ago(9),
        likes=4,
    ),
    Line(
        "sam-burning",
        "sam_ojo",
        "@harbourlight the Wren on Temi's desk is really hot at the base and there's a burning smell, like plastic?? "
        "had it on about an hour. is it safe to leave plugged in",
        minutes_ago(2),
    ),
)

TRICKLE: tuple[Line, ...] = (
    Line(
        "spam-lamps",
        "dealz4days_",
        "🔥🔥 LAMP SALE 80% OFF harbourlight dune wren ALL BRANDS >>> http://dealz4days.example/lamps DM NOW 🔥🔥",
        after(14),
    ),
    Line(
        "ines-enchufe",
        "ines_marin",
        "Hola @harbourlight, ¿enviáis a Valencia? Quiero la Wren para el cuarto de mi madre, que ya no ve bien de "
        "cerca, pero no sé si el enchufe es el de aquí o el inglés",
        after(26),
        lang="es",
    ),
    Line(
        "paul-back",
        "oldpaul_reads",
        "Been off here since Ellen died. I still put the Dune on of an evening and it still doesn't wake anyone. "
        "@harbourlight just thought I'd say.",
        after(42),
    ),
    Line(
        "jo-brass",
        "jo_and_ferns",
        "ok so I finally cleared the reading corner. two ferns moved to the bathroom",
        after(55),
    ),
    Line(
        "hedda-brass",
        "hedda_m",
        "Growth. Did you get the lamp then? I thought you were going for a harbourlight",
        after(66),
        "jo-brass",
    ),
    Line(
        "jo-payday",
        "jo_and_ferns",
        "after payday. mum has the harbourlight one and I keep stealing her chair just for the light",
        after(79),
        "hedda-brass",
    ),
    Line(
        "kit-arc",
        "kit_glows",
        "imagine paying harbourlight prices when the Glowly Arc has usb-c AND a night mode. couldn't be me",
        after(94),
    ),
    Line(
        "fen-leith",
        "fen_moves",
        "@harbourlight help, I'm moving on Thursday and my Wren (HL-20977) is still down for the Glasgow flat!! can it "
        "go to Leith instead? keys from noon",
        after(112),
    ),
    Line(
        "rita-repair",
        "rita_quill",
        "Writing about lamps you can mend, for the Sunday pages. @harbourlight which parts of the Wren can an owner "
        "replace, and for how many years do you keep spares? Deadline is Wednesday.",
        after(131),
    ),
    Line(
        "bramble-desks",
        "bramble_books",
        "We're fitting out the upstairs reading room and want nine Wrens, clamp not base. @harbourlight do you do "
        "clamps, and could they be in Ludlow before the end of the month?",
        after(150),
    ),
    Line(
        "carl-switch",
        "carl_lumen",
        "love the light on this @harbourlight lamp but who put the swich on the cable behind the bed. on my hands an "
        "knees every nite like a muppet",
        after(168),
    ),
    Line(
        "abi-eyes",
        "abi_nights",
        "in from nights, Wren down at candle, toast, bed. only thing in this flat that doesn't shout at me. "
        "@harbourlight which setting is warmest? keep going past it",
        after(187),
    ),
    Line(
        "hedda-kiln",
        "hedda_m",
        "Glazed the new bowls under my sister's harbourlight and the blue finally looks like the blue",
        after(204),
    ),
    Line(
        "spam-coin",
        "lumi_crypto_x",
        "@harbourlight @tobiask @maren_holt you have been SELECTED for early $LUMI access, claim in 10 min "
        "http://lumi-claim.example/x9",
        after(219),
    ),
    Line(
        "maren-page",
        "maren_holt",
        "Update for the @harbourlight people: he now says goodnight to the lamp BEFORE me. I've been demoted.",
        after(236),
    ),
    Line(
        "ned-grandson",
        "dryly_ned",
        "My grandson has made the account for the lamp. It is in his name. I now read at his pleasure. @harbourlight",
        after(254),
    ),
    Line(
        "tobias-glowly",
        "tobiask",
        "anyone on here had both the Wren and a Glowly? mine's for reading music so I need it wide not bright",
        after(271),
    ),
    Line(
        "kit-wide",
        "kit_glows",
        "Arc all day. harbourlight throws a little puddle, the Arc does the whole stand",
        after(284),
        "tobias-glowly",
    ),
    Line(
        "little-sleeve",
        "little_wool",
        "finished the second sleeve!! it was the @harbourlight that did it really. seven weeks of evenings",
        after(300),
    ),
)
