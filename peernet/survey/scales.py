"""In which order the labels of an answer scale stand, from their words, in ten languages.

Labels are understood one by one: a stem (agree, satisfied, important, good, likely, yes), its opposite or a "not"
before it, and how strongly it is said; or how often; or how much; or a range of numbers. They are a scale where every
label is understood in the same way and no two mean the same. Otherwise nobody can tell: neither the alphabet nor the
order in which labels happened to be found is ever taken for a scale.

Languages: English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish and Norwegian, Polish.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from math import inf
from typing import NamedTuple

from peernet.survey.names import is_no_answer

_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "’": "'"})


class LabelScale(NamedTuple):
    """Labels in order.

    Parameters
    ----------
    family
        What they say: ``"agreement"``, ``"frequency"``, ...; ``"numbers"`` where each begins with its number.
    order
        The labels from the lowest to the highest.
    missing
        Labels that say that there is no answer.
    scores
        Where each label of ``order`` stands; below 0 on the side of "no" of scales that have two sides.
    """

    family: str
    order: tuple[str, ...]
    missing: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()

    @property
    def lacks_a_side(self) -> str:
        """The side of a scale with two sides on which nobody's answer lies, in words; empty where there is none."""
        if self.family not in TWO_SIDED or not self.scores:
            return ""
        if min(self.scores) >= 0:
            return "below the middle"
        return "above the middle" if max(self.scores) <= 0 else ""


def plain(text: str) -> str:
    """Words in small letters without accents, one space between; signs are gone, but < > + and %.

    Examples
    --------
    >>> plain("Stimme völlig zu!"), plain("Plutôt d'accord")
    ('stimme vollig zu', 'plutot d accord')
    """
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    letters = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^\w<>+%]+|_", " ", letters).split())


def _any(*languages: str) -> re.Pattern[str]:
    """Whole words or their beginnings (a star at the end), in any of the languages."""
    words = sorted((word for language in languages for word in language.split("|")), key=len, reverse=True)
    ends = {word: r"\w*" if word[-1] == "*" else r"\b" for word in words}
    return re.compile("|".join(rf"\b{re.escape(word.rstrip('*'))}{end}" for word, end in ends.items()))


