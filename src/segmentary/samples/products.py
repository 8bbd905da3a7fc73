"""What the generated shop sells: nine categories, invented brands."""

from __future__ import annotations

from decimal import Decimal

from segmentary.samples.business import Product

# category -> (number prefix, brands, names with their usual price)
RANGE: dict[str, tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]] = {
    "fitness": (
        "FIT",
        ("Stride", "Ironleaf", "Pulsar"),
        (
            ("yoga mat", "34.90"),
            ("kettlebell 12 kg", "49.00"),
            ("resistance bands", "19.95"),
            ("rowing machine", "899.00"),
        ),
    ),
    "beauty": (
        "BEA",
        ("Lumiere", "Wildrose", "Pure Nine"),
        (("day cream", "24.50"), ("lipstick", "17.90"), ("shampoo bar", "9.95"), ("face serum", "39.00")),
    ),
    "shoes": (
        "SHO",
        ("Stride", "Cobbler & Sons", "Nordwalk"),
        (("running shoes", "119.00"), ("leather boots", "189.00"), ("sandals", "59.90"), ("trainers", "89.95")),
    ),
    "clothing": (
        "CLO",
        ("Nordwalk", "Meadow", "Plain"),
        (("t-shirt", "19.90"), ("rain jacket", "129.00"), ("jeans", "79.90"), ("socks, 3 pairs", "12.50")),
    ),
    "electronics": (
        "ELE",
        ("Voltaire", "Pulsar", "Kite"),
        (("headphones", "149.00"), ("smart watch", "249.00"), ("power bank", "39.90"), ("tablet", "429.00")),
    ),
    "home": (
        "HOM",
        ("Hearth", "Plain", "Ironleaf"),
        (("coffee press", "44.90"), ("bed linen", "69.00"), ("frying pan", "54.50"), ("floor lamp", "139.00")),
    ),
    "baby": (
        "BAB",
        ("Littlewood", "Meadow"),
        (("nappies, 60 pieces", "21.90"), ("baby monitor", "99.00"), ("wooden blocks", "27.50"), ("romper", "18.90")),
    ),
    "books": (
        "BOO",
        ("Inkwell", "Harbour Press"),
        (("cookery book", "29.00"), ("crime novel", "14.00"), ("travel guide", "19.90"), ("picture book", "16.00")),
    ),
    "office": (
        "OFF",
        ("Ledgerline", "Voltaire"),
        (("copy paper, 5 reams", "27.90"), ("desk chair", "259.00"), ("toner", "84.90"), ("notebooks, 10", "22.50")),
    ),
}
CATEGORIES = tuple(RANGE)


def products() -> tuple[Product, ...]:
    """Return the whole range: each name once per brand of its category, brands a little apart in price."""
    found = []
    for category, (prefix, brands, names) in RANGE.items():
        number = 0
        for name, price in names:
            for step, brand in enumerate(brands):
                number += 1
                cost = (Decimal(price) * (100 + 8 * step) / 100).quantize(Decimal("0.01"))
                found.append(Product(f"{prefix}-{number:03d}", f"{brand} {name}", category, brand, cost))
    return tuple(found)
