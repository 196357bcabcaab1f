"""Labels of answer scales come out in the right order whatever the language, or not at all."""

from __future__ import annotations

import random

import pytest

from peernet.survey.scales import ends_in_words, is_unsaid, label_scale

# From the lowest to the highest, as questionnaires in ten languages print them.
SCALES = """
Strongly disagree|Disagree|Neither agree nor disagree|Agree|Strongly agree
Strongly disagree|Disagree|Somewhat disagree|Neither agree nor disagree|Somewhat agree|Agree|Strongly agree
Completely disagree|Rather disagree|Neutral|Rather agree|Completely agree
Not at all like me|A bit like me|Somewhat like me|Mostly like me|Very much like me
stimme gar nicht zu|stimme ein wenig zu|stimme eher zu|stimme weitgehend zu|stimme voll und ganz zu
Disagree|Rather disagree|Neither|Rather agree|Agree
stimme gar nicht zu|stimme eher nicht zu|teils/teils|stimme eher zu|stimme voll und ganz zu
Stimme überhaupt nicht zu|Stimme nicht zu|Weder noch|Stimme zu|Stimme voll zu
trifft gar nicht zu|trifft eher nicht zu|trifft eher zu|trifft voll zu
Lehne stark ab|Lehne ab|Neutral|Stimme zu|Stimme stark zu
Pas du tout d'accord|Plutôt pas d'accord|Ni d'accord ni pas d'accord|Plutôt d'accord|Tout à fait d'accord
Totalmente en desacuerdo|En desacuerdo|Ni de acuerdo ni en desacuerdo|De acuerdo|Totalmente de acuerdo
Muy en desacuerdo|En desacuerdo|Neutral|De acuerdo|Muy de acuerdo
Per niente d'accordo|Poco d'accordo|Né d'accordo né in disaccordo|D'accordo|Molto d'accordo
Completamente in disaccordo|In disaccordo|Neutrale|D'accordo|Completamente d'accordo
Discordo totalmente|Discordo|Nem concordo nem discordo|Concordo|Concordo totalmente
Helemaal mee oneens|Mee oneens|Niet mee eens, niet mee oneens|Mee eens|Helemaal mee eens
Helemaal niet mee eens|Niet mee eens|Neutraal|Mee eens|Helemaal mee eens
Instämmer inte alls|Instämmer inte|Varken eller|Instämmer delvis|Instämmer|Instämmer helt
Helt uenig|Uenig|Hverken enig eller uenig|Enig|Helt enig
Svært uenig|Uenig|Verken enig eller uenig|Enig|Svært enig
Meget uenig|Uenig|Delvist enig|Enig|Meget enig
Zdecydowanie się nie zgadzam|Nie zgadzam się|Ani tak, ani nie zgadzam się|Raczej się zgadzam|Zdecydowanie się zgadzam
Never|Rarely|Sometimes|Often|Always
Never|Almost never|Occasionally|Regularly|Very often|Almost always
Nie|Selten|Manchmal|Oft|Sehr oft|Immer
Jamais|Rarement|Parfois|Souvent|Toujours
Nunca|Raras veces|A veces|A menudo|Siempre
Mai|Raramente|A volte|Spesso|Sempre
Nunca|Raramente|Às vezes|Muitas vezes|Sempre
Nooit|Zelden|Soms|Vaak|Altijd
Aldrig|Sällan|Ibland|Ofta|Alltid
Aldrig|Sjældent|Nogle gange|Ofte|Altid
Aldri|Sjelden|Av og til|Ofte|Alltid
Nigdy|Rzadko|Czasami|Często|Zawsze
Very dissatisfied|Dissatisfied|Neutral|Satisfied|Very satisfied
Sehr unzufrieden|Eher unzufrieden|Weder zufrieden noch unzufrieden|Eher zufrieden|Sehr zufrieden
Très insatisfait|Insatisfait|Neutre|Satisfait|Très satisfait
Muy insatisfecho|Insatisfecho|Neutral|Satisfecho|Muy satisfecho
Molto insoddisfatto|Insoddisfatto|Neutrale|Soddisfatto|Molto soddisfatto
Muito insatisfeito|Insatisfeito|Neutro|Satisfeito|Muito satisfeito
Zeer ontevreden|Ontevreden|Neutraal|Tevreden|Zeer tevreden
Mycket missnöjd|Missnöjd|Varken nöjd eller missnöjd|Nöjd|Mycket nöjd
Meget utilfreds|Utilfreds|Hverken tilfreds eller utilfreds|Tilfreds|Meget tilfreds
Bardzo niezadowolony|Niezadowolony|Ani zadowolony, ani niezadowolony|Zadowolony|Bardzo zadowolony
Not at all important|Slightly important|Moderately important|Very important|Extremely important
Gar nicht wichtig|Eher unwichtig|Eher wichtig|Wichtig|Sehr wichtig
Pas du tout important|Peu important|Moyennement important|Important|Très important
Nada importante|Poco importante|Importante|Muy importante
Per niente importante|Poco importante|Abbastanza importante|Molto importante
Nada importante|Pouco importante|Importante|Muito importante
Helemaal niet belangrijk|Niet belangrijk|Belangrijk|Heel belangrijk
Inte alls viktigt|Lite viktigt|Viktigt|Mycket viktigt
Slet ikke vigtigt|Lidt vigtigt|Vigtigt|Meget vigtigt
Wcale nieważne|Raczej ważne|Ważne|Bardzo ważne
Very poor|Poor|Fair|Good|Very good|Excellent
Sehr schlecht|Schlecht|Mittelmäßig|Gut|Sehr gut
Très mauvais|Mauvais|Moyen|Bon|Très bon|Excellent
Muy malo|Malo|Regular|Bueno|Muy bueno
Pessimo|Scarso|Sufficiente|Buono|Ottimo
Muito ruim|Ruim|Regular|Bom|Muito bom
Zeer slecht|Slecht|Matig|Goed|Zeer goed
Mycket dåligt|Dåligt|Medel|Bra|Mycket bra
Meget dårlig|Dårlig|Middel|God|Meget god
Bardzo źle|Źle|Średnio|Dobrze|Bardzo dobrze
Not at all|A little|Somewhat|Quite a bit|Very much
Gar nicht|Wenig|Mittelmäßig|Ziemlich|Sehr
Pas du tout|Un peu|Moyennement|Beaucoup|Énormément
Nada|Poco|Algo|Bastante|Muchísimo
Per niente|Poco|Moderatamente|Molto|Moltissimo
Nada|Pouco|Moderadamente|Muito|Muitíssimo
Helemaal niet|Een beetje|Matig|Veel|Heel veel
Inte alls|Lite|I viss mån|Mycket|I mycket hög grad
Slet ikke|I ringe grad|I nogen grad|I høj grad|I meget høj grad
Wcale|Trochę|Umiarkowanie|Dużo|Bardzo dużo
No|Rather not|Rather yes|Yes
Nein|Eher nein|Eher ja|Ja
Never|A few days a year|About once a month|Most weeks
Less than once a month|Once a month|Several times a month|Once a week|Several times a week|Daily
Nie|Einmal im Jahr|Einmal im Monat|Einmal pro Woche|Täglich
Under 30|30 to 39|40 to 49|50 to 59|60 or over
unter 25|25-34|35-44|45 und älter
< 1 year|1-3 years|4-10 years|More than 10 years
Less than 6 months|6-12 months|1-2 years|More than 2 years
1 - strongly disagree|2|3|4|5 - strongly agree
1|2|3 (neutral)|4 - agree|5 (very much)
1 = nie|2 = selten|3 = manchmal|4 = oft
"""
NO_SCALES = """
Finance|Sales|People
Agree|Finance
Trainee|Officer|Senior officer|Principal|Head
North|South|1
Vocational|Bachelor|Master|Doctorate
This year|Within two years|Within five years|Later
One manager|Two managers|A project lead
Team A|Team B
Paris|Nice
quite happy|somewhat agree
1-3 years|2-5 years
Often|Frequently
"""


