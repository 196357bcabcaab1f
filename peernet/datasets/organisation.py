"""A fictional organisation: teams and managers, what each person is really like, and what everybody is called."""

from __future__ import annotations

import numpy as np
import pandas as pd

from peernet._arrays import Floats, Ints
from peernet.datasets.draws import permutation, weighted, whole_numbers
from peernet.datasets.worlds import World

STRATA = ("newcomer", "practitioner", "expert", "leader")
TYPES = ("explorer", "guardian", "connector", "analyst", "maker")
STRATUM_SHARES = (0.30, 0.36, 0.26, 0.08)  # of people; managers are leaders beside
USUAL_TYPE = np.array([0, 4, 3, 2])  # the perspective type that goes with each stratum, as far as the two are related
# Where each perspective type lies in the three dimensions of outlook: change, people, planning.
TYPE_CENTRES = np.array([[1.1, 0.2, -0.9], [-1.1, -0.3, 0.9], [0.3, 1.2, -0.2], [-0.1, -1.1, 0.7], [-0.4, 0.1, -1.0]])
VIEWS = ["view_change", "view_people", "view_planning"]
SPREAD_WITHIN_TYPE = 0.40  # standard deviation in each dimension
LOGNORMAL_MEAN, LOGNORMAL_SPREAD = np.exp(0.5), np.sqrt((np.e - 1) * np.e)  # of exp(z) where z is standard normal
SPREAD_WITHIN_STRATUM = 0.25  # standard deviation of seniority, in strata
SMALLEST_TEAM, LARGEST_TEAM = 6, 16  # people, where the numbers allow it
TEAMS_PER_HEAD = 6
# fmt: off
FIRST = (
    "Aaron", "Abigail", "Adaeze", "Adam", "Agnieszka", "Aino", "Alejandro", "Alexander", "Alice", "Amara", "Amélie",
    "Andrew", "Anna", "Antonio", "Astrid", "Aylin", "Beatriz", "Benjamin", "Björn", "Brigitte", "Camille", "Carlos",
    "Catherine", "Chiara", "Chloë", "Christopher", "Daniel", "Daria", "Dominik", "Edward", "Elena", "Elias",
    "Elisabeth", "Emeka", "Emma", "Erik", "Esra", "Eva", "Fatima", "Felix", "Fiona", "Francisca", "Frederick",
    "Gabriela", "George", "Giulia", "Grace", "Gregory", "Hana", "Hannah", "Hassan", "Helena", "Hugo", "Ibrahim",
    "Ingrid", "Isabel", "Ivan", "Jan", "Jasmin", "Jennifer", "Joana", "João", "Jonathan", "José", "Joseph", "Julia",
    "Karim", "Katarzyna", "Khadija", "Lars", "Laura", "Leila", "Lena", "Liam", "Linnea", "Lucía", "Luis", "Magdalena",
    "Maja", "Małgorzata", "Marek", "Maria", "Marta", "Mateo", "Matthew", "Maximilian", "Mei", "Michael", "Mikael",
    "Mina", "Nadia", "Natalie", "Nicholas", "Nora", "Oliver", "Olivia", "Omar", "Oscar", "Patricia", "Paul", "Peter",
    "Priya", "Rachel", "Raj", "Rebecca", "René", "Robert", "Rosa", "Samir", "Samuel", "Sara", "Sebastian", "Sofia",
    "Søren", "Stephanie", "Theodor", "Thomas", "Timothy", "Valentina", "Victoria", "Vikram", "William", "Yasmin",
    "Yuki", "Zoë",
)
LAST = (
    "Abbott", "Acheampong", "Adeyemi", "Ahlberg", "Almeida", "Amsel", "Andersson", "Araújo", "Aziz", "Bakker",
    "Barros", "Bauer", "Becker", "Bellini", "Berg", "Bianchi", "Björklund", "Blom", "Böhm", "Bondarenko", "Brandt",
    "Brennan", "Çelik", "Chaudhary", "Clarke", "Costa", "Dahl", "Demir", "Dijkstra", "Dimitrov", "Dubois", "Duarte",
    "Eriksen", "Esposito", "Farkas", "Fernández", "Ferrara", "Fischer", "Fontaine", "Fraser", "Gallagher", "García",
    "Grabowski", "Greene", "Gunnarsson", "Hagen", "Hakimi", "Hansen", "Haraldsen", "Hartley", "Henriksen", "Hoffmann",
    "Holm", "Horvath", "Ibarra", "Iversen", "Jabari", "Jansen", "Jensen", "Johansson", "Kaya", "Keller", "Kjær",
    "Koch", "Kowalczyk", "Kozlov", "Krüger", "Lambert", "Larsen", "Laurent", "Lehmann", "Lindqvist", "Lombardi",
    "López", "Lund", "MacLeod", "Malik", "Marchetti", "Martins", "Mbeki", "Mensah", "Meyer", "Moreau", "Mwangi",
    "Nakamura", "Navarro", "Nilsen", "Novak", "Nowak", "O'Brien", "Okafor", "Olsen", "Osei", "Pálsson", "Papadakis",
    "Patel", "Pereira", "Petrov", "Popescu", "Quinn", "Rahman", "Ramírez", "Richter", "Romano", "Rossi", "Ryan",
    "Salonen", "Santos", "Schmidt", "Schröder", "Sharma", "Silva", "Simonsen", "Søgaard", "Stein", "Sundström",
    "Suzuki", "Szabó", "Tanaka", "Thorsen", "Torres", "Vargas", "Vesely", "Virtanen", "Vogel", "Wagner", "Walsh",
    "Weber", "Whitfield", "Winkler", "Yılmaz", "Zhang", "Zieliński",
)
# fmt: on
NICKNAMES = {
    "Abigail": "Abby",
    "Alejandro": "Ale",
    "Alexander": "Alex",
    "Benjamin": "Ben",
    "Catherine": "Cath",
    "Christopher": "Chris",
    "Daniel": "Dan",
    "Edward": "Ed",
    "Elisabeth": "Lisa",
    "Francisca": "Fran",
    "Frederick": "Fred",
    "Gabriela": "Gabi",
    "Gregory": "Greg",
    "Jennifer": "Jen",
    "Jonathan": "Jon",
    "Joseph": "Joe",
    "Katarzyna": "Kasia",
    "Magdalena": "Magda",
    "Matthew": "Matt",
    "Maximilian": "Max",
    "Michael": "Mike",
    "Natalie": "Nat",
    "Nicholas": "Nick",
    "Robert": "Rob",
    "Samuel": "Sam",
    "Sebastian": "Seb",
    "Stephanie": "Steph",
    "Theodor": "Theo",
    "Thomas": "Tom",
    "Timothy": "Tim",
    "Victoria": "Vicky",
    "William": "Will",
}
STRANGERS = (
    "the canteen lady",
    "Uwe who retired in spring",
    "Ruth (former colleague)",
    "our night porter",
    "the IT hotline",
)
DEPARTMENTS = ("Operations", "Engineering", "Commercial", "Services")
TEAMS = (
    ("Berth planning", "Crane operations", "Pilot station", "Container yard", "Rail terminal", "Safety watch"),
    ("Dredging", "Quay works", "Power and lighting", "Workshop", "Survey and mapping", "Environment"),
    ("Cruise", "Cargo accounts", "Tariffs", "Leasing", "Marketing", "Visitor centre"),
    ("Finance", "People", "Legal", "Procurement", "Digital", "Facilities"),
)
DIRECTORATE = "Harbour office"
PLAIN_NAMES = len(FIRST) * len(LAST)  # people up to whom a first and a last name do
MOST_PEOPLE = PLAIN_NAMES * len(LAST)