# Each table has one line per language, in the order above; words without accents, a star for any ending.
NOT_AT_ALL = _any(
    "not at all|in no way",
    "gar nicht|uberhaupt nicht|gar kein*|ganz und gar nicht",
    "pas du tout|aucunement|nullement|absolument pas",
    "en absoluto|para nada|nada",
    "per niente|per nulla|affatto|niente",
    "de modo nenhum|de modo algum|nem um pouco",
    "helemaal niet|totaal niet",
    "inte alls|inte det minsta",
    "slet ikke|overhovedet ikke|ikke i det hele tatt|ikke i det hele taget",
    "wcale|w ogole nie|zupelnie nie",
)
FULLY = _any(
    "strongly|completely|totally|fully|entirely|absolutely|extremely|definitely|certainly|exceptionally",
    "voll und ganz|voll|vollig|vollkommen|absolut|ausserst|total|extrem|auf jeden fall|bestimmt|stark|ganz",
    "tout a fait|totalement|completement|entierement|absolument|extremement|certainement|fortement",
    "totalmente|completamente|absolutamente|extremadamente|plenamente|seguro",
    "totalmente|completamente|pienamente|assolutamente|estremamente|del tutto|certamente|fortemente",
    "totalmente|completamente|plenamente|absolutamente|extremamente|fortemente|certamente",
    "helemaal|volledig|geheel|uiterst|absoluut|extreem|zeker|sterk",
    "helt|fullstandigt|absolut|extremt|starkt|definitivt|i hog grad",
    "helt|fuldstaendig|fullstendig|absolut|ekstremt|sterkt|staerkt|fuldt",
    "zdecydowanie|calkowicie|w pelni|absolutnie|niezwykle|stanowczo",
)
VERY = _any(
    "very|highly|really",
    "sehr|hochst",
    "tres",
    "muy",
    "molto",
    "muito",
    "zeer|heel|erg",
    "mycket|valdigt",
    "meget|veldig|svaert",
    "bardzo",
)
A_BIT = _any(
    "somewhat|rather|partly|partially|tend to|probably",
    "eher|teilweise|etwas|tendenziell|wahrscheinlich schon",
    "plutot|partiellement|en partie|probablement",
    "mas bien|algo|parcialmente|en parte|probablemente",
    "piuttosto|parzialmente|in parte|tendenzialmente|probabilmente",
    "parcialmente|em parte|um tanto|provavelmente",
    "enigszins|eerder|gedeeltelijk|deels",
    "delvis|nagot|i viss man|snarare",
    "delvist|delvis|noe|noget|i noen grad|i nogen grad",
    "raczej|czesciowo|poniekad",
)
SLIGHTLY = _any(
    "slightly|a little|a bit|mildly",
    "ein wenig|ein bisschen",
    "un peu",
    "un poco",
    "un po",
    "um pouco",
    "een beetje|een weinig",
    "lite",
    "litt|lidt",
    "troche|nieco",
)
MOSTLY = _any(
    "mostly|largely|mainly",
    "grosstenteils|weitgehend|uberwiegend",
    "en grande partie|largement",
    "en gran parte|mayormente",
    "in gran parte|perlopiu",
    "em grande parte|maioritariamente",
    "grotendeels",
    "till stor del",
    "for det meste|i stor grad",
    "w duzej mierze|w wiekszosci",
)
HARDLY = _any(  # little, which leans to the side of "no"
    "hardly|barely|of little|little",
    "kaum|wenig",
    "peu",
    "poco",
    "poco",
    "pouco",
    "weinig|nauwelijks",
    "foga|knappt|knappast",
    "lite|lidet|naeppe|knapt",
    "malo|niewiele",
)
MODERATELY = _any(
    "moderately|medium",
    "mittelmassig|mittel|massig",
    "moderement|moyennement",
    "moderadamente|medianamente",
    "moderatamente|mediamente",
    "moderadamente|medianamente|mais ou menos",
    "matig|gemiddeld",
    "mattligt|medelmattigt",
    "moderat|middels|nogenlunde",
    "umiarkowanie|srednio",
)
NOT = _any(
    "not|don t|doesn t|do not|no",
    "nicht|nein|kein*",
    "ne|pas|non",
    "no",
    "non|no",
    "nao",
    "niet|nee|geen",
    "inte|ej|nej",
    "ikke|nej|nei",
    "nie",
)
MIDDLE = _any(
    "neither|neutral|undecided|in between|no opinion either way|half and half",
    "weder|neutral|unentschieden|teils teils|teils",
    "ni|neutre|indecis*|sans avis tranche",
    "ni|neutral|indeciso|neutro|indiferente",
    "ne l uno ne l altro|ne d accordo ne|ne soddisfatto ne|neutrale|neutro|indeciso|indifferente|ne importante ne",
    "nem|neutro|indeciso|indiferente",
    "noch|neutraal|niet eens niet oneens|niet mee eens niet mee oneens|niet mee eens en niet mee oneens",
    "varken|neutral|bade och",
    "hverken|verken|noytral|neutral|bade og",
    "ani|neutraln*|obojetn*",
)


class Stem(NamedTuple):
    """What a family of labels is about, said and denied."""

    said: re.Pattern[str]
    denied: re.Pattern[str]


