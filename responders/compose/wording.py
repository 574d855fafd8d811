"""What English words do in a sentence: the lists that tell which words carry a person's meaning and which only join it.

Used to find what a message is about (detail.py) and whether a reply takes it up (checks.py). No list is about anyone.
"""

from __future__ import annotations

import functools
from collections import Counter

import regex


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DETERMINERS = _words("the a an this that these those no every each another both some any all")
POSSESSIVES = _words("my our his her their")
YOURS = _words("your ur")
CONJUNCTIONS = _words(
    "and but or nor so because cause cuz coz bc while whilst whereas although though tho unless until till if "
    "then than when whenever where since as that which who whom whose what why how whether plus & yet once "
    "except"
)
PREPOSITIONS = _words(
    "of to in on at for from with without by about into onto over under after before during between through via "
    "against within around near per across behind beside towards toward inside outside off up down out like "
    "despite upon along regarding"
)
PARTICLES = _words("on off up down out in back through over again away around across apart together")
SUBJECTS = _words("i we you he she they it u ya y'all yall i'm i’m we're we’re it's it’s i've i’ve we've we’ve ive im")
OBJECTS = _words("me us him them myself ourselves yourself itself themselves")
BE_AND_HAVE = _words(
    "am is are was were be been being have has had having do does did doing will would can could shall should "
    "may might must ain't isn't isn’t wasn't aren't weren't get gets got gotten getting gonna wanna gotta keep "
    "keeps kept"
)
NEGATORS = _words("not no never nothing nobody none without hardly neither nor cannot cant dont didnt wont isnt ain't")
FILLERS = _words(
    "just really very quite even also too actually literally basically honestly still already ever well oh ok "
    "okay hey hi hello yo please pls plz thanks thank thx ty lol lmao omg wtf smh tbh btw fyi imo yes yeah yep "
    "nope nah maybe perhaps anyway now here there again always only much more most less least such same way "
    "kinda sorta sort kind like guess mean seriously wow ugh um uh hmm haha hahaha whoa oops dear sir madam "
    "guys folks though tho rather pretty almost about rt ps dm dms cc via update edit else instead soon later "
    "further sorry sure totally definitely so absolutely truly obviously apparently finally today's hopefully "
    "luckily unfortunately sadly"
)
# Words that could stand in anyone's message: worth a little, never enough alone.
VAGUE = _words(
    "worries chance service customer customers company people person thing things stuff something anything "
    "everything nothing someone anyone everyone one ones way lot lots bit job experience issue issues problem "
    "problems help support staff team place part kind sort reason point fact word words case idea question "
    "questions answer answers reply go goes going went gone come comes coming came make makes making made take "
    "takes taking took taken give gives giving gave given put puts let lets see sees saw seen seeing look looks "
    "looking looked say says saying said tell tells telling told know knows knowing knew think thinks thinking "
    "thought want wants wanted wanting need needs needed needing try tries trying tried use uses used using ask "
    "asked asking find found feel feels felt seem seems seemed happen happens happened happening show shows "
    "keep work works working worked start stop do done got get new old other others own right left back good "
    "bad better best big little great nice many few able long next last first times time day days ago man guy "
    "dude bro account info information product products"
)
# They stand for a thing without naming it: who writes “my order” has not said which.
GENERIC = _words(
    "order orders booking bookings parcel parcels package packages delivery deliveries ticket tickets reservation "
    "purchase payment payments money refund refunds account accounts call calls email emails request complaint case "
    "return returns item items subscription details number"
)
FEELINGS = _words(
    "love loves loved loving hate hates hated hating amazing awesome excellent fantastic wonderful brilliant "
    "superb perfect lovely beautiful happy glad pleased grateful thankful appreciate appreciated enjoy enjoyed "
    "cool fun favorite favourite impressed impressive outstanding exceptional incredible sad angry upset "
    "annoyed annoying frustrated frustrating frustration disappointed disappointing disappointment unhappy "
    "furious mad poor terrible horrible awful worst worse horrendous atrocious appalling dreadful shocking "
    "unacceptable ridiculous rude fail failure fails nightmare mess hell disgrace shame ashamed embarrassing "
    "insane crazy sucks sick tired unreal unbelievable absurd lame crappy fave dope lit yay woohoo kudos props "
    "congrats congratulations welcome sweet"
)
# Words that say outright that something is good; only where one stands do we answer cheerfully.
GLAD = _words(
    "love loves loved loving adore adored amazing awesome excellent fantastic wonderful brilliant superb "
    "perfect lovely beautiful happy glad pleased delighted grateful thankful thanks thank thx cheers appreciate "
    "appreciated enjoy enjoyed enjoying favourite favorite best great kudos yay respect impressed impressive "
    "outstanding bravo delicious cosy cozy dream smile smiling gorgeous charming helpful kind patient"
)
# Harsh judgements: true feelings, but handed back in quotation marks they read as mockery.
HARSH = _words(
    "inept nasty worst horrible terrible awful horrendous atrocious appalling dreadful disgusting disgusted "
    "ridiculous pathetic disgrace disgraceful shame joke unacceptable inexcusable nightmare hell rude "
    "incompetent incompetence useless garbage trash rubbish sucks suck sucked lame crappy mess fail fails "
    "failing hate hated clueless lazy lousy greedy abysmal diabolical insulting insult insane absurd laughable "
    "unprofessional sham shocking hideous vile"
)
# Words of what went wrong: they tell what a message is about. Whether something is amiss is for triage to say.
TROUBLE = _words(
    "broken broke breaks break lost losing lose missing missed miss late delayed delay delays cancelled "
    "canceled cancel cancellation stuck stranded waiting waited wait hold charged charge overcharged refund "
    "refunded error errors crash crashes crashed crashing freeze freezes freezing frozen froze dies died dead "
    "dying flickers flickering flicker leaking leaks leak smoke burning burnt burn overheats overheating "
    "damaged cracked crack ripped torn faulty defective wrong expired slow stopped stops refuses refused denied "
    "locked blocked disconnected disconnects drops dropped dropping loud noise noisy buzzing hums empty "
    "sold-out unavailable locked-out hacked stolen failed won't won’t wont doesn't doesn’t doesnt can't can’t "
    "cant didn't didn’t didnt couldn't couldn’t never closed down bumped overbooked rebook rebooked misplaced "
    "undelivered unanswered scratched jammed stalled bricks bricked loose dented leaked refusing useless "
    "incorrect"
)
TIMES = _words(
    "second seconds minute minutes min mins hour hours hr hrs day days night nights week weeks month months "
    "year years yr yrs today tonight tomorrow yesterday morning afternoon evening midnight noon weekend monday "
    "tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri january february march "
    "april june july august september october november december christmas easter thanksgiving lunch breakfast "
    "dinner birthday am pm"
)
PLACES = _words(
    "airport gate terminal store shop station platform hotel kitchen bedroom office desk counter restaurant "
    "branch home house room garden car train bus plane seat aisle tarmac runway warehouse school library park "
    "city town street bathroom lounge cafe café checkout website app"
)
NUMBER_WORDS = _words(
    "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty ninety "
    "hundred thousand twice half dozen third fourth fifth"
)
REPORTING = _words(
    "said says say saying think thinks thought believe believes believed wish wished hope hoped hoping know "
    "knew knows told tell tells claim claims claimed guess guessed feel felt mean means wonder wondering "
    "wondered realize realized realise realised assume assumed assuming heard hear see saw notice noticed "
    "imagine bet"
)
CHATSPEAK = _words("u r ur ppl plz pls 2 4 b4 n bc rn af tho thx ya tix idk ikr wat dat da gr8 l8r cust custs w smth")

