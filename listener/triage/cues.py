"""What people write when they need us, are unhappy, are glad or want to know: phrases by group, for any trade.

Written as `phrases.py` reads them: without apostrophes, "a/b" either word, ".." up to three words in between, a comma
after each.
"""

from __future__ import annotations

from collections.abc import Mapping

from listener.triage import spam
from listener.triage.dangers import ABUSE, DAMAGE, EXPOSED, FRAUD, LEGAL, SAFETY, STRANDED
from listener.triage.wants import BUYING, FIGURATIVE, INSULTS, LEAVING, RECOMMENDS, SEEKS, THREATS

# They ask somebody to do something.
ASKS = """
can/could/would/will you/someone/anyone/anybody/somebody please ..
help/check/look/fix/tell/explain/advise/sort/assist, can/could/would/will you/someone/anyone/anybody/somebody
help/assist/fix/sort/refund/replace/cancel/unlock/reset, can/could/would you look into, can/could you check, can you
get someone, can i get/have .. refund/replacement, help me, please .. help, help please, need/needs/want .. help,
need/needs assistance, need you to, any help, help us, little help, some help, help asap, urgent help, please assist,
please advise, please fix, please sort, please check, please look into, please refund, please respond, please reply,
please answer, please contact, please call, please dm, please cancel, please update, please do something, please
unlock, please confirm, assist me, advise please, kindly
assist/help/check/look/resolve/refund/update/do/advise/respond, how do i/we get .. refund/money/back, how do i/we
return/cancel/reset/change/claim/complain/report/contact/fix/delete/log/speak/talk/reach/remove/stop/unsubscribe, how
can/do i/we return/cancel/reset/change/claim/complain/report/contact/fix/delete/log/speak/talk/reach/remove/stop/get,
how to fix/reset/cancel/return/claim/complain/delete/contact/solve/resolve/stop/recover, how long will this, how long
.. to fix, when will .. fixed/back/resolved/working/restored/arrive/delivered, what should/can/do i do, what do i need
to do, what are you .. doing about, where is/are my, wheres my, wheres ..
order/parcel/package/delivery/refund/bag/driver/luggage, wheres the refund/parcel/package/order/driver/delivery, any
update/updates/news on, any idea when, any idea why, any idea whats, any ideas how, update me on, chase/chasing ..
order/up, i need .. refund/replacement/my money, i want .. refund/money/replacement, want my money, want my .. back,
money back, give me my, give .. my money, need a refund, need to speak/talk to, speak/talk to ..
human/person/someone/manager/agent/supervisor, get hold of, get a hold of, get through to, who do/can i
contact/speak/email/call/talk/complain, call me back, please ring/phone me, contact me, email me, get back to me,
respond to my, reply to my, answer my, check your dms, check your dm, check dm, check my dm, i need to
return/cancel/change/rebook/reset, cancel my order/account/subscription/booking/flight/membership/plan, change my
flight/booking/order/address/reservation, reset my password, unlock my account, rebook me, please get me home, get me
home please, get me home !, left my .. on/at/in, left something on, i lost my, any fix, is there a fix, anyone
know/knows how/why/what, does anyone know, having .. issue/issues/problem/problems/trouble/difficulty, have a
problem/issue, ive got a problem/issue, got a problem, having a nightmare, trouble with/getting/logging/connecting,
problem/problems/issue/issues with my/the/your/our, why is/isnt/are my, why cant i/we/my, why wont my/the/it, why
does/do my, why did you/my, why was i charged, why am i being/still/getting, why have i, why havent, why hasnt, can
you help with, need help with, help ?, help !, please help, can/could/would/will you please, please can/could/will
you, please can/could someone, please
send/explain/reverse/stop/return/resolve/give/make/let/tell/get/restore/remove/activate/enable/process/ship/deliver/release/correct/change/look,
have .. question, answer a question, do i report, get in touch with me, please get in touch, address .. complaint,
make a complaint, your complaints procedure, complaints procedure/department/team/email, is anyone there, is there
anyone, anyone home, expect .. refund, demand .. refund, want compensation, need compensation, claim .. compensation,
lets find these, find my bag/bags/luggage/parcel/order, how do i unenroll/unsubscribe/opt, dm me, is .. down ?, is/are
your/the .. service/services/site/website/app/api/server/servers/system/systems/platform/network down, please follow,
follow me so i can, how can i .. dm, i need .. invoice/receipt, complain to you, who do i complain, where
do/can/should i complain, should send me, please take action, pls take action, take care of this/these, reconsider,
need .. resolved/fixed/sorted/replaced/refunded, refund my/our/me/us, give me/us my/our/back, give us our, need to get
information, i need information, need to speak/talk with, would help a lot, please reach out, need the status, status
of my, reference number is, case number is, order number is, ticket number is, my order/case/ticket/booking/reference
number, can/could/would/will you send/email/post/forward/text/ring/move/add me/us/my/our, need a/my/the/our
receipt/invoice/copy/statement/letter/confirmation/replacement, please add/put/move/sign/remove/take me/my/us/our,
please bring back, bring back the, feature request, kindly share/send/provide/revert/call/confirm/arrange/do, do the
needful, your .. number please, please explain, explain this/yourselves/why
"""
# Something does not work, did not come or came wrong.
FAILURES = """
lack of, stuck in, stuck on, stuck at, has tanked, cant/cannot/couldnt/unable
log/login/sign/access/connect/open/load/get/play/update/download/install/pay/book/order/use/see/find/reach/check/make/send/watch/activate/register/view/complete/print/call,
unable to, not able to, impossible to, trying to .. but, tried to .. but, been trying to, trying to get, trying to
contact, trying to reach, wont let me/us, doesnt let me, isnt letting me, not letting me, not allowing me, wont
stay/stand/hold/shut/switch/move/dim/heat/cool/drain/fit/close, wont
load/open/start/turn/charge/connect/update/install/play/work/accept/let/go/print/sync/boot/download/send/recognise/recognize,
doesnt/dont/didnt/wont/isnt/arent/wasnt/not/never/hasnt/havent
work/working/worked/load/loading/connect/connecting/charging/responding/opening/syncing/updating/charge/show/showing/function,
never works/worked, not even work, hardly works, barely works, no longer
works/working/charges/recognized/recognised/available, stopped/stops/quit working/responding/charging/playing, keeps
crashing/freezing/saying/dropping/disconnecting/failing/stopping/cutting/restarting/logging/asking/buffering/telling/happening/shutting,
keep getting, keeps on, crashes, crashed, crashing, freezes, froze, freezing up, glitching, glitch, glitches, glitchy,
buggy, bug, bugs, error, errors, buffering, lagging, laggy, malfunction, malfunctioned,
is/are/still/been/went/goes/gone down/offline, servers down, site down, outage, outages, black screen, blank screen,
no signal/internet/service/connection/power/water/heating/wifi, lost connection, losing connection, slow internet, so
slow, hasnt been delivered/processed/refunded/resolved/updated/shipped/dispatched, not been
delivered/processed/refunded/resolved/updated/dispatched, never
arrived/came/turned/showed/received/delivered/got/called, still no, still not, still
havent/hasnt/isnt/arent/dont/doesnt/cant/wont/didnt, still waiting, still nothing, still
broken/missing/showing/pending/having/getting/down, yet to receive/hear/arrive/get, no sign of, nowhere to be,
missing, went missing, order/parcel/package .. lost, lost my/our/luggage/bag/bags/baggage/parcel/package/order,
you/they lost, has/have/been lost, misplaced my, charged twice, charged me, charging me, charged for, charged my,
double charged, overcharged, overcharging, wrongly charged, still .. charged, took .. out of my, taken .. from my,
taking money, hidden fees/charges, no refund, refused .. refund, wrong
item/items/order/size/product/colour/color/one/address/part/parts/parcel/meal/bag/food/time/amount/price/seat, sent me
the wrong, not what i ordered, got my order wrong, forgot my, forgot to, messed up, screwed up, mix up, broken, broke,
breaks, faulty, defective, damaged, cracked, leaking, leaks, leaked, torn, ripped, scratched, smashed, peeling,
falling apart, fell apart, fallen apart, expired, mouldy, moldy, stale, soggy, undercooked, uncooked, raw chicken,
went off, stone cold, gone off, out of order, doa, delay, delays, delayed, delaying, late again, hours late, days
late, weeks late, minutes late, is late, was late, running late, missed my/our .. flight/connection/train/appointment,
miss my/our connection, missed connection, cancelled, canceled, cancelling my, cancellation, bumped from, overbooked,
rescheduled again, no show, didnt show, declined, rejected my, locked out, locked me out, blocked my, suspended my,
frozen my, froze my, been hacked, dropped calls, calls dropping, dead battery, battery ..
drain/drains/draining/dies/dead/dying, drains .. battery, overheating, overheats, wont hold a charge, hung up on, cut
off, cut me off, disconnected, ignored, ignoring, no response, no reply, no answer, not responded, not replied,
nobody/noone answers/answered/responds/replies/cares/helps/helped/called, no one
answers/answered/responds/replies/cares/helps/helped/called/is, never called/answered/replied/responded/responds, not
answering, without an answer, no communication, no explanation, doesnt make sense, out of stock again, sold out again,
nobody/noone/none can/could log/login/sign/access/get/connect/pay/open/reach, no one can/could
log/login/sign/access/get/connect/pay/open/reach, service/services/platform/api down, nothing works, nothing ..
happened, gone wrong, going wrong, wrong with my/the/your, has failed, have failed, failed to, failed, fails to,
failing, second time this, yet again, since the update, after the update, after updating, latest update ..
broke/ruined, this issue, this problem, same issue/problem, havent/hasnt/didnt/not/never
receive/received/arrive/arrived/delivered/got/get/shown/heard/turned, havent/hasnt come,
website/site/app/apps/system/systems/server/servers/internet/network/wifi/portal/page down,
website/site/app/apps/system/systems/internet/network/wifi is/are/has/have .. down, lets me down, let me/us down,
endless loop, keeps looping, doesnt sync, no broadband, no internet, no power, no heating, no hot, no trains, not
ready, short staffed, shortstaffed, understaffed, no luggage/bags/bag, without my bag/luggage, no confirmation, no
warning, barely hear, unavailable, not available, half empty, already expired, burnt out, wouldnt
let/work/accept/start/load/open, couldnt log/get/find/connect/help/pay/book/fix/solve, unusable, no points, incorrect,
not correct, flickering, blinks on and off, recalled, gets kicked, kicked out, kicks me out, kicking me, logs me out,
logged me out, signed me out, been flagged, wrong number, bad/broken/poor connection, not/never
collected/emptied/repaired/mended/cleaned/honoured, hasnt/havent/not been ..
collected/emptied/repaired/mended/fixed/cleaned, no sound, no audio, no picture, wont pair, cant pair, draining, dies
after, died after, stopped after, lasted .. days/weeks/months/minutes/hours, didnt last, doesnt last, not letting,
kicks me off, kicked me off, lags me, removed my/our, deleted my, closed my/our account, turned away, turned me/us
away, wrongly, price increase/hike, prices went/gone up, put .. prices up, switched off, stopped
running/updating/sending/loading/showing, gotten back to me, got back to me, got back to us, gotten back to us, nobody
has/came/come/turned, no one has/came/come/turned, held up, sent to the wrong, taken off, is/are incomplete,
doesnt/dont/didnt/wont
download/install/open/start/load/come/arrive/fit/scan/register/recognise/recognize/print/pair/update,
cant/cannot/couldnt cancel/contact/change/upgrade/transfer/redeem/add/remove/stream/edit/delete/return/refund, but i
dont have it, is concerning, bit concerning, draining fast, goes down fast, undercooked/overcooked/burnt/burned my,
skipped my/our, missed my/our bin/bins/collection/road/street/delivery/stop, down again, split after/down/open, came
apart/off/undone/loose, come apart/off/undone/loose, third/fourth/fifth time this/in, crashes
every/each/on/when/whenever, silently drops/fails/loses/ignores, does nothing, did nothing, went dead, doesnt exist
any more/anymore, came without, arrived without, without any notice/warning/reason/explanation, nobody told me/us,
never told me/us, fell over, fell apart, not done, but not received/credited/delivered/refunded, debited but, stopped
dead, only got/received/delivered one/half, has been broken since, been down since/all, marked delivered, marked as
delivered, says delivered, half the order, half my order, half our order, shrunk in the wash, standing
room only, keeps freezing, keeps dying
"""
# They wait.
WAITING = """
on hold, waiting for .. hours/minutes/days/weeks/months, waiting .. hours/minutes/days/weeks/months, waited ..
hours/minutes/days/weeks/months, wait .. hours/minutes, still waiting, been waiting, keep waiting, kept waiting, kept
.. waiting, long wait, wait time, wait times, hours/days/weeks/months and still/counting/nothing/no,
hours/days/weeks/months later, hours/days/weeks/months ago and, for over .. hours/days/weeks/months, more than ..
hours/days/weeks/months, over an hour, over a week/month, in line for, queue for, queued for, in the queue, long
line/lines/queue/queues, hour wait, took .. hours/weeks/months/minutes, taking forever, takes forever, forever to, all
day waiting, stayed home, stayed in all day, said it/you/they/he/she would, told it/you/they would, was/were promised,
promised me/us, you promised, gone and no/nothing/still, sitting on .. tarmac/runway/plane, sat on ..
tarmac/runway/plane
"""
# A wait long enough to matter by itself.
LONG_WAITING = """
on hold .. hours, hold for .. hours, hours on hold, waiting .. hours/days/weeks/months, waited ..
hours/days/weeks/months, hours/days/weeks/months later, hours/days/weeks/months and still/counting/nothing, hours
late, days late, weeks late, weeks now, months now, for weeks, for months, over a week/month, over an hour, days ago
and, weeks ago and, still .. after .. days/weeks/months
"""
# They judge us, and not kindly.
HARSH = """
thanks for nothing, thank you for nothing, thanks for the lack, thanks a lot for .. nothing, gee thanks, worst,
terrible, horrible, horrendous, horrific, awful, appalling, atrocious, abysmal, dreadful, disgusting, disgusted,
disgusts, disgrace, disgraceful, unacceptable, inexcusable, ridiculous, pathetic, useless, shocking, shambles,
shameful, shame on, outrageous, disappointed, disappointing, disappointment, dissatisfied, unsatisfied, unhappy, not
happy, not impressed, not pleased, not satisfied, unimpressed, frustrated, frustrating, frustration, infuriating,
infuriated, furious, livid, annoyed, annoying, angry, pissed, fuming, upset, rude, unhelpful, unprofessional,
incompetent, incompetence, clueless, uncooperative, disrespectful, unorganized, disorganised, disorganized,
unreliable, lied to, lying to, liars, mistreated, misleading, mislead, misled, dishonest, ripoff, rip off, ripped off,
ripping off, scam, scammers, scammer, con artists, robbery, thieves, theft, robbing, stealing from, waste of, wasted
.. money/time/hours, overpriced, too expensive, poor service/quality/customer/experience/communication/show/form, very
poor, so poor, really poor, bad service/customer/experience/business/quality, badbusiness, crap, crappy, garbage,
rubbish, trash, sucks, suck, sucked, shit, shite, shitty, bullshit, bs, wtf, stinks, smells so bad, sub par, subpar,
no excuse, not an excuse, not good enough, not acceptable, isnt good enough, fail, epic fail, epicfail, total fail,
big fail, a joke, total joke, fed up, sick of, tired of, had enough, had it with, let down, letting me down,
nightmare, a mess, joke of, zero stars, no stars, one star, hate, hates, hated, worse, regret, avoid, beware, dont
buy, dont use, dont fly, dont bother, do better, get it together, get your act together, sort it out, sort yourselves
out, fix your, fix this, fix it, fix the, what a joke, how dare, how is this, how hard is it, is it too much to ask,
unfair, not fair, not cool, so bad, really bad, very bad, not good, no respect, dont care, doesnt care, dont seem to
care, no help, not helpful, wasnt helpful, never helpful, not helping, uncomfortable, filthy, dirty, cramped, gross,
smh, ugh, ruined, ruining, ruins, what kind of service, what type of service, is this how you, do you even, do you
guys even, what is going on, whats going on with, whats the point, 👎, 😡, 🤬, 😠, are you kidding, you kidding me, you
must be kidding, got to be kidding, gotta be kidding, are you serious, are you joking, what gives, what the
hell/heck/fuck, why the hell/heck/fuck, why tf, really ?, badservice, badcustomerservice, poorservice,
poorcustomerservice, nothelpful, worstservice, customerservicefail, lostmybusiness, neveragain, nogood, no good, false
advertising, absurd, insulting, insult, bait and switch, weak, lousy, mediocre, inferior, horrid, uncool, untrue, not
the quality, lies, extortion, dont you think, duped, cheated, con, conned, poor signal/connection/network, overrated,
bland, tasteless, greasy, cold food, food was cold, was cold, came cold, hell of a, hellish, wish you/they would,
would be nice if, too much to ask, how can you, how can a company, how is it possible, how is that, why would you, why
are you, why have you, why did, the best you/they can/could do, best you guys can, best yous can, steer clear, stay
away from, save your money, save yourself the, think twice before, wouldnt recommend, would not recommend, like the
plague, worst enemy, fell off hard, aint it, money grab, cash grab, gutted, taking the piss, absolute shambles, used
to be good/great/better/nice/reliable, couldnt care less, could not care less, how hard can, been spoken/talked to
like, been treated like
"""
# They are glad.
THANKS = """
thanks, thank you, thankyou, thanku, ty, many thanks, grateful, appreciate, appreciated, much appreciated, cheers
"""
PRAISE = """
love/loving/loved/adore my/the/this/your/you/it/these/that/how/our, love, well done, good job, great job, nice job,
good work, great work, nice work, great service, good service, excellent, amazing, awesome, fantastic, brilliant,
wonderful, superb, outstanding, incredible, perfect, impressed, impressive, delighted, kudos, props to, hats off,
shout out, shoutout, big up, highly recommend, recommend, recommended, best .. ever, the best, made my day, made my
week, you rock, you guys rock, rockstar, lifesaver, life saver, saved me, saved my, so helpful, very helpful, really
helpful, super helpful, such a great, so happy with, very happy with, really happy with, happy customer, pleasantly
surprised, a pleasure, couldnt be happier, couldnt ask for more, never disappoints, doesnt disappoint, fan of, keep it
up, keep up, five stars, 5 stars, delicious, yummy, blown away, beautiful, great, smooth, smoothest, so good, so nice,
thrilled, nice, best, favorite, favourite, fav, fave, you guys are great/awesome/amazing, so glad, nicely done, rocks,
killing it, class act, lovely, hero, heroes, best customer, won me over, worth every penny, worth the money, cant
wait, cant recommend, cannot fault, couldnt fault, so easy, so quick, super fast, spot on, on fleek, fab, superstar,
superstars, gem, a star, top service, top work, topwork, life changing, game changer, obsessed with, thankful, nicest,
finest, kindest, loveliest, tastiest, friendliest, the goat, goated, i stan, slaps, bussin, top tier, chefs kiss, 10
10, is fire, is elite, unmatched, second to none, an absolute legend, you legend/legends, absolute legends, never
misses, rock solid, top notch, fair play to, chuffed, so satisfying, not bad at all, angel/angels to, were/was/are an
angel/angels, lovely people, bless the/him/her/them, cant get over how good, to die for, insanely good, hits
different, happy with, no drama, zero drama, an absolute joy, joy to
"""
# Kind, however much “not” stands in it: an engine hears these as unhappy.
HEARTY = """
cant/couldnt thank .. enough, cant/couldnt praise .. enough, cant/couldnt recommend .. enough, cant/couldnt speak
highly enough, cant/couldnt fault, couldnt be happier/prouder/easier/nicer/kinder/better, couldnt be more
pleased/happy/helpful/grateful/impressed, couldnt have been happier/nicer/kinder/easier/better/quicker, couldnt have
been more helpful/kind/pleased/patient, couldnt ask for more/better, couldnt have asked for, so much
faster/better/quicker/easier/smoother/quieter/nicer, much faster/better/quicker/easier/smoother .. now, lasts .. now,
no problems/problem/issues/issue/complaints/trouble .. so far, no problems/problem/issues/issue/complaints/trouble ..
at all, no problems/problem/issues/issue/complaints/trouble .. whatsoever/ever, no complaints, never had ..
problem/problems/issue/issues/complaint/bad, never a bad, cant complain, cant really complain, nothing to complain,
not a single problem/issue/complaint, never let/lets me/us down
"""
# They take back what they said.
RETRACTED = """
i was wrong, was/entirely my mistake, sorry my mistake, back my mistake, my own mistake, my bad for, sorry my bad, oh
my bad, totally my bad, my bad sorry, was/entirely/all my fault, my own fault, i take it back, i take that back, i
take it all back, false alarm, user error, sorry for/about shouting/ranting/moaning/swearing/snapping/complaining,
sorry i shouted/ranted/moaned/swore/snapped/complained, apologies for my/shouting/ranting, shouldnt have
shouted/snapped/ranted/sworn
"""
# It was mended: what went wrong is told to thank for it.
MENDED = """
sorted, all sorted, resolved, solved, problem solved, fixed it, fixed my, got fixed, all fixed, is fixed, now fixed,
now working, working now, works now, working again, back up, back online, rebooked me/us, replaced my/it/the, for
fixing, for helping, for sorting, for your help, for the help, for all your help, for resolving, helped me/us/my, this
helped, that helped, took care of, taken care of, went above and beyond, above and beyond, made it right, got it back,
found my, for finding, got my refund, refunded me, turned it around, quick response, quick reply, fast response,
prompt response, for the quick, for the prompt, for the reply, for the update, for responding, for getting back, got
through, no worries, never mind, nevermind, someone .. in touch, figured it out, above beyond, for replacing
my/it/the, got me/us home, found my bag, missing/lost/replacement
part/parts/parcel/bag/bags/item/items/order/luggage/piece .. arrived/came/found, turned up after all, arrived after
all
"""
# Kind words that are seldom meant so.
SARCASM = """
thanks for nothing, thanks for the lack, thanks for no, thank you for nothing, thanks a lot for .. nothing, thanks a
bunch, gee thanks, way to go, nice one, good one, great start, oh great, oh good, oh joy, oh lovely, oh fantastic, oh
brilliant, just great, just what i needed, just lovely, just fantastic, just brilliant, just perfect, how nice, how
lovely, yeah right, yay for, slow clap, love how you/they/my/the, love it when, love when, love being told, love
waiting, love sitting, love paying, love getting charged, love spending, always a pleasure, so glad i, thrilled i,
what a surprise, shocker, great customer service, top notch, real classy, stay classy, bravo, congratulations on, 🙄,
🙃, 😒
"""
# Kind words strong enough that a failure beside them makes them suspect; a plain "thanks" is only manners.
GLOWING = """
great, love, loving, awesome, amazing, brilliant, fantastic, wonderful, lovely, perfect, excellent, nice, superb, well
done, good job, great job, nice job, nice work, congrats, bravo, thrilled, delighted, yay, thanks for, thank you for,
thanks to, so pleased, so happy, so glad, so thrilled, so good of, how nice, how kind, how thoughtful, pleased to see,
cant tell you how happy, lucky me, lucky us, what a treat, what a joy, kudos, impressive, classy, stellar, outstanding
"""
# What they have to put up with, said after a kind word.
IMPOSING = """
second/third/fourth/fifth/sixth/seventh/another/tenth day/night/morning/evening/week/weekend/month/hour ..
without/with, second/third/fourth/fifth/sixth
day/night/morning/evening/week/weekend/month/time/attempt/call/engineer/visit, days/weeks/months/hours/nights ..
without, days/weeks/months of no, want/wants me/us to, force/forces/forcing/forced me/us to, expects/expect me/us to,
asks/asking me/us to, requires/require me/us to, makes me .. to, tells/telling me/us to, makes/made/making us
wait/pay/queue, makes/made/making me wait/pay/queue/watch/sit/sign/create/download/install, now i/we .. have/need to,
i/we now have/need to, now i/we cant/must, i/we get to pay/wait/sit/start/call/spend/stand/queue/walk/sleep, have to
pay, have to create/make/download/install/register/sign/start/call/walk, make/create an account, only took
weeks/months/years, only took .. weeks/months/years/calls/emails/attempts/tries, only .. weeks/months late, took only
.. weeks/months/calls/emails, apparently, before it will let, before it lets, before i/we can/could, for the
privilege, says .. is well/fine/ok/good/normal, who needs, because who, nothing says, as if i/we, just what i wanted,
exactly what i needed/wanted, to go with my/the, once again, and it still, except it, if only it/they/you
"""
# Lines of the trade, in which nobody speaks to us.
NEWS = """
shares/stock/stocks/profit/profits/revenue/sales/earnings
down/up/fall/falls/fell/rise/rises/rose/jump/jumps/jumped/slump/slumps/drop/drops/dropped/plunge/plunges/surge/surges/slide/slides/slip/slips/climb/climbs/soar/soars/tumble/tumbles,
share/stock price down/up/falls/fell/rises/rose/jumps/slumps/drops/slides/slips, price target, market cap, quarterly
results/profit/profits/earnings/revenue/loss/sales, reports/posts .. profit/profits/loss/losses/earnings/revenue,
announces, acquires, to acquire, appoints, to cut .. jobs, cuts .. jobs, new ceo, files for bankruptcy
"""
# They want to know.
QUESTIONS = """
do you, does your, are you, is your, is there, are there, can i, can we, can you, could i, could you, may i, will you,
will there, would you, would it, how much, how many, how do, how does, how can, how long, how early, how late, how
often, how far, what time, what day, whats the, what are, what is, what does, which, when do/does/is/are/will/can,
where do/does/can/is/are, where to, who is, why is/are/do/does/did, do i, does it, does the, does this, is it, is
this, is the, are the, are these, have you, has anyone, any chance, any plans, any idea, any recommendations, anyone
know, anyone tried, anyone use, wondering if, wondering whether, wanted to know, want to know, like to know, curious
if, can someone tell, could someone tell, let me know if, let me know when, is it possible, need .. info, looking for
a, opening hours/times, open on, in stock, ship to, deliver to, compatible with, what about, how about, can someone,
could someone, should i, shall i, will i, would i, am i, what kind of, whats your, what is your, anybody know,
wondering, when u/you gonna/going/guys, how come, what is happening/going/up with, whats happening/going/up with, is
anyone else, is it just me, does anyone else, when u/you/yall, where u/you/yall at, why u/you/yall, what u/you/yall
doing
"""
# They sell, or fish: what everyone shall do at once.
CALLS = """
click here, click the link, click link, link in bio, link below, use code, use my code, use promo/discount code, sign
up here, sign up and get, sign up now, follow back, follow4follow, followback, f4f, follow for follow, follow me ..
follow you, i follow back, ill follow .. back, follow and retweet/rt/like, follow me for, follow me and, check out my,
check it out here, buy now, order now, shop now, shop here, get yours, grab yours, grab it, dm now, dm me/us for
details/price/prices/promo/promos/info/more/rates/collab/collabs/yours, dm for promo/details/price/prices/info/collab,
dm to, inbox me for, rt to win, retweet to win, enter to win, enter now, tag .. friends, like and share, whatsapp
me/us, text me on, join my/our .. group/channel/team/telegram/discord, join now, apply now, apply here, apply today,
apply via, apply at, send your/us your cv/resume/application, buy/get/gain .. followers/likes/views/subscribers,
invest with me/us, claim your, claim yours, claim now, claim in, claim before, claim it here, claim here, subscribe to
my, invest now, start earning, trade with, bookings open, contact him/her on, message him/her on, hurry
up/on/and/over/before/while/offer, dont miss out, act now, while stocks last, swipe up, visit our
store/shop/website/site
"""
# What they have to offer.
OFFERS = """
cheap/real/instant/free .. followers/likes/views/subscribers, made/earned .. dollars in, promo code, discount code,
referral code, coupon code, coupon, giveaway, giving away, free followers, free iphone, free gift, make money, earn
money, earn .. daily/weekly, passive income, double your, work from home, limited time offer, limited time, limited
offer, free shipping, win a, chance to win, crypto, airdrop, presale, whitelist, early access, bitcoin, forex, nft,
casino, betting tips, onlyfans, we are hiring, were hiring, now hiring, is hiring, hiring now, job alert, job opening,
vacancy, vacancies, join our team, i just joined, i favorited a, i liked a youtube, i entered, best price, best
prices, lowest prices, all brands, mega sale, flash sale, huge sale, lamp sale, clearance sale, percent off,
guaranteed, been selected, have been chosen, lucky winner, lucky winners, follow me on, helped me recover, recovered
my .. account/funds/wallet/money, profit, profits, wholesale, in stock now, restocked
"""
# Somebody has died.
LOSS = """
passed away, since/after/when/before .. died, my/our/his/her
husband/wife/mum/mom/mother/dad/father/son/daughter/brother/sister/nan/gran/grandma/grandad/grandpa .. died,
my/our/his/her grandmother/grandfather/aunt/uncle/friend/partner/neighbour/baby/cat/dog .. died, my/our late
husband/wife/mum/mom/mother/dad/father/son/daughter/brother/sister, lost my/our
husband/wife/mum/mom/mother/dad/father/son/daughter/brother/sister/nan/gran/baby
"""
MOURNING = """
funeral, bereaved, bereavement, widowed, in memory of, rest in peace, her/his ashes, in her/his last weeks/days/months
"""

