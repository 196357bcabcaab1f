"""What a question asks about, by its words, in ten languages: tables of words and nothing else.

Languages: English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish and Norwegian, Polish. Words
stand without accents, as `peernet.survey.scales.plain` leaves them; a star stands for any ending.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from peernet.survey.scales import plain


def _words(*languages: str) -> re.Pattern[str]:
    words = sorted((word for language in languages for word in language.split("|")), key=len, reverse=True)
    ends = {word: r"\w*" if word[-1] == "*" else r"\b" for word in words}
    return re.compile("|".join(rf"\b{re.escape(word.rstrip('*'))}{end}" for word, end in ends.items()))


# What somebody who tries a form out calls themselves, and what stands before a row of sums below a table.
TRIAL = re.compile(
    r"(?:(?:test|tests|testing|tester|testperson|testdaten|dummy|trial|asdf|qwertz?y?|x{3,}|a{3,}|essai|prueba|prova"
    r"|teste|proef|preview|vorschau)\b ?)+\d*|(?:total|sum|summe|gesamt|somme|suma|totale|n)\b[\W\d]*\d+"
    r"|(?:grand )?totals?|totale|(?:gesamt)?summe|gesamt|average|mean|mittelwert|durchschnitt|moyenne|promedio"
)
# What a tool or a form notes by itself.
ABOUT = re.compile(
    r"timestamp|zeitstempel|horodateur|marca temporal|informazioni cronologiche|carimbo de data hora|tijdstempel"
    r"|tidsst[ae]mpel|sygnatura czasowa|(?:start|end|completion|submission|last modified) ?(?:time|date)"
    r"|(?:start|end|submit|recorded)date|startzeit|fertigstellungszeit|startzeitpunkt|uhrzeit der letzten anderung"
    r"|heure de (?:debut|fin)|hora de (?:inicio|finalizacion|conclusao)|ora di (?:inizio|completamento)"
    r"|begintijd|tijd van voltooien|ip ?address|ip adresse|user ?agent|user ?language|start ?language|lastpage|seed"
    r"|duration(?: in seconds)?|progress|finished|status|distribution ?channel|location ?(?:latitude|longitude)"
    r"|collector id|submission id|response id|_?uuid|xml:lang|total points|quiz feedback"
)
# Words of the heading of a column that says who answered, the surest first.
PERSON = re.compile(
    r"(?:(?:your|my|ihre?|votre|su|tuo|seu|uw|din|ditt|twoj) )?(?:person(?: ?(?:id|code|nr|number|nummer|nummer))?|pid"
    r"|(?:employee|staff|personnel|participant|respondent|member|user)(?: ?(?:id|number|no|code|nr))"
    r"|id ?(?:number|code)"
    r"|identifier|participant|respondent"
    r"|personal ?(?:nr|nummer)|mitarbeiter(?:in)? ?(?:id|nr|nummer)|teilnehmer(?:in)? ?(?:id|nr|nummer)|kennung"
    r"|matricule|identifiant|numero d employe|identificador|identificacion|numero de empleado|legajo|matricola"
    r"|identificativo|identificador|matricula|personeelsnummer|medewerkernummer|anstallningsnummer"
    r"|medarbejdernummer|medarbeidernummer|ansattnummer|numer pracownika|identyfikator|token"
    r"|external ?(?:reference|data"
    r" ?reference))"
)
# The two ends of a list of ties, in which each row is one.
EGO = re.compile(r"(?:from|source|ego|sender|giver|rater|nominator|von|de|da)(?: (?:id|name|nr|number|code|nummer))?")
ALTER = re.compile(
    r"(?:name of (?:the )?|your )?(?:to|target|alter|receiver|ratee|nominee|colleague|peer|contact|co ?worker|an"
    r"|kolleg(?:e|in)|genannte?|collegue|vers|cible|colega|para|collega|kollega|kolega)"
    r"(?: (?:id|name|nr|number|code|nummer))?"
)
MAIL = re.compile(
    r"(?:(?:your|recipient|ihre|votre) )?(?:work )?(?:e ?mail(?: ?(?:address|adresse|adress|adres))?|mailadresse"
    r"|adresse (?:e ?mail|electronique|de messagerie)|correo(?: electronico)?|direccion de correo(?: electronico)?"
    r"|indirizzo (?:e ?mail|di posta elettronica)|endereco de e ?mail|e ?mailadres|e ?postadress|e ?post|adres e ?mail"
    r"|username)"
)
SHEET_ID = re.compile(
    r"id|nr|no|number|response ?id|respondent ?id|record ?id|case|index|recordid|_?id|responseid"
    r"|lfdn|lfd ?nr|laufende (?:nr|nummer)|serial(?: (?:no|number))?"
)
NAME = re.compile(
    r"(?:what is |please (?:enter|give|type) |wie ist )?(?:(?:your|my|ihr|dein|votre|su|tu|il tuo|il suo"
    r"|seu|o seu|uw|je"
    r"|ditt|dit|twoje) )?(?:full |first and last |voller |vollstandiger )?"
    r"(?:name|names|vor und nachname|nachname vorname|vorname nachname|nom(?: et prenom| complet)?|prenom et nom"
    r"|nombre(?: y apellidos?| completo)?|nome(?: e cognome| completo)?|naam|voor en achternaam|namn|for och efternamn"
    r"|navn|for og (?:efternavn|etternavn)|imie i nazwisko|nazwisko|participant name|employee name|who are you"
    r"|wer sind sie|qui etes vous|quien es usted|chi sei|quem e voce|wie bent u|vem ar du|hvem er du)"
    r"(?: \w+){0,2}"
)
_OWN = r"(?:your |my |ihr |dein |votre |su |tu |il tuo |seu |uw |ditt |dit )?"
FIRST_NAME = re.compile(
    _OWN + r"(?:(?:first|given|fore)[ _]?names?|vornamen?|prenoms?|nombres?|nome|voornaam|fornamn|fornavn|imie)"
)
LAST_NAME = re.compile(
    _OWN
    + r"(?:(?:last|sur|family)[ _]?names?|nachnamen?|familiennamen?|nom(?: de famille)?|apellidos?|cognome|sobrenome"
    r"|achternaam|efternamn|efternavn|etternavn|nazwisko)"
)
TEAM = re.compile(
    r"(?:(?:what|which) (?:is your |)?|in (?:which|what|welchem?r?) |(?:zu )?welche[mr] |your |ihr[e]? |dein[e]? "
    r"|(?:dans |a |de )?quel(?:le)? (?:est votre )?|votre |(?:en |a )?que |cual es su |su |tu "
    r"|(?:in |di )?quale |il tuo |(?:em )?qual |seu |(?:in |bij )?welke? |uw |ditt |dit )*"
    r"(?:team|department|dept|unit|division|business unit|work ?group|section|abteilung|bereich|arbeitsgruppe"
    r"|referat|einheit"
    r"|equipe|service|departement|departamento|equipo|area|reparto|dipartimento|gruppo|setor|departamento|afdeling"
    r"|avdelning|grupp|arbetslag|afdeling|avdeling|dzial|zespol|research ?group)"
    r"(?: (?:are you (?:in|on|part of)|do you (?:work|sit|belong) (?:in|on|to|for|with)|name|sind sie|arbeiten sie"
    r"|gehoren sie an|sind sie tatig|travaillez vous|etes vous|appartenez vous|trabaja(?: usted)?|trabajas|lavori"
    r"|lavora|trabalha|werkt u|werk je))?"
)
MANAGER = re.compile(
    r"(?:who is |wer ist |qui est |quien es |chi e |quem e |wie is |vem ar |hvem er |name of )?"
    r"(?:the |your |my |ihre?r? |dein[e]? |votre |su |tu |il tuo |seu |uw |je |din |twoj )?(?:direct "
    r"|line |immediate |direkter? )?"
    r"(?:manager|supervisor|boss|line manager|team leader|reports to|reporting to|vorgesetzter?"
    r"|fuhrungskraft|chef|chefin"
    r"|responsable|superieur(?: hierarchique)?|jefe|jefa|supervisora?|responsabile|capo|gestora?|chefe|leidinggevende"
    r"|naarmaste chef|leder|naermeste leder|przelozon[ya]|kierownik)(?: (?:id|name|s name|email))?"
)
# Layers of ties; looked for in questions that are answered with colleagues.
LAYERS: Mapping[str, re.Pattern[str]] = {
    "candour": _words(
        "candour|candor|candid*|openly|open with|speak up"
        "|frank*|honest*|disagree with|think they are wrong|tell them the truth",
        "offen sagen|offenheit|offen|ehrlich*|widersprechen|kritik",
        "franchise|franchement|ouvertement|honnete*|contredire",
        "franqueza|abiertamente|sincer*|contradecir",
        "franchezza|apertamente|sincer*|schiett*",
        "franqueza|abertamente|sincer*|discordar",
        "openhartig*|eerlijk*|openlijk",
        "oppet|uppriktig*|arlig*",
        "abent|aerlig*|apent|oppriktig*",
        "szczer*|otwarcie",
    ),
    "trust": _words(
        "trust*|rely on|confide*|confidence in|count on|reliable",
        "vertrau*|verlassen auf|verlass*",
        "confiance|confier|compter sur|fiable",
        "confi*|fiar",
        "fiduci*|fidi|fidarsi|contare su",
        "confi*",
        "vertrouw*|rekenen op",
        "litar|lita|fortroende|tillit",
        "stol*|tillid|tillit",
        "ufa*|zaufa*|polega*",
    ),
    "respect": _words(
        "respect*|judgement|judgment|value the opinion|look up to|admire*",
        "respekt*|achte*|schatz*|urteil",
        "respect*|jugement|estime*",
        "respet*|juicio|admira*",
        "rispett*|giudizio|stima*",
        "respeit*|julgamento|admira*",
        "respect*|oordeel|waardeer*",
        "respekt*|omdome",
        "respekt*|dommekraft",
        "szacun*|szanuj*",
    ),
    "advice": _words(
        "advice|advise*|ask for help|turn to|help when|stuck|go to for|knowledge",
        "rat|rate|ratschlag|um rat|hilfe|fragen sie",
        "conseil*|aide",
        "consejo*|ayuda|pide*",
        "consigli*|aiuto|chiedi",
        "conselho*|ajuda",
        "advies|raad|hulp",
        "rad|hjalp",
        "rad|hjaelp|hjelp",
        "rad*|pomoc*",
    ),
    "works_with": _words(
        "work with|you work|works with|working with|collaborat*|cooperat*|interact*|contact|talk to|influenc*",
        "zusammenarbeit*|zusammen|arbeiten|kontakt|austausch*",
        "travaill*|collabor*|contact",
        "trabaj*|colabor*|contacto",
        "lavor*|collabor*|contatto",
        "trabalh*|colabor*|contato|contacto",
        "werk*|samenwerk*|contact",
        "arbet*|samarbet*|kontakt",
        "arbejd*|arbeid*|samarbejd*|samarbeid*|kontakt",
        "prac*|wspolprac*|kontakt*",
    ),
}
# Blocks and roles in the order in which they are looked for; the first that is found decides.
TOPICS: Mapping[str, re.Pattern[str]] = {
    "never_with": _words(
        "never with|never_with|could not work with|cannot work with|not be paired|not want to be paired|not pair"
        "|rather not work|conflict of interest"
        "|not be matched|not match you",
        "nicht zusammenarbeiten|nicht zusammen|auf keinen fall mit|auf keinen fall ein paar"
        "|auf keinen fall zusammen|nicht gepaart|nicht zugeteilt",
        "ne pas travailler avec|ne pourriez pas travailler|ne pourriez vous pas|ne souhaitez pas etre"
        "|ne souhaitez vous pas|ne voulez vous pas",
        "no podria trabajar|no quiere trabajar|no trabajar con",
        "non potresti lavorare|non vorresti|non lavorare con",
        "nao poderia trabalhar|nao trabalhar com",
        "niet mee werken|niet samenwerken|niet gekoppeld",
        "inte arbeta med|inte kan arbeta|inte vill paras",
        "ikke arbejde|ikke arbeide|ikke samarbejde|ikke samarbeide",
        "nie moglby*|nie chce pracowac|nie chcesz pracowac",
    ),
    "opted_out": _words(
        "opt out|opted out|left out|not take part|leave me out|do not want to take part|exclude me",
        "nicht teilnehmen|ausgelassen|nicht mitmachen",
        "ne pas participer|ne souhaite pas participer",
        "no participar|no quiero participar",
        "non partecipare|non voglio partecipare",
        "nao participar|nao quero participar",
        "niet deelnemen|niet meedoen",
        "inte delta|avsta",
        "ikke deltage|ikke delta",
        "nie brac udzialu|nie chce brac",
    ),
    "takes_part": _words(
        "take part|takes part|taking part|participate|participation|join the programme|join the program"
        "|want to join|opt in|consent*|sign up|like to be matched|like to be paired|want to be matched"
        "|want to be paired",
        "teilnehmen|teilnahme|mitmachen|einwillig*|dabei sein",
        "participer|participation|prendre part|consent*",
        "participar|participacion|consent*|tomar parte",
        "partecipare|partecipazione|prendere parte|consens*",
        "participar|participacao|fazer parte",
        "deelnemen|meedoen|deelname|toestemming",
        "delta|deltagande|vara med|samtycke*",
        "deltage|delta|deltagelse|vaere med|samtykke*",
        "wziac udzial|udzial|uczestniczyc|zgoda na",
    ),
    "capacity": _words(
        "how many partners|how many peers|how many pairs|number of partners|capacity|how many peer",
        "wie viele partner*|wie viele tandem*|kapazitat|anzahl partner*",
        "combien de partenaires|combien de binomes|capacite",
        "cuantos companeros|cuantas parejas|capacidad",
        "quanti partner|quante coppie|capacita",
        "quantos parceiros|quantos pares|capacidade",
        "hoeveel partners|capaciteit",
        "hur manga partner*|kapacitet",
        "hvor mange partner*|kapacitet|kapasitet",
        "ilu partnerow|ile osob",
    ),
    "hours": _words(
        "hours a month|hours per month|hours a week can|how much time can|time available|available time",
        "stunden im monat|wie viel zeit konnen|verfugbare zeit",
        "combien de temps pouvez|heures par mois",
        "cuanto tiempo puede|horas al mes",
        "quanto tempo puoi|ore al mese",
        "quanto tempo pode|horas por mes",
        "hoeveel tijd kunt|uren per maand",
        "hur mycket tid kan|timmar i manaden",
        "hvor meget tid kan|timer om maneden|timer i maneden",
        "ile czasu moze*|godzin w miesiacu",
    ),
    "protected": _words(
        "gender|sex|age|age band|how old|year of birth|date of birth|birth year|ethnic*|race|religio*"
        "|nationality|disabilit*"
        "|sexual orientation|marital|mother tongue|citizenship",
        "geschlecht|alter|wie alt|geburtsjahr|geburtsdatum|religion*|staatsangehorigkeit|nationalitat"
        "|behinderung|herkunft"
        "|muttersprache|familienstand",
        "genre|sexe|age|quel age|annee de naissance|nationalite|religion|handicap|langue maternelle",
        "genero|sexo|edad|ano de nacimiento|nacionalidad|religion|discapacidad|lengua materna",
        "genere|sesso|eta|quanti anni hai|anno di nascita|nazionalita|religione|disabilita|lingua madre",
        "genero|sexo|idade|ano de nascimento|nacionalidade|religiao|deficiencia",
        "geslacht|leeftijd|hoe oud|geboortejaar|nationaliteit|religie|beperking|moedertaal",
        "kon|alder|hur gammal|fodelsear|nationalitet|religion|modersmal",
        "kon|kjonn|alder|hvor gammel|fodselsar|nationalitet|nasjonalitet|religion|modersmal|morsmal",
        "plec|wiek|rok urodzenia|narodowosc|religia|niepelnosprawn*",
    ),
    "outcome": _words(
        "last three months|last 3 months|since the programme|since the program|since you were paired"
        "|since the pairing|pilot partner|your partner",
        "letzten drei monaten|letzten 3 monaten|seit dem programm|ihr partner|tandempartner*",
        "trois derniers mois|depuis le programme|votre partenaire|votre binome",
        "ultimos tres meses|desde el programa|su pareja|su companero",
        "ultimi tre mesi|dall inizio del programma|il tuo partner",
        "ultimos tres meses|desde o programa|seu parceiro",
        "afgelopen drie maanden|sinds het programma|uw partner",
        "senaste tre manaderna|sedan programmet|din partner",
        "sidste tre maneder|siste tre manedene|din makker|din partner",
        "ostatnich trzech miesiacach|od poczatku programu|twoj partner",
    ),
    "seeks": _words(
        "like to learn|want to learn|hope to learn|learn from a colleague|seek*|looking for|need help with"
        "|get better at|wish to learn",
        "lernen mochten|mochten sie lernen|gerne lernen|lernen wollen|suche*|verbessern",
        "aimeriez apprendre|souhaitez apprendre|voulez apprendre|recherche*|apprendre d un collegue",
        "gustaria aprender|quiere aprender|desea aprender|busca*|aprender de",
        "vorresti imparare|vuole imparare|imparare da|cerchi|cerca",
        "gostaria de aprender|quer aprender|aprender com|procura*",
        "wilt u leren|zou je willen leren|leren van|zoek*",
        "vill du lara|lara dig av|soker|lara dig",
        "vil du laere|gerne laere|laere af|soger|lyst til a laere|laere av",
        "chcesz sie nauczyc|nauczyc sie|szukam|szukasz",
    ),
    "offers": _words(
        "offer*|learn from you|teach*|could share|can share|help others with|your strengths|expert in|good at",
        "anbieten|von ihnen lernen|beibringen|weitergeben|starken|ihre expertise|bieten",
        "apprendre de vous|enseigner|transmettre|partager|offrir|vos points forts",
        "aprender de usted|aprender de ti|ensenar|ofrec*|compartir|puntos fuertes",
        "imparare da te|insegnare|offri|offrire|condividere|punti di forza",
        "aprender com voce|ensinar|oferec*|compartilhar|pontos fortes",
        "van u leren|van jou leren|aanbieden|bied*|delen|sterke punten",
        "lara sig av dig|lara ut|erbjud*|dela med dig|styrkor",
        "laere af dig|laere av deg|undervise|tilbyd*|dele|styrker",
        "nauczyc sie od|oferuj*|podzielic sie|mocne strony",
    ),
    "goal": _words(
        "goal*|take on more|next step|next years|next few years|want next|want to do next"
        "|five years|ambition*|aspir*|career plan*|want to achieve"
        "|where do you see"
        "|future|career path|which path|hope to gain",
        "ziel|ziele|zielen|nachsten schritt|nachste schritt|nachsten jahren|karriere*|erreichen|zukunft",
        "objectif*|prochaine etape|prochaines annees|ambition*|carriere|but",
        "objetivo*|meta|metas|proximo paso|proximos anos|ambicion*|carrera|futuro",
        "obiettiv*|prossimo passo|prossimi anni|ambizion*|carriera|futuro",
        "objetivo*|meta|metas|proximo passo|proximos anos|ambic*|carreira|futuro",
        "doel*|volgende stap|komende jaren|ambitie*|loopbaan|toekomst",
        "mal|nasta steg|kommande aren|ambition*|karriar*|framtid*",
        "mal|naeste skridt|neste steg|kommende ar|ambition*|ambisjon*|karriere*|fremtid*",
        "cel|cele|nastepny krok|najblizszych latach|ambicj*|karier*|przyszlosc",
    ),
    "climate": _words(
        "my manager|my supervisor|my boss|my team leader|our manager|leadership team|my leader|in my team"
        "|in our team|my team",
        "meine fuhrungskraft|mein vorgesetzter|meine vorgesetzte|mein chef|meine chefin|in meinem team"
        "|in unserem team|unser team|mein team",
        "mon manager|mon superieur|mon responsable|ma responsable|mon chef|dans mon equipe|notre equipe|mon equipe",
        "mi jefe|mi jefa|mi supervisor*|mi responsable|mi gerente|en mi equipo|nuestro equipo|mi equipo",
        "il mio responsabile|la mia responsabile|il mio capo|nel mio team|la mia squadra|nella mia squadra|il mio team",
        "meu chefe|minha chefe|meu gestor|minha gestora|meu supervisor|minha equipe|nossa equipe",
        "mijn leidinggevende|mijn manager|mijn baas|mijn team|in ons team",
        "min chef|min narmaste chef|i mitt team|vart team|mitt team|min grupp",
        "min leder|min chef|min sjef|i mit team|i mitt team|vores team|vart team|mit team",
        "moj przelozony|moja przelozona|moj kierownik|moj szef|w moim zespole|moj zespol",
    ),
    "fact": _words(
        "which site|your site|work site|site|location|which building|building|which shift|shift|campus|time zone",
        "standort|welches gebaude|gebaude|schicht|zeitzone",
        "site|quel batiment|batiment|fuseau horaire|equipe de nuit",
        "sede|edificio|turno|zona horaria",
        "sede|edificio|turno|fuso orario",
        "local de trabalho|edificio|turno|fuso horario",
        "locatie|gebouw|ploegendienst|tijdzone",
        "arbetsplats|byggnad|skift|tidszon",
        "arbejdssted|arbeidssted|bygning|skift|skiftehold|tidszone|tidssone",
        "lokalizacja|budynek|zmiana robocza|strefa czasowa",
    ),
    "experience": _words(
        "years|how long|since when|level|grade|seniority|rank|job title|position|role|function|kind of work"
        "|type of work|profession|occupation"
        "|tenure|experience|challenge*|makes your work hard|making work hard|making your work hard|hard at work"
        "|hard lately|hard at the moment|gets in the way|get in the way|gets in your way|difficult*|obstacle*|pay band"
        "|report to|do you report|reporting line"
        "|travel|workload|direct reports"
        "|how many people do you lead|office politics|job|contract|working hours|remote|work mode",
        "jahr*|wie lange|seit wann|stufe|ebene|hierarchie*|dienstgrad|position|funktion|tatigkeit|beruf"
        "|berufserfahrung|erfahrung"
        "|herausforderung*|schwierig*|belaste*"
        "|berichten sie|reisen|dienstreisen|rolle|arbeitsbelastung|vertrag",
        "annees|combien de temps|depuis quand|niveau|grade|anciennete|poste|fonction|metier|profession"
        "|experience|defi|defis|difficult*|difficile*"
        "|voyag*|charge de travail|contrat",
        "anos|cuanto tiempo|desde cuando|nivel|grado|antiguedad|puesto|cargo|funcion|profesion|experiencia"
        "|desafio*|reto|retos|dificult*"
        "|viaj*|contrato",
        "anni|da quanto tempo|da quando|livello|grado|anzianita|posizione|ruolo|funzione|professione"
        "|esperienza|sfide|sfida|difficolta"
        "|viagg*|contratto",
        "anos|quanto tempo|desde quando|nivel|grau|antiguidade|posicao|cargo|funcao|profissao|experiencia"
        "|desafio*|dificuldade*|viaj*"
        "|contrato",
        "jaren|jaar|hoe lang|sinds wanneer|niveau|rang|functie|positie|beroep|ervaring|uitdaging*|moeilijk*"
        "|reis*|reizen|werkdruk|contract",
        "ar|hur lange|sedan nar|niva|befattning|tjanst|roll|funktion|yrke|erfarenhet|utmaning*|svarighet*"
        "|resor|arbetsbelastning",
        "ar|hvor laenge|hvor lenge|siden hvornar|niveau|niva|stilling|rolle|funktion|funksjon|erhverv|yrke"
        "|erfaring|udfordring*"
        "|utfordring*|rejse*|reise*",
        "lat|lata|jak dlugo|od kiedy|poziom|szczebel|stanowisko|rola|funkcja|zawod|doswiadczeni*|staz"
        "|wyzwani*|trudno*|podroz*",
    ),
    "perspective": _words(
        "background|trained in|first trained|first training|study"
        "|industr*|sector|degree|education|field of study|studied|studies"
        "|worked abroad|another country"
        "|values|what matters|decision*|working style|way of working|prefer*|believe|opinion|view|attitude*"
        "|approach|personality|think|thinking",
        "hintergrund|ausbildung|ausgebildet|branche*|studiert|studium|studienfach|abschluss|bildung"
        "|im ausland|anderen land|werte|entscheid*"
        "|arbeitsstil|arbeitsweise|bevorzuge*|glaube|meinung|einstellung*|personlichkeit|denke",
        "parcours|formation|secteur*|industrie*|diplome|etudes|etudie|a l etranger|autre pays|valeurs"
        "|decision*|style de travail|prefer*"
        "|opinion|attitude*|personnalite|pense",
        "formacion|trayectoria|sector*|industria*|titulo|estudios|estudio|estudiado|extranjero|otro pais"
        "|valores|decision*|estilo de trabajo"
        "|prefier*|opinion|actitud*|personalidad|pienso|creo",
        "formazione|settor*|industri*|titolo di studio|studi|studiato|all estero|altro paese|valori|decision*"
        "|stile di lavoro|prefer*"
        "|opinion*|atteggiament*|personalita|penso|credo",
        "formacao|setor*|industria*|diploma|estudos|estudou|no exterior|outro pais|valores|decis*"
        "|estilo de trabalho|prefir*|opiniao"
        "|atitude*|personalidade|penso|acho",
        "achtergrond|opleiding|opgeleid|sector*|branche*|diploma|studie|gestudeerd|in het buitenland"
        "|ander land|waarden|beslissing*|werkstijl"
        "|verkies|mening|houding|persoonlijkheid|denk|vind",
        "bakgrund|utbildning|utbildad|bransch*|examen|studier|studerat|utomlands|annat land|varderingar"
        "|beslut*|arbetssatt|foredrar|asikt"
        "|attityd*|personlighet|tycker",
        "baggrund|bakgrunn|uddannelse|uddannet|utdanning|utdannet|branche*|bransje*|eksamen|grad|studier"
        "|udlandet|utlandet|andet land|annet land"
        "|vaerdier|verdier|beslutning*|arbejdsstil|arbeidsstil|foretraekker|foretrekker|holdning*"
        "|personlighed|personlighet|synes|mener",
        "wyksztalceni*|wyszkolen*|branz*|sektor|dyplom|studia|studiow*|za granica|innym kraju|wartosci|decyz*"
        "|styl pracy|wole|opini*|postaw*"
        "|osobowosc|mysle|uwazam",
    ),
}  # fmt: skip
COMMENT = _words(
    "comment*|anything else|feedback|remarks|other please specify|please explain|open text",
    "kommentar*|anmerkung*|sonst noch|sonstiges|bemerkung*",
    "commentaire*|autre chose|remarque*|precisez",
    "comentario*|algo mas|observaciones",
    "comment*|altro da aggiungere|osservazioni",
    "comentario*|algo mais|observacoes",
    "opmerking*|nog iets",
    "kommentar*|nagot annat|ovrigt",
    "kommentar*|andet|annet|bemaerkning*",
    "komentarz*|uwagi|cos jeszcze",
)
# Whom somebody was paired with in an earlier round; looked for in questions that are answered with one colleague.
PARTNER = _words(
    "pilot partner|peer partner|previous partner|last partner|your partner|partner round|paired with|were you paired"
    "|matched with|were you matched",
    "tandempartner*|ihr partner|ihre partnerin|partner runde",
    "votre partenaire|votre binome",
    "su pareja|su companero",
    "il tuo partner",
    "seu parceiro",
    "uw partner",
    "din partner",
    "din makker|din partner",
    "twoj partner",
)
WHOM = _words(
    "whom|who do you|who would you|which colleagues|which of your colleagues|which people|name the"
    "|name up to|list the|colleagues|whose",
    "wen|wem|welche kolleg*|welchen kolleg*|nennen sie|kolleg*|mit wem|wessen",
    "qui|a qui|quels collegues|collegue*|nommez|citez",
    "quien|quienes|a quien|que companer*|colegas|nombre a",
    "chi|a chi|quali collegh*|collegh*|indica i nomi",
    "quem|a quem|quais colegas|colegas|nomeie",
    "wie|welke collega*|collega*|noem",
    "vem|vilka kolleg*|kolleg*|namnge|vilka",
    "hvem|hvilke kolleg*|kolleg*|naevn|nevn",
    "kto|kogo|komu|ktorych wspolpracownik*|wspolpracownik*|wymien|koleg*",
)


def topic_of(text: str) -> tuple[str, str] | None:
    """What a question is about: a key of `TOPICS` and the words that say so, or None.

    Examples
    --------
    >>> topic_of("Wie viele Jahre arbeiten Sie schon hier?"), topic_of("Favourite colour")
    (('experience', 'jahre'), None)
    """
    words = plain(text)
    return next(((topic, found[0]) for topic, pattern in TOPICS.items() if (found := pattern.search(words))), None)


def layer_of(text: str) -> tuple[str, str] | None:
    """The layer of ties a question asks about: a key of `LAYERS` and the words that say so, or None.

    Examples
    --------
    >>> layer_of("Wem vertrauen Sie?"), layer_of("Shoe size")
    (('trust', 'vertrauen'), None)
    """
    words = plain(text)
    return next(((layer, found[0]) for layer, pattern in LAYERS.items() if (found := pattern.search(words))), None)