# Never said back in public: oaths and insults, what people are called, health, grief, belief, politics, sex, ruin.
UNSAYABLE = _words(
    "fuck fucks fucked fucker fuckers fucking fuckin fking effing f*ck f**k motherfucker shit shits shitty "
    "shite bullshit bs crap ass arse asshole assholes arsehole bastard bastards bitch bitches bitching dick "
    "dicks dickhead cunt cunts piss pissed pissing damn damned goddamn dammit hell bloody bollocks wanker "
    "wankers twat prick slut whore fag faggot retard retarded retards nigger nigga moron morons idiot idiots "
    "idiotic imbecile imbeciles stupid dumb dumbass dumbest fool fools loser losers clown clowns liar liars "
    "lying lies crook crooks thief thieves scam scams scammed scammer scammers fraud frauds fraudulent criminal "
    "criminals racist racists racism sexist nazi nazis terrorist terrorists scum scumbag scumbags pig pigs hoe "
    "tits boobs porn sex sexual sexually sexy naked nude testicles penis vagina rape raped rapist molest abuse "
    "abused abusive kill killed kills killing murder murdered suicide suicidal screwed sucker suckers stfu wtf "
    "af lmao lmfao goddam freakin freaking frickin friggin heck jerk jerks trashy douche douchebag wtaf ffs "
    "frig thief thieves robber robbers robbing cheat cheats cheaters"
)
SENSITIVE = _words(
    "cancer chemo chemotherapy tumor tumour diagnosis diagnosed disease illness ill sick sickness surgery "
    "hospital hospitalized hospitalised ambulance doctor nurse medication medicine medical meds pill pills "
    "insulin diabetes diabetic epilepsy epileptic seizure seizures stroke asthma allergy allergic allergies "
    "anaphylaxis autism autistic adhd dementia alzheimer's alzheimers disabled disability wheelchair blind deaf "
    "depression depressed anxiety bipolar therapy therapist pregnant pregnancy miscarriage abortion hiv aids "
    "covid funeral grief grieving mourning bereavement bereaved widow widowed deceased burial divorce divorced "
    "rehab addict addicted addiction alcoholic overdose suicide muslim muslims islam islamic jew jews jewish "
    "christian christians catholic hindu sikh mosque church synagogue god jesus allah gay lesbian bisexual "
    "trans transgender queer lgbt lgbtq asian latino latina hispanic immigrant immigrants immigration refugee "
    "refugees visa deported asylum trump obama biden clinton harris republican republicans democrat democrats "
    "gop congress senator election vote voted voting politician politicians politics political liberal "
    "conservative communist fascist brexit labour tory tories union unions strike bankrupt bankruptcy debt "
    "debts evicted eviction homeless unemployed fired salary ssn passport gun guns pistol shooting knife "
    "stabbed blood bleeding violence violent assault bomb cpap password passwords iban cvv police arrested "
    "prison jail court lawsuit lawyer attorney custody"
)
FAMILY = _words(
    "mother mom mum mama father dad daddy papa son daughter brother sister wife husband partner grandmother "
    "grandma grandfather grandpa gran nan aunt uncle cousin friend baby child kid kids he she him her who "
    "boyfriend girlfriend fiance fiancé fiancee neighbour "
    "neighbor colleague dog cat pet kitten puppy nana auntie"
)
DYING = _words("die dies died dying dead death")
THINGS_THAT_DIE = _words(
    "it battery batteries phone laptop tablet screen lamp light bulb charger engine car line connection wifi internet "
    "call signal power app server site everything this that and then just finally already"
)