def draw_organisation(
    people: int, answered: int, teams: int, relatedness: float, world: World, rng: np.random.Generator
) -> pd.DataFrame:
    """Everyone on the roster: index ``person``; who they are, where they work, and their latent traits."""
    team, rank = _seats(team_sizes(people, teams, rng), permutation(rng, people))
    width = max(3, len(str(people)))
    index = pd.Index([f"p{k + 1:0{width}d}" for k in range(people)], name="person")
    boss = _bosses(team, rank, teams)
    names, departments = team_names(teams)
    stratum = np.where(np.isin(np.arange(people), boss), len(STRATA) - 1, weighted(rng, STRATUM_SHARES, people))
    as_usual = rng.random(people) < relatedness
    kind = np.where(as_usual, USUAL_TYPE[stratum], whole_numbers(rng, 0, len(TYPES) - 1, people))
    frame = pd.DataFrame(
        {
            "name": draw_names(people, rng),
            "team": np.array(names)[team],
            "department": np.array(departments)[team],
            "manager": ["" if b < 0 else index[b] for b in boss],
            "stratum": np.array(STRATA)[stratum],
            "perspective_type": np.array(TYPES)[kind] if world.types else "",
            "answered": permutation(rng, people) < answered,
        },
        index=index,
    )
    return frame.join(_traits(stratum, kind, world, rng).set_index(index))


