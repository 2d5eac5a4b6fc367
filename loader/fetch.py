"""Fetches a release's zip over HTTP and keeps it, with a record of where it came from.

Writes to `{WAREHOUSE_DIR}/releases` and nowhere else. One loader fetches at a time, and says so to
those that wait.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import httpx2 as httpx
import structlog
import tenacity
from filelock import Timeout

from loader.deadline import deadline, is_over, open_client
from loader.errors import LoaderError, SourceUnreachableError, describe_disk_error
from loader.locks import hold_lock
from loader.redact import is_url, public_address
from loader.settings import Settings

log = structlog.get_logger()

KNOWN_SITES = frozenset({"www.onetcenter.org", "onetcenter.org"})
"""O*NET's own hosts, which may lead to one another."""
MAX_REDIRECTS = 5
PROGRESS_SECONDS = 10.0
"""How often a fetch, or the wait for another loader's, says how far it is."""

OnBytes = Callable[[int, int | None], None]
"""Told bytes fetched, and bytes in all (None where the server does not say)."""


class _RetryableError(Exception):
    """An answer that may be another one later."""


def official_address(settings: Settings, number: str) -> str:
    return f"{settings.onet_site.rstrip('/')}/dl_files/database/{_official_name(number)}"


def fetch_official(settings: Settings, number: str, on_bytes: OnBytes | None = None) -> Path:
    """The official zip of a release. Its checksum is kept from the first fetch on; a later one that
    differs is said aloud.

    Raises:
        SourceUnreachableError: the site did not give it.
        LoaderError: the site has no such file, or what it gives cannot be kept.
    """
    require_site(settings)
    address = official_address(settings, number)
    require_address(address)
    return _fetch(settings, address, _official_name(number), on_bytes)


def fetch_address(settings: Settings, address: str, on_bytes: OnBytes | None = None) -> Path:
    """The zip behind an address that the user named. Raises as `fetch_official`."""
    require_address(address)
    shown = public_address(address)
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", PurePosixPath(httpx.URL(shown).path).name).removesuffix(
        ".zip"
    )
    return _fetch(settings, address, f"{stem[:80]}-{_digest(shown)[:12]}.zip", on_bytes)


def require_site(settings: Settings) -> None:
    """Raises LoaderError where ONET_SITE is none."""
    if not is_url(settings.onet_site):
        raise LoaderError(
            "ONET_SITE: not a web address; expected one as https://www.onetcenter.org"
        )


def require_address(address: str) -> None:
    """Raises LoaderError where nothing can be fetched from it, whatever the network does."""
    shown = public_address(address)
    try:
        url = httpx.URL(address)
        url.host.encode("idna")
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise LoaderError(
            f"{shown}: not a web address; expected one as https://host/db_29_2_text.zip"
        ) from None
    if (
        not re.fullmatch(r"[\w.-]+|[0-9A-Fa-f:.]+(%\w+)?", url.host)
        or not 0 < (url.port or 1) < 65536
    ):
        raise LoaderError(f"{shown}: not a web address, its host or port is none")
    if url.password:
        raise LoaderError(
            "a URL with a password in it is seen by whoever sees the command; fetch the zip and"
            " name the file"
        )


def _official_name(number: str) -> str:
    return f"db_{number.replace('.', '_')}_text.zip"


def _fetch(settings: Settings, address: str, name: str, on_bytes: OnBytes | None) -> Path:
    """The kept zip if its checksum still holds, else fetched now, by one at a time."""
    folder = settings.warehouse_dir / "releases"
    path = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _fetch_lock(settings, folder):
            _clean_up(folder)
            record = _read_record(path)
            if _is_of(record, address) and _is_whole(path, record):
                log.info(
                    "release is here already", file=str(path), fetched_at=record.get("fetched_at")
                )
                return path
            return _fetch_again(settings, address, path, record, on_bytes)
    except OSError as error:
        raise LoaderError(
            f"{public_address(address)} cannot be kept:"
            f" {describe_disk_error(error, folder, 'WAREHOUSE_DIR')}. What is published stays"
        ) from error


