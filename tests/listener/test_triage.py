from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from listener.mention import Author, Mention
from listener.sentiment import SOMEONE, Score, Vader
from listener.triage import ADVERTISEMENT, LOSS, NEWS, PERSONAL, RANK, SARCASM, Triage, Triager
from listener.triage.cues import CUES
from listener.triage.phrases import GAP, Phrases, Words
from listener.triage.quotes import own_words, passed_on
from listener.watch import Matcher, Watch
from tests.pace import took

WATCHES = (
    Watch("acme", "brand", ("Acme",), ("acmehelp",)),
    Watch("rival", "competitor", ("Rival",)),
    Watch("trains", "topic", ("night train",)),
)
TRIAGER = Triager(Vader(), WATCHES)
MATCHER = Matcher(WATCHES)


def triage(text: str, followers: int | None = None, lang: str | None = None, to_us: bool = False) -> Triage:
    author = Author("plaza", "a1", "ana", followers=followers)
    mention = Mention("plaza", "1", author, text, datetime(2026, 11, 23, tzinfo=UTC), lang=lang, to_us=to_us)
    return TRIAGER.triage(mention, MATCHER.match(mention))


@pytest.mark.parametrize(
    ("lane", "text"),
    [
        ("help", "@acme I can’t log in since the update, what do I do?"),
        ("help", "@acme where is my order? It was due on Monday"),
        ("help", "@acmehelp how do I return a pair of boots"),
        ("help", "@acme the app keeps crashing when I open the camera"),
        ("help", "@acme my card was charged twice for one lunch"),
        ("help", "pleeease help @acme, locked out of my account"),
        ("help", "@acme CANT LOGIN AGAIN!!"),
        ("help", "@acme order 143 lost, help"),
        ("help", "@acme great phone but the alarm keeps failing, can you help me?"),
        ("complaint", "Acme has the worst coffee in town"),
        ("complaint", "@acme your driver was so rude to my mother"),
        ("complaint", "I am never flying Acme again"),
        ("complaint", "Acme lost my bag and nobody answers"),
        ("complaint", "45 minutes on hold with Acme, this is a joke"),
        ("praise", "Thank you @acme, the new jacket is lovely"),
        ("praise", "Huge kudos to the crew at Acme for the way they looked after my dad"),
        ("praise", "@acme my bag was lost but your desk found it within an hour, thank you so much, amazing people"),
        ("praise", "@acme problem solved, thanks!"),
        ("question", "@acme are you open on Sunday?"),
        ("question", "@acme does the blue one fit a 13 inch laptop"),
        ("question", "How much is a monthly ticket at Acme?"),
        ("chat", "sitting in the Acme on Mill Lane writing letters"),
        ("chat", "@bob meet you at Acme at six?"),
        ("chat", "Rival is the worst, never again"),
        ("spam", "Get the Acme look! Use code SAVE20, click here https://x.example"),
    ],
)
def test_lane(lane: str, text: str) -> None:
    assert triage(text).lane == lane


@pytest.mark.parametrize(
    "text",
    [
        "Great, @acme lost my bag again",
        "thanks for nothing @acme",
        "Love waiting 3 hours for an Acme engineer who never turned up",
        "@acme brilliant, the app is down on pay day",
        "Well done @acme, another cancelled train 👏",
    ],
)
def test_glowing_words_beside_a_failure_may_be_sarcasm(text: str) -> None:
    result = triage(text)
    assert result.lane == "complaint"
    if result.sentiment == "positive":
        assert "may be sarcasm" in result.reasons[0]


@pytest.mark.parametrize(
    "text",
    [
        "Great, third day without hot water and @acme says all is well",
        "So pleased that the new @acme timer wants me to make an account before it will let me sleep",
        "Lovely. Now I have to queue twice for one stamp, @acme",
        "Wonderful @acme, it only took seven weeks to answer one email",
        "Brilliant, apparently @acme closes at four when everybody else works",
        "How thoughtful of @acme to make me download another app before I can park",
    ],
)
def test_glowing_words_before_an_imposition_may_be_sarcasm(text: str) -> None:
    result = triage(text)
    assert result.lane == "complaint"
    assert result.says(SARCASM)


