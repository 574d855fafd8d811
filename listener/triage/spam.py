"""What no person waits behind: posts by apps and bots, contest entries, false rescuers and false support, bare tags.

What sells is `adverts.py`'s. Here too: to lose a person among the spam is worse than to show spam, in doubt it is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from listener.mention import Mention
from listener.triage.phrases import Found, Words
from listener.triage.quotes import speaks_for_another

# Written as `phrases.py` reads them. The first two add to what `adverts.py` knows.
CALLS = """
rt if, retweet if, like if, share if, comment yes, double tap, follow and rt, rt and follow, like and follow, follow and
like, follow us for, join the telegram/discord/whatsapp, join our telegram/discord/whatsapp, register now, book now,
sign up today, sign up for free, order today, order yours, visit us at, shop the look, get it here, bid now, use my
link, use this link, use my referral, through my link, with my link, click below, tap the link, link in
comments/profile/description, dm to order/buy/book, subscribe now, pre order now, send cv, email your cv, send resume,
send your resume, limited spots, grab the deal, grab the offer, order on whatsapp, whatsapp to order
"""
OFFERS = """
teamfollowback, follow train, gain followers, get followers, more followers, nowhiring, jobopening, job opportunity, job
opportunities, remote job, on ebay, on etsy, on poshmark, ebay listing, sale ends, up to .. off, save up to, backlinks,
backlink, guest post, guest posts, affiliate link, affiliate, forex signals, trading signals, pump signals, memecoin,
meme coin, presale, staking rewards, free mint, mint is live, minting now, welcome bonus, no deposit, instant loan,
credit repair, essay help, assignment help, assignments due, essay due, pay someone to write, replica, weight loss,
giveaway alert, first .. followers, free spins, airdrop is live, claim airdrop, 100x gem, to the moon
"""
# Who got it all back by a wonderful hacker; and where that one is found.
RESCUES = """
helped me recover, helped me get .. back, recovered my .. account/accounts/funds/wallet/money/crypto/bitcoin/page, got
my .. account/money/funds/page/crypto back, recover/restore/retrieve/unlock your ..
account/accounts/funds/wallet/money/page, get your .. account/funds/money/page back, recover
lost/stolen/hacked/suspended/disabled, recovery expert/experts/agent/specialist/service,
lost/stolen/hacked/suspended/disabled account/accounts recovered
"""
REACH = """
contact/message/dm/inbox/text/reach/email him/her, hit him/her up, contact/message/dm/inbox/text/reach/email/write
someone .. telegram/whatsapp/instagram/ig/snapchat, reach out to someone .. telegram/whatsapp/instagram/ig/snapchat,
dm/message/contact/inbox/text this account/page/handle/guy/man/woman/expert/hacker/team/number, reach out to
him/her/this, dm/message/contact/inbox us .. telegram/whatsapp/instagram/ig, whatsapp me/us/him/her, his/her
telegram/whatsapp/instagram
"""
# Who speaks as if they were us.
PRETENDS = """
dear customer/user/client/valued/account, our/the support/technical/help/recovery team, our/the help desk, kindly
dm/message/send/provide/fill/submit/validate/verify/click/share/write, validate/verify/connect/synchronize/sync/rectify
your wallet/account/identity, fill/complete the form/ticket, open/submit/create/raise a ticket, live support, live
agent, customer support agent, for assistance dm, apologize/apologies for .. inconvenience, sorry for .. inconvenience
"""
ENTERED = """
i entered, just entered, ive entered, i have entered, entered to win, entered for a chance, entered the .. giveaway,
entering to win, entered into
"""
PRIZES = frozenset({"win", "giveaway", "sweepstakes", "sweeps", "contest", "competition", "prize", "raffle", "draw"})
# What apps post by themselves.
AUTOMATIC = """
i liked a youtube, i liked a someone video, i added a video to a, i favorited a youtube, i favorited a someone, people
followed me and, unfollowed me automatically, unfollowers, automatically checked by, posted a new photo to facebook, i
just ousted, my week on twitter, new followers and, is no longer following, todays stats, how my tweets
"""
GROUPS: Mapping[str, str] = {
    "rescue": RESCUES,
    "reach": REACH,
    "pretends": PRETENDS,
    "entered": ENTERED,
    "automatic": AUTOMATIC,
}

TAGS_MANY = 4
OWN_FEW = 2
# Whoever writes one of these warns of spam, and is none.
_WARNS = frozenset(
    {"scam", "scams", "scammer", "scammers", "scammed", "fake", "phishing", "spam", "fraud", "impersonating"}
    | {"impersonator", "imposter", "impostor", "bots", "suspicious", "legit", "genuine", "beware"}
)
_SINGULAR = frozenset({"i", "im", "ive", "id", "ill", "my", "me"})
_SUPPORT = re.compile(
    r"support|helpdesk|help_?(?:team|line|center)|customer_?(?:care|service)|recover|refund", re.IGNORECASE
)
_TAG_OR_LINK = re.compile(r"https?://\S+|(?<!\w)[#@$]\w[\w.-]*")
_OWN_WORD = re.compile(r"[^\W\d_]{2,}")

Cues = Mapping[str, Sequence[Found]]


def why_spam(mention: Mention, words: Words, cues: Cues, *, to_us: bool, needs_us: bool) -> str:
    """Why nobody waits for an answer here, as a sentence; "" where a person may.

    `to_us`: it is said to us; `needs_us`: something in it asks, complains or warns outside what sellers say.
    """
    if mention.author.bot and not speaks_for_another(mention.text) and not (to_us and needs_us):
        return "the account calls itself automated"
    if "automatic" in cues and "://" in mention.text:
        return f"posted by an app: {_quoted(words, cues, 'automatic')}"
    if not needs_us and not to_us and (bare := _bare(mention.text)):
        return bare
    if "?" in words.list or not _WARNS.isdisjoint(words.list):
        return ""
    if "entered" in cues and not needs_us and "://" in mention.text and not PRIZES.isdisjoint(words.list):
        return f"an entry to a contest: {_quoted(words, cues, 'entered')}"
    if "rescue" in cues and "reach" in cues:
        return f"promises to get back what was lost: {_quoted(words, cues, 'rescue', 'reach')}"
    return _pretends(mention, words, cues)


def _pretends(mention: Mention, words: Words, cues: Cues) -> str:
    """Why this poses as support: two of its phrases, or one under such a name, with somewhere to go and no “I”."""
    signs = len({(cue.first, cue.end) for cue in cues.get("pretends", ())})
    signs += signs > 0 and _SUPPORT.search(mention.author.handle) is not None
    leads = "://" in mention.text or "reach" in cues or not {"dm", "whatsapp", "telegram"}.isdisjoint(words.list)
    if signs < 2 or not leads or not _SINGULAR.isdisjoint(words.list):
        return ""
    return f"poses as support: {_quoted(words, cues, 'pretends')}"


def _bare(text: str) -> str:
    """Why this says nothing: tags and links, and hardly a word beside them."""
    marks = _TAG_OR_LINK.findall(text) if "#" in text or "://" in text else []
    tags = [mark for mark in marks if mark[0] != "@"]
    if len(tags) < TAGS_MANY or len(_OWN_WORD.findall(_TAG_OR_LINK.sub(" ", text))) > OWN_FEW:
        return ""
    return f"nothing but {len(tags)} tags and links"


def _quoted(words: Words, cues: Cues, *groups: str) -> str:
    found = [cue for group in groups for cue in cues.get(group, ())[:1]]
    return ", ".join(f"“{quote}”" for quote in words.quotes(found))
