"""`/similarity/{code}`: a whole row of the matrix, in order, and what is said where there is
none."""

from __future__ import annotations

import csv
import io

import httpx2 as httpx
import pytest

from tests.support.live_warehouse import FROM, TO, UNRATED, Edition


def test_all_others_come_most_similar_first_then_by_code(api_client: httpx.Client) -> None:
    response = api_client.get(f"/similarity/{TO}")
    assert response.status_code == 200
    assert response.json() == {
        "from": {"code": TO, "title": "Facilities Managers"},
        "domains": ["skills", "knowledge"],
        "occupations": [
            {"code": FROM, "title": "Chief Executives", "similarity": 0.5},
            {"code": "29-1141.00", "title": "Registered Nurses", "similarity": 0.5},
            {"code": "43-9999.01", "title": "Reclerks", "similarity": -0.25},
        ],
        "publication": {
            "release": "29.2",
            "build_id": Edition().build_id,
            "published_at": "2026-11-21T04:00:01Z",
        },
    }
    again = api_client.get(f"/similarity/{TO}", headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304


def test_rows_as_csv_name_both_occupations(api_client: httpx.Client) -> None:
    response = api_client.get(f"/similarity/{TO}", headers={"Accept": "text/csv"})
    assert response.headers["content-disposition"] == f'attachment; filename="similarity_{TO}.csv"'
    rows = list(csv.DictReader(io.StringIO(response.text, newline="")))
    assert [row["to_occupation_title"] for row in rows] == [
        "Chief Executives",
        "Registered Nurses",
        "Reclerks",
    ]
    assert rows[2] == {
        "from_occupation_code": TO,
        "from_occupation_title": "Facilities Managers",
        "to_occupation_code": "43-9999.01",
        "to_occupation_title": "Reclerks",
        "similarity": "-0.25",
        "release": "29.2",
        "build_id": Edition().build_id,
    }


def test_an_occupation_outside_the_matrix_has_an_empty_row(api_client: httpx.Client) -> None:
    response = api_client.get(f"/similarity/{FROM}")
    assert response.status_code == 200
    assert response.json()["occupations"] == []


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/similarity/99-9999", 404, "occupation-not-found"),
        (f"/similarity/{UNRATED}", 404, "occupation-not-rated"),
        ("/similarity/nobody", 422, "invalid-parameter"),
        (f"/similarity/{TO}?limit=5", 422, "invalid-parameter"),
    ],
)
def test_what_is_refused(api_client: httpx.Client, path: str, status: int, kind: str) -> None:
    response = api_client.get(path)
    assert (response.status_code, response.json()["type"]) == (status, f"/problems/{kind}")
