"""What the people of the plaza have said before, and how Harbourlight answered them then."""

from __future__ import annotations

from listener.plaza.script import Line, days_ago

HISTORY: tuple[Line, ...] = (
    Line(
        "paul-winters",
        "oldpaul_reads",
        "Third winter with the Dune on my side of the bed and it still hasn't woken Ellen once. "
        "@harbourlight you made a good one",
        days_ago(212),
        likes=31,
    ),
    Line(
        "hb-winters",
        "harbourlight",
        "Three winters, and Ellen still asleep: that may be the best review the Dune has ever had. Thank you, Paul.",
        days_ago(211.8),
        "paul-winters",
        likes=9,
    ),
    Line(
        "paul-switch",
        "oldpaul_reads",
        "@harbourlight is there a spare switch for the Dune? Mine clicks but doesn't always catch. It's the older one "
        "with the brass collar",
        days_ago(151),
    ),
    Line(
        "hb-switch",
        "harbourlight",
        "There is, Paul: part D-19, for the brass collar. One is in the post to you, no charge. Wall plug out first, "
        "the rest is two screws. Marta",
        days_ago(150.7),
        "paul-switch",
        likes=4,
    ),
    Line(
        "paul-fitted",
        "oldpaul_reads",
        "Switch fitted. Two screws, as promised. Obliged to you Marta.",
        days_ago(146),
        "hb-switch",
        likes=6,
    ),
    Line(
        "sam-bulb",
        "sam_ojo",
        "@harbourlight quick one, does the Wren take a normal bulb? got it for Temi's desk and cant see how it opens",
        days_ago(96),
    ),
    Line(
        "hb-bulb",
        "harbourlight",
        "Hello Samira, it doesn't open: the light is built in and good for about 25,000 hours. Temi should be at "
        "university by then.",
        days_ago(95.9),
        "sam-bulb",
        likes=12,
    ),
    Line(
        "ned-level",
        "dryly_ned",
        "@harbourlight the base of the Wren is not flat. I have checked it with a level. I have checked the level "
        "with another level.",
        days_ago(63),
        likes=44,
    ),
    Line(
        "hb-level",
        "harbourlight",
        "Thank you for your feedback! We are always working to improve your experience.",
        days_ago(62.5),
        "ned-level",
    ),
    Line("ned-lovely", "dryly_ned", "A machine. Lovely.", days_ago(62.4), "hb-level", likes=58),
    Line(
        "maren-newlamp",
        "maren_holt",
        "New lamp day! The Wren in moss green. Looks tiny next to Jonas's stegosaurus @harbourlight",
        days_ago(41),
        likes=15,
    ),
    Line(
        "hb-newlamp",
        "harbourlight",
        "Please tell the stegosaurus we come in peace. Enjoy the moss green, Maren, it's the one on my desk too. Iver",
        days_ago(40.9),
        "maren-newlamp",
        likes=7,
    ),
    Line(
        "kit-compare",
        "kit_glows",
        "day 1 with my Glowly Arc and I've already forgotten what other lamps are called",
        days_ago(33),
        likes=80,
    ),
    Line(
        "hb-moss",
        "harbourlight",
        "The Wren in moss green is back, 200 of them. They went quickly last time, sorry about that.",
        days_ago(26),
        likes=61,
    ),
    Line(
        "abi-moss",
        "abi_nights",
        "is moss the one that goes properly dim? asking for a day sleeper",
        days_ago(25.8),
        "hb-moss",
    ),
    Line(
        "hb-dim",
        "harbourlight",
        "They all do, Abi: hold the dial down and it goes to two percent, about a candle across the room. Iver",
        days_ago(25.7),
        "abi-moss",
        likes=3,
    ),
    Line(
        "jo-corner",
        "jo_and_ferns",
        "my reading corner is 90% fern at this point and I can't see the book",
        days_ago(21),
        likes=22,
    ),
    Line("hedda-corner", "hedda_m", "you need a lamp more than you need another fern", days_ago(20.9), "jo-corner"),
    Line(
        "deepak-arm",
        "deepak_v",
        "@harbourlight the arm on my Wren won't stay up any more, it sinks on to the book like it's tired. "
        "Order HL-19882.",
        days_ago(16),
    ),
    Line(
        "hb-arm",
        "harbourlight",
        "That arm should hold for years, Deepak, I'm sorry. A new Wren for HL-19882 leaves here on Friday, and keep "
        "the old one until it comes. Marta",
        days_ago(15.6),
        "deepak-arm",
    ),
    Line("deepak-friday", "deepak_v", "Thank you Marta, Friday is great.", days_ago(15.5), "hb-arm", likes=1),
    Line(
        "gwen-cracked",
        "gwen_apraiz",
        "@harbourlight parcel came today, shade cracked right across. HL-20418. Who do I send the photos to?",
        days_ago(9),
    ),
    Line("carl-first", "carl_lumen", "wren turned up. good packing fair play @harbourlight", days_ago(8), likes=2),
)
