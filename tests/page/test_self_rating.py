"""Rating oneself on the page: by the keyboard alone, with words beside the sliders; kept in the
address, or in a file of one's own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.page.test_page import heading, settings
from tests.support.browser import Visit, chromium, visit
from tests.support.live_warehouse import served
from tests.support.warehouse import Warehouse

TARGET = "?to=11-3013.00&view=rate"
GIVEN = {"2.A.1.a": 1.5, "2.B.3.j": 0, "2.B.3.l": 0.5}
BEHIND = "#you=" + ",".join(f"{element}:{level}" for element, level in GIVEN.items())


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as started:
        yield started


@pytest.fixture(scope="module")
def sample(built: Callable[..., Warehouse]) -> Iterator[str]:
    with served(settings(built("duckdb", "sample", None))) as url:
        yield url


@pytest.fixture
def tab(browser: Browser, sample: str) -> Iterator[Visit]:
    with visit(browser, sample) as visiting:
        yield visiting


def result(page: Page, url: str, profile: dict[str, float]) -> None:
    """The sentence and the rows are what the API says of these levels."""
    answer = httpx.post(
        f"{url}/skill-gap?to=11-3013&definition=higher", json={"profile": profile}
    ).json()
    counts, coverage = answer["counts"], answer["profile"]
    assert counts["significant"]
    needs = "needs" if counts["significant"] == 1 else "need"
    said = (
        f"{counts['significant']} of {coverage['compared']} skills {needs} a clearly higher level."
    )
    expect(page.locator(".result .lead")).to_contain_text(said)
    expect(page.locator(".result .lead")).to_contain_text(f"You left out {coverage['unstated']}.")
    expect(page.locator(".result .open")).to_have_text(
        [each["element_name"] for each in answer["gaps"]]
    )


def test_by_the_keyboard_alone_with_names_roles_and_words(tab: Visit) -> None:
    elements = {
        each["element_name"]: each for each in httpx.get(f"{tab.url}/elements").json()["elements"]
    }
    reading = elements["Reading Comprehension"]["anchors"]
    page = tab.goto(TARGET)
    heading(page, "Rate yourself")
    slider = page.get_by_role("slider", name="Reading Comprehension")
    expect(slider).to_have_attribute("aria-valuetext", "Not rated")
    page.get_by_label("To the occupation").focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        if slider.evaluate("each => each === document.activeElement"):
            break
    expect(slider).to_be_focused()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    like = next(each for each in reading if each["level"] == 2)
    expect(slider).to_have_attribute("aria-valuetext", f"Level 2. Like level 2: “{like['anchor']}”")
    words = page.locator(f"[id='{slider.get_attribute('aria-describedby')}']")
    expect(words).to_have_text(f"Like level 2: “{like['anchor']}”")
    page.keyboard.press("ArrowRight")
    above = next(each for each in reading if each["level"] > 2)
    expect(words).to_have_text(
        f"Between level 2, “{like['anchor']}”, and level {above['level']}, “{above['anchor']}”"
    )
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Not at all: Reading Comprehension")).to_be_focused()
    page.keyboard.press("Enter")
    expect(slider).to_have_attribute("aria-valuetext", "Level 0. You do not need or use it")
    result(page, tab.url, {"2.A.1.a": 0})
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # leave out
    expect(slider).to_have_attribute("aria-valuetext", "Not rated")
    expect(page.locator(".result")).to_have_text("Set a first slider to see your result.")


def test_levels_stand_behind_the_hash_and_no_server_sees_them_there(tab: Visit) -> None:
    asked: list[str] = []
    tab.page.on(
        "request",
        lambda request: asked.append(f"{request.url} {request.headers.get('referer', '')}"),
    )
    page = tab.goto(TARGET + BEHIND)
    expect(page.get_by_text(f"{len(GIVEN)} of 8 rated")).to_be_visible()
    result(page, tab.url, GIVEN)
    page.get_by_role("slider", name="Repairing").fill("1")
    expect(page).to_have_url(re.compile(r"#you=2\.A\.1\.a:1\.5,2\.B\.3\.j:0,2\.B\.3\.l:1$"))
    page.reload()
    tab.settled()
    expect(page.get_by_role("slider", name="Repairing")).to_have_value("1")
    page.get_by_role("link", name="Knowledge").click()
    expect(page).to_have_url(re.compile(r"domain=knowledge.*#you=2\.A\.1\.a:1\.5,"))
    page.go_back()
    expect(page.get_by_role("slider", name="Repairing")).to_have_value("1")
    assert asked
    sent = [part for each in asked for part in (each.split("#")[0], each.split(" ")[1])]
    assert not [each for each in sent if "2.B.3.l" in each or "you=" in each]


def test_a_file_of_ones_own(tab: Visit, tmp_path: Path) -> None:
    page = tab.goto(TARGET + BEHIND)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file").click()
    saved = Path(download.value.path()).read_text()
    assert json.loads(saved)["profile"] == GIVEN
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator(".result")).to_have_text("Set a first slider to see your result.")
    (tmp_path / "mine.json").write_text(saved)
    page.get_by_label("Open a file").set_input_files(tmp_path / "mine.json")
    expect(page.get_by_text("3 levels taken from the file.")).to_be_visible()
    result(page, tab.url, GIVEN)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"kind": "skill-gap-levels", "profile": null}',
        '{"kind": "skill-gap-levels", "profile": {"2.A.1.a": 9}}',
        '{"kind": "skill-gap-levels", "profile": {"2.A.1.a": "3"}}',
        '{"kind": "skill-gap-levels", "profile": {"<b>": 3}}',
        '{"kind": "other", "profile": {"2.A.1.a": 3}}',
    ],
)
def test_another_file_changes_nothing(tab: Visit, tmp_path: Path, text: str) -> None:
    page = tab.goto(TARGET + BEHIND)
    (tmp_path / "other.json").write_text(text)
    page.get_by_label("Open a file").set_input_files(tmp_path / "other.json")
    expect(page.get_by_text("Nothing was changed.")).to_be_visible()
    assert page.url.endswith(BEHIND)


@pytest.mark.parametrize(
    "behind",
    [
        "#you=",
        "#you=x",
        "#you=2.A.1.a:9,:3,2.A.1.a",
        "#you=2.A.1.a:" + "1" * 9000,
        "#you=%",
        "#you=__proto__:3",
    ],
)
def test_what_cannot_be_read_is_left_out(tab: Visit, behind: str) -> None:
    page = tab.goto(TARGET + behind)
    heading(page, "Rate yourself")
    expect(page.locator(".result")).to_have_text("Set a first slider to see your result.")


def test_from_the_levels_of_an_occupation(tab: Visit) -> None:
    ratings = httpx.get(f"{tab.url}/occupations/11-1011.00").json()["ratings"]["skills"]
    page = tab.goto(f"{TARGET}&from=11-1011.00")
    page.get_by_role("button", name="Start from the levels of Chief Executives").click()
    for each in ratings:
        level = round(each["level"] * 2 + 1e-9) / 2
        expect(page.get_by_role("slider", name=each["element_name"], exact=True)).to_have_value(
            f"{level:g}"
        )


def test_elements_a_target_is_not_rated_in_are_not_sent(tab: Visit) -> None:
    """The API refuses them; the person's levels may be of another occupation's elements."""
    page = tab.goto("?to=25-2021.00&view=rate" + BEHIND + ",2.C.1.a:3")
    expect(page.locator(".result .lead")).to_contain_text("skills")
    page = tab.goto("?to=15-1252.00&view=rate" + BEHIND)
    expect(page.locator(".result")).to_contain_text(
        "O*NET has not rated the skills of Software Developers"
    )


def test_occupations_that_fit_once_ten_levels_are_set(tab: Visit) -> None:
    elements = [
        each["element_id"]
        for domain in ("skills", "knowledge")
        for each in httpx.get(f"{tab.url}/elements?domain={domain}").json()["elements"]
    ]
    assert len(elements) >= 10
    levels = {element: place % 5 + 1 for place, element in enumerate(elements[:10])}
    answer = httpx.post(f"{tab.url}/transitions", json={"profile": levels}).json()
    behind = [f"{element}:{level}" for element, level in levels.items()]
    page = tab.goto(TARGET + "#you=" + ",".join(behind[:9]))
    expect(page.locator("aside")).to_contain_text("Rate 1 more, skills or knowledge")
    page.goto("about:blank")
    page = tab.goto(TARGET + "#you=" + ",".join(behind))
    expect(page.locator(".moves a")).to_have_text(
        [each["to"]["title"] for each in answer["transitions"]]
    )
    number = answer["transitions"][0]["higher_element_count"]
    said = "no level is" if not number else f"{number} level{' is' if number == 1 else 's are'}"
    expect(page.locator(".moves li").first).to_contain_text(f"{said} higher")


def test_a_plan_from_ones_own_levels(tab: Visit) -> None:
    """What is to learn beyond them, and only that; the levels stay behind the `#`."""
    profile = {**GIVEN, "2.A.1.b": 7}
    answer = httpx.post(
        f"{tab.url}/skill-gap?to=11-3013&definition=higher", json={"profile": profile}
    ).json()
    clear = [each for each in answer["gaps"] if each["is_significant"]]
    assert len(clear) == 3
    page = tab.goto(f"{TARGET}{BEHIND},2.A.1.b:7")
    page.get_by_role("link", name="Printable plan").click()
    heading(page, "Your way to Facilities Managers")
    assert page.url.endswith(f"/?to=11-3013.00&view=plan{BEHIND},2.A.1.b:7")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="To learn: skills (3)")).to_be_visible()
    for each in clear:
        row = page.locator(".checks li").filter(has_text=each["element_name"])
        expect(row).to_contain_text(
            f"from level {each['from_level']:.2f} to {each['to_level']:.2f}"
        )
        expect(row).to_contain_text(f"“{each['to_anchor']}”")
    expect(page.locator(".plan")).to_contain_text("You already meet 1 of its skills.")
    expect(page.locator(".plan")).to_contain_text("You left out 4 of its skills.")
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Back to your levels").click()
    expect(page.get_by_role("slider", name="Active Listening")).to_have_value("7")
