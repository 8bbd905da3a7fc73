"""The list of segments: sizes over runs as the log has them, kinds, and what fits a search."""

from tests.workspace.segment_shop import shop

from segmentary.workspace.segment_lines import segment_line, segment_lines, state_of, wanted


def test_sizes_over_runs_are_those_of_the_history():
    for line in segment_lines(shop()):
        assert line.series == tuple(step.size for step in shop().segment(line.name).history())
        assert line.change == line.series[-1] - line.series[-2]
        assert line.people == line.series[-1]


def test_kinds_and_states():
    kinds = {line.name: line.kind for line in segment_lines(shop())}
    assert kinds["given"] == "list"
    assert kinds["often"] == "rules"
    assert segment_line(shop(), "often").state == "fresh"
    assert [state_of(one) for one in ("running", "never run", "stale: x")] == ["running", "never", "stale"]


def test_what_fits():
    lines = segment_lines(shop())
    assert [one.name for one in wanted(lines, search="BUYERS fresh")] == ["fresh_buyers"]
    assert [one.name for one in wanted(lines, kind="list")] == ["given"]
    assert all(one.change for one in wanted(lines, changed=True))
    assert wanted(lines, base="value") == []