STEMS: Mapping[str, Stem] = {
    "agreement": Stem(
        _any(
            "agree|agrees|true|applies|like me",
            "stimme|zustimm*|zutreffend|trifft|einverstanden",
            "d accord|en accord|vrai",
            "de acuerdo|cierto",
            "d accordo|concordo|vero",
            "concordo|de acordo|verdadeiro",
            "eens|mee eens|waar|van toepassing",
            "instammer|haller med|stammer",
            "enig|stemmer|passer",
            "zgadzam|prawda|zgoda",
        ),
        _any(
            "disagree|disagrees|untrue|false|unlike me",
            "lehne|ablehn*|unzutreffend",
            "en desaccord|desaccord|faux",
            "en desacuerdo|desacuerdo|falso",
            "in disaccordo|disaccordo|falso",
            "discordo|em desacordo|falso",
            "oneens|mee oneens|onwaar",
            "tar avstand",
            "uenig",
            "niezgoda|nieprawda",
        ),
    ),
    "satisfaction": Stem(
        _any(
            "satisfied|happy",
            "zufrieden",
            "satisfait*|content*",
            "satisfech*|content*",
            "soddisfatt*",
            "satisfeit*",
            "tevreden",
            "nojd*",
            "tilfreds|fornoyd",
            "zadowolon*",
        ),
        _any(
            "dissatisfied|unsatisfied|unhappy",
            "unzufrieden",
            "insatisfait*|mecontent*",
            "insatisfech*|descontent*",
            "insoddisfatt*",
            "insatisfeit*",
            "ontevreden",
            "missnojd*",
            "utilfreds|misfornoyd",
            "niezadowolon*",
        ),
    ),
    "quality": Stem(
        _any(
            "good", "gut", "bon|bonne|bien", "bueno|buena|bien|buen", "buono|buona|bene", "bom|boa|bem",
            "goed", "bra|god", "god|godt|bra", "dobry|dobra|dobre|dobrze",
        ),
        _any(
            "bad|poor",
            "schlecht",
            "mauvais*|mal",
            "malo|mala|mal",
            "cattiv*|scars*|male",
            "mau|ma|ruim|mal",
            "slecht",
            "dalig*",
            "darlig*",
            "zly|zla|zle|slab*",
        ),
    ),
    "likelihood": Stem(
        _any(
            "likely", "wahrscheinlich", "probable", "probable", "probabile", "provavel", "waarschijnlijk",
            "sannolikt|troligt", "sandsynlig*|sannsynlig*", "prawdopodobn*",
        ),
        _any(
            "unlikely", "unwahrscheinlich", "improbable", "improbable", "improbabile", "improvavel", "onwaarschijnlijk",
            "osannolikt|otroligt", "usandsynlig*|usannsynlig*", "nieprawdopodobn*",
        ),
    ),
    "yes or no": Stem(
        _any("yes", "ja", "oui", "si", "si", "sim", "ja", "ja", "ja|jo", "tak"),
        _any("no|not", "nein|nicht", "non", "no", "no", "nao", "nee", "nej", "nej|nei", "nie"),
    ),
}  # fmt: skip
TWO_SIDED = tuple(STEMS)
IMPORTANCE = Stem(
    _any(
        "important", "wichtig*|bedeutsam", "important*", "importante*", "importante*", "importante*", "belangrijk*",
        "viktig*", "vigtig*|viktig*", "wazn*",
    ),
    _any(
        "unimportant", "unwichtig*", "sans importance", "sin importancia", "senza importanza", "sem importancia",
        "onbelangrijk*", "oviktig*", "uvigtig*|uviktig*", "niewazn*",
    ),
)  # fmt: skip
BEST = _any(
    "excellent|outstanding", "ausgezeichnet|hervorragend|exzellent", "excellent*", "excelente", "eccellente|ottim*",
    "excelente|otim*", "uitstekend|uitmuntend", "utmarkt|utmarkta", "fremragende|utmerket|udmaerket",
    "doskonal*|swietn*|znakomi*",
)  # fmt: skip
WORST = _any("terrible|awful|dreadful", "miserabel", "horrible|lamentable", "pesimo|pesima", "pessim*", "pessim*")
SO_SO = _any(
    "fair|average|ok|okay|acceptable|satisfactory", "mittelmassig|durchschnittlich|befriedigend|mittel",
    "moyen*|passable", "regular|aceptable|medio", "medio*|discret*|sufficiente|mediocre", "razoavel|regular|medio",
    "matig|redelijk|gemiddeld|voldoende", "medel*|godtagbar*|acceptabel*", "middel*|acceptabel*",
    "sredni*|przecietn*|dostateczn*",
)  # fmt: skip
# From never to always. Each line is one step; within it one entry per language.
OFTEN: tuple[re.Pattern[str], ...] = tuple(
    map(
        re.compile,
        (
            r"never|nie(?:mals)?|jamais|nunca|mai|nooit|aldrig|aldri|nigdy",
            r"(?:almost|nearly|practically) never|hardly ever|(?:fast|so gut wie|beinahe) nie|presque jamais|casi nunca"
            r"|quasi mai|quase nunca|bijna nooit|nastan aldrig|naesten aldrig|nesten aldri|prawie nigdy",
            r"(?:very )?(?:rarely|seldom)|(?:sehr )?selten|rarement|raramente|rara vez|pocas veces|raras ve[zc]es"
            r"|zelden|sallan|sjaeldent?|sjelden|rzadko",
            r"occasionally|once in a while|now and then|gelegentlich|ab und zu|hin und wieder|occasionnellement"
            r"|de temps en temps|ocasionalmente|de vez en cuando|occasionalmente|ogni tanto|de vez em quando"
            r"|af en toe|ibland nagon gang|da och da|af og til|av og til|od czasu do czasu",
            r"sometimes|manchmal|parfois|quelquefois|a veces|algunas veces|a volte|qualche volta|as vezes|algumas vezes"
            r"|soms|ibland|nogle gange|noen ganger|czasami|czasem",
            r"regularly|regelmassig|regulierement|regularmente|con regularidad|regolarmente|regelmatig|regelbundet"
            r"|regelmaessigt|jevnlig|regularnie",
            r"often|frequently|oft|haufig|souvent|frequemment|a menudo|con frecuencia|frecuentemente|muchas veces"
            r"|spesso|frequentemente|muitas vezes|vaak|ofta|ofte|czesto",
            r"very (?:often|frequently)|mostly|most of the time|usually|sehr (?:oft|haufig)|meist(?:ens)?|meistens"
            r"|tres souvent|la plupart du temps|muy a menudo|casi siempre a|la mayoria de las veces|molto spesso"
            r"|di solito|muito frequentemente|na maioria das vezes|heel vaak|zeer vaak|meestal|mycket ofta|oftast"
            r"|meget ofte|veldig ofte|som oftest|bardzo czesto|zwykle|zazwyczaj",
            r"(?:almost|nearly) always|(?:fast|beinahe) immer|presque toujours|casi siempre|quasi sempre|quase sempre"
            r"|bijna altijd|nastan alltid|naesten altid|nesten alltid|prawie zawsze",
            r"always|immer|stets|toujours|siempre|sempre|altijd|alltid|altid|zawsze",
        ),
    )
)
# From nothing to everything.
MUCH: tuple[re.Pattern[str], ...] = tuple(
    map(
        re.compile,
        (
            r"(?:not at all|none|nothing|gar nicht|uberhaupt nicht|gar nichts|pas du tout|rien|nada|en absoluto"
            r"|para nada|per niente|niente|per nulla|de modo nenhum|helemaal niet|niets|inte alls|slet ikke"
            r"|overhovedet ikke|ikke i det hele tatt|wcale|w ogole|wcale nie)",
            r"(?:very little|hardly|barely|kaum|sehr wenig|tres peu|muy poco|molto poco|muito pouco|heel weinig"
            r"|nauwelijks|mycket lite|meget lidt|svaert lite|bardzo malo|prawie wcale)",
            r"(?:a little|little|slightly|a bit|to a small extent|wenig|ein wenig|un peu|peu|poco|un poco|un po"
            r"|pouco|um pouco|weinig|een beetje|lite|lidt|litt|i (?:liten|lav|ringe|lille) grad|malo|troche)",
            r"(?:somewhat|to some extent|some|etwas|teilweise|dans une certaine mesure|algo|en parte|in parte|em parte"
            r"|enigszins|i viss man|delvis|i nogen grad|i noen grad|czesciowo|w pewnym stopniu)",
            r"(?:moderately|fairly|to a moderate extent"
            r"|mittelmassig|mittel|teils teils|moyennement|moderadamente|moderatamente|matig"
            r"|mattligt|i moderat grad|umiarkowanie|srednio)",
            r"(?:quite a bit|quite a lot|much|a lot|ziemlich|viel|stark|beaucoup|bastante|mucho|abbastanza|molto"
            r"|muito|veel|mycket|meget|mye|i hog grad|i hoj grad|i hoy grad|duzo|w duzym stopniu)",
            r"(?:very much|a great deal|to a great extent|to a large extent|sehr|sehr viel|sehr stark|enormement"
            r"|muchisimo|moltissimo|muitissimo|heel veel|heel erg|valdigt mycket|i mycket hog grad|i meget hoj grad"
            r"|veldig mye|i svaert hoy grad|bardzo duzo|bardzo|w bardzo duzym stopniu)",
            r"(?:completely|entirely|extremely|totally|vollig|voll und ganz|extrem|totalement|completement|totalmente"
            r"|completamente|volledig|helemaal|helt|fuldstaendig|calkowicie)",
        ),
    )
)
PER_YEAR: Mapping[float, re.Pattern[str]] = {  # what comes once in each time
    1: _any(
        "year|years|yearly|annually", "jahr|jahrlich", "an|annee", "ano", "anno", "ano", "jaar|jaarlijks", "ar",
        "ar", "rok|roku|rocznie",
    ),
    4: _any(
        "quarter|quarterly", "quartal", "trimestre", "trimestre", "trimestre", "trimestre", "kwartaal", "kvartal",
        "kvartal", "kwartal",
    ),
    12: _any(
        "month|months|monthly", "monat|monatlich", "mois|mensuel*", "mes|mensual*", "mese|mensil*", "mes|mensal*",
        "maand|maandelijks", "manad", "maned", "miesiac|miesiacu|miesiecznie",
    ),
    52: _any(
        "week|weeks|weekly", "woche|wochen|wochentlich", "semaine", "semana", "settimana", "semana",
        "week|wekelijks", "vecka|veckan", "uge|ugen|ugentlig*|uke|uken", "tydzien|tygodniu|tygodniowo",
    ),
    250: _any(
        "day|days|daily", "tag|taglich", "jour|jours|quotidien*", "dia|dias|diari*", "giorno|giorni",
        "dia|dias|diari*", "dag|dagelijks", "dag|dagligen", "dag|daglig*", "dzien|codziennie",
    ),
}  # fmt: skip
COUNTS: Mapping[float, re.Pattern[str]] = {
    2: _any(
        "twice|two", "zweimal|zwei", "deux fois", "dos veces", "due volte", "duas vezes", "twee keer", "tva ganger",
        "to gange|to ganger", "dwa razy",
    ),
    3: _any(
        "a few|several|some", "mehrmals|mehrere|einige|ein paar", "plusieurs|quelques", "varias|algunas",
        "piu volte|alcune|diverse", "varias|algumas", "enkele|meerdere|paar", "flera|nagra",
        "flere|nogle|noen|et par", "kilka",
    ),
    0.8: _any(
        "most", "die meisten", "la plupart", "la mayoria", "la maggior parte", "a maioria", "de meeste", "de flesta",
        "de fleste", "wiekszosc",
    ),
}  # fmt: skip
LESS = _any(
    "less|under|below|fewer|up to",
    "weniger|unter|bis zu|seltener",
    "moins",
    "menos|hasta",
    "meno|fino a",
    "menos|ate",
    "minder|onder|tot",
    "mindre|farre|under",
    "mindre|faerre|under",
    "mniej|ponizej|do|rzadziej",
)
MORE = _any(
    "more|over|above|older",
    "mehr|uber|ofter|alter",
    "plus",
    "mas",
    "piu|oltre",
    "mais",
    "meer|boven|ouder",
    "mer|fler|over",
    "mer|mere|flere|over",
    "wiecej|powyzej|ponad",
)
TIMES = _any(
    "times|once|twice|every", "mal|einmal|zweimal|jede*", "fois|chaque", "veces|vez|cada", "volte|volta|ogni",
    "vezes|vez|cada", "keer|elke|iedere", "ganger|gang|varje", "gange|gang|ganger|hver", "razy|raz|co",
)  # fmt: skip
UNSAID = _any(
    "don t know|do not know|dont know|not sure|no answer|prefer not|rather not say|not applicable|no opinion|"
    "can t say|cannot say|unsure",
    "weiss nicht|keine angabe|k a|keine antwort|keine meinung|nicht zutreffend|"
    "kann ich nicht beurteilen|mochte ich nicht sagen",
    "ne sais pas|ne sait pas|sans reponse|sans opinion|non applicable|ne souhaite pas repondre|prefere ne pas",
    "no se|no sabe|no contesta|ns nc|sin opinion|no aplica|prefiero no",
    "non so|non sa|nessuna risposta|non risponde|non applicabile|preferisco non",
    "nao sei|nao sabe|sem resposta|nao respondo|nao se aplica|prefiro nao",
    "weet niet|weet ik niet|geen antwoord|geen mening|niet van toepassing|n v t|zeg ik liever niet",
    "vet ej|vet inte|inget svar|ingen asikt|ej aktuellt|vill inte svara",
    "ved ikke|vet ikke|intet svar|ingen mening|ikke relevant|onsker ikke a svare|onsker ikke at svare",
    "nie wiem|brak odpowiedzi|brak zdania|nie dotyczy|odmowa odpowiedzi|wole nie",
)  # fmt: skip
STRANGER = _any(
    "don t know this person|do not know this person|don t know them|do not know them|don t know him or her",
    "kenne ich nicht|kenne die person nicht|kenne diese person nicht|kenne sie nicht|kenne ihn nicht",
    "ne connais pas", "no conozco|no le conozco|no la conozco", "non conosco|non la conosco|non lo conosco",
    "nao conheco", "ken ik niet|ken deze persoon niet", "kanner inte", "kender ikke|kjenner ikke", "nie znam",
)  # fmt: skip
MOST_LABELS, LONGEST_LABEL = 40, 80  # of a scale, and characters
RATHER_NOT = "rather not"  # an answer beside "rather yes", else none
_LEADING_NUMBER = re.compile(r"\s*([-−+]?\d{1,3})(?:\s*[-–—=:.)]\s*|\s*\(|\s+|$)(?!\s*[-–—]?\s*\d)(\D*)$")
_ENDS = re.compile(
    r"(?<![\w.])(\d{1,2})\s*(?:[-=:–(.]|\s)[^\d]{1,60}?(?<![\w])(\d{1,3})\s*(?:[-=:–)(.]|\s)\s*[^\W\d]", re.IGNORECASE
)