@pytest.mark.parametrize(
    "text",
    [
        "@acme the new timer is lovely, my son now wants me to read one more chapter",
        "@acme amazing staff, it only took five minutes",
        "Love the new Acme cafe. Apparently the cake is from next door",
        "Thank you @acme, so happy! Third day in the new flat and everything glows",
    ],
)
def test_true_praise_stays_praise(text: str) -> None:
    assert triage(text).lane == "praise"


@pytest.mark.parametrize(
    "text",
    [
        "🔥🔥 SOFA SALE 80% OFF acme and ALL BRANDS >>> http://deals.example/s DM NOW 🔥🔥",
        "@acme @bob @ann you have been SELECTED for early $ACM access, claim in 10 min http://coin.example/x",
        "GIVEAWAY! Follow and retweet to win an Acme jacket, tag two friends",
        "Follow me and I follow back @acme #f4f",
        "We are hiring! Acme couriers wanted in Leeds, apply here https://jobs.example/1",
        "Make money from home, I earn daily with crypto. DM me for details @acme",
    ],
)
def test_who_only_sells_is_set_aside_and_told_why(text: str) -> None:
    result = triage(text, followers=50_000)
    assert (result.lane, result.priority) == ("spam", "low")
    assert result.reasons[0].startswith(f"{ADVERTISEMENT}: “")


@pytest.mark.parametrize(
    "text",
    [
        "@acme is the 20% off sale still on? I couldn't find the discount code on your site",
        "@acme I used the promo code SUMMER and it says expired, free shipping was promised https://shop.example/cart",
        "@acme did I win the giveaway? I entered last week",
        "@acme thank you, my coupon came with the link below it and the hat fits",
        "@acme are you hiring for the summer? I would love to join our town's branch",
        "when does the Acme sale start, anybody know? hoping for 30% off",
        "@acme someone hacked my account and posts crypto giveaways, click here they say https://x.example",
    ],
)
def test_a_customer_who_asks_about_a_sale_is_no_advertisement(text: str) -> None:
    result = triage(text)
    assert not result.says(ADVERTISEMENT)
    assert result.priority != "low"


@pytest.mark.parametrize(
    "text",
    [
        "Been off here since Ellen died. The lamp still doesn't wake anyone. @acme just thought I'd say",
        "@acme since my husband died I sit in his chair, the radio still doesn't bother anyone",
    ],
)
def test_a_loss_is_no_fault_report(text: str) -> None:
    result = triage(text)
    assert (result.lane, result.priority) == ("chat", "high")
    assert result.says(LOSS)


def test_a_thing_that_died_is_no_loss() -> None:
    assert not triage("@acme nothing works since my battery died").says(LOSS)
    assert not triage("@acme it won't start since it died").says(LOSS)


def test_one_bitter_word_among_others_is_no_complaint() -> None:
    assert triage("mum has the Acme sofa and I keep stealing her seat").lane == "chat"


def test_a_which_in_mid_sentence_asks_nothing() -> None:
    assert triage("@acme our kitchen which is now fitted is in use today").lane != "question"
    assert triage("@acme hi, which size is the small bag").lane == "question"


@pytest.mark.parametrize(
    "text",
    [
        "@acme no problems at all today",
        "@acme never disappointed by your soup",
        "@acme that was not a bad film",
    ],
)
def test_a_not_turns_a_cue_round(text: str) -> None:
    assert triage(text).lane not in ("help", "complaint")


def test_a_wish_is_no_praise() -> None:
    assert triage("@acme a seat on the way home would be great").lane != "praise"


@pytest.mark.parametrize(
    "text",
    [
        "@acme your kettle caught fire and the plug is black",
        "@acme smoke coming out of the charger",
        "@acme my daughter had an allergic reaction to your muesli and it isn't on the label",
        "@acme someone has hacked my account and there are payments I didn't make",
        "@acme we are stranded at the station with two children",
        "My lawyer will write to Acme about this, disgraceful",
    ],
)
def test_danger_is_urgent_and_says_why(text: str) -> None:
    result = triage(text)
    assert result.priority == "urgent"
    assert any(reason.startswith("cannot wait: “") for reason in result.reasons)


@pytest.mark.parametrize(
    "text",
    [
        "@acme you guys are on fire this season, love it",
        "this new Acme jacket stole my heart",
        "Rival's phone caught fire",
        "@acme I am dying, this advert is so funny",
        "@acme my order is two days late",
    ],
)
def test_urgent_is_rare(text: str) -> None:
    assert triage(text).priority != "urgent"


