"""How a server is, without a question to the warehouse."""

import segmentary as sg
from segmentary.workspace.serving import Serving
from segmentary.workspace.vital_signs import pulse, vital_signs


def test_an_empty_workspace(tmp_path):
    with sg.init(tmp_path / "shop") as workspace:
        serving = Serving(workspace)
        assert pulse(serving) == "starting"
        serving.start()
        assert pulse(serving) == "ok"
        found = vital_signs(serving)
        assert (found.status, found.last_run, found.loads, found.jobs) == ("ok", None, 0, {})
        assert found.readers_in_use == 0
        with serving.reading():
            assert vital_signs(serving).readers_in_use == 1
        workspace.ledger.audit("one", {}, at=workspace.tick())
        workspace.ledger.audit("two", {}, at=workspace.tick())
        workspace.ledger.connection.execute("update audit set previous_hash = 'x' where action = 'two'")
        broken = vital_signs(serving)
        assert broken.status == "degraded"
        assert not broken.ledger_intact
        serving.close()
