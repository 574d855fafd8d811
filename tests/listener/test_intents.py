"""What people want of us, each intent both ways. The people and their trades are invented."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from listener.mention import Author, Mention
from listener.sentiment import Vader
from listener.triage import PERSONAL, SARCASM, UNREAD, UNSURE, Intent, Triage, Triager
from listener.triage.complaints import pack, parse, shipped
from listener.triage.phrases import Words
from listener.watch import Matcher, Watch

WATCHES = (
    Watch("acme", "brand", ("Acme",), ("acmehelp",)),
    Watch("rival", "competitor", ("Rival",)),
    Watch("trains", "topic", ("night train",)),
)
TRIAGER, MATCHER = Triager(Vader(), WATCHES), Matcher(WATCHES)


def triage(text: str, lang: str | None = None) -> Triage:
    mention = Mention("plaza", "1", Author("plaza", "a", "ana"), text, datetime(2026, 11, 23, tzinfo=UTC), lang=lang)
    return TRIAGER.triage(mention, MATCHER.match(mention))


HEARD: dict[Intent, tuple[str, ...]] = {
    "question": (
        "@acme are you open on boxing day?",
        "@acme what time does the pool close on sundays",
        "does acme do gluten free bases?",
        "@acmehelp is the blue mug dishwasher safe?",
        "hey @acme whats your phone number for the leeds branch",
        "How long does an Acme passport photo take?",
        "@acme can i bring my dog into the garden centre?",
        "Is Acme closed on Thanksgiving?",
        "@acme yo when u restocking the hoodies",
        "@acme do you have parking near the clinic",
        "@acme which bus stop is nearest to the museum?",
        "@acme who is the author of the morning column?",
        "@acme will there be vegan cake on saturday?",
    ),
    "complaint": (
        "@acme my sofa came with a leg missing and nobody picks up",
        "the soup at Acme was cold and the waiter rolled his eyes at me",
        "@acme third time this month the bin lorry skipped our road",
        "Acme broadband down again, cheers for that",
        "@acme I was told tuesday. its friday. still no washing machine",
        "@acme why is my bill forty dollars higher than last month",
        "Paid for next day delivery with Acme and it took a week",
        "@acme your app logs me out every single time i open it",
        "the seams on my Acme coat split after two wears",
        "@acme been on hold 50 minutes to book a blood test, not good enough",
        "Acme charged me twice for one haircut and won't give it back",
        "@acme the hotel room smelled of damp and the heating didn't work",
    ),
    "praise": (
        "@acme the nurse on ward 4 was so kind to my gran, thank you",
        "Just had the best pancakes at Acme",
        "@acme love the new timetable layout, so much easier",
        "big up the acme lads who fixed our boiler in the snow",
        "Acme's coffee is still the nicest in town",
        "@acme thanks for sorting it so quickly!",
        "acme is the goat",
        "the staff at Acme are awesome, made my daughter's birthday",
        "@acme your app is brilliant, well done",
        "shoutout to Acme for carrying my shopping to the car",
        "My Acme boots have lasted nine winters, couldn't be happier",
        "@acme great service from Priya today",
        "Acme tyres: quick, friendly, cheap. impressed",
    ),
    "request": (
        "@acme please can you add me to the waiting list",
        "@acme could you send me a copy of my invoice please",
        "@acmehelp i need to change the name on my ticket",
        "@acme can someone call me back about the quote",
        "@acme please cancel my booking for friday",
        "@acme how do i return a pair of boots",
        "@acme pls unlock my account, user number in dm",
        "@acme can you help me choose a paint",
        "@acme need a receipt for the table we had on saturday",
        "@acmehelp can you please check whether my parcel left Leeds",
        "@acme kindly update my address on the membership",
        "hi @acme please dm me about the school visit",
        "@acme bestie pls bring back the mango one",
    ),
    "leaving": (
        "@acme that's it, cancelling my subscription tonight",
        "Never again, Acme. Eleven years a customer.",
        "@acme I'm taking my business elsewhere",
        "@acme you just lost a customer, bye",
        "closing my account with Acme as soon as the transfer lands",
        "Thinking of switching to Rival, Acme's prices are silly now",
        "@acme so done with you, moving to another gym on monday",
        "we won't be back at Acme after that dinner",
        "last time I fly with Acme",
        "hmm might cancel acme and go to rival",
        "@acme not renewing my season ticket after this",
        "i will never order from Acme again, two hours for a cold pizza",
        "deleted the app, Acme. deal with it",
    ),
    "buying": (
        "@acme do you ship to Norway?",
        "where can i buy the green Acme kettle in Dublin?",
        "Thinking of switching to Acme for broadband, any good?",
        "@acme which model should I get for a small flat?",
        "@acme how much is a monthly pass for two",
        "considering getting an Acme bike for the commute",
        "@acme do you have the grey one in stock?",
        "@acme is there a student discount?",
        "about to buy an Acme drill, anything i should know?",
        "@acme when is the new lamp coming out?",
        "@acme can i still preorder the record",
        "want to buy an Acme tent before june",
    ),
    "recommendation": (
        "Would highly recommend Acme if your cat needs a dentist",
        "told all my friends about Acme, you should try the dumplings",
        "can anyone recommend a plumber? is Acme any good?",
        "If you're in Bath do yourself a favour and eat at Acme",
        "Has anyone tried Acme for wedding photos?",
        "any recommendations for a quiet hotel, or is Acme worth it?",
        "I always tell everyone to bank with Acme, they never let me down",
        "can't recommend Acme enough for kids' shoes",
        "Acme or Rival, which one is better for a beginner?",
        "my mother swears by Acme for her glasses",
        "looking for a good vet near Reading, thoughts on Acme? any suggestions welcome",
        "everyone should try the Acme bakery once",
    ),
    "risk": (
        "@acme the battery in your scooter caught fire in my hallway",
        "found a piece of glass in my Acme yoghurt",
        "@acme my son had an allergic reaction, nuts were not on the label",
        "My solicitor will be in touch with Acme",
        "@acme the brakes failed on the bike you serviced",
        "the Acme app shows another patient's records to me",
        "@acme smell of gas since your engineer left",
        "Acme refused entry because of my guide dog, that's discrimination",
        "@acme food poisoning after the oysters, two of us in bed for days",
        "@acme someone hacked my account and there are payments I didn't make",
        "I'll see you in court, Acme",
        "@acme got an electric shock from the hair dryer",
    ),
    "abuse": (
        "@acme fuck you and your stupid shop",
        "@acme you absolute cunts",
        "go to hell @acme",
        "@acmehelp you fucking morons can't even read",
        "@acme hope you all die in a fire, hope you rot",
        "Acme staff are scum of the earth",
        "Acme, your driver grabbed my arm",
        "I got racially abused by the staff at Acme",
        "@acme i know where you work and i will find you",
        "one of the Acme stewards shoved me against the door",
        "@acme your guard spat at me",
        "@acme piece of shit company, kill yourselves",
    ),
    "chat": (
        "@bob meet you at Acme at six?",
        "sitting in the Acme on Mill Lane writing letters",
        "walked past Acme this morning, new window",
        "my cousin works at Acme now",
        "@sue lol remember the Acme christmas party",
        "Acme shares down 4%",
        "Dreamt I was locked in an Acme overnight with a penguin",
        "first day at Acme tomorrow, wish me luck",
        "the Acme car park is where I learned to drive",
        "@tom @ann see you outside Acme",
        "That song from the Acme advert is stuck in my head",
        "mum has the Acme sofa and I keep stealing her seat",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("intent", "text"), [(intent, text) for intent, texts in HEARD.items() for text in texts])
def test_what_they_want_is_heard(intent: Intent, text: str) -> None:
    heard = triage(text)
    assert intent in heard.intents
    assert heard.intent == heard.intents[0]


# As like as can be, and not it.
UNHEARD: dict[Intent, tuple[str, ...]] = {
    "question": (
        "@acme thanks for telling me when you open",
        "Acme is open on Sundays now",
        "@acme our kitchen which is now fitted is in use",
        "I know how long an Acme queue takes",
        "@bob what time do we meet at Acme?",
        "whoever is in charge of cake at Acme, well done",
        "told him where Acme is",
        "Acme does gluten free bases",
        "@acme I will be there on Saturday",
        "parked by Acme and walked",
        "the Acme museum which reopened in May",
        "@acme lovely answer, thank you",
    ),
    "complaint": (
        "@acme no problems at all today",
        "@acme never disappointed by your soup",
        "Acme shop on the corner is painted yellow now",
        "can't wait for the Acme sale",
        "@acme do you mend zips?",
        "@acme that film broke my heart, wonderful",
        "winter again, hot chocolate at Acme it is",
        "@acme thanks, the missing part arrived",
        "Acme was busy today, nice music though",
        "@acme what do you do with lost umbrellas?",
        "my brother crashed on the Acme sofa, happy as ever",
        "Rival is the worst, never again",
    ),
    "praise": (
        "Great, @acme lost my bag again",
        "@acme a seat on the way home would be great",
        "thanks for nothing @acme",
        "@acme not impressed with the soup",
        "@acme I'd love to know what happened to my refund",
        "Well done @acme, another cancelled train 👏",
        "@acme is this the best you can do?",
        "Love waiting 3 hours for an Acme engineer who never turned up",
        "@acme your advert says amazing, my hotel room says otherwise, it was filthy",
        "how kind of Acme to charge me twice",
        "Acme moved to Bath",
        "@acme please help, thanks",
    ),
    "request": (
        "@acme helped me find my size",
        "can't help loving Acme",
        "Acme help desk is on the second floor",
        "@acme thanks for calling me back",
        "@bob can you get me a sandwich from Acme",
        "Acme please and thank you is the slogan",
        "@acme your help page is well written",
        "I asked Acme for a receipt and got one",
        "@acme we return every summer",
        "checked in at Acme, no queue",
        "@acme changed my booking in a minute, lovely",
        "my neighbour cancelled on me so Acme alone it is",
    ),
    "leaving": (
        "@acme switched to you last year and never looked back",
        "Thinking of switching to Acme",
        "@acme never again will I doubt you, perfect cake",
        "leaving Acme now, home in ten",
        "@acme tried uninstalling the app and reinstalling, same error",
        "I'm never late when I ride with Acme",
        "@acme cancel my order please, wrong size",
        "my bus leaves from outside Acme",
        "Moving house, Acme vans everywhere",
        "@acme we'll be back in June",
        "closed my eyes at Acme and fell asleep",
        "Rival lost a customer today",
    ),
    "buying": (
        "@acme I bought a kettle and it leaks",
        "Acme ships thousands of parcels a day",
        "@acme my order never came",
        "sold my Acme bike last week",
        "@acme how do i pay my bill",
        "bought lunch at Acme",
        "@acme give me my money back",
        "Acme in stock market news again",
        "not thinking of buying an Acme anything",
        "@acme the price went up, why?",
        "found an Acme catalogue from 1974 in the loft",
        "@bob how much is the bus to Acme",
    ),
    "recommendation": (
        "would not recommend Acme to anyone",
        "@acme i'd never recommend you after that",
        "Acme's recommendation engine shows me hats",
        "don't recommend the Acme parking",
        "@acme nice try",
        "Acme told everyone to go home at four",
        "@acme my doctor sent me here",
        "I couldn't recommend Acme, sorry",
        "Acme is next to the good bakery",
        "@acme my suggestion box idea was taken up",
        "tried Acme once",
        "@acme is my parcel with the neighbour?",
    ),
    "risk": (
        "@acme you guys are on fire this season, love it",
        "this new Acme jacket stole my heart",
        "Acme is killing it with the ads",
        "I'd kill for an Acme doughnut right now",
        "@acme I am dying, this advert is so funny",
        "@acme your wings burned my mouth in the best way, love the hot sauce",
        "Rival's phone caught fire",
        "Acme fireworks were lovely",
        "@acme the court outside your shop is pretty",
        "sparks at the Acme game tonight",
        "Acme smoke shop is a funny name",
        "@acme the police band played at your fair, brilliant",
    ),
    "abuse": (
        "@acme the soup was shit",
        "Acme sucks",
        "@acme this is bullshit, where is my bag",
        "fuck yes, Acme has the good noodles",
        "@acme fucking love your fries",
        "damn @acme that's expensive",
        "@acme worst company ever",
        "@acme your app is garbage",
        "@bob fuck off lol I was at Acme all day",
        "@acme that film really touched me",
        "my Acme hoover grabbed the rug",
        "@acme I hate the new logo",
    ),
    "chat": (
        "@acme my zip broke",
        "Acme has the worst coffee in town",
        "@acme thank you!",
        "Does Acme support SSO?",
        "@acme are you open?",
        "@acme please help",
        "I'm never flying Acme again",
        "highly recommend Acme",
        "@acme fuck you",
        "my Acme kettle caught fire",
        "@acme do you deliver to Wales?",
        "Acme lost my bag and nobody answers",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("intent", "text"), [(intent, text) for intent, texts in UNHEARD.items() for text in texts])
def test_what_is_only_like_it_is_not(intent: Intent, text: str) -> None:
    assert intent not in triage(text).intents


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        # What went wrong counts before what is asked for it: the lane says that they ask.
        ("@acme my parcel never came, please help", ("complaint", "request")),
        ("@acme please add me to the list", ("request",)),
        # The telling word before the general one.
        ("@acme do you ship to Norway?", ("buying", "question")),
        ("Acme lost my bag, never again", ("leaving", "complaint")),
        ("@acme you fucking morons lost my bag, closing my account", ("abuse", "leaving", "complaint")),
        ("highly recommend Acme, lovely people", ("recommendation", "praise")),
    ],
)
def test_the_first_of_several_counts(text: str, intents: tuple[Intent, ...]) -> None:
    assert triage(text).intents == intents


@pytest.mark.parametrize("text", ["@acme love the new menu, do you deliver?", "@acme great shop! which bus do I take?"])
def test_praise_with_a_question_goes_where_it_is_answered(text: str) -> None:
    assert triage(text).lane == "question"


@pytest.mark.parametrize("text", HEARD["abuse"])
def test_abuse_is_for_a_person(text: str) -> None:
    heard = triage(text)
    assert heard.lane in ("help", "complaint")
    assert heard.says(PERSONAL)


@pytest.mark.parametrize(
    "text",
    [
        "@acme thanks to your driver my mother is in hospital with a broken hip",
        "bit into a piece of glass in an Acme doughnut",
        "@acme your charger started smoking on my desk",
        "@acme you lost my father's wheelchair and we can't leave the airport",
        "@acme my little girl is stuck in your lift and nobody comes",
        "Acme, my son choked on a loose button from your teddy",
        "@acme i will burn your shop down",
        "@acme your app shows me other people's bank statements",
    ],
)
def test_what_cannot_wait_is_urgent(text: str) -> None:
    assert triage(text).priority == "urgent"


@pytest.mark.parametrize(
    "text",
    [
        "@acme you're killing me with these delays",
        "would it kill you to answer, @acme",
        "@acme I hope I don't end up stranded on Friday",
        "@acme we were stranded in May, remember? anyway, better this time",
        "the Acme band was on fire, I nearly cried",
        "My head exploded at the Acme puzzle night",
        "@acme dying to try the new cake",
        "Acme's customers stranded as Rival strikes, says the radio",
        "the collective unconscious, as seen in Acme's window",
        "Bob's tale of the gun slinger is on at the Acme",
        "@acme a lawyer friend of mine loves your pens",
        "I started smoking a pipe outside Acme",
    ],
)
def test_figures_of_speech_fears_and_old_stories_are_not_urgent(text: str) -> None:
    assert triage(text).priority != "urgent"


@pytest.mark.parametrize(
    "text",
    [
        "@acme so glad you answered, though the parcel is still broken and late, love the box",
        "@acme lovely people, terrible bread, great prices, horrid queue",
    ],
)
def test_kind_words_beside_a_failure_leave_a_doubt(text: str) -> None:
    heard = triage(text)
    assert heard.unsure
    assert heard.says(UNSURE) or heard.says(SARCASM)


@pytest.mark.parametrize("text", ["@acme thank you!", "@acme my order never arrived and nobody answers", "hi @acme"])
def test_where_all_agree_there_is_no_doubt(text: str) -> None:
    assert not triage(text).says(UNSURE)


@pytest.mark.parametrize(
    ("text", "lane"),
    [
        ("@acme ¿cuándo llega mi pedido?", "question"),
        ("@acme متى يصل طلبي؟", "question"),
        ("@acme 荷物はいつ届きますか？", "question"),
        ("@acme das hat nicht funktioniert, der Error ist immer noch da", "chat"),
    ],
)
def test_what_cannot_be_read_is_not_guessed(text: str, lane: str) -> None:
    heard = triage(text, lang="xx")
    assert (heard.sentiment, heard.lane, heard.intents) == ("unscored", lane, (lane,))
    assert heard.says(UNREAD)


def test_who_names_nobody_is_not_taken_for_a_customer() -> None:
    for text in ("my phone caught fire once", "never again, that film", "i want to buy a goat"):
        mention = Mention("plaza", "1", Author("plaza", "a", "a"), text, datetime(2026, 11, 23, tzinfo=UTC))
        heard = Triager(Vader()).triage(mention)
        assert (heard.intents, heard.priority) == (("chat",), "low"), text


def test_a_complaint_is_told_by_words_that_no_table_holds() -> None:
    words = Words("someone your driver left my order in the rain and now the box is soaked why").list
    calm = Words("what a lovely film, the one with the dog and the lighthouse").list
    assert shipped().probability(words, ()) > 0.5 > shipped().probability(calm, ())
    telling = shipped().telling(words)
    assert all(0 <= found.first < found.end <= len(words) for found in telling)


def test_the_model_is_small_and_says_where_it_is_from() -> None:
    packed = pack(shipped(), "somewhere")
    assert parse(packed) == shipped()
    assert len(packed) < 150_000
    assert not any("@" in feature or "://" in feature for feature in shipped().words)


def test_a_long_story_is_no_louder_than_a_short_one() -> None:
    short = Words("the parcel was late").list
    assert abs(shipped().probability(short * 200, ()) - shipped().probability(short, ())) < 0.5


def _of_nobody(text: str) -> Triage:
    mention = Mention("plaza", "1", Author("plaza", "a", "a"), text, datetime(2026, 11, 23, tzinfo=UTC))
    return Triager(Vader()).triage(mention)


@pytest.mark.parametrize(
    "text",
    [
        "I got an electric shock from the kettle",
        "You will be hearing from my solicitor.",
        "the ceiling just came down in our room",
        "I'm going to come down to your office and burn it down",
        "we had glass in the baby food",
    ],
)
def test_danger_told_of_oneself_cannot_wait_even_where_no_watch_says_who_we_are(text: str) -> None:
    assert _of_nobody(text).priority == "urgent"


@pytest.mark.parametrize(
    "text",
    [
        "is the acme helmet certified for head injuries",
        "my charger caught fire once",
        "Yes, you should speak with an attorney.",
        "the queue nearly killed me with boredom",
        "this sauce burned my face off, love it",
    ],
)
def test_danger_asked_about_over_or_a_figure_of_speech_waits(text: str) -> None:
    assert _of_nobody(text).priority != "urgent"
    assert triage(text).priority != "urgent"


@pytest.mark.parametrize(
    "text",
    [
        "does acme eats deliver to hove yet",
        "do i need to book for the exhibition or can i just turn up",
        "can u do a tutorial on the new camera",
        "what song is this",
        "What happens if I crash the tutorial car?",
        "Mastodon folks: does the feed reader honour ETags?",
        "price?",
        "can anyone recommend a good bike shop in bristol",
    ],
)
def test_a_question_is_heard_without_its_mark_and_however_short(text: str) -> None:
    assert _of_nobody(text).lane == "question"


@pytest.mark.parametrize(
    "text",
    [
        "what a day",
        "How lovely of them",
        "it is what it is",
        "do not want",
        "ok?",
        "Will is here",
        "does the job",
        "does what it says",
    ],
)
def test_what_only_looks_like_a_question_is_none(text: str) -> None:
    assert _of_nobody(text).lane != "question"


def test_who_speaks_to_us_in_a_language_we_do_not_read_is_not_put_last() -> None:
    heard = triage("@acme üç gündür kimse bana cevap vermiyor, siparişim nerede kaldı")
    assert (heard.language, heard.priority) == ("tr", "normal")
    assert "language that is not read here" in heard.because
