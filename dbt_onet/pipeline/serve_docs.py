"""Serves the dbt docs of a folder: `python serve_docs.py FOLDER PORT [ADDRESS]`, with the headers
that the API gives them under /schema.

With the standard library alone: its image has nothing else, and no part of the project but this
file.
"""

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class DocsHandler(SimpleHTTPRequestHandler):
    """Files and nothing else: no lists of folders, and no version of what serves them."""

    timeout = 20  # seconds for a client to say what it wants
    server_version = "docs"
    sys_version = ""

    def end_headers(self) -> None:
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def list_directory(self, path: object) -> None:
        self.send_error(404)


def main() -> None:
    # in a container, whose port is published by address
    folder, port, address = (*sys.argv[1:], "0.0.0.0")[:3]  # noqa: S104
    server = ThreadingHTTPServer((address, int(port)), partial(DocsHandler, directory=folder))
    sys.stdout.write(f"docs on port {server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