def lines(text: str) -> list[tuple[str, ...]]:
    return [tuple(line.split("|")) for line in text.split("\n") if line]


@pytest.mark.parametrize("scale", lines(SCALES), ids=lambda scale: scale[-1])
def test_labels_come_out_in_order_however_they_are_mixed(scale: tuple[str, ...]) -> None:
    mixed = [*scale]
    random.Random(1).shuffle(mixed)
    for labels in (mixed, sorted(scale), [label.upper() for label in mixed]):
        found = label_scale(labels)
        assert found is not None
        assert [label.casefold() for label in found.order] == [label.casefold() for label in scale]


@pytest.mark.parametrize("scale", lines(SCALES), ids=lambda scale: scale[-1])
def test_labels_that_nobody_chose_do_not_change_the_order_of_the_others(scale: tuple[str, ...]) -> None:
    for left_out in range(len(scale)):
        rest = scale[:left_out] + scale[left_out + 1 :]
        found = label_scale(sorted(rest))
        assert found is None or found.order == tuple(label for label in rest if label not in found.missing)


@pytest.mark.parametrize("labels", lines(NO_SCALES), ids=lambda labels: labels[-1])
def test_what_is_no_scale_is_not_made_one(labels: tuple[str, ...]) -> None:
    assert label_scale(labels) is None


@pytest.mark.parametrize(
    "label",
    ["Don't know", "k. A.", "weiß nicht", "Ne sait pas", "No sabe", "Non so", "Weet niet", "Vet ej", "Nie wiem"],
)
def test_an_answer_that_says_nothing_is_no_point_of_the_scale(label: str) -> None:
    assert is_unsaid(label)
    found = label_scale(["Always", label, "Never", "Often"])
    assert found is not None
    assert (found.order, found.missing) == (("Never", "Often", "Always"), (label,))


def test_a_side_that_nobody_chose_is_told() -> None:
    found = label_scale(["Agree", "Strongly agree", "Neutral"])
    assert found is not None
    assert found.lacks_a_side == "below the middle"


@pytest.mark.parametrize(
    ("wording", "ends"),
    [
        ("I like change. (1 disagree to 5 agree)", (1, 5)),
        ("Wie oft? 1 = nie, 7 = immer", (1, 7)),
        ("How much (0 nothing to 100 very much)", (0, 100)),
        ("How many years have you worked here?", None),
        ("Question 12 of 40", None),
    ],
)
def test_the_ends_of_a_scale_are_read_from_the_question(wording: str, ends: tuple[int, int] | None) -> None:
    assert ends_in_words(wording) == ends