STRENGTHS = ((SLIGHTLY, 0.6), (A_BIT, 1.0), (MODERATELY, 1.2), (HARDLY, -1.0), (MOSTLY, 1.6), (VERY, 3.0), (FULLY, 4.0))


@lru_cache(maxsize=65536)
def is_unsaid(label: str) -> bool:
    """Whether a label says that there is no answer, as "don't know" and "k. A." do, or that somebody is not known."""
    if len(label) > LONGEST_LABEL:
        return False
    return is_no_answer(label) or bool(UNSAID.search(plain(label))) or is_stranger(label)


def is_stranger(label: str) -> bool:
    """Whether a label says that the colleague is not known.

    Examples
    --------
    >>> is_stranger("I don't know this person"), is_unsaid("I don't know")
    (True, True)
    """
    return bool(STRANGER.search(plain(label)))


def ends_in_words(wording: str) -> tuple[int, int] | None:
    """The ends of a scale that a question names itself, as "(1 disagree to 5 agree)" does.

    Examples
    --------
    >>> ends_in_words("I like change. (1 = stimme nicht zu, 5 = stimme zu)"), ends_in_words("Since 2 May or 7 June?")
    ((1, 5), (2, 7))
    """
    found = _ENDS.search(wording)
    low, high = (int(found[1]), int(found[2])) if found else (0, 0)
    return (low, high) if low in (0, 1, 2) and low + 1 < high <= 100 else None


