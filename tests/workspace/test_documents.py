"""Campaigns and their like come in beside segments: all or none, and go out so that they come in again."""

from __future__ import annotations

import pyarrow as pa
import pytest

from segmentary.errors import DefinitionError, UnknownNameError
from segmentary.workspace.documents import document_text
from segmentary.workspace.opening import init_workspace

GOLD = "segment: gold\nwhere: {trait: tier, is: gold}\n"
AUTUMN = "campaign: autumn\nchannel: file\npurpose: marketing\ntargets: [gold]\nfrom: 2026-03-01 09:00\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with init_workspace(tmp_path_factory.mktemp("documents") / "shop") as workspace:
        workspace.add(pa.table({"customer_id": ["ann"], "tier": ["gold"]}), kind="customers", name="crm")
        yield workspace


def write(folder, **files):
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_they_are_applied_with_the_segments_they_name(shop, tmp_path):
    files = write(tmp_path / "a", z=GOLD, a=AUTUMN)
    dry = shop.apply(files, dry_run=True)
    assert [(one.kind, one.change) for one in dry] == [("segment", "added"), ("campaign", "added")]
    assert (shop.campaigns.kept(), shop.segments_defined()) == ([], {})
    assert shop.validate(files) == ["gold", "autumn"]
    assert [one.change for one in shop.apply(files)] == ["added", "added"]
    assert [one.change for one in shop.apply(files)] == ["unchanged", "unchanged"]
    write(files, a=AUTUMN + "holdout: 20%\n")
    assert [one.change for one in shop.apply(files)] == ["unchanged", "changed"]
    assert shop.campaigns.get("autumn@v1").holdout == 0.1
    written = shop.dump(tmp_path / "b")
    assert {path.name for path in written} == {"gold.yaml", "autumn.campaign.yaml"}
    assert {one.change for one in shop.apply(tmp_path / "b")} == {"unchanged"}


def test_one_that_is_wrong_keeps_all_out(shop, tmp_path):
    silver = GOLD.replace("gold", "silver")
    for text, said in (
        (AUTUMN.replace("[gold]", "[gould]"), "a.yaml:4:11: unknown segment 'gould'"),
        (AUTUMN.replace("file", "fax") + "message: hello\n", "unknown channel 'fax'"),
        (AUTUMN + "message: hello\n", "unknown message 'hello'"),
        (AUTUMN + "metric: buys = any nothing in 28d\n", "unknown event 'nothing'"),
        (AUTUMN + f"---\n{AUTUMN}", "is defined twice"),
    ):
        files = write(tmp_path / "a", a=text, z=silver)
        with pytest.raises((DefinitionError, UnknownNameError)) as raised:
            shop.apply(files)
        assert said in str(raised.value)
        assert "silver" not in shop.segments_defined()


def test_files_not_applied_yet_are_named(shop, tmp_path):
    write(shop.folder.segments, winter=AUTUMN.replace("autumn", "winter"), gold=GOLD)
    shop.apply(write(tmp_path / "a", gold=GOLD))
    assert shop.unapplied() == ["not applied yet: winter (run `segmentary apply`)"]
    shop.apply()
    assert shop.unapplied() == []


def test_texts_of_many_lines_are_blocks():
    text = document_text(
        {"text": "Hello\n\nBye", "message": "a", "html": "<p>x</p>\n", "when": "2026-03-01"}, "message"
    )
    assert text.startswith("message: a\n")
    assert "text: |-" in text
