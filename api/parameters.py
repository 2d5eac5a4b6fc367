"""What the query string and the path may say: the parameters' forms, and the refusal of unknown and repeated ones."""

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Coroutine
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import parse_qsl, urlencode

from fastapi import Path, Query
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import AfterValidator, BeforeValidator, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from api import keys, search, titles
from api.labor_queries import CodeSystem
from api.problems import Problem
from api.queries import Definition, Domain, Levels
from api.transition_queries import Order

CODE_PATTERN = r"^[0-9]{2}-[0-9]{4}(\.[0-9]{2})?$"
_FULL_CODE = re.compile(r"[0-9]{2}-[0-9]{4}\.[0-9]{2}", re.ASCII)
WRITTEN_CODE_PATTERN = r"^[0-9]{2}-?[0-9]{4}(\.?[0-9]{2})?$"
CODE_FORM = "an O*NET-SOC code such as 11-1011.00 (11-1011 means 11-1011.00)"
PROFILE_FORM = "an O*NET content model id such as 2.A.1.a with a level from 0 to 7, of at most two decimals"
OR_TITLE = f"{CODE_FORM}, or a title that only one occupation goes by, such as Chief Executives, in any case, \
or a code of another classification such as soc2018:11-1011 (/codes)"


def full_code(code: str) -> str:
    """The code with its suffix: `11-1011` is `11-1011.00`, and so is `111011`."""
    if _FULL_CODE.fullmatch(code):  # as nearly all are
        return code
    code = search.plain_code(code)
    if not re.fullmatch(CODE_PATTERN, code, re.ASCII):
        raise ValueError(CODE_FORM)
    return code if "." in code else f"{code}.00"


def _true_or_false(value: object) -> object:
    if isinstance(value, bool):
        return value
    said = value.strip().lower() if isinstance(value, str) else ""
    if said in ("true", "yes", "1", "false", "no", "0"):
        return said in ("true", "yes", "1")
    raise ValueError("true or false")


def _whole_number(lowest: int, highest: int) -> BeforeValidator:
    def validate(value: object) -> object:
        if isinstance(value, int) or (isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value) and lowest <= int(value) <= highest):
            return value
        raise ValueError(f"must be a whole number from {lowest} to {highest}")

    return BeforeValidator(validate)


Code = Annotated[str, AfterValidator(full_code)]
# StrictRoute has put the code in the place of a title before these are read.
FromCode = Annotated[Code, Query(alias="from", max_length=250, description=f"The source occupation: {OR_TITLE}.", examples=["11-1011.00"])]
ToCode = Annotated[Code, Query(alias="to", max_length=250, description=f"The target occupation: {OR_TITLE}.", examples=["11-3013.00"])]
PathCode = Annotated[
    Code, Path(json_schema_extra={"pattern": WRITTEN_CODE_PATTERN}, description=f"The occupation: {CODE_FORM}.", examples=["11-3013.00"])
]
DomainName = Annotated[Domain, Query(description="The O*NET domain whose elements are compared.", examples=["skills"])]
DefinitionName = Annotated[
    Definition,
    Query(
        description="`missing`: level 0 at the source, above 0 at the target. `newly_relevant`: O*NET marks the element Not Relevant for "
        "the source and not for the target. `higher`: the target's level is higher.",
        examples=["missing"],
    ),
]
LevelsName = Annotated[
    Levels,
    Query(
        description="Whose levels are compared. `published`: O*NET's. `llm`: a language model's, on both sides, also of occupations that "
        "O*NET does not rate; without importance, relevance and error, which a model is not asked for.",
        examples=["published"],
    ),
]
MinImportance = Annotated[
    float | None,
    Query(ge=1, le=5, allow_inf_nan=False, description="Only gaps with at least this importance at the target (1-5).", examples=[3]),
]
Significant = Annotated[
    bool,
    BeforeValidator(_true_or_false),
    Query(description="`true`: only gaps larger than the raters' disagreement explains.", examples=[True]),
]
OnlyHot = Annotated[
    bool,
    BeforeValidator(_true_or_false),
    Query(description="`true`: only Hot Technologies, which employers' postings ask for across occupations.", examples=[True]),
]
OnlyInDemand = Annotated[
    bool,
    BeforeValidator(_true_or_false),
    Query(description="`true`: only technologies In Demand for the target, by employers' postings for it.", examples=[True]),
]
Explain = Annotated[
    bool,
    BeforeValidator(_true_or_false),
    Query(
        description="`true`: with each element, the published rows behind its figures (release, file, line, value, standard "
        "error), and the view whose rule made them. As JSON only.",
        examples=[False],
    ),
]
ExplainRatings = Annotated[
    bool,
    BeforeValidator(_true_or_false),
    Query(
        alias="explain",
        description="`true`: with each rating, the published rows behind its figures (release, file, line, value, standard error).",
        examples=[False],
    ),
]
TransitionLimit = Annotated[
    int, Field(ge=1, le=10), _whole_number(1, 10), Query(alias="limit", description="At most so many transitions.", examples=[5])
]
OrderName = Annotated[
    Order,
    Query(
        alias="order",
        description="`similarity`: where the same is important. `likely`: where people really go, by similarity, words, O*NET's "
        "Related Occupations and how many jobs there are; it needs BLS's projections.",
        examples=["similarity"],
    ),
]
MaxJobZoneStep = Annotated[
    int | None,
    Query(ge=-4, le=4, description="Only targets at most so many job zones above the source; -1: at least one below.", examples=[1]),
]
MinPayChange = Annotated[
    int | None,
    Query(
        ge=-1_000_000,
        le=1_000_000,
        description="Only targets whose median annual wage is at least so many dollars above the source's (-5000: at most 5000 below). "
        "Those whose change is not known are left out.",
        examples=[5000],
    ),
]
CodeSystemName = Annotated[
    CodeSystem,
    Query(
        alias="system",
        description="Classification of the code. `onet2019`: this service's own, whose codes in the others are listed.",
        examples=["soc2018"],
    ),
]
ForeignCode = Annotated[
    str,
    BeforeValidator(lambda value: search.plain_dashes(value) if isinstance(value, str) else value),
    Query(
        alias="code",
        min_length=1,
        max_length=20,
        pattern=r"^[0-9A-Za-z.-]+$",
        description="The code, digit for digit: `0110.10` and `0110.1` are two.",
        examples=["11-3013"],
    ),
]
Format = Annotated[
    Literal["json", "csv"] | None, Query(description="The form of the answer; wins over the Accept header.", examples=["csv"])
]
Sought = Annotated[
    str,
    Query(
        max_length=100,
        description="A code, the beginning of one, or part of a title, in any case. Empty or absent: all occupations.",
        examples=["manag"],
    ),
]
Limit = Annotated[int, Field(ge=1, le=200), _whole_number(1, 200), Query(description="At most so many occupations.", examples=[20])]
Offset = Annotated[int, Field(ge=0, le=100_000), _whole_number(0, 100_000), Query(description="Skip so many matches.", examples=[0])]
ProblemName = Annotated[str, Path(max_length=50, description="The last part of a problem's `type`.", examples=["occupation-not-rated"])]

