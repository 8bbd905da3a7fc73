"""Identity over HTTP: counts for everybody, customers for those who may see people."""


def test_records_become_customers(site):
    found = site.client("admin").get("/api/v1/identity").json()
    assert found["records"] > found["customers"] > 400
    assert sum(found["sizes"].values()) == found["customers"]
    assert sum(int(size) * n for size, n in found["sizes"].items()) == found["records"]
    assert found["by_rule"]["email"] > 0
    assert found["last_merges"]
    viewer = site.client("viewer").get("/api/v1/identity").json()
    assert (viewer["customers"], viewer["last_merges"], viewer["doubtful"]) == (found["customers"], [], [])
