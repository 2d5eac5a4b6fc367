"""What /schema says to a browser before the dbt docs were made."""

from starlette.responses import HTMLResponse

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>No schema documentation yet</title>
</head>
<body>
<h1>The schema documentation has not been made yet</h1>
<p>Every table, column, key and test of this service is documented by dbt. Whoever runs the service
makes the pages, and they appear here without a restart:</p>
<ul>
<li><code>make docs</code>, or <code>make run</code>, which makes them too</li>
<li>with Docker, <code>docker compose up</code> makes them; they are served on a port of their own
as well (<code>DOCS_PORT</code>)</li>
</ul>
<p>Then reload this page. Meanwhile: <a href="ADDRESS">how to ask the service</a>.</p>
</body>
</html>
"""


def missing_page(docs_address: str) -> HTMLResponse:
    """404: there is nothing yet, and what to do about it."""
    page = _PAGE.replace("ADDRESS", docs_address)
    return HTMLResponse(page, status_code=404, headers={"Cache-Control": "no-store"})
