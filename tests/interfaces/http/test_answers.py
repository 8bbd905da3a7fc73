"""Pages of lists, entity tags, problems."""

from __future__ import annotations


def test_the_list_of_segments_comes_in_pages(site):
    with site.client() as client:
        whole = client.get("/api/v1/segments").json()["segments"]
        names, cursor = [], ""
        while cursor is not None:
            answer = client.get("/api/v1/segments", params={"limit": 2, "cursor": cursor}).json()
            names += [one["name"] for one in answer["segments"]]
            cursor = answer["next"]
    assert names == [one["name"] for one in whole] == sorted(names)


def test_what_was_read_already_is_not_sent_again(site):
    with site.client() as client:
        first = client.get("/api/v1/segments")
        again = client.get("/api/v1/segments", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