def label_scale(labels: Sequence[str]) -> LabelScale | None:
    """The labels of an answer scale in order, None where nobody can tell.

    Parameters
    ----------
    labels
        Labels in any order, all that the tool offers or those that were found.

    Returns
    -------
    LabelScale or None
        None unless every label that is an answer is understood, all in the same way, and no two mean the same.

    Examples
    --------
    >>> label_scale(["Agree", "Strongly disagree", "Neutral", "Don't know"]).order
    ('Strongly disagree', 'Neutral', 'Agree')
    >>> label_scale(["stimme zu", "stimme eher nicht zu", "stimme gar nicht zu"]).order
    ('stimme gar nicht zu', 'stimme eher nicht zu', 'stimme zu')
    >>> label_scale(["Finance", "Sales"]) is None
    True
    """
    if len(labels) > MOST_LABELS:
        return None
    is_point = any(_words(label).startswith("rather") and plain(label) != RATHER_NOT for label in labels)
    unsaid = tuple(label for label in labels if is_unsaid(label) and not (is_point and plain(label) == RATHER_NOT))
    said = [label for label in dict.fromkeys(labels) if label not in unsaid and label.strip()]
    if len(said) < 2:
        return None
    numbered = {number: label for label in reversed(said) if (number := _numbered(label)) is not None}
    if len(numbered) > 1 and all(_numbered(label) is not None for label in said):  # "5" and "5 (very much)" are one
        points = sorted(numbered)
        return LabelScale("numbers", tuple(numbered[point] for point in points), unsaid, tuple(points))
    spans = any(len(re.findall(r"\d+", label)) == 2 and not TIMES.search(plain(label)) for label in said)
    if spans and (ranges := _ranges(said, unsaid)):
        return ranges
    for family, score in WAYS.items():
        scores = [score(label) for label in said]
        if None not in scores and len(set(scores)) == len(said):
            ordered = sorted(zip(scores, said, strict=True))
            return LabelScale(
                family, tuple(x for _, x in ordered), unsaid, tuple(float(s) for s, _ in ordered if s is not None)
            )
    return _ranges(said, unsaid)