@pytest.mark.parametrize(
    "text",
    [
        "My daughter (7) found nudity in the Acme kids app",
        "there is porn in the children's section, Acme",
        "a stranger followed my daughter out of the Acme in town",
        "some man kept messaging my son in the Acme game",
        "the Acme app lets strangers message my child",
        "Acme, your waiter grabbed my arm",
        "one of the Acme drivers shoved me against the door",
        "I got racially abused by the staff at Acme",
        "homophobic slurs from the man at the Acme till",
        "the Acme app shows another patient's records to me",
        "I can see someone else's statements in my Acme account",
        "Acme shows my login, but other customers' addresses come up",
    ],
)
def test_what_is_done_to_a_person_is_urgent_and_for_a_person(text: str) -> None:
    result = triage(text)
    assert result.lane in ("help", "complaint")
    assert result.priority == "urgent"
    assert result.says(PERSONAL)


@pytest.mark.parametrize(
    "text",
    ["gas coming out of the Acme heater", "the Acme boiler is leaking gas", "an Acme van knocked me off my bike"],
)
def test_a_dangerous_thing_is_urgent_but_has_its_template(text: str) -> None:
    result = triage(text)
    assert (result.priority, result.says(PERSONAL)) == ("urgent", False)


@pytest.mark.parametrize(
    "text",
    [
        "an Acme driver hit my parked car and drove off",
        "the Acme van reversed into our gate",
        "the Acme update wiped everything",
        "all my photos are gone since the Acme update",
        "Acme deleted all my notes",
    ],
)
def test_great_damage_is_high_though_nobody_is_addressed(text: str) -> None:
    result = triage(text)
    assert result.lane in ("help", "complaint")
    assert result.priority == "high"


@pytest.mark.parametrize(
    "text",
    [
        "@acme that film really touched me",
        "@acme my son found a seat in the kids section",
        "@acme you sent me someone else's order",
        "@acme your guide followed our plan, never threatened us with rain",
        "@acme thank you, your guard found the man who followed my sister, great help",
    ],
)
def test_harmless_likenesses_are_not_urgent(text: str) -> None:
    assert triage(text).priority != "urgent"


@pytest.mark.parametrize(
    "text",
    [
        "@acme can't thank you enough",
        "couldn’t thank the Acme crew enough",
        "@acme couldn't be happier",
        "I can't praise the Acme staff enough",
        "@acme battery lasts two days now after the update, thank you",
        "since the Acme update everything is so much faster",
        "No problems so far with Acme, five years and counting",
        "No trouble at all with my Acme boots",
        "Never had a bad meal at Acme",
        "Can't complain about Acme",
    ],
)
def test_hearty_words_with_a_not_in_them_are_glad(text: str) -> None:
    assert triage(text).lane == "praise"


def test_bad_luck_takes_nothing_back() -> None:
    assert triage("@acme it was my bad luck that you lost my bag").lane == "help"


def test_a_hearty_word_beside_a_failure_is_still_a_failure() -> None:
    assert triage("@acme can't complain because the form is broken").lane == "help"
    assert triage("@acme since the update nothing works").lane == "help"


@pytest.mark.parametrize(
    "text",
    [
        "@acme I was wrong, it was my router. sorry for shouting",
        "@acme false alarm, user error",
        "@acme I take that back, my mistake",
    ],
)
def test_who_takes_it_back_is_not_unhappy(text: str) -> None:
    assert triage(text).lane in ("chat", "praise")


@pytest.mark.parametrize(
    "text",
    ["Does Acme support SSO with Okta?", "Does Acme work on Linux?", "Will Acme be at PyCon?", "Hi, has Acme moved?"],
)
def test_a_question_about_us_by_name_is_one(text: str) -> None:
    result = triage(text)
    assert (result.lane, result.priority) == ("question", "normal")
    assert "Acme" in result.reasons[0]


@pytest.mark.parametrize(
    "text",
    ["is your service down? nobody can log in @acme", "Is Acme down?", "are the Acme servers down, no one can connect"],
)
def test_whether_we_are_down_is_a_call_for_help(text: str) -> None:
    assert triage(text).lane == "help"


@pytest.mark.parametrize("text", ["Acme shares down 4%", "Acme announces quarterly results", "Acme to acquire Rival"])
def test_a_line_of_news_is_said_to_be_one(text: str) -> None:
    result = triage(text)
    assert (result.lane, result.priority) == ("chat", "low")
    assert result.says(NEWS)


