"""The cue words of what people mean to do with us or to us: buy, leave, recommend, insult, threaten.

Written as `phrases.py` reads them; see cues.py.
"""

from __future__ import annotations

# They think of buying from us.
BUYING = """
where can/do/could i/we/you/one buy/order/purchase, where can/do/could i/we get one/some/these/those/this/it/them/a,
do you ship/deliver, do u ship/deliver, do you guys ship/deliver, does .. ship/deliver to, will you ship, can you
ship/deliver, do you sell/stock/carry, do u sell/stock, do you guys sell/stock/carry, do you have .. in stock/size, do
you have .. left, is/are .. in stock ?, is/are .. back in stock, back in stock ?, any .. left ?, still available ?,
is/are .. for sale, how much is/are/for/would, how much do/does .. cost, how much do you charge, whats the price/cost,
what is the price/cost, what are your prices/rates, whats your pricing, price of a/your, price for a/your, prices for,
which model/plan/size/one/version/tariff/package should/would you/i, should i get/buy/go for/switch/upgrade, shall i
get/buy/go for, thinking of/about
buying/getting/switching/joining/trying/upgrading/ordering/signing/booking/subscribing, considering
buying/getting/switching/joining/trying/upgrading/ordering/booking, debating buying/getting/whether, looking to
buy/purchase/order/switch/upgrade/subscribe, looking at buying/getting/switching, interested in
buying/getting/ordering/purchasing, im interested in joining, about to buy/order/book/switch, gonna buy/get one, going
to buy, want to buy/order/purchase, wanna buy/order/cop, would like to buy/order/join/purchase, id like to
buy/order/join/purchase/book, wants to buy, before i buy/order/sign/commit/switch, can i buy/preorder/order, can i pre
order, can we buy/preorder/order, can i still buy/order/preorder, how do i/we buy/order/join/preorder, how do i/we
sign up, how can i/we buy/order/join, how do i get one, how can i get one/some, become a customer/member, book a demo,
have a demo, do you have/offer/do .. discount/trial, is there .. discount, student discount ?, nhs discount, want one
of these/those, need one of these/those, need this in my, need to buy one, need to get one, when will .. be available,
when does .. go on sale, when do .. go on sale, when is .. coming out, when is .. on sale, is this/the .. available
in, are these/they/the/those .. available in, where do you sell, get a quote, give .. a quote, a quote for my/the/our,
worth buying/upgrading/switching, do you do gift/vouchers, do you sell gift, do you cater, do you take
bookings/commissions, can i book a, can we book a, can i reserve, add to my wishlist, on my wish list, on my wishlist,
saving up for, next purchase, tempted to buy/get/switch/order/try, might buy/switch/order, may buy/switch/order, wish
i could buy/afford, switch/switching to you, coming/come/came over to you, moving/move/moved over to you, joining you
from, what do you charge, do you cover/serve my, do you come out to, still preorder, do you fix/repair/mend/restore,
torn between, seriously considering, need those/that/these .. in my life, pull the trigger on, take my
money, sign me/us up, pay in instalments/installments/monthly, in monthly instalments/installments, price ?, pre
orders open, preorders open, what does the .. package/plan include, do you have .. plan/sso,
evaluating vendors/tools/suppliers/options, request a demo, for a demo, moving from someone to someone
"""
# They go, or say that they will.
LEAVING = """
switched/switching/moved/moving from someone to, switching to, switched to, switch to another, going to switch, time
to switch, moving to another, moving elsewhere, going elsewhere, take my business, taking my business, my business
elsewhere, cancelling my account/subscription/membership/contract/card/service, canceling my
account/subscription/membership/contract/card/service, cancel my account/subscription/membership/contract,
close/closing/closed my account, leaving you, lost a customer, lost my custom, lost another customer, lose a customer,
losing a customer, losing customers, lost a loyal, never again, never using, never use, never buying, never buy ..
again, never purchase/visit/trust/book/stay .. again, never shop, never shopping, never flying, never fly, never
order, never ordering, never going back, never go back, never be back, im never coming back, wont be back, wont be
using/buying/flying/ordering/returning/shopping/coming/renewing, not coming back, not going back, last time i/we/ill
fly/use/buy/order/book/shop/visit/eat/come/go/stay/ever/spend/do/trust/will, last time im
flying/using/buying/ordering/booking/shopping/eating/coming/going, done with you, im done with, so done with,
absolutely done with, completely done with, stop using, stop eating there, deleting the app, deleted the app,
uninstalling, uninstalled, not renewing, should/going/have to leave for, looking for an alternative, looking to
switch, youlostacustomer, youlostanewcustomer, next phone wont, cancel/cancelling/canceling/ditching/quitting someone,
jumping ship, unsubscribed, unsubscribing, cancelled/canceled my subscription/membership/account/contract/policy,
ready to switch, looking to leave, thinking of/about leaving/cancelling/canceling, deleted my account, deleting my
account, cancelling/canceling/cancelled/canceled/ending/ended my someone
subscription/membership/account/contract/plan/card, cancel my someone subscription/membership/account/contract/plan,
goodbye someone, bye someone, bye bye someone, im off to someone/another/a, want/wanting/wants out of my/our/this
contract, my last order/purchase/visit/stay/flight/booking, considering/contemplating
leaving/cancelling/canceling/switching, looking for alternatives, find/finding another
provider/bank/supplier/company/carrier, find/finding a new provider/bank/supplier/company/carrier, time to find
another/a new, took/taken my business, taking our/my money/custom/business elsewhere, vote/voted/voting with my/our
feet/wallet, no longer a customer, no longer be a customer, migrating/migrated off, moving/moved off someone,
moved/moving/gone/going to a competitor, good riddance, we/im/were leaving someone, or we leave, or im leaving, wont
be renewing, wont renew, will not renew, delete my account and, cancelling everything, just cancelled my, gone back to
someone
"""
# They recommend us.
RECOMMENDS = """
highly recommend, would recommend, id recommend, would definitely recommend, would highly recommend, definitely
recommend, thoroughly recommend, strongly recommend, really recommend, fully recommend, totally recommend, recommend
them/it/this/these/you/him/her/your/their, recommend someone, can recommend, i recommend, we recommend, heartily
recommend, recommended you/someone/them/it, been recommending, recommending you/someone/them, cant/couldnt recommend
.. enough, cant/couldnt recommend .. highly, you should/must/need/gotta try, you guys should/must/need try, you all
should try, you have to try, youve got to try, you gotta try, you need to try, you should visit, everyone should
try/get/have/use/visit, everyone needs, everybody needs/should, i/we told everyone about/to, telling everyone
about/to, always tell everyone, i tell everyone, told/telling/tell all my friends/mates/family/colleagues, tell
everyone about, told my friends/mates/family, telling my friends/mates/family, do yourself a favour/favor, must try,
must visit, a must have, worth a try/visit/look/trip, well worth, worth checking, give them a try/go/shot/call, go and
see them, go see them, look no further, best place for/to, wont regret, you wont be disappointed, get yourself
a/one/some/down/over, would use .. again, swear by, swears by, if you havent tried, try
someone, id go with someone, go with someone, go for someone, you want someone for, switch to someone,
would recommend to, get/buy/use someone you wont, on the fence .. buy it
"""
# They ask others what to buy or whom to trust.
SEEKS = """
any recommendations, any recommendation, any recs, recs for, recommendations for, recommendation for, recommendations
please, recommendations on, recommend a/an/any/me/some/good, recommend anyone/somewhere/someone, can/could anyone
recommend, can/could someone recommend, anyone recommend, does anyone recommend, who do/should/would you
recommend/use, who would you use, what do/would you recommend, can/could you recommend, anyone tried/used, has anyone
tried/used/bought/switched, have any of you, anyone use/used/using/here/else use, anyone have experience/experiences,
does anyone use/have/know a, do you guys use, is/are .. any good ?, any good ?, worth it ?, is it worth it ?, is it
worth buying/getting/the, is/are .. worth it ?, are they good/reliable/legit/any, is someone
good/reliable/legit/better/safe, what do people use, what are people using, suggestions for, any suggestions, any
suggestion, suggest a/an/some/me, looking for a good/decent/reliable/cheap, know .. a good, what is the best
app/brand/phone/place/shop/company/plan/laptop/tool/software/provider/bank/restaurant/hotel/model/alternative, whats
the best
app/brand/phone/place/shop/company/plan/laptop/tool/software/provider/bank/restaurant/hotel/model/alternative, who has
the best, which is better/best, which is the best, which one is better/best, is .. better than, better than someone ?,
someone vs someone ?, someone or someone ?, your/yalls/peoples thoughts on, any thoughts, opinions on, any opinions,
reviews on/of someone, anyone .. experience/experiences with, alternatives to, alternative to someone, an alternative
for, instead of someone ?, other than someone ?, in the market for
"""
# Insults thrown at us or at whoever answers for us: more than anger at a thing.
INSULTS = """
fuck you, fuck yous, fuck u, fuck off, fuck yourself, fuck yourselves, fucking/fuckin
idiots/morons/cunts/bastards/scum/liars/imbeciles/clowns/retards/twats/pricks/thieves/crooks/useless, get fucked, go
to hell, burn in hell, rot in hell, screw you, up yours, eat shit, eat a dick, suck my dick/cock/balls, suck a dick,
kiss my ass/arse, piss off, stick it up your, shove it up your, you .. fucks, you fuckers, motherfucker,
motherfuckers, mother fuckers, fucktards, dipshits, shitheads, dumbasses, you dumbass, you .. cunt/cunts, cunts, you
absolute cunt, you bunch of, youre .. bunch of idiots/morons/clowns/crooks/thieves/scum, bunch of
cunts/bastards/assholes/arseholes/wankers/twats/pricks/dickheads/scumbags/retards/bitches/morons, you
bastards/assholes/arseholes/wankers/twats/pricks/dickheads/scumbags/scum/retards/bitches/morons/idiots/imbeciles/muppets/parasites/vermin/pigs,
you stupid/dumb/ugly/fat/lazy/fucking/useless/greedy/dirty/evil/pathetic
bastards/bastard/assholes/asshole/arseholes/bitch/bitches/cunt/cunts/idiot/idiots/moron/morons/fucks/fuck/cow/cows/pig/pigs/twat/twats/liars/thieves/scum,
your a bitch/cunt/asshole/moron/idiot/retard, you are/re all idiots/morons/scum/assholes, are/re you
retarded/brain/braindead, piece/pieces of shit, pieces of human, scum of the earth, human garbage, subhuman, faggot,
faggots, retards, drop dead, hope you .. die/rot/suffer/choke/burn, hope u .. die/rot, hope your family, hope your ..
dies/crashes/burns, kill yourself/yourselves, kys, die in a, go die, go back to your, what kind of retard/idiot/moron,
clowns the lot of, bunch of .. idiots/clowns/morons/muppets/crooks, incompetent clowns/idiots/morons/fools, lot are ..
idiots/morons/clowns/useless, brainless/stupid/useless/dumb/fat monkey/monkeys/cow/cows/pig/pigs/idiots/morons, little
rat/shit/prick/worm
"""
# Violence that is announced.
THREATS = """
i will/would/am kill you, ill kill you, gonna kill you, going to kill you, kill you all, kill your
staff/driver/manager, going to kill your/someone from, gonna kill someone at your, i will find you, ill find you, i
know where you live/work/sleep, we know where you live/work, know where your staff, watch your back, come to your
office/store/shop/branch/headquarters/hq and .. hurt/smash/burn/break/shoot/kill, burn your
office/store/shop/building/house/branch/headquarters, burn .. your .. down, set fire to your, bomb your, blow up your,
shoot up, shoot your staff/driver/manager/team, stab you, stab your, hurt your staff/driver/manager/team, beat you up,
beat the shit out of you, beat up your, smash your face/head, break your legs/neck/face, punch you, punch your, punch
whoever, slap your, going to hurt someone, come/coming to/down to your office/store/shop/branch/house/hq, find
the/that/your driver/manager/agent/guy and, break his/her/their legs/neck/face/jaw, know where you/he/she/they/your
staff work/works/live/lives/park/parks, deserves/deserve/wants/want/needs/need a slap/beating/bullet,
dev/developer/developers/manager/ceo/driver/agent/staff should be shot/hanged, and burn it down, and burn it to the
ground
"""
# Figures of speech: nothing in them is broken, and nobody is in danger.
FIGURATIVE = """
broke my heart, breaks my heart, breaking my heart, broken heart, heart is broken, stole my/our heart, stolen my
heart, stuck in my/your/our head, in my head all day, crashed on .. sofa/couch/floor, lost for words, lost my
mind/voice/heart/marbles, lost in translation/thought, died laughing, dying laughing, dying of laughter, dying to
see/try/know/go/get/have/eat/wear, im dying, i am dying, im dead, to die for, die for .. tickets, would die to/for/if,
id die for/to, kill for, killing for, killed it, killing it, kills it, killer deal/deals/app/feature/soundtrack/view,
blew my mind, blown my mind, mind blown, mind is blown, mind exploded, brain exploded, head exploded, brain/head/inbox
is exploding, crack/cracks/cracked/cracking me/us up, break/breaking/broke a leg, breaking bad, broke the internet,
breaking the internet, break the internet, burning up the, fire sale, gun to my head, shoot your shot, shot myself in
the foot, add insult to injury, insult to injury, would it kill you, kill you to, youre killing me, you guys are
killing me, you are killing me, killing me softly, killing time, kill some time, kill two, dead good, dead nice, sick
beat/beats/moves/design/trick/tricks, wicked good, bomb dot, the bomb, photo bombed, video bombed, bath bomb/bombs,
crash course, late night/nights, late bloomer, late lunch/breakfast/dinner/supper, sharp shock, shock horror, heart
attack on a plate, like a house on fire, get fired up, fired up, break even, breaking news, lunch break, spring break,
tax break, christmas break, coffee break, missed you, miss you, is to die for, blow/blows/blew your/my head/socks/mind
off, nearly/almost killed me with/laughing, killed me with boredom, bored to death, burned/burnt/melted my
face/mouth/tongue off, bank robbery, kill a process/job/task, kill .. process/job/session/thread/container, kill for
a/an/one/some, torn between, die of boredom/laughter/embarrassment, nearly/almost died laughing, sugar shock, sticker
shock, poison/fire/lava swamp/boss/level/dungeon/damage, holy crap/shit/hell/smokes, so good it hurts
"""