def most_understood(labels: Sequence[str]) -> int:
    """How many labels are understood in one way, where they are no scale together.

    Examples
    --------
    >>> most_understood(["agree", "disagree", "it is complicated"])
    2
    """
    shown = labels[:MOST_LABELS]
    return max(sum(score(label) is not None for label in shown) for score in WAYS.values())


def _numbered(label: str) -> float | None:
    """The number a label begins with, as "4 - agree" does."""
    found = _LEADING_NUMBER.fullmatch(label)
    if found is None:
        return None
    text = plain(label)
    is_range = any(words.search(text) for words in (LESS, MORE, *PER_YEAR.values())) or not {*"<>+"}.isdisjoint(text)
    return None if is_range else float(found[1].replace("−", "-"))


@lru_cache(maxsize=4096)
def _words(label: str) -> str:
    """A label's words, without the number before or after them."""
    return plain(re.sub(r"^\s*\(?\d+\s*[-–—=:.)]*\s*|\s*\(\d+\)\s*$", "", label))


def _strength(text: str) -> float:
    """How strongly something is said, from 0 to 4; a little leans to the other side."""
    return next((strength for pattern, strength in STRENGTHS if pattern.search(text)), 2.0)


def _two_sided(stem: Stem, *, is_quality: bool = False) -> Callable[[str], float | None]:
    def score(label: str) -> float | None:
        text = _words(label)
        if is_quality and BEST.search(text):
            return 4.5
        if is_quality and WORST.search(text):
            return -4.5
        if is_quality and SO_SO.search(text):
            return 0.0
        denied, said = stem.denied.search(text), stem.said.search(text)
        if MIDDLE.search(text) and (len(text.split()) <= 2 or denied or said):
            return 0.0
        if not denied and not said:
            return None
        rest = stem.denied.sub(" ", text) if denied else stem.said.sub(" ", text)
        if NOT_AT_ALL.search(text):
            return -4.0
        side = -1.0 if bool(denied) != bool(NOT.search(rest)) else 1.0
        return side * _strength(rest)

    return score


