"""What `names` knows of transliteration: words that are spellings of each other, endings that alternate, titles before names."""

from __future__ import annotations

from typing import Final

# Each line is one word in the spellings that English texts use. Belarusian, Ukrainian and Russian forms of a place or given
# name count as spellings: newspapers mix them for the same bearer.
_WORDS: Final = """
kyiv kiev kyyiv
kharkiv kharkov
odesa odessa
lviv lvov
luhansk lugansk
mykolaiv mykolayiv nikolaev nikolayev
chernihiv chernigov
chernivtsi chernovtsy
zaporizhzhia zaporizhzhya zaporizhia zaporizhya zaporozhye zaporozhe zaporizhzhiia
dnipro dnepr dnieper
dnipropetrovsk dnepropetrovsk
vinnytsia vinnitsa vinnytsya
rivne rovno
ternopil ternopol
sievierodonetsk severodonetsk syevyerodonetsk
lysychansk lisichansk
bakhmut artemivsk artyomovsk
donbas donbass
chornobyl chernobyl
minsk mensk
homel gomel
mahilyow mogilev mahileu mogilyov
vitebsk vitsyebsk viciebsk
hrodna grodno
belarus byelarus belarussia byelorussia
belarusian belarussian byelorussian
beijing peking pekin
tehran teheran
mecca makkah
jeddah jidda jiddah
riyadh riyad
sanaa sana
mumbai bombay
kolkata calcutta
chennai madras
yangon rangoon
almaty almata
tbilisi tiflis
yerevan erevan
tskhinvali tskhinval
sukhumi sokhumi sukhum
nagorno nagorny nagornyy nagorniy
karabakh karabagh qarabag
chisinau kishinev
tirana tirane
pristina prishtina prishtine
kosovo kosova
ankara angora
bucharest bucuresti
xinjiang sinkiang
tibet xizang
uighur uyghur uygur
uighurs uyghurs uygurs
rohingya rohinga
kashmir cashmere
ivorian ivoirian
romania rumania roumania
turkey turkiye
taliban taleban
qaeda qaida qaidah kaida
hezbollah hizbullah hizballah hizbollah hezballah
houthi huthi houti
houthis huthis houtis
fatah fateh
vladimir volodymyr uladzimir
zelensky zelenskyy zelenskiy zelenski zelenskyi zelenskii zelenskij
alexander aleksandr alexandr aliaksandr alyaksandr oleksandr aleksander alaksandar aleksandar
lukashenko lukashenka lukasenka lukashenca
alexei alexey aleksei aleksey oleksiy oleksii alexej
sergei sergey serhiy serhii sergej siarhei syarhey
dmitry dmitri dmitriy dmitrii dmytro dzmitry
andrei andrey andriy andrii andrej
nikolai nikolay mykola nikolaj mikalai
mikhail mykhailo mikhael mykhaylo michail mikhailo
yevgeny evgeny yevgeniy yevgeni evgeniy yevhen evgenii evgeni
yuri yury yuriy yurii iouri jurij
valery valeriy valeri valerii
vitaly vitaliy vitali vitalii
anatoly anatoliy anatoli anatolii
vasily vasiliy vasili vasyl vasilii
grigory grigoriy grigori hryhoriy grigorii
gennady gennadiy gennadi hennadiy gennadii
arkady arkadiy arkadi
georgy georgiy georgi georgii heorhiy
leonid leanid
igor ihor
oleg oleh
viktor victor viktar
konstantin kostyantyn constantin
yulia yuliya iulia julia yuliia
yekaterina ekaterina
maria mariya mariia
natalia natalya nataliya nataliia
svetlana svitlana sviatlana
tikhanovskaya tsikhanouskaya tsihanouskaya tikhanouskaya
medvedev medvedyev
gorbachev gorbachov gorbachyov
yeltsin eltsin jelzin
khrushchev khruschev khrushchyov
yanukovych yanukovich ianukovych
tymoshenko timoshenko
poroshenko porosenko
yatsenyuk yatseniuk iatseniuk
klitschko klichko klychko
kuleba kouleba
zakharova zaharova
peskov peskow
nebenzya nebenzia
ryabkov riabkov
shoigu shoygu choigou
kadyrov kadirov
prigozhin prigojine prigozin
navalny navalnyy navalniy navalnyi navalni
yanukovich yanukovych
pashinyan pashinian
aliyev aliev
tokayev tokaev
nazarbayev nazarbaev
mirziyoyev mirziyoev mirziyaev
rahmon rakhmon rahmonov rakhmonov
berdimuhamedov berdymukhammedov berdimuhamedow berdymuhamedov
saakashvili saakachvili
muhammad mohammed mohammad mohamed muhammed mohamad muhamed mohamud mahomed
ahmad ahmed ahmet akhmed
mahmoud mahmud mahmood
hussein hussain husayn husain hossein hosein hussayn
hassan hasan
abdel abdul abdal abdoul
abdullah abdallah abdulla abdollah
osama usama
omar umar
yasser yasir yaser
yousef yusuf youssef yousuf yusef
ibrahim ebrahim ibraheem
ismail ismael esmail ismaeel
khalid khaled
walid waleed
said saeed saeid sayeed
salman selman
faisal feisal faysal
nasser naser nasir
rashid rasheed
tariq tarek tareq tarik
ali aly
sheikh shaikh sheik shaykh cheikh
zayed zayid zayd
nahyan nahayan nuhayyan
maktoum maktum
thani thany
khalifa khalifah
bin ibn ben
al el
gaddafi qaddafi kadafi gadhafi kadhafi qadhafi khadafy
assad asad
sisi sissi
khamenei khamenehi khamanei
khomeini khomeyni
rouhani rohani ruhani
raisi raeesi raissi
zarif zareef
ahmadinejad ahmadinezhad
netanyahu netanyahou netaniahu
benjamin binyamin benyamin
haniyeh haniya hanieh
sinwar sinouar
nasrallah nasralla
erdogan erdoghan
karzai karzay
ashraf achraf
sharif shareef
shehbaz shahbaz
musharraf musharaf
hasina hasinah
rajapaksa rajapakse
tshisekedi tchisekedi
ouattara ouatara
museveni musevini
abiy abiye
isaias isayas
milosevic miloshevich
mladic mladich
vucic vuchich
tadic tadich
djukanovic dukanovic
thaci thachi
orban urban
organisation organization
organisations organizations
defence defense
labour labor
centre center
programme program
harbour harbor
"""