ASKING = _words(
    "how what what's what’s whats when where where's where’s who who's who’s why which is are am was were do "
    "does did can could will would should shall may might has have had any anyone anybody isn't doesn't don't "
    "won't can't didn't aren't wouldn't"
)

# Words of display names that are no person's first name: shops, teams, roles, moods and pastimes.
NOT_NAMES = _words(
    "the a an official real just not your our my mr mrs ms miss dr prof sir lady lord king queen prince "
    "princess captain team crew club group co company inc ltd llc gmbh corp studio studios agency media news "
    "daily weekly times radio tv channel podcast blog deals deal sale sales shop store outlet market marketing "
    "coupons discount discounts offers crypto bitcoin nft trading trader invest investor finance bank jobs "
    "careers hiring support help care service services customer online digital tech technology software systems "
    "solutions labs lab cloud data ai bot bots app apps games game gaming gamer player fan fans lover addict "
    "mom mum mama dad daddy papa wife husband girl boy guy man woman kid baby cat cats dog dogs coffee tea beer "
    "wine food foodie pizza travel traveller traveler nomad music band dj mc football soccer hockey chess "
    "runner cyclist photography photos photo art artist design designer writer author reader books book library "
    "museum school university college institute church city town local national international global world "
    "earth happy sad angry tired sleepy grumpy lonely lost random anonymous anon unknown user admin info hello "
    "hi hey no none null nobody someone somebody anybody person human account private backup parody satire fake "
    "old new big little small tiny great good bad best super mega ultra dark black white red blue green golden "
    "silver moon sun star stars night day sunday monday friday pixel vintage retro cosmic spooky silent secret "
    "true free live love peace chaos cozy sparkle dragon wolf tiger bear fox raven shadow storm ninja lamp "
    "lamps light lights airlines airways hotel hotels restaurant cafe bakery brewery kitchen garden home house "
    "senior junior chief head director ceo cto founder engineer developer doctor nurse teacher professor "
    "student"
)

# Scripts that put no space between words are counted letter by letter.
_CONTENT = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’-][\p{L}\p{N}]+)*"
)
JOINING = DETERMINERS.union(
    POSSESSIVES, YOURS, CONJUNCTIONS, PREPOSITIONS, PARTICLES, SUBJECTS, OBJECTS, BE_AND_HAVE, NEGATORS, FILLERS
)


def content_words(text: str) -> Counter[str]:
    """How often each word that carries meaning stands in the text, folded: small letters, no plural s."""
    found = (match.casefold().replace("’", "'") for match in _CONTENT.findall(text))
    return Counter(folded(word) for word in found if word not in JOINING and _long_enough(word))


def _long_enough(word: str) -> bool:
    return len(word) > 2 or word.isdigit() or not word.isascii()


@functools.lru_cache(maxsize=4096)
def folded(word: str) -> str:
    """A word without its possessive or plural ending, so that “lamps” answers “lamp”."""
    word = word.removesuffix("'s")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