@contextmanager
def _fetch_lock(settings: Settings, folder: Path) -> Iterator[None]:
    """Waits no longer than a fetch may take."""

    def tell(waited: float) -> None:
        come = sum(partial.stat().st_size for partial in folder.glob("*.partial"))
        log.warning(
            "waiting for another loader that is fetching",
            waited_seconds=round(waited),
            bytes_it_has=come,
        )

    seconds = settings.loader_fetch_timeout
    with ExitStack() as stack:
        try:
            stack.enter_context(
                hold_lock(settings.warehouse_dir / "fetch.lock", seconds, PROGRESS_SECONDS, tell)
            )
        except Timeout:
            raise LoaderError(
                f"another loader has been fetching for {seconds:g} s (LOADER_FETCH_TIMEOUT). Try"
                " again when it is done"
            ) from None
        yield


def _fetch_again(
    settings: Settings, address: str, path: Path, record: dict[str, Any], on_bytes: OnBytes | None
) -> Path:
    shown = public_address(address)
    partial = path.with_suffix(".partial")
    try:
        _download(settings, address, partial, on_bytes)
        # the page of a proxy or a sign-in; kept, it would answer for the release from now on
        if not zipfile.is_zipfile(partial):
            raise SourceUnreachableError(_instead(shown, "what it answers with is not a zip"))
        fetched = _new_record(shown, address, partial, record)
        partial.replace(path)
        # A crash between these two leaves a zip that its record does not fit: it is fetched again.
        partial.write_text(json.dumps(fetched, indent=2) + "\n", "utf-8")
        partial.replace(path.with_suffix(".json"))
    finally:
        partial.unlink(missing_ok=True)
    return path


def _new_record(shown: str, address: str, partial: Path, before: dict[str, Any]) -> dict[str, Any]:
    """Says it aloud where an earlier fetch of the same file brought other bytes, and keeps the
    earlier checksum."""
    sha256 = _sha256(partial)
    earlier = before.get("earlier") if isinstance(before.get("earlier"), list) else []
    if (known := before.get("sha256")) and known != sha256:
        earlier = [*(earlier or []), {"sha256": known, "fetched_at": before.get("fetched_at")}]
        log.warning(
            "this zip is not the one that was fetched before: O*NET does not change a release that"
            " is out. Find out why before you publish it",
            address=shown,
            sha256=sha256,
            sha256_before=known,
            fetched_before_at=before.get("fetched_at"),
        )
    return {
        "address": shown,
        "address_digest": _digest(address),  # tells addresses apart that differ in what is not kept
        "sha256": sha256,
        "bytes": partial.stat().st_size,
        "fetched_at": datetime.now(UTC).isoformat(),
        "earlier": earlier,
    }


