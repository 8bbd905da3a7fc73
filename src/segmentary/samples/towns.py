"""Where the generated people live: real places, far from the borders between village, town and city."""

from __future__ import annotations

from segmentary.samples.business import Town

UNKNOWN_TOWN = Town("", "", "", "unknown")

# A city has at least 50,000 people, a village fewer than 5,000. Hameln has a sixth more than a city needs.
JUST_A_CITY = Town("Hameln", "Germany", "DE", "city", "31")
CITIES = (
    Town("Berlin", "Germany", "DE", "city", "10"),
    Town("Hamburg", "Germany", "DE", "city", "20"),
    Town("Munich", "Germany", "DE", "city", "80"),
    Town("Cologne", "Germany", "DE", "city", "50"),
    Town("Leipzig", "Germany", "DE", "city", "04"),
    Town("Vienna", "Austria", "AT", "city", "10"),
    Town("Zürich", "Switzerland", "CH", "city", "80"),
    Town("Paris", "France", "FR", "city", "75"),
    Town("Lyon", "France", "FR", "city", "69"),
    Town("Madrid", "Spain", "ES", "city", "28"),
    Town("Amsterdam", "Netherlands", "NL", "city", "10"),
)
TOWNS = (
    Town("Goslar", "Germany", "DE", "town", "38"),
    Town("Füssen", "Germany", "DE", "town", "87"),
    Town("Husum", "Germany", "DE", "town", "25"),
    Town("Rothenburg ob der Tauber", "Germany", "DE", "town", "91"),
    Town("Bregenz", "Austria", "AT", "town", "69"),
    Town("Beaune", "France", "FR", "town", "21"),
)
VILLAGES = (
    Town("Hallstatt", "Austria", "AT", "village", "48"),
    Town("Lech", "Austria", "AT", "village", "67"),
    Town("Giethoorn", "Netherlands", "NL", "village", "83"),
    Town("Gordes", "France", "FR", "village", "84"),
    Town("Gruyères", "Switzerland", "CH", "village", "16"),
)
# A place no gazetteer knows, and none at all: neither may ever count as rural.
UNKNOWN = (UNKNOWN_TOWN, Town("Kleinkleckersdorf", "Germany", "DE", "unknown", "99"))
WEIGHTED = tuple([(town, 6) for town in CITIES[:5]] + [(town, 3) for town in CITIES[5:]]
                 + [(town, 3) for town in TOWNS] + [(town, 3) for town in VILLAGES]
                 + [(town, 3) for town in UNKNOWN])  # fmt: skip