# What cannot wait.
URGENT = ("safety", "abuse", "threats", "exposed", "fraud", "legal", "stranded")
CUES: Mapping[str, str] = {
    "asks": ASKS,
    "failure": FAILURES,
    "waiting": WAITING,
    "long waiting": LONG_WAITING,
    "harsh": HARSH,
    "leaving": LEAVING,
    "thanks": THANKS,
    "praise": PRAISE,
    "hearty": HEARTY,
    "retracted": RETRACTED,
    "mended": MENDED,
    "sarcasm": SARCASM,
    "glowing": GLOWING,
    "imposing": IMPOSING,
    "question": QUESTIONS,
    "news": NEWS,
    "safety": SAFETY,
    "abuse": ABUSE,
    "exposed": EXPOSED,
    "damage": DAMAGE,
    "fraud": FRAUD,
    "legal": LEGAL,
    "stranded": STRANDED,
    "call": f"{CALLS}, {spam.CALLS}",
    "offer": f"{OFFERS}, {spam.OFFERS}",
    **spam.GROUPS,
    "loss": LOSS,
    "mourning": MOURNING,
    "buying": BUYING,
    "recommends": RECOMMENDS,
    "seeks": SEEKS,
    "insults": INSULTS,
    "threats": THREATS,
    "figurative": FIGURATIVE,
}
