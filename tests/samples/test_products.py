"""The range of the generated shop."""

from segmentary.samples.products import CATEGORIES, RANGE, products


def test_every_name_is_sold_once_by_each_brand_of_its_category():
    sold = products()
    assert len({p.product_id for p in sold}) == len({p.name for p in sold}) == len(sold)
    for category, (_, brands, names) in RANGE.items():
        there = [p for p in sold if p.category == category]
        assert len(there) == len(brands) * len(names)
        assert {p.brand for p in there} == set(brands)


def test_the_library_finds_its_categories():
    assert {"fitness", "beauty", "shoes"} <= set(CATEGORIES)


def test_prices_are_money():
    assert all(p.price > 0 and p.price == p.price.quantize(p.price.__class__("0.01")) for p in products())