def test_who_speaks_of_news_themselves_is_heard() -> None:
    assert not triage("your shares fell and so did my parcel, @acme").says(NEWS)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Can @acme please help", "“Can @acme please help”"),
        ("Could ACME please fix it", "“Could ACME please fix”"),
        ("someone please help, @acme", "“please help”"),
    ],
)
def test_reasons_quote_the_person_and_never_the_mask(text: str, quoted: str) -> None:
    said = "; ".join(triage(text).reasons)
    assert quoted in said
    assert SOMEONE not in said


@pytest.mark.parametrize(
    ("priority", "text", "followers"),
    [
        ("high", "@acme the zip is broken", 10),
        ("normal", "the zip on my Acme bag is broken", 10),
        ("high", "the zip on my Acme bag is broken", 12_400),
        ("high", "I'm cancelling my subscription with Acme", 10),
        ("high", "waited three weeks for a reply from Acme", 10),
        ("normal", "@acme are you open on Sunday?", 10),
        ("high", "@acme are you open on Sunday?", 12_400),
        ("normal", "@acme thank you!", 10),
        ("low", "walked past Acme", None),
        ("normal", "walked past Acme", 12_400),
        ("high", "@acme the zip is broken", 5_000_000),  # reach alone makes nothing urgent
        ("low", "Acme deals! 50% off, use code ACME, buy now", 5_000_000),
    ],
)
def test_priority(priority: str, text: str, followers: int | None) -> None:
    assert triage(text, followers).priority == priority


def test_reasons_read_as_a_person_would_say_them() -> None:
    result = triage("@acme I can’t log in, please help. Horrible, disgusting app", followers=12_400)
    assert result.reasons == (
        "asks for help: “please help”",
        "negative: “horrible”, “disgusting”",
        "addressed to us",
        "12,400 followers",
    )
    assert triage("@bob Acme is rubbish").reasons[-1] == "talks to someone else"


def test_the_brand_s_own_words_decide_nothing() -> None:
    watch = Watch("united", "brand", ("United", "Help Scout"))
    triager, matcher = Triager(Vader(), [watch]), Matcher([watch])
    for text in ("United at gate 4", "Help Scout has a new office"):
        mention = Mention("plaza", "1", Author("plaza", "a", "a"), text, datetime(2026, 11, 23, tzinfo=UTC))
        result = triager.triage(mention, matcher.match(mention))
        assert (result.sentiment, result.lane) == ("neutral", "chat")


def test_to_us_is_what_the_platform_says_too() -> None:
    assert triage("the zip is broken", to_us=True).priority == "high"


def test_without_watches_whoever_is_addressed_may_be_us() -> None:
    mention = Mention("import", "1", Author("import", "a", "a"), "@shop it broke", datetime(2026, 11, 23, tzinfo=UTC))
    result = Triager(Vader()).triage(mention)
    assert (result.lane, result.priority) == ("help", "high")
    assert "addressed to us" in result.reasons


def test_what_is_not_english_is_not_scored_but_kept() -> None:
    result = triage("@acme mi pedido no llegó y no contesta nadie, está muy mal", lang="es")
    assert (result.sentiment, result.compound) == ("unscored", None)
    assert "sentiment not scored: no engine here reads its language" in result.reasons


def test_any_engine_will_do() -> None:
    class Grim:
        name = "grim"

        def score(self, text: str, lang: str | None = None) -> Score:
            return Score("negative", -0.9, (("grim", -3.0),))

    mention = Mention("plaza", "1", Author("plaza", "a", "a"), "walked past", datetime(2026, 11, 23, tzinfo=UTC))
    result = Triager(Grim()).triage(mention)
    assert (result.engine, result.lane, result.reasons) == ("grim", "complaint", ("negative: “grim”",))


def test_triage_is_a_pure_function_of_the_mention() -> None:
    assert triage("@acme it broke") == triage("@acme it broke")


def test_ranks_follow_urgency() -> None:
    assert sorted(RANK, key=RANK.__getitem__) == ["low", "normal", "high", "urgent"]


@pytest.mark.parametrize(
    "text", ["broken acme " * 800, "help " * 2000, "can you " * 1200, "acme😂" * 2000, "not " * 2500, "\u0301" * 10_000]
)
def test_no_mention_takes_long(text: str) -> None:
    start = time.process_time()
    triage(text)
    assert took(start) < 0.25