_MOST_ERRORS = 25
# What a parameter's own rule says when it is broken, where pydantic's words would not tell the reader what to write.
_ACCEPTED = {"from": OR_TITLE, "to": OR_TITLE, "code": CODE_FORM, "significant": "true or false"}
_ACCEPTED |= dict.fromkeys(("hot", "in_demand", "explain"), "true or false")


LONGEST_BODY = 65_536
"""Bytes; several times the longest profile."""


def _limited(receive: Receive, most: int) -> Receive:
    """What is received, until it is too much: then 413, and the connection is closed, so that the rest is not read."""
    received = 0

    async def receive_some() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            detail = f"The body may have at most {most:,} bytes."
            raise Problem("content-too-large", detail, headers={"Connection": "close"})
        return message

    return receive_some


class StrictRequest(Request):
    """A request with a body of at most so many bytes, and with no member twice in its JSON: parsers differ in which they take."""

    def __init__(self, request: Request, most_bytes: int) -> None:
        super().__init__(request.scope, _limited(request.receive, most_bytes))

    async def json(self) -> Any:
        return json.loads(await self.body(), object_pairs_hook=_unique_members)


def _unique_members(members: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(members)
    if len(unique) < len(members):
        raise Problem("bad-request", "body: a member of its JSON is there more than once.")
    return unique


class PreparedRequest(NamedTuple):
    """What the endpoint and FastAPI are to see of a request."""

    request: Request
    given: dict[str, str]
    """The parameters that have a value, with codes in the place of titles."""
    has_titles: bool


class CachedRoute(APIRoute):
    """A route whose responses are kept as those of StrictRoute, and which takes any parameter."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_and_store(request: Request) -> Response:
            response = await handle(request)
            if request.app.state.response_cache is not None:
                request.app.state.response_cache.store(request.scope, response)
            return response

        return handle_and_store


class StrictRoute(APIRoute):
    """A route that refuses parameters it does not know and parameters given twice, which FastAPI would ignore, and so mislead.

    Where the service has keys it asks for one first, but at the few addresses that are open to everyone.
    Where it knows `from` or `to`, a title given there becomes the code of its occupation before the endpoint sees it.

    FastAPI's own way to an endpoint is for dependencies, forms and response models, and costs more than a pair's rows. A
    request without a body whose parameters all pass their own validators, which are FastAPI's, goes to the endpoint past
    it; any other takes it, and gets its words.
    """

    max_body_bytes = LONGEST_BODY

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        self._has_body = self.body_field is not None
        self._needs_key = self.path not in keys.OPEN
        self._query = {parameter.alias: parameter for parameter in self.dependant.query_params}
        self._known = list(self._query)
        self._required = {alias for alias, parameter in self._query.items() if parameter.field_info.is_required()}
        self._takes_titles = any(name in titles.PARAMETERS for name in self._query)
        self._takes_request = bool(self.dependant.request_param_name)

        async def handle_strictly(request: Request) -> Response:
            prepared = await self._prepare(request)
            strict = StrictRequest(prepared.request, self.max_body_bytes) if self._has_body else prepared.request
            return self._finish(request, prepared, await handle(strict))

        return handle_strictly

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._has_body or scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)
            return
        request = Request(scope, receive, send)
        prepared = await self._prepare(request)
        values = self._values(prepared.given, scope["path_params"])
        if values is None:
            await super().handle(scope, receive, send)
            return
        if self._takes_request:
            values["request"] = prepared.request
        await self._finish(request, prepared, await self.endpoint(**values))(scope, receive, send)

    async def _prepare(self, request: Request) -> PreparedRequest:
        """Raises a problem where the request is refused."""
        if self._needs_key and request.app.state.keys:
            request.app.state.keys.demand(request)
        if not request.scope["query_string"]:
            return PreparedRequest(request, {}, has_titles=False)
        sent = read_query(request.scope["query_string"], self._known)
        # A form sends a field that nobody filled in.
        filled = {name: value for name, value in sent.items() if value or name in self._required}
        given = await titles.with_codes(request, filled) if self._takes_titles else filled
        if given != sent:
            request = Request({**request.scope, "query_string": urlencode(given).encode()}, request.receive)
        return PreparedRequest(request, given, has_titles=given is not filled)

    def _finish(self, request: Request, prepared: PreparedRequest, response: Response) -> Response:
        state = request.app.state
        if self._needs_key and state.keys:
            keys.for_its_client_alone(response)
        # The code of a title is of the publication of a moment ago.
        if state.response_cache is not None and not prepared.has_titles:
            state.response_cache.store(request.scope, response)
        return response

    def _values(self, given: dict[str, str], path: dict[str, str]) -> dict[str, Any] | None:
        """The endpoint's arguments; none where any parameter is missing or does not pass."""
        if not self._required <= given.keys():
            return None
        values: dict[str, Any] = {}
        found = [(self._query[alias], value) for alias, value in given.items()]
        found += [(parameter, path[parameter.alias]) for parameter in self.dependant.path_params]
        for parameter, value in found:
            values[parameter.name], errors = parameter.validate(value, values, loc=("query", parameter.alias))
            if errors:
                return None
        return values


def _pairs(query_string: bytes) -> list[tuple[str, str]]:
    """Names and values as the framework reads them; at once where nothing is escaped, as in nearly all of them."""
    text = query_string.decode("latin-1")
    if "%" in text or "+" in text:
        return parse_qsl(text, keep_blank_values=True)
    return [(name, value) for name, _, value in (piece.partition("=") for piece in text.split("&") if piece)]


def read_query(query_string: bytes, known: Collection[str]) -> dict[str, str]:
    """The parameters. Raises a 422 problem that names each one that is not known or given twice."""
    pairs = _pairs(query_string)
    given = dict(pairs)
    if len(given) == len(pairs) and all(name in known for name in given):
        return given
    times = Counter(name for name, _ in pairs)
    accepted = f"the parameters here are {', '.join(known)}" if known else "there are no parameters here"
    errors = [{"parameter": name[:100], "detail": f"is not known; {accepted}"} for name in times if name not in known]
    errors += [{"parameter": name, "detail": "may be given once only"} for name, count in times.items() if name in known and count > 1]
    raise invalid_parameters(errors)


def invalid_parameters(errors: list[dict[str, str]]) -> Problem:
    """The 422 problem that names each parameter, up to a number: an answer must not grow as a senseless question does."""
    told = errors[:_MOST_ERRORS]
    more = f"; and {len(errors) - len(told)} more" if len(errors) > len(told) else ""
    words = "; ".join(f"{error['parameter']}: {error['detail']}" for error in told)
    return Problem("invalid-parameter", f"{words}{more}.", {"errors": told})


def _place(found: dict[str, Any]) -> str:
    """The parameter that an error is in; in a body, the way to it."""
    where, *way = found["loc"]
    if found["type"] == "json_invalid" or not way:
        return str(where)
    return ".".join(str(part) for part in way if part != "[key]")[:100] if where == "body" else str(way[0])


def problem_of_validation(error: RequestValidationError) -> Problem:
    """The 422 problem of what FastAPI found. Each parameter once, with what is accepted there; never the whole of what was sent."""
    errors: dict[str, str] = {}
    for found in error.errors():
        name = _place(found)
        if found["type"] == "missing":
            detail = f"is required: {_ACCEPTED[name]}" if name in _ACCEPTED else "is required"
        elif name in _ACCEPTED:
            detail = f"must be {_ACCEPTED[name]}"
        elif found["type"] == "json_invalid":
            detail = "must be JSON"
        elif name.startswith("profile."):
            detail = f"must be {PROFILE_FORM}"
        elif name.rpartition(".")[2] in titles.PARAMETERS:  # of a pair of a body
            detail = f"must be {CODE_FORM}"
        else:
            message = found["msg"].removeprefix("Value error, ")
            detail = message[:1].lower() + message[1:]
        errors.setdefault(name, detail)
    return invalid_parameters([{"parameter": name, "detail": detail} for name, detail in errors.items()])
