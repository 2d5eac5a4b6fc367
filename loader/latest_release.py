"""Which release is the newest: the official database page lists the downloads of the current one,
and this reads their names."""

from __future__ import annotations

import re

import httpx2 as httpx
import tenacity

from loader.deadline import deadline, is_over, open_client
from loader.errors import LoaderError, SourceUnreachableError
from loader.fetch import open_response, require_site
from loader.redact import public_address
from loader.settings import Settings

LATEST = "latest"
MAX_PAGE_BYTES = 4 * 1024**2
_DOWNLOAD = re.compile(r"db_(\d{1,3})_(\d{1,2})_text\b")


def find_newest_release(settings: Settings) -> str:
    """The number of the newest release that the official site offers in the text layout, as `31.0`.

    Raises:
        SourceUnreachableError: the page cannot be fetched.
        LoaderError: the page names no download of a release.
    """
    require_site(settings)
    address = f"{settings.onet_site.rstrip('/')}/database.html"
    try:
        page = _fetch_page(settings, address)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        # h11 lets a ValueError through
        status = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else 0
        reason = f"HTTP {status}" if status else str(error) or type(error).__name__
        shown = public_address(address)
        raise SourceUnreachableError(
            f"{shown} cannot be fetched ({reason}). {_instead(settings)}"
        ) from None
    numbers = {(int(major), int(minor)) for major, minor in _DOWNLOAD.findall(page)}
    if not numbers:
        raise LoaderError(
            f"{address} names no download of a release (db_…_text.zip). {_instead(settings)}"
        )
    major, minor = max(numbers)
    return f"{major}.{minor}"


def _instead(settings: Settings) -> str:
    default = type(settings).model_fields["onet_source"].default
    return (
        f"What is published stays. Instead, name a release (ONET_SOURCE={default}), a zip or a"
        " folder that you have, or `sample`"
    )


def _fetch_page(settings: Settings, address: str) -> str:
    with (
        deadline(settings.loader_fetch_timeout),
        open_client(timeout=httpx.Timeout(30, connect=5)) as client,
    ):
        return _fetch_page_with(settings, client, address)


def _fetch_page_with(settings: Settings, client: httpx.Client, address: str) -> str:
    for attempt in tenacity.Retrying(
        retry=tenacity.retry_if_exception(_is_retryable),
        stop=tenacity.stop_after_attempt(settings.loader_fetch_attempts),
        wait=tenacity.wait_exponential_jitter(multiplier=0.3, max=5),
        reraise=True,
    ):
        with attempt, open_response(client, address) as response:
            response.raise_for_status()
            page = b""
            for piece in response.iter_bytes():
                page += piece
                if len(page) > MAX_PAGE_BYTES:
                    raise LoaderError(
                        f"{address}: more than {MAX_PAGE_BYTES} bytes, which no page of the site"
                        f" has. {_instead(settings)}"
                    )
            return page.decode("utf-8", "replace")
    raise AssertionError("tenacity raises or returns")


def _is_retryable(error: BaseException) -> bool:
    """Whether another try may succeed."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code >= 500 or error.response.status_code == 429
    return isinstance(error, httpx.TransportError) and not is_over()