def team_sizes(people: int, teams: int, rng: np.random.Generator) -> Ints:
    """Team sizes that add up to ``people``: uneven, yet within the usual limits where the numbers allow it."""
    sizes = np.full(teams, people // teams, dtype=np.int64)
    sizes[: people % teams] += 1
    low, high = min(SMALLEST_TEAM, int(sizes.min())), max(LARGEST_TEAM, int(sizes.max()))
    moves = whole_numbers(rng, 0, teams - 1, 8 * teams).reshape(-1, 2)
    for giver, taker in moves:
        if giver != taker and sizes[giver] > low and sizes[taker] < high:
            sizes[giver] -= 1
            sizes[taker] += 1
    return sizes


def _seats(sizes: Ints, order: Ints) -> tuple[Ints, Ints]:
    """Team of every person and rank within it; rank 0 manages the team."""
    team, rank = np.empty(len(order), dtype=np.int64), np.empty(len(order), dtype=np.int64)
    team[order] = np.repeat(np.arange(len(sizes)), sizes)
    rank[order] = np.concatenate([np.arange(size) for size in sizes])
    return team, rank


def _bosses(team: Ints, rank: Ints, teams: int) -> Ints:
    """Position of everyone's manager (-1: none): of members theirs, of managers a head, of heads the director."""
    seat = {(int(t), int(r)): k for k, (t, r) in enumerate(zip(team, rank, strict=True))}
    heads = min(-(-teams // TEAMS_PER_HEAD), int((team == 0).sum()) - 1)
    boss = [seat[int(t), 0] if r > 0 else seat[0, 1 + (int(t) - 1) % heads] for t, r in zip(team, rank, strict=True)]
    boss[seat[0, 0]] = -1
    return np.array(boss)


def team_names(teams: int) -> tuple[list[str], list[str]]:
    """Names of the teams, the director's first, and the department each belongs to."""
    names, departments = [DIRECTORATE], [DEPARTMENTS[-1]]
    for team in range(teams - 1):
        number, department = divmod(team, len(DEPARTMENTS))
        again, place = divmod(number, len(TEAMS[department]))
        names.append(TEAMS[department][place] + (f" {again + 1}" if again else ""))
        departments.append(DEPARTMENTS[department])
    return names, departments


def draw_names(people: int, rng: np.random.Generator) -> list[str]:
    """Full names, no two alike; in a large organisation two last names are run together, so that few share one."""
    if people <= PLAIN_NAMES:
        drawn = permutation(rng, PLAIN_NAMES)[:people]
        return [f"{FIRST[k // len(LAST)]} {LAST[k % len(LAST)]}" for k in drawn]
    names = []
    for k in permutation(rng, MOST_PEOPLE)[:people]:
        both, first = divmod(int(k), len(FIRST))
        begins, ends = divmod(both, len(LAST))
        names.append(f"{FIRST[first]} {LAST[begins]}{LAST[ends].lower()}")
    return names


def _traits(stratum: Ints, kind: Ints, world: World, rng: np.random.Generator) -> pd.DataFrame:
    n = len(stratum)
    views = _outlooks(kind, world, rng)
    return pd.DataFrame(views, columns=view_names(world.dimensions)).assign(
        seniority=stratum + SPREAD_WITHIN_STRATUM * rng.standard_normal(n),
        trust_propensity=rng.standard_normal(n),
        trustworthiness=rng.standard_normal(n),
        acquiescence=world.acquiescence * rng.standard_normal(n) if world.acquiescence else 0.0,
        extremity=np.exp(world.extremity * rng.standard_normal(n)) if world.extremity else 1.0,
    )


def _outlooks(kind: Ints, world: World, rng: np.random.Generator) -> Floats:
    """Everyone's position in each dimension of outlook, of mean about 0 and spread about 1."""
    drawn = rng.standard_normal((len(kind), world.dimensions))
    if world.types:
        return np.asarray(TYPE_CENTRES[kind] + SPREAD_WITHIN_TYPE * drawn)
    return np.asarray((np.exp(drawn) - LOGNORMAL_MEAN) / LOGNORMAL_SPREAD if world.skewed else drawn)


def view_names(dimensions: int) -> list[str]:
    """What the dimensions of outlook are called."""
    return VIEWS if dimensions == len(VIEWS) else [f"view_{k + 1}" for k in range(dimensions)]


def outlooks(people: pd.DataFrame) -> Floats:
    """Everyone's outlook without the chance in their answers, shape (people, dimensions)."""
    return people.filter(regex="^view_").to_numpy()
