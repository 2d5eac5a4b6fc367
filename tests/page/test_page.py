"""The page, in a real browser through its own controls, on the sample: what it shows is what the
API says, in every state."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support import live_search
from tests.support.browser import NARROW, Visit, chromium, visit
from tests.support.live_warehouse import FROM, TO, Edition, SQLiteWarehouse, served
from tests.support.mysql_server import MysqlServer
from tests.support.warehouse import Warehouse

NURSES = "?from=29-1141.00&to=29-1171.00"
MANAGERS = "?from=11-1011.00&to=11-3013.00"
MINUS = "\N{MINUS SIGN}"
NOUNS = {
    "skills": "skills",
    "knowledge": "areas of knowledge",
    "abilities": "abilities",
    "work_activities": "work activities",
}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as started:
        yield started


def settings(warehouse: Warehouse) -> dict[str, str]:
    """What the service is told of a warehouse."""
    return {
        name: value
        for name, value in warehouse.environment("api").items()
        if name.startswith("WAREHOUSE_")
    }


@pytest.fixture(scope="module")
def sample(built: Callable[..., Warehouse]) -> Iterator[str]:
    with served(settings(built("duckdb", "sample", None))) as url:
        yield url


@pytest.fixture
def tab(browser: Browser, sample: str) -> Iterator[Visit]:
    with visit(browser, sample) as visiting:
        yield visiting


def heading(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.locator("main h1")).to_have_text(text)


def options(page: Page) -> Locator:
    """What a field that finds occupations proposes."""
    return page.locator("[role=option]:visible")


def rows(page: Page) -> list[list[str]]:
    """Name, level now, level needed and gap of every row, closed groups too."""
    read = (
        "rows => rows.map(row => ['.open', 'td.now', '.needed', '.gap'].map(name =>"
        " row.querySelector(name).textContent))"
    )
    found: list[list[str]] = page.locator("main .levels tbody tr:not(.about)").evaluate_all(read)
    return found


def told(answer: dict[str, Any]) -> list[list[str]]:
    """What `rows` must be, out of an answer of /compare: by verdict, each group in the API's
    order."""
    verdicts = ("clearly_higher", "too_close_to_tell", "higher_without_error", "met")
    ordered = sorted(answer["elements"], key=lambda each: verdicts.index(each["verdict"]))
    return [
        [
            each["element_name"],
            f"{each['from_level']:.2f}",
            f"{each['to_level']:.2f}",
            f"{MINUS if each['level_gap'] < 0 else '+'}{abs(each['level_gap']):.2f}",
        ]
        for each in ordered
    ]


def test_two_occupations_by_keyboard_alone(tab: Visit) -> None:
    page = tab.goto()
    for _ in range(5):  # past the link to the answer and the links of the service
        page.keyboard.press("Tab")
    expect(page.get_by_label("From the occupation")).to_be_focused()
    page.keyboard.type("registered n")
    expect(options(page)).to_have_count(1)
    expect(page.locator("#status")).to_have_text("1 occupation found.")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("From the occupation")).to_have_attribute(
        "aria-activedescendant", "from-0"
    )
    page.keyboard.press("Enter")
    expect(page.get_by_label("To the occupation")).to_be_focused()
    page.keyboard.type("nurse")
    expect(options(page).first).to_have_text(re.compile("Nurse Practitioners"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    heading(page, "Registered Nurses to  → Nurse Practitioners")
    assert page.url.endswith(f"/{NURSES}")
    expect(page.locator("#status")).to_have_text(
        re.compile("^Registered Nurses to Nurse Practitioners. .* skills")
    )
    expect(page).to_have_title("Registered Nurses → Nurse Practitioners, skills · O*NET skill gaps")


def test_a_code_or_a_whole_title_and_enter(tab: Visit) -> None:
    page = tab.goto()
    page.get_by_label("From the occupation").fill("11-1011")
    page.keyboard.press("Enter")
    heading(page, "Chief Executives")
    page.get_by_label("To the occupation").fill("facilities managers")
    page.keyboard.press("Enter")
    heading(page, re.compile("Facilities Managers$"))
    expect(page.get_by_label("To the occupation")).to_have_value("Facilities Managers")


def test_what_is_typed_stays_and_says_why_it_is_not_chosen(tab: Visit) -> None:
    page = tab.goto(NURSES)
    field = page.get_by_label("To the occupation")
    field.fill("no such occupation")
    expect(options(page)).to_have_text("No occupation is called “no such occupation”.")
    page.keyboard.press("Escape")
    expect(options(page)).to_have_count(0)
    page.keyboard.press("Escape")
    expect(field).to_have_value("Nurse Practitioners")
    field.fill("manager")
    page.get_by_label("From the occupation").focus()
    total = httpx.get(f"{tab.url}/occupations?q=manager").json()["total"]
    assert total > 1
    expect(page.locator("#to-said")).to_contain_text(
        f"“manager” fits {total} occupations: choose one"
    )
    expect(field).to_have_value("manager")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert page.url.endswith(f"/{NURSES}")


def test_what_is_typed_is_taken_on_leaving_where_it_is_unique(tab: Visit) -> None:
    page = tab.goto(NURSES)
    page.get_by_label("To the occupation").fill("weld")
    page.get_by_label("From the occupation").focus()
    heading(page, "Registered Nurses to  → Welders, Cutters, Solderers, and Brazers")
    assert page.url.endswith("/?from=29-1141.00&to=51-4121.00")


def test_a_slip_of_the_keyboard_finds_the_nearest_spelling(tab: Visit) -> None:
    page = tab.goto()
    page.get_by_label("From the occupation").fill("registerd nurce")
    expect(options(page).first).to_contain_text("Registered Nurses")
    expect(options(page).last).to_contain_text("Did you mean one of these?")
    page.keyboard.press("Enter")  # a guess is not taken for an answer
    expect(options(page).first).to_contain_text("Registered Nurses")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    heading(page, "Registered Nurses")


def test_more_than_a_few_are_fetched_on_demand(browser: Browser, tmp_path: Path) -> None:
    warehouse = SQLiteWarehouse(tmp_path, "onet_test_page")
    warehouse.publish(Many())
    with served(warehouse.environment()) as url, visit(browser, url) as tab:
        page = tab.goto()
        page.get_by_label("From the occupation").fill("keeper")
        total = httpx.get(f"{url}/occupations?q=keeper").json()["total"]
        assert total > 24
        expect(options(page)).to_have_count(13)
        expect(options(page).last).to_have_text(f"12 of {total}, more…")
        page.keyboard.press("ArrowUp")  # to the last
        page.keyboard.press("Enter")
        expect(options(page)).to_have_count(25)
        expect(options(page).last).to_have_text(f"24 of {total}, more…")
        expect(page.get_by_label("From the occupation")).to_have_attribute(
            "aria-activedescendant", "from-12"
        )
        title = options(page).nth(12).locator("span").first.text_content()
        page.keyboard.press("Enter")
        heading(page, str(title))


class Many(Edition):
    """A publication with thirty occupations that a word finds."""

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        found = super().rows(table)
        keepers = [(f"55-10{number:02d}.00", f"Keeper {number}") for number in range(30)]
        if table == "occupation":
            return found + [(code, title, *found[0][2:]) for code, title in keepers]
        if table in live_search.VIEWS:
            return live_search.rows(table, [(code, title, "title") for code, title in keepers])
        return found


def test_emptying_a_field_leaves_the_profile_of_the_other(tab: Visit) -> None:
    page = tab.goto(NURSES)
    page.get_by_label("From the occupation").fill("")
    page.keyboard.press("Enter")
    heading(page, "Nurse Practitioners")
    assert page.url.endswith("/?to=29-1171.00")


def test_by_touch(browser: Browser, sample: str) -> None:
    with visit(browser, sample, NARROW, has_touch=True, is_mobile=True) as tab:
        page = tab.goto("?from=29-1141.00")
        page.get_by_label("To the occupation").tap()
        page.get_by_label("To the occupation").press_sequentially("practit")
        options(page).tap()
        heading(page, re.compile("Nurse Practitioners$"))


def test_every_domain_shows_what_the_api_says(tab: Visit) -> None:
    page = tab.goto(MANAGERS)
    for domain, noun in NOUNS.items():
        page.locator(".tabs a").nth(list(NOUNS).index(domain)).click()
        expect(page.locator(".tabs [aria-current=page]")).to_have_attribute("data-keep", domain)
        expect(page.locator(".lead")).to_have_text(re.compile(f"[0-9]+ {noun}"))
        answer = httpx.get(f"{tab.url}/compare{MANAGERS}&domain={domain}").json()
        assert answer["elements"]
        assert rows(page) == told(answer)
        counts = answer["counts"]
        filters = [
            "Everything elements",
            "Any higher level higher",
            "Not used today missing",
            "New to the work newly_relevant",
        ]
        said = [" ".join([*each.split()[:-1], str(counts[each.split()[-1]])]) for each in filters]
        expect(page.locator(".filter fieldset label")).to_have_text(said)


def test_the_arrow_and_its_margin_are_where_the_figures_are(tab: Visit) -> None:
    page = tab.goto(MANAGERS)
    [element] = [
        each
        for each in httpx.get(f"{tab.url}/compare{MANAGERS}").json()["elements"]
        if each["verdict"] == "clearly_higher"
    ][:1]
    places = page.locator(f"[id='{element['element_id']}'] .chart").evaluate("""cell => {
            const box = cell.querySelector('svg').getBoundingClientRect();
            const at = (part) => 7 * (part - box.left) / box.width;
            const band = cell.querySelector('.band').getBoundingClientRect();
            const ring = cell.querySelector('circle').getBoundingClientRect();
            const shaft = cell.querySelector('.shaft').getBoundingClientRect();
            return [at(ring.left + ring.width / 2), at(shaft.right), at(band.left), at(band.right)];
        }""")
    margin = element["gap_margin"]
    wanted = [
        element["from_level"],
        element["to_level"],
        max(element["to_level"] - margin, 0),
        min(element["to_level"] + margin, 7),
    ]
    assert places == pytest.approx(wanted, abs=0.02)


def test_swap_and_history(tab: Visit) -> None:
    page = tab.goto(NURSES)
    page.get_by_role("button", name="Swap the two occupations").click()
    heading(page, "Nurse Practitioners to  → Registered Nurses")
    page.get_by_role("link", name="Knowledge").click()
    expect(page.locator(".kicker")).to_have_text(re.compile("^Knowledge"))
    assert page.url.endswith("/?from=29-1171.00&to=29-1141.00&domain=knowledge")
    page.go_back()
    expect(page.locator(".kicker")).to_have_text(re.compile("^Skills"))
    page.go_back()
    heading(page, "Registered Nurses to  → Nurse Practitioners")
    expect(page.get_by_label("From the occupation")).to_have_value("Registered Nurses")
    page.go_forward()
    heading(page, "Nurse Practitioners to  → Registered Nurses")
    page.reload()
    heading(page, "Nurse Practitioners to  → Registered Nurses")


def test_a_row_opens_says_its_levels_and_stays_open_by_address(tab: Visit) -> None:
    page = tab.goto(MANAGERS)
    [element] = httpx.get(f"{tab.url}/compare{MANAGERS}").json()["elements"][:1]
    name = page.get_by_role("button", name=element["element_name"], exact=True)
    name.focus()
    page.keyboard.press("Enter")
    expect(name).to_have_attribute("aria-expanded", "true")
    about = page.locator(f"[id='about-{element['element_id']}']")
    expect(about).to_contain_text(element["element_description"])
    expect(about).to_contain_text(
        f"+{element['level_gap']:.2f}, give or take {element['gap_margin']:.2f}"
    )
    assert page.url.endswith(f"/{MANAGERS}#{element['element_id']}")
    page.reload()
    tab.settled()
    expect(about).to_be_visible()
    page.keyboard.press("Tab")
    name.click()
    expect(about).to_be_hidden()
    assert page.url.endswith(f"/{MANAGERS}")


def test_a_profile_has_every_domain_most_important_first(tab: Visit) -> None:
    page = tab.goto("?from=29-1141.00")
    heading(page, "Registered Nurses")
    expect(page.locator(".panel h2")).to_have_text(
        [f"Most important {noun}" for noun in NOUNS.values()]
    )
    answer = httpx.get(f"{tab.url}/compare?from=29-1141&to=29-1141").json()
    importance = {each["element_name"]: each["from_importance"] for each in answer["elements"]}
    shown = page.locator(".panel").first.locator("tbody .name").all_text_contents()
    assert sorted(shown) == sorted(importance)
    assert [importance[name] for name in shown] == sorted(importance.values(), reverse=True)


def test_the_file_is_the_api_s(tab: Visit) -> None:
    page = tab.goto(f"{MANAGERS}&domain=knowledge")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    assert download.value.suggested_filename == "compare_11-1011.00_11-3013.00_knowledge.csv"
    wanted = httpx.get(f"{tab.url}/compare{MANAGERS}&domain=knowledge&format=csv").content
    assert Path(download.value.path()).read_bytes() == wanted


@pytest.mark.parametrize(
    ("address", "title", "words"),
    [
        (
            "?from=11-1012.00&to=11-3013.00",
            "No such occupation",
            "lists no occupation “11-1012.00”",
        ),
        (
            "?from=11-1011.00&to=11-9199.00",
            re.compile("Managers, All Other$"),
            "has not rated the skills of Managers, All Other yet",
        ),
        (
            "?from=11-10&to=11-3013.00",
            "That does not name an occupation",
            "“11-10” is neither a title nor a code",
        ),
        (f"{MANAGERS}&domain=interests", "No such comparison", "“interests”"),
        (
            "?from=11-1011.00&to=11-1011.00",
            re.compile("^Chief Executives"),
            "An occupation compared with itself has no gap",
        ),
        ("?to=99-9999.00", "No such occupation", "lists no occupation “99-9999.00”"),
    ],
)
def test_what_cannot_be_compared_is_said(
    tab: Visit, address: str, title: str | re.Pattern[str], words: str
) -> None:
    page = tab.goto(address)
    heading(page, title)
    expect(page.locator("main .lead")).to_contain_text(words)
    for operators in ("python -m", "make ", "from:", "to:", "domain:"):
        expect(page.locator("main")).not_to_contain_text(operators)
    expect(page.get_by_text("Request ")).to_be_hidden()
    expect(page.locator("#release")).to_contain_text("sample")


def test_an_unknown_occupation_leads_to_its_relatives(tab: Visit) -> None:
    page = tab.goto("?from=11-1012.00&to=11-3013.00")
    page.locator("main").get_by_role("link", name="Chief Executives", exact=True).click()
    heading(page, "Chief Executives to  → Facilities Managers")


def test_what_the_release_lacks_is_said_where_it_is_read(browser: Browser, tmp_path: Path) -> None:
    warehouse = SQLiteWarehouse(tmp_path, "onet_test_page")
    warehouse.publish(Edition(1))  # its skills are from the Web Services, its knowledge is not
    said = "A rating is from O*NET Web Services, not in the release."
    with served(warehouse.environment()) as url, visit(browser, url) as tab:
        page = tab.goto(f"?from={FROM}&to={TO}#9.A.1")
        expect(page.locator("[id='about-9.A.1']")).to_contain_text(said)
        page = tab.goto(f"?from={FROM}&to={TO}&domain=knowledge#9.C.1")
        expect(page.locator("[id='about-9.C.1']")).to_be_visible()
        expect(page.locator("[id='about-9.C.1']")).not_to_contain_text(said)


def test_no_gap_is_a_good_answer(browser: Browser, tmp_path: Path) -> None:
    warehouse = SQLiteWarehouse(tmp_path, "onet_test_page")
    warehouse.publish(OnlyMet())
    with served(warehouse.environment()) as url, visit(browser, url) as tab:
        page = tab.goto(f"?from={FROM}&to={TO}")
        expect(page.locator(".lead")).to_have_text("No gap. None of 1 skills needs a higher level.")
        expect(page.locator("details.met")).to_have_attribute("open", "")
        expect(page.locator("#sample")).to_be_hidden()
        tab.goto(f"?from={FROM}&to={TO}&domain=abilities")
        expect(page.locator(".lead")).to_contain_text("there is nothing to compare")


class OnlyMet(Edition):
    """A publication in which nothing is a gap."""

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        found = super().rows(table)
        return (
            [row for row in found if "met" in row and row[6] == "Met"]
            if table == "skill_comparison"
            else found
        )


def test_nothing_published_then_published_then_gone(browser: Browser, tmp_path: Path) -> None:
    warehouse = SQLiteWarehouse(tmp_path, "onet_test_page")
    with visit(browser, "") as tab:
        with served(warehouse.environment()) as tab.url:
            tab.strangers.clear()
            page = tab.goto(f"?from={FROM}&to={TO}")
            heading(page, "Nothing to show yet")
            expect(page.locator("main")).not_to_contain_text("make ")
            warehouse.publish(Edition())
            page.get_by_role("button", name="Try again").click()
            heading(page, "Chief Executives to  → Facilities Managers")
        page.get_by_role("link", name="Abilities").click()
        heading(page, "The service does not answer")
        expect(page.get_by_role("button", name="Try again")).to_be_visible()
        expect(page.locator("#foot")).to_contain_text("CC BY 4.0")


class Hostile(Edition):
    """A publication whose titles and names would be HTML, were they ever taken for it."""

    @property
    def mark(self) -> str:
        return " <img src=x onerror=\"document.title='run'\"><b>&amp;"


def test_text_from_the_data_is_never_html(browser: Browser, tmp_path: Path) -> None:
    warehouse = SQLiteWarehouse(tmp_path, "onet_test_page")
    warehouse.publish(Hostile())
    with served(warehouse.environment()) as url, visit(browser, url) as tab:
        for address in (
            f"?from={FROM}&to={TO}",
            f"?from={FROM}",
            "?from=%3Cb%3Ebold&to=x",
            f"?from={FROM}&to={TO}&domain=%3Cimg%20src=x%3E",
        ):
            page = tab.goto(address)
            assert page.locator("main :is(img, b, script)").count() == 0
        page = tab.goto(f"?from={FROM}&to={TO}")
        expect(page.locator("main h1")).to_contain_text(
            "<img src=x onerror=\"document.title='run'\"><b>&amp;"
        )
        page.get_by_label("To the occupation").fill("chief exec")
        expect(options(page)).to_contain_text("<img src=x")
        assert "run" not in page.title().split()
        refused = (
            "() => { try { document.body.innerHTML = '<p>'; return 'taken' } catch (error) { return"
            " error.name } }"
        )
        assert page.evaluate(refused) == "TypeError"
        assert (
            [complaint for complaint in tab.complaints if "TrustedHTML" in complaint]
            == tab.complaints
            != []
        )
        tab.complaints.clear()


def test_the_sample_says_what_it_is(tab: Visit) -> None:
    page = tab.goto(NURSES)
    expect(page.locator("#sample")).to_contain_text("Its ratings are invented")
    expect(page.locator("#foot")).to_be_in_viewport()
    expect(page.locator("#foot")).to_contain_text("O*NET sample (invented ratings), published here")
    expect(page.locator("#foot")).to_contain_text("USDOL/ETA, CC BY 4.0")


def test_on_paper(tab: Visit) -> None:
    page = tab.goto(MANAGERS)
    page.emulate_media(media="print")
    for kept in (
        "main h1",
        ".lead",
        ".legend",
        "main table",
        "#sample",
        "#foot",
        "details.met table",
    ):
        expect(page.locator(kept).first).to_be_visible()
    for left_out in ("#choose", ".tabs", ".actions", ".filter"):
        expect(page.locator(left_out).first).to_be_hidden()
    expect(page.locator("p.paper")).to_contain_text(page.url)
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.mysql
def test_the_same_on_mysql(
    browser: Browser, sample: str, built: Callable[..., Warehouse], mysql_server: MysqlServer
) -> None:
    with (
        served(settings(built("mysql", "sample", mysql_server))) as url,
        visit(browser, url) as tab,
    ):
        page = tab.goto(MANAGERS)
        heading(page, "Chief Executives to  → Facilities Managers")
        assert rows(page) == told(httpx.get(f"{sample}/compare{MANAGERS}").json())