_ENDINGS: Final = (
    (6, ("skiy", "skyy", "skyi", "skii", "skij", "sky", "ski")),
    (8, ("enko", "enka")),
    (6, ("ayev", "aev", "ajew")),
    (6, ("iyev", "iev", "ijev")),
    (6, ("oyev", "oev")),
    (6, ("nyan", "nian")),
    (6, ("ovych", "ovich", "ovitch", "avich")),
    (6, ("evych", "evich", "evitch")),
    (6, ("yuk", "iuk")),
)


def _class_words(table: str) -> dict[str, tuple[str, ...]]:
    classes: dict[str, set[str]] = {}
    for line in table.strip().splitlines():
        merged = set(line.split())
        # A word on two lines ties them together, or comparing would depend on which line was read first.
        for word in tuple(merged):
            merged |= classes.get(word, set())
        for word in merged:
            classes[word] = merged
    return {word: tuple(sorted(members)) for word, members in classes.items()}


WORD_CLASSES: Final[dict[str, tuple[str, ...]]] = _class_words(_WORDS)
"""A folded word to all its spellings, itself included, sorted."""

SUFFIX_CLASSES: Final[tuple[tuple[int, tuple[str, ...]], ...]] = _ENDINGS
"""(shortest word, endings that stand for each other), longest ending first; the first that fits decides."""

TITLES: Final[tuple[str, ...]] = tuple(
    sorted(
        (
            r"prime minister",
            r"deputy prime minister",
            r"vice[ -]president",
            r"vice[ -]premier",
            r"president[ -]elect",
            r"president",
            r"premier",
            r"chancellor of the exchequer",
            r"chancellor",
            r"vice[ -]chancellor",
            r"foreign minister",
            r"deputy foreign minister",
            r"defen[cs]e minister",
            r"finance minister",
            r"interior minister",
            r"economy minister",
            r"energy minister",
            r"justice minister",
            r"health minister",
            r"trade minister",
            r"state minister",
            r"minister of state",
            r"minister",
            r"foreign secretary",
            r"home secretary",
            r"defen[cs]e secretary",
            r"treasury secretary",
            r"secretary of state",
            r"secretary of defen[cs]e",
            r"secretary of the treasury",
            r"press secretary",
            r"secretary[ -]general",
            r"general secretary",
            r"secretary",
            r"attorney general",
            r"national security advis[eo]r",
            r"high representative",
            r"high commissioner",
            r"special envoy",
            r"envoy",
            r"ambassador",
            r"spokes(?:man|woman|person)",
            r"governor[ -]general",
            r"governor",
            r"lieutenant governor",
            r"mayor",
            r"speaker",
            r"house speaker",
            r"senator",
            r"sen",
            r"representative",
            r"rep",
            r"congress(?:man|woman)",
            r"commissioner",
            r"chair(?:man|woman|person)?",
            r"director[ -]general",
            r"director",
            r"king",
            r"queen",
            r"crown prince",
            r"prince",
            r"princess",
            r"sultan",
            r"emir",
            r"amir",
            r"emperor",
            r"empress",
            r"pope",
            r"archbishop",
            r"bishop",
            r"cardinal",
            r"patriarch",
            r"supreme leader",
            r"ayatollah",
            r"grand ayatollah",
            r"imam",
            r"mullah",
            r"rabbi",
            r"reverend",
            r"rev",
            r"taoiseach",
            r"tanaiste",
            r"tánaiste",
            r"general",
            r"gen",
            r"lieutenant general",
            r"lt gen",
            r"lt\.? gen",
            r"major general",
            r"maj\.? gen",
            r"colonel general",
            r"brigadier general",
            r"brig\.? gen",
            r"colonel",
            r"col",
            r"lieutenant colonel",
            r"lt\.? col",
            r"major",
            r"maj",
            r"captain",
            r"capt",
            r"lieutenant",
            r"lt",
            r"sergeant",
            r"sgt",
            r"admiral",
            r"adm",
            r"rear admiral",
            r"vice admiral",
            r"marshal",
            r"field marshal",
            r"commander",
            r"mr",
            r"mrs",
            r"ms",
            r"miss",
            r"mx",
            r"dr",
            r"prof",
            r"professor",
            r"doctor",
            r"sir",
            r"dame",
            r"lord",
            r"lady",
            r"baroness",
            r"judge",
            r"justice",
            r"chief justice",
            r"m(?=\.)",
            r"mme",
            r"madame",
            r"monsieur",
            r"herr",
            r"frau",
            r"u\.?s\.? president",
            r"leader",
            r"first lady",
            r"dictator",
            r"strongman",
        ),
        key=lambda title: (-len(title), title),
    )
)
"""Regular expressions of offices and forms of address that precede a name, longest first."""