def _importance(label: str) -> float | None:
    text = _words(label)
    if IMPORTANCE.denied.search(text):
        return 0.5 if _strength(text) < 3 else 0.2
    if MIDDLE.search(text) and len(text.split()) <= 4:
        return 2.2
    if not IMPORTANCE.said.search(text):
        return None
    if NOT_AT_ALL.search(text):
        return 0.0
    if NOT.search(text):
        return 0.5
    return {-1.0: 1.0, 0.6: 1.4, 1.0: 1.5, 1.2: 2.5, 1.6: 2.8, 2.0: 3.0, 3.0: 4.0, 4.0: 5.0}[_strength(text)]


def _step(steps: Sequence[re.Pattern[str]]) -> Callable[[str], float | None]:
    def score(label: str) -> float | None:
        text = _words(label)
        return next((float(place) for place, step in enumerate(steps) if step.fullmatch(text)), None)

    return score


def _times_a_year(label: str) -> float | None:
    """How many times a year something happens; never is 0."""
    text = _words(label) if not label.strip()[:1].isdigit() else plain(label)
    if OFTEN[0].fullmatch(text):
        return 0.0
    periods = [times for times, unit in PER_YEAR.items() if unit.search(text)]
    if not periods:
        return None
    count = next((count for count, words in COUNTS.items() if words.search(text)), 1.0)
    if number := re.search(r"\d+", text):
        if len(periods) < 2 and not TIMES.search(text):
            return None  # a duration
        count = float(number[0])
    change = 0.5 if LESS.search(text) else 1.5 if MORE.search(text) else 1.0
    return min(periods) * count * change