def _read_record(path: Path) -> dict[str, Any]:
    """The record beside a kept zip; empty where there is none that can be read."""
    try:
        record = json.loads(path.with_suffix(".json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(record, dict):
        return {}
    return record


def _is_of(record: dict[str, Any], address: str) -> bool:
    return (record.get("address"), record.get("address_digest")) == (
        public_address(address),
        _digest(address),
    )


def _is_whole(path: Path, record: dict[str, Any]) -> bool:
    return path.is_file() and record.get("sha256") == _sha256(path)


def _clean_up(folder: Path) -> None:
    """Takes away what a killed fetch has left, and from earlier records what an address must not
    show."""
    for partial in folder.glob("*.partial"):
        partial.unlink()
    for path in folder.glob("*.json"):
        record = _read_record(path)
        address = str(record.get("address"))
        if record and public_address(address) != address:
            path.write_text(
                json.dumps(record | {"address": public_address(address)}, indent=2) + "\n", "utf-8"
            )


def _instead(shown: str, reason: str) -> str:
    return (
        f"{shown} cannot be fetched ({reason}). What is published stays. Instead, name a zip or"
        " folder that you have (ONET_SOURCE=/path/to/db_29_2_text.zip), or `sample`"
    )


def _download(settings: Settings, address: str, to: Path, on_bytes: OnBytes | None) -> None:
    seconds = settings.loader_fetch_timeout
    with deadline(seconds), open_client(timeout=httpx.Timeout(30, connect=5)) as client:
        try:
            for attempt in tenacity.Retrying(
                retry=tenacity.retry_if_exception(
                    lambda error: _is_retryable(error) and not is_over()
                ),
                stop=tenacity.stop_after_attempt(settings.loader_fetch_attempts)
                | tenacity.stop_after_delay(seconds),
                wait=tenacity.wait_exponential_jitter(multiplier=0.3, max=5),
                reraise=True,
            ):
                with attempt:
                    _download_once(settings, client, address, to, on_bytes)
        except (httpx.HTTPError, httpx.InvalidURL, _RetryableError, ValueError) as error:
            # h11 lets a ValueError through
            reason = str(error) or type(error).__name__
            if is_over():
                come = to.stat().st_size if to.exists() else 0
                reason = (
                    f"{come:,} bytes had come in {seconds:g} s, and LOADER_FETCH_TIMEOUT allows no"
                    " more time"
                )
            # `from None`: httpx's own words may hold the address with all that is in it
            raise SourceUnreachableError(_instead(public_address(address), reason)) from None


def _is_retryable(error: BaseException) -> bool:
    return isinstance(error, httpx.TransportError | _RetryableError)


def _download_once(
    settings: Settings, client: httpx.Client, address: str, to: Path, on_bytes: OnBytes | None
) -> None:
    with open_response(client, address) as response:
        _require_success(public_address(address), response)
        _write_body(settings, public_address(address), response, to, on_bytes)


@contextmanager
def open_response(client: httpx.Client, address: str) -> Iterator[httpx.Response]:
    """The response at the end of the redirects, each of which stays on the site and on https.

    Raises:
        SourceUnreachableError: there is no end of them.
        LoaderError: one leads elsewhere.
    """
    url = httpx.URL(address)
    for _ in range(MAX_REDIRECTS + 1):
        with client.stream("GET", url, follow_redirects=False) as response:
            if response.next_request is None:
                yield response
                return
            _require_allowed_redirect(httpx.URL(address), url, response.next_request.url)
            url = response.next_request.url
    raise SourceUnreachableError(
        _instead(public_address(address), f"more than {MAX_REDIRECTS} redirects")
    )


def _require_allowed_redirect(named: httpx.URL, here: httpx.URL, there: httpx.URL) -> None:
    """Redirects stay on the site that was named, or O*NET's own, and never leave https."""
    is_site = there.host == named.host or {there.host, named.host} <= KNOWN_SITES
    is_secure = there.scheme == "https" and there.port in (None, named.port)
    if is_site and (is_secure or (there.scheme, there.port) == (here.scheme, here.port)):
        return
    raise LoaderError(
        f"{public_address(str(named))} redirects to {public_address(str(there))}, another site or"
        " less secure; not followed. If you trust that address, name it yourself"
    )


def _require_success(shown: str, response: httpx.Response) -> None:
    status = response.status_code
    if status in (404, 410):
        raise LoaderError(
            f"{shown}: there is no such file (HTTP {status}). Is the release number right?"
        )
    if status == 429 or status >= 500:
        raise _RetryableError(f"HTTP {status}")
    if status != 200:
        raise SourceUnreachableError(_instead(shown, f"HTTP {status}"))


def _write_body(
    settings: Settings, shown: str, response: httpx.Response, to: Path, on_bytes: OnBytes | None
) -> None:
    length = response.headers.get("content-length", "")
    total = int(length) if re.fullmatch("[0-9]{1,15}", length) else None
    done, told_at = 0, time.monotonic()
    with to.open("wb") as file:
        for piece in response.iter_bytes():
            done += len(piece)
            if done > settings.loader_max_download_bytes:
                raise LoaderError(
                    f"{shown}: larger than {settings.loader_max_download_bytes} bytes"
                    " (LOADER_MAX_DOWNLOAD_BYTES)"
                )
            file.write(piece)
            if on_bytes:
                on_bytes(done, total)
            if time.monotonic() - told_at >= PROGRESS_SECONDS:
                told_at = time.monotonic()
                log.info("fetching", address=shown, bytes=done, of=total)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
