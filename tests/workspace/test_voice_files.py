import pytest

from segmentary.errors import UnknownNameError, UsageError
from segmentary.workspace.voice_files import labelled


def test_labelled_texts_of_a_file(tmp_path):
    path = tmp_path / "l.csv"
    path.write_text("said,what\nwhere is it,where\n,none\n5,five\n")
    assert labelled(path, "said", "what") == (["where is it", "", "5"], ["where", "none", "five"])
    with pytest.raises(UnknownNameError):
        labelled(path, "text", "what")
    with pytest.raises(UsageError):
        labelled(tmp_path / "none.csv", "said", "what")
