"""SQL texts about the publication."""

# ruff: noqa: S608
# what is put into a text here comes from this project's own closed lists, and is never a value

PUBLICATION_COLUMNS = (
    "build_id",
    "onet_release",
    "source",
    "load_id",
    "loaded_at",
    "published_at",
    "file_checksums",
    "landed_row_count",
    "rejected_row_count",
    "occupation_count",
    "rating_count",
    "passed_test_count",
    "warned_test_count",
    "supplemented_rating_count",
    "supplemented_occupation_count",
    "answered_rating_count",
    "not_loaded",
    "transition_domains",
    "taxonomy",
    "service_release",
    "supplemented_at",
)

# PUBLICATION_COLUMNS; one row, or none where nothing is published.
PUBLICATION = f"""
select {", ".join(f"publication.{column}" for column in PUBLICATION_COLUMNS)}
from {{name}}.current_publication as publication
"""

# build_id, onet_release, published_at; one row, or none where nothing is published.
CURRENT_PUBLICATION = """
select publication.build_id, publication.onet_release, publication.published_at
from {name}.current_publication as publication
"""

# JSON array of the subjects that the load lacks, or null; one row, or none where nothing is
# published.
NOT_LOADED = """
select publication.not_loaded from {name}.current_publication as publication
"""

# build_id; one row, or none where nothing is published. Asked before each response that was kept,
# so it asks for nothing else.
BUILD_ID = """
select publication.build_id from {name}.current_publication as publication
"""
