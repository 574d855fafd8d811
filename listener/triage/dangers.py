"""The cue words of what can't wait or must not be met with a template: harm, abuse, exposure, loss of money or home.

Written as `phrases.py` reads them; see cues.py.
"""

from __future__ import annotations

# Somebody may be hurt.
SAFETY = """
caught/catch/catching/catches fire, burst into flames, in flames, fire hazard, smoke coming, smoke from
the/my/your/under/inside/behind/it/our, smoke came, smoke pouring, smoke filled,
it/plug/charger/battery/laptop/phone/oven/engine/dryer/toaster/kettle/socket/cable/machine/heater ..
started/was/is/began smoking, smoking battery/charger/plug/cable, smell/smelled/smelt/smelling of/like
burning/smoke/gas, burning smell, smell gas, gas leak, carbon monoxide, burnt/burned/burns/burning
my/his/her/our/their/me hand/hands/finger/fingers/skin/face/leg/arm/mouth/lap/son/daughter/child/baby/ear/tongue,
burnt/burned me, burned through, burnt through, got burned by, got burnt by, second degree burns, electric/electrical
shock, electric shocks, electrocuted, got a shock from, gave me .. shock, sparks
flew/flying/coming/from/shooting/shot/out, started/is/was/began sparking, sparked and, sparked when, exploded, an
explosion, it/battery/phone/glass/bottle/oven is exploding, i/we/ive/im/has/have was/been/got/am injured/hurt, i/we/im
injured, got me hurt/injured, my/our/a/the
son/daughter/child/kid/kids/baby/mum/mom/dad/wife/husband/dog/cat/passenger/customer/nan/gran/grandma
was/were/got/been/is injured/hurt, my/our .. was/got/been hurt/injured by/on/when/because/at, injured my/me, got
hurt/injured on/in/at/by/using/from/because, injury from your/this/the, injuries from your/this/the, caused ..
injury/injuries, serious injury/injuries, hurt my/his/her/our child/son/daughter/baby/kid/back/head/hand/arm/leg/neck,
bleeding, in hospital after/because/from/due/with/thanks, in the hospital after/because/from/due/thanks, ended up
in/at hospital/er, ended up in/at the hospital/er, sent/put/landed/took/taken/rushed/rush me/us/him/her/my/to/in ..
hospital/er, rushed/rush/rushing/taken/airlifted to hospital/er, rushed/rush/rushing/taken/airlifted to the
hospital/er, checked out in the er, had to go to hospital/er, had to go to the hospital/er/doctor, ambulance,
emergency room, paramedics, was/were/is/found/fell/knocked/still/being unconscious, me/him/her unconscious, dead or
unconscious, allergic reaction, anaphylactic, anaphylaxis, epipen, choking hazard, nearly/almost choked,
son/daughter/child/kid/baby/toddler/dog/cat/boy/girl/husband/wife/mum/mom/dad/he/she/i choked,
son/daughter/child/kid/baby/toddler/dog/cat/he/she/i/im is/was/am/were choking, im choking, was choking, started/began
choking, food poisoning, glass/metal/plastic/needle/blade/screw/nail .. in my
food/burger/salad/meal/drink/soup/sandwich/mouth/bread/cereal/pizza/cake, found .. glass/needle/blade in, made ..
child/son/daughter/baby/kid .. sick/ill, brakes/brake failed/failing/stopped, airbag, airbags, steering failed/locked,
battery swelling/swollen, swollen battery, wheel came off, nearly killed, almost killed, could have killed, couldve
killed, could have died, safety hazard, a danger to, trapped in/inside ..
lift/elevator/toilet/toilets/loo/bathroom/restroom/car/train/carriage/room/store/shop/building/pod/cubicle/stairwell/garage,
stuck in .. lift/elevator, gas coming/leaking/escaping/pouring/hissing, gas is/was
coming/leaking/escaping/pouring/hissing, leaking/leaks/leaked gas, smells of/like burning/smoke/gas, scalded, knocked
me down/over/off, ran/run me/us/him/her over, ran/run over by, ran/forced me/us off the road, collapsed under/on
me/us/him/her/my, swallowed .. battery/magnet/magnets/button, insulin, terrified for my, feared for my, to a e, in a
e, piece/pieces/shard/shards/bit/bits of glass/metal/plastic/wire in/inside my/the/your/one/our/her/his/a,
bit/bitten/bite/chewed into/on .. glass/metal/plastic/wire/stone, sliced/cut/cuts my/his/her
mouth/hand/hands/finger/fingers/foot/face/tongue/lip/gum open, sliced/cut my/his/her
mouth/finger/hand/tongue/lip/foot, could/might/will go/set on fire, went on fire, go/goes/went up in flames, caught
alight, nearly/almost die/died, seized/cut/cuts/shut/shuts/died out/off/up/down while/whilst driving,
seized/cut/cuts/shut up/out/off/down on the motorway/highway/freeway, died on the motorway/highway/freeway,
felt/feel/feels unsafe, left/leaving/leave/abandoned/abandoning a/my/our/her/his
son/daughter/child/kid/kids/minor/toddler/baby alone/outside/unattended/unsupervised/crying, no excuse for leaving a
minor/child, nearly/almost hit me/us/my, nearly/almost ran me/us over, drove at me/us, ran a red, head
injury/injuries, ceiling/roof/wall/shelf/shelves/sign/scaffolding/balcony .. fell/collapsed/came on/down/onto/in,
shelf/sign/ceiling/box/tv/glass fell on my/me/a/our/his/her, glass/metal/plastic/needle/blade/screw/nail/bleach in
the/our/his/her baby/food/milk/bread/bottle/salad/soup/drink/formula/jar/burger, had a seizure, my/our
dad/mum/mom/mother/father/wife/husband/son/daughter/nan/gran/child/grandad collapsed, nobody/noone called an/the
ambulance, unsafe to eat/drive/ride/use/drink,
fork/frame/handlebar/handlebars/stem/axle/ladder/chair/strap/harness/crank .. snapped,
fork/frame/handlebar/handlebars/stem/axle/ladder/chair/strap/harness/crank snapped, wrong
medication/medicine/dose/drug/prescription/blood, elses medication/medicine/prescription, needs an/her/his inhaler,
broke/broken my collarbone/wrist/arm/leg/ankle/ribs/elbow/hip/tooth on/when/because/after, with a broken/fractured
collarbone/wrist/arm/leg/ankle/rib/elbow/jaw/hip, woman/man/passenger/child/lady/kid .. fainted
"""
# Something was done to a person, or came before a child.
ABUSE = """
assaulted, assaulting, sexual assault, sexually assaulted/assaulting/harassed/harassing, sexual harassment, groped,
raped, molested, indecent exposure, exposed himself, spiked .. drink, threatened me/us, threatened my
son/daughter/child/kid/kids/children/toddler/boy/girl/baby/niece/nephew, threatened my
wife/husband/mum/mom/mother/dad/father/partner/sister/brother/girlfriend, threatened to kill/hurt/hit/beat/stab/punch,
kill myself, end my life, im/feel/feeling/felt suicidal, grabbed me by, grabbed my/her/his
arm/wrist/hand/hair/neck/shoulder/throat/bum/bottom/breast/leg/waist, pushed/shoved me/him/her
over/down/against/into/off, shoved me/us/him/her, pushed/shoved/hit/slapped/punched/kicked/smacked/grabbed my
son/daughter/child/kid/kids/children/toddler/boy/girl/baby/niece/nephew,
pushed/shoved/hit/slapped/punched/kicked/smacked/grabbed my
wife/husband/mum/mom/mother/dad/father/partner/sister/brother/girlfriend, punched me, slapped/kicked/hit/spat me
in/across/on .. face/head/stomach/back/chest, spat at/on me/us/my/him/her, touched me/her/him ..
inappropriately/without, touched my/her thigh/leg/breast/breasts/bottom/bum/body, physically
attacked/abused/hurt/threw/removed, attacked me/us, attacked my
son/daughter/child/kid/kids/children/toddler/boy/girl/baby/niece/nephew, attacked my
wife/husband/mum/mom/mother/dad/father/partner/sister/brother/girlfriend, attacked by your,
followed/following/stalked/stalking my son/daughter/child/kid/kids/children/toddler/boy/girl/baby/niece/nephew,
followed/following/stalked/stalking my wife/husband/mum/mom/mother/dad/father/partner/sister/brother/girlfriend,
followed/following/stalked/stalking me home/out/into/round/around, abused by your/a/an/one,
racially/verbally/physically/sexually/homophobically abused/abusing/harassed/harassing/attacked/insulted,
racist/racial/homophobic/transphobic/sexist/antisemitic/islamophobic
abuse/slur/slurs/insult/insults/remark/remarks/comment/comments, called me/us/him/her .. slur/slurs, harassed
me/us/by, nudity/porn/porno/pornography/pornographic/nude/nudes/naked/gore/explicit/sexual/sex ..
kids/childrens/children/childs app/section/channel/mode/profile/game/show/area/account, kids/childrens/children/childs
app/section/channel/mode/profile/game/show/area/account ..
nudity/porn/porno/pornography/pornographic/nude/nudes/naked/gore/explicit/sexual/sex,
son/daughter/child/kid/kids/children/toddler/boy/girl/baby/niece/nephew/old ..
found/finds/saw/sees/seen/shown/sent/watched/got/gets/exposed ..
nudity/porn/porno/pornography/pornographic/nude/nudes/naked/gore/explicit/sexual/sex,
showed/shows/showing/shown/sent/sends my son/daughter/child/kid/kids/children/toddler/boy/girl/baby/niece/nephew ..
nudity/porn/porno/pornography/pornographic/nude/nudes/naked/gore/explicit/sexual/sex,
stranger/strangers/man/men/adult/adults ..
message/messages/messaged/messaging/text/texted/contact/contacts/contacted/contacting/approached/approaching/touched/touching
my son/daughter/child/kid/kids/children/toddler/boy/girl/baby/niece/nephew, flirted/flirting/flirts with my .. old,
flirted/flirting/flirts with my son/daughter/child/kid/teenage, grooming my
son/daughter/child/kid/kids/children/toddler/boy/girl/baby/niece/nephew, child in danger, left alone ..
child/kid/baby, unaccompanied minor/child, left my/our
son/daughter/child/kid/kids/children/toddler/boy/girl/baby/niece/nephew .. alone/behind/unattended, my/our
son/daughter/child/kid/kids/children/toddler/boy/girl/baby/niece/nephew .. left alone/behind/unattended, chucked/threw
me/us/him/her through/threw/out/down/against/off, felt/feel threatened/intimidated by, i/we was/were/been/got
abused/threatened/assaulted/spat/groped
"""
# What belongs to one was shown to another.
EXPOSED = """
another/other
patients/patient/customers/customer/users/user/persons/peoples/people/students/clients/client/passengers/passenger/members/member/tenants/employees
..
records/record/details/data/address/addresses/account/accounts/information/info/statement/statements/messages/photos/results/chats/prescription/prescriptions/payslip/payslips/file/files/passport,
someone/somebody/everyone/everybody/anyone elses ..
records/record/details/data/address/addresses/account/accounts/information/info/statement/statements/messages/photos/results/chats/prescription/prescriptions/payslip/payslips/file/files/passport,
a strangers
records/record/details/data/address/addresses/account/accounts/information/info/statement/statements/messages/photos/results/chats/prescription/prescriptions/payslip/payslips/file/files/passport,
data leak, leaked/leaking/exposed/exposing/published .. customer/customers/user/users/patient/patients/member/members
.. data/details/records/information/emails/addresses, personal data/details/information ..
public/visible/exposed/leaked/online,
records/record/details/data/address/addresses/account/accounts/information/info/statement/statements/messages/photos/results/chats/prescription/prescriptions/payslip/payslips/file/files/passport
visible to everyone/anyone/strangers/others/other, everyone/anyone/strangers can see my, cc instead of bcc
"""
# Gone for good, or done and driven away from.
DAMAGE = """
hit/scraped/dented/damaged/scratched my/our parked/car/van/bike/fence/gate/wall/house/dog/cat,
hit/scraped/dented/damaged/scratched .. parked car/van/bike, drove off, hit and run,
crashed/reversed/backed/drove/rammed into my/our, ran over my/our dog/cat/bike/foot, killed my/our dog/cat, flooded
my/our, wiped/erased/deleted everything, wiped/erased/deleted all my/our/of, wiped/erased/deleted my/our ..
data/phone/drive/computer/laptop/photos/files/history/notes/messages/contacts/playlists/library/saves/progress/work,
lost all my/our/of, lost my/our .. data/photos/files/notes/progress/contacts, all my/our ..
data/photos/files/notes/messages/contacts/playlists/work/pictures/documents/recordings/saves/progress ..
gone/deleted/wiped/lost/disappeared/vanished/erased, everything .. gone/wiped/erased/deleted/disappeared/vanished
"""
# Somebody's money or name is being taken.
FRAUD = """
hacked my/our/into, been hacked, got hacked, i/we/was/were/account/someone/somebody/they hacked, account ..
compromised, identity theft, stole my/our money/card/identity/details/bag/laptop/phone/package/parcel, stolen from my,
steal/stealing/stole my .. number, my .. stolen, were stolen, was stolen, been stolen, fraudulent, fraudulently, fraud
on my, fraud on our, defrauded, victim of fraud, committing fraud, unauthorised/unauthorized
transaction/transactions/charge/charges/payment/payments/purchase/purchases/access/login/withdrawal/activity, didnt
make/authorise/authorize .. transaction/transactions/payment/purchase/charge/withdrawal, someone .. using/used my
card/account/name/identity/details, someone .. logged into/in my, phishing, data breach, leaked my
data/details/address, my account .. emptied/drained, is/are a fraud, debit/credit card .. fraudulently, orders/order
i/we never placed/made, transactions/charges/payments i/we didnt/never
make/made/recognise/recognize/authorise/authorize,
staff/employees/employee/driver/drivers/courier/handlers/agent/cleaner/cleaners/engineer/fitter stole, broke into
my/our bag/bags/suitcase/luggage/account/room, ive/i have/we been/were/was/got scammed, i was scammed,
someone/somebody changed the/my email/password/number/address, changed the email/password on my, block/freeze my
card/account/cards now, freeze my .. account, transfers/payments/withdrawals i/we did not/didnt make, spending my
balance/points/credit
"""
# It is going to a lawyer.
LEGAL = """
my/our lawyer/lawyers/attorney/attorneys/solicitor/solicitors,
contact/contacting/contacted/call/calling/called/hire/hiring/hired/get/getting/speak/speaking/spoke/talk/talking/consult/consulting/see/seeing/need/from/through
a/with/to/an .. lawyer/lawyers/attorney/solicitor, lawyer up, lawyers involved, lawyering up, legal action, taking
legal, take you to court, see you in court, small claims, sue you, suing you, going to sue, gonna sue, will sue, class
action, lawsuit against you/them/someone, file/filing/filed/bring/bringing/start/starting/a/your/another/face/expect
a/the lawsuit, potential lawsuit, lawsuit coming, of contract lawsuit, trading standards, the ombudsman,
contacting/contacted/called/calling/filed .. police, police report, gdpr complaint,
racial/racist/age/disability/gender/religious/sex/is/of/thats/this/pure/blatant/such/for discrimination, discriminated
against/me/us/by, discriminating against, go/going/goes to court,
staff/employees/employee/driver/drivers/agent/agents/manager/crew/waiter/clerk/cashier is/are/was/were
racist/racists/homophobic/antisemitic/discriminating, racist
staff/employees/employee/driver/agent/manager/crew/waiter/clerk/cashier, racially profiled/profiling, refused ..
guide/service dog, denied .. guide/service dog, report/reported/reporting you/them/this to ..
ombudsman/regulator/police/ofcom/ofgem/fca/ftc/cfpb, ombudsman and, data protection complaint, hear/hearing from
our/my/a solicitor/lawyer/attorney/solicitors/lawyers
"""
# Somebody cannot get on, now.
STRANDED = """
stranded, stuck at/in .. airport/station/terminal overnight/tonight/till/until, stuck at/in ..
airport/station/terminal for .. days/nights, stuck on .. motorway/highway, stuck on a/the/your/this train/bus/coach
for/between/since/with, stuck on .. tarmac/runway/plane for/over/almost/nearly .. hours, sitting on .. tarmac/runway
for/over .. hours, broken down on .. motorway/highway/road, side of the road, side of the motorway/highway, nowhere to
sleep/stay/go, no way home, no way to get home, cant get home, sleeping at/in .. airport/station, sleep at/in ..
airport/station/floor, locked out of .. house/home/car/room/apartment/flat, without heat, no heating ..
baby/newborn/elderly/child/kids, without medication, lost/broke/broken/damaged/destroyed .. wheelchair, without ..
wheelchair, wheelchair is/was/arrived broken/damaged/missing/lost, abandon/abandoned/abandoning me/us
overnight/at/in/here/there
"""
