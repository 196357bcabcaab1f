"""Names for people and teams that do not exist."""

from __future__ import annotations

import numpy as np

from peernet.datasets.draws import permutation

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
MOST_PEOPLE = len(FIRST) * len(LAST)


def draw_names(people: int, rng: np.random.Generator) -> list[str]:
    """Full names, no two alike."""
    drawn = permutation(rng, MOST_PEOPLE)[:people]
    return [f"{FIRST[k // len(LAST)]} {LAST[k % len(LAST)]}" for k in drawn]


def team_names(teams: int) -> tuple[list[str], list[str]]:
    """Names of the teams, the director's first, and the department each belongs to."""
    departments = [DEPARTMENTS[t % len(DEPARTMENTS)] for t in range(teams - 1)]
    names = [_team_name(t % len(DEPARTMENTS), t // len(DEPARTMENTS)) for t in range(teams - 1)]
    return [DIRECTORATE, *names], [DEPARTMENTS[-1], *departments]


def _team_name(department: int, number: int) -> str:
    known = TEAMS[department]
    again = number // len(known)
    return known[number % len(known)] + (f" {again + 1}" if again else "")
