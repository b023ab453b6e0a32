"""Short forms of given names, English and Spanish, that share few letters with the name: ``Pepe`` is José.

A small table of our own: common ones only, each with the names that it usually stands for.
"""

from __future__ import annotations

_TABLE = """
alex: alexander alexandra alejandro alejandra
andy: andrew
art: arthur
bella: isabella isabel
ben: benjamin
bernie: bernard bernardo
beth betsy betty liz lizzie eliza lisa: elizabeth
beto: alberto roberto humberto norberto
bill billy will willy: william
bob bobby rob robbie: robert
cathy kate katie kathy katy: katherine catherine kathryn
charlie chuck: charles
chabela: isabel
chago: santiago
charo chayo: rosario
chava: salvador
chela: graciela
chelo: consuelo
chema: jose
chepe pepe: jose
chucho chuy: jesus
concha: concepcion
dan danny: daniel
dave: david
debbie: deborah
dick rick ricky rich: richard
drew: andrew
ed eddie: edward edwin edgar
fer: fernando fernanda
frank frankie: francis francisco
fred freddy: frederick alfredo
gabe: gabriel
greg: gregory
gus: augustus gustavo agustin
hank: henry
jack: john
jake: jacob
jenny jen: jennifer
jerry: gerald jerome gerardo
jim jimmy jamie: james
joe joey: joseph
johnny: john
ken kenny: kenneth
kike quique: enrique
kim: kimberly
larry: lawrence lorenzo
lalo: eduardo
lencho: lorenzo
leo: leonard leonardo leonel
licha: alicia
lola: dolores
lucho: luis
lupe lupita: guadalupe
maggie meg peggy: margaret
manny: manuel emmanuel
manolo: manuel
matt: matthew
maricarmen: carmen
memo: guillermo
mike mick mickey: michael miguel
mincho: benjamin
mundo: edmundo raymundo
nacho: ignacio
nando: fernando
nancy: ann
ned: edward
neto: ernesto
nick: nicholas nicolas
paco pancho: francisco
pam: pamela
pat patty: patricia patrick
paty: patricia
pete: peter
phil: philip
polo: leopoldo
quino: joaquin
ray: raymond raymundo
rafa: rafael
remy: remedios
ron ronny ronnie: ronald
sam sammy: samuel samantha
sandy: sandra alexander
steve: steven stephen
sue susie: susan
tavo: gustavo
ted teddy: theodore edward
terry: terrence theresa
tim timmy: timothy
tina: argentina cristina christina martina
tito: alberto
tom tommy: thomas
tono: antonio
tony: anthony antonio
trini: trinidad
vicky: victoria
yoli: yolanda
zach: zachary
"""

_NAMES: dict[str, frozenset[str]] = {}
for _line in _TABLE.strip().splitlines():
    _short, _long = _line.split(":")
    for _word in _short.split():
        _NAMES[_word] = _NAMES.get(_word, frozenset()) | frozenset(_long.split())


def is_short_for(short: str, name: str) -> bool:
    """Whether people called ``name`` are commonly called ``short`` (both folded)."""
    return name in _NAMES.get(short, ())