WAYS: Mapping[str, Callable[[str], float | None]] = {
    "agreement": _two_sided(STEMS["agreement"]),
    "satisfaction": _two_sided(STEMS["satisfaction"]),
    "importance": _importance,
    "frequency": _step(OFTEN),
    "extent": _step(MUCH),
    "likelihood": _two_sided(STEMS["likelihood"]),
    "quality": _two_sided(STEMS["quality"], is_quality=True),
    "yes or no": _two_sided(STEMS["yes or no"]),
    "times a year": _times_a_year,
}


def _ranges(labels: Sequence[str], unsaid: tuple[str, ...]) -> LabelScale | None:
    """Ranges of numbers in order where no two overlap: "under 30", "30 to 39", "60 or over"."""
    read = [_range(label) for label in labels]
    if None in read:
        return None
    known = [one for one in read if one is not None]
    units = {unit for _, _, unit in known}
    if len(units - {None}) > 1 and None in units:
        return None
    scaled = [
        (low / (unit or 1), high / (unit or 1), label) for (low, high, unit), label in zip(known, labels, strict=True)
    ]
    scaled.sort()
    apart = all(one[1] <= other[0] for one, other in pairwise(scaled))
    spans = any(low != high for low, high, _ in scaled)
    if not (apart and spans):
        return None
    return LabelScale("ranges", tuple(label for *_, label in scaled), unsaid, tuple(low for low, *_ in scaled))


def _range(label: str) -> tuple[float, float, float | None] | None:
    """The lowest and highest number of a range, and its unit as a part of a year."""
    text = plain(label.replace(",", "."))
    numbers = [float(found) for found in re.findall(r"\d+", text)]
    unit = next((times for times, words in PER_YEAR.items() if words.search(text)), None)
    if len(numbers) == 2 and numbers[0] <= numbers[1]:
        return numbers[0], numbers[1], unit
    if len(numbers) != 1:
        return None
    if LESS.search(text) or "<" in text:
        return -inf, numbers[0], unit
    if MORE.search(text) or ">" in text or "+" in text:
        return numbers[0], inf, unit
    return numbers[0], numbers[0], unit
