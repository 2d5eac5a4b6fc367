"""HTTP for services that others pay for or share: under a set rate, patient with trouble that
passes, plain about trouble that does not.

What passes is tried again: 429, 5xx, a lost connection, an answer that is cut off, malformed or
drips in too slowly. The credentials travel in a header to one host; no redirect is followed, and no
error names anything but the address.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx2 as httpx
import tenacity

from loader.deadline import deadline, is_over, open_client
from loader.errors import LoaderError, SourceUnreachableError

T = TypeVar("T")

FIRST_WAIT = 0.2
"""Seconds after the first failure: what O*NET asks for after a 429. Doubled each time, up to
LONGEST_WAIT."""
LONGEST_WAIT = 30.0
MAX_RETRY_AFTER_SECONDS = 120.0
"""A server that asks to be left alone for longer is asked again by the next run, not by this
one."""
MAX_ANSWER_BYTES = 64 * 1024**2


class RetryableError(Exception):
    """Trouble that may pass. `retry_after` in seconds, where the server said it."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Answer:
    """A whole answer of a status that is not worth another try."""

    status: int
    body: bytes
    seconds: float
    """From the request's start to the answer's last byte."""


class RateLimit:
    """Lets calls start so far apart that no second has more than `rate` of them, whatever number of
    threads call."""

    def __init__(
        self,
        rate: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._apart = 1 / rate
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self) -> None:
        with self._lock:
            now = self._clock()
            start = max(now, self._next)
            self._next = start + self._apart
        if start > now:
            self._sleep(start - now)


class RateLimitedClient:
    """One host, one set of headers. Usable from several threads; `requests`, `retries` and `bytes`
    count what was done."""

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str],
        *,
        rate: float,
        attempts: int,
        timeout: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """
        Args:
            base_url: the root that addresses are relative to.
            headers: sent with every request; the place of the key.
            rate: requests a second, at most.
            attempts: how often one request is tried in all.
            timeout: seconds for a whole answer, first byte to last.
            sleep: waits so many seconds.
        """
        self._base = httpx.URL(base_url.rstrip("/") + "/")
        limits = httpx.Timeout(timeout, connect=min(10.0, timeout))
        self._http = open_client(base_url=self._base, headers=dict(headers), timeout=limits)
        self._pace = RateLimit(rate, sleep=sleep)
        self._attempts, self._timeout, self._sleep = attempts, timeout, sleep
        self._counting = threading.Lock()
        self.requests = self.retries = self.bytes = 0

    def close(self) -> None:
        self._http.close()

    def url(self, address: str) -> httpx.URL:
        """The address in full. Raises LoaderError where it leads to another host: the key is not
        for that one."""
        try:
            url = self._base.join(address)
        except (httpx.InvalidURL, ValueError):
            raise LoaderError(
                f"{self._base}: the service leads to an address that is none; it is not followed"
            ) from None
        if (url.scheme, url.host, url.port) != (
            self._base.scheme,
            self._base.host,
            self._base.port,
        ):
            raise LoaderError(
                f"{self._base}: the service leads to another host, {url.scheme}://{url.host}; it is"
                " not followed"
            )
        return url

    def ask(
        self, address: str, read: Callable[[Answer], T], *, params: Any = None, json: Any = None
    ) -> T:
        """What `read` makes of the answer; GET, or POST where there is `json`. `read` raises
        TransientError for one worth another try.

        Raises:
            SourceUnreachableError: it did not pass, however often it was tried.
            LoaderError: the service refuses the key, or leads elsewhere.
        """
        url = self.url(address)
        if params:
            url = url.copy_merge_params(params)
        try:
            for attempt in tenacity.Retrying(
                retry=tenacity.retry_if_exception_type(RetryableError),
                stop=tenacity.stop_after_attempt(self._attempts),
                wait=_wait,
                sleep=self._sleep,
                before_sleep=self._count_retry,
                reraise=True,
            ):
                with attempt:
                    return read(self._once(url, json))
        except RetryableError as error:
            where = url.copy_with(query=None)
            raise SourceUnreachableError(
                f"{where}: {error}, after {self._attempts} attempts. Run the command again later:"
                " it goes on from there"
            ) from error
        raise AssertionError("tenacity returns or raises")

    def _once(self, url: httpx.URL, json: Any) -> Answer:
        self._pace.wait()
        with self._counting:
            self.requests += 1
        started = time.monotonic()
        pieces: list[bytes] = []
        size = 0
        try:
            with deadline(self._timeout):
                try:
                    with self._http.stream(
                        "GET" if json is None else "POST", url, json=json
                    ) as response:
                        for piece in response.iter_bytes():
                            size += len(piece)
                            pieces.append(piece)
                            if size > MAX_ANSWER_BYTES:
                                raise LoaderError(
                                    f"{url.copy_with(query=None)}: the answer is larger than"
                                    f" {MAX_ANSWER_BYTES} bytes"
                                )
                except (httpx.TransportError, httpx.DecodingError, ValueError) as error:
                    # h11 lets a ValueError through
                    late = f"the answer took longer than {self._timeout:g} s" if is_over() else ""
                    raise RetryableError(late or str(error) or type(error).__name__) from error
        finally:
            with self._counting:
                self.bytes += size
        self._judge(url, response)
        return Answer(response.status_code, b"".join(pieces), time.monotonic() - started)

    def _judge(self, url: httpx.URL, response: httpx.Response) -> None:
        status = response.status_code
        where = url.copy_with(query=None)
        if status in (401, 403):
            raise LoaderError(
                f"{where}: the service refuses the key (HTTP {status}); check the one that is set"
            )
        if status == 429 or status >= 500:
            retry_after = _seconds(response.headers.get("retry-after"))
            if retry_after is not None and retry_after > MAX_RETRY_AFTER_SECONDS:
                raise SourceUnreachableError(
                    f"{where}: HTTP {status}, and asks not to be asked again for"
                    f" {retry_after:.0f} s"
                )
            raise RetryableError(f"HTTP {status}", retry_after)
        if 300 <= status < 400:
            raise LoaderError(
                f"{where}: redirects (HTTP {status}), which is not followed with a key; check the"
                " address"
            )

    def _count_retry(self, _: tenacity.RetryCallState) -> None:
        with self._counting:
            self.retries += 1


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    doubled = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (state.attempt_number - 1))
    asked = error.retry_after if isinstance(error, RetryableError) else None
    return doubled if asked is None else max(FIRST_WAIT, asked)


def _seconds(text: str | None) -> float | None:
    """Whole seconds, the one form that O*NET's service is known to send; anything else is as good
    as nothing."""
    return float(text) if text and text.strip().isdigit() else None