def test_every_phrase_in_the_tables_can_be_found() -> None:
    phrases = Phrases(CUES)
    for group, table in CUES.items():
        for phrase in table.split(","):
            words = Words(" ".join(word.split("/")[0] for word in phrase.split() if word != GAP))
            whole = (group, 0, len(words.list))
            found = [(found.group, found.first, found.end) for found in phrases.find(words.list)]
            assert whole in found, f"{group}: {phrase!r} reads as {words.list}"


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("cant log in", "I CAN'T log in", "CAN'T log in"),
        ("cant log in", "can not log in", "can not log in"),
        ("waiting .. hours", "waiting for over three hours", "waiting for over three hours"),
        ("waiting .. hours", "waiting. Then hours", None),
        ("waiting .. hours", "waiting a b c d hours", None),
        ("please help", "plz helppp", "plz helppp"),
        ("click here", "see https://click.here", None),
        ("log/sign in", "İ sign in", "sign in"),
    ],
)
def test_phrases_forgive_how_people_type(phrase: str, text: str, found: str | None) -> None:
    words = Words(text)
    assert [words.quote(hit) for hit in Phrases({"g": phrase}).find(words.list)] == ([found] if found else [])


def test_a_mention_is_not_changed_by_the_order_of_its_matches() -> None:
    mention = Mention("plaza", "1", Author("plaza", "a", "a"), "Rival or Acme?", datetime(2026, 11, 23, tzinfo=UTC))
    matches = MATCHER.match(mention)
    assert TRIAGER.triage(mention, matches) == TRIAGER.triage(replace(mention), matches[::-1])


def test_what_others_said_does_not_set_the_lane() -> None:
    others = "> Acme is a scam and broken, worst company ever\n>\n> never again"
    assert triage(f"{others}\n\nI don’t think so, @acme was kind to me, thank you", to_us=True).lane == "praise"
    captioned = "Sunday with Acme\n\n[image: a broken lamp, ruined, the worst]"
    assert triage(captioned).sentiment != "negative"
    assert triage(">:( my Acme lamp is broken, please help").lane == "help"


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Stop this! RT @acme: our lamps are the best", "Stop this!"),
        ('Really? RT "@acme: we never sleep"', "Really?"),
        ('"@acme: we never sleep" and yet nobody answers', "and yet nobody answers"),
        ("RT @mira: the lamp is late >> mine is broken too", "mine is broken too"),
        ("RT @mira: the lamp is late &gt;&gt; mine is broken too", "mine is broken too"),
        ("RT @mira: the lamp is late\n\nagain", "RT @mira: the lamp is late\n\nagain"),
        ("please RT @acme I am still waiting", "please RT @acme I am still waiting"),
        ("RT @acme I am still waiting", "RT @acme I am still waiting"),
        ("@acme RT @mira: the lamp is late", "@acme RT @mira: the lamp is late"),
        ("The START @acme: a lamp", "The START @acme: a lamp"),
    ],
)
def test_whose_words_are_whose(text: str, own: str) -> None:
    found = own_words(text)
    assert found.strip() == own
    assert len(found) == len(text)


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("RT @mira: the lamp is late", ("mira", "the lamp is late")),
        ("😡 RT @mira_k.: the lamp is late\n\nagain", ("mira_k.", "the lamp is late\n\nagain")),
        ("RT “@mira: the lamp is late”", ("mira", "the lamp is late”")),
        ("RT @acme I am still waiting", None),
        ("Mine too RT @mira: the lamp is late", None),
        ("@acme RT @mira: the lamp is late", None),
        ("RT @mira: the lamp is late >> mine is broken too", None),
    ],
)
def test_a_repost_says_nothing_of_its_own(text: str, whose: tuple[str, str] | None) -> None:
    assert passed_on(text) == whose


def test_hardly_glad_words_in_a_language_without_cues_are_a_persons_to_judge() -> None:
    class Glad:
        name = "glad"

        def score(self, text: str, language: str | None = None) -> Score:
            return Score("positive", 0.2, (), negative=0.2)

    text = "Il servizio è quello che è, due ore di attesa e nessuna risposta"
    mention = Mention("plaza", "1", Author("plaza", "a", "a"), text, datetime(2026, 11, 23, tzinfo=UTC), to_us=True)
    heard = Triager(Glad(), WATCHES).triage(mention)
    assert (heard.lane, heard.priority, heard.unsure) == ("chat", "normal", True)
