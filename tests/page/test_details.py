"""What the page shows below the answer: levels in words, technologies to learn, and the map of
where one can go from here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.page.test_page import MANAGERS, heading, options, settings
from tests.support.browser import NARROW, chromium, visit
from tests.support.live_warehouse import served
from tests.support.warehouse import Warehouse

PAGE = Path(__file__).parents[2] / "api" / "static"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as started:
        yield started


@pytest.fixture(scope="module")
def sample(built: Callable[..., Warehouse]) -> Iterator[str]:
    with served(settings(built("duckdb", "sample", None))) as url:
        yield url


def test_levels_in_words(browser: Browser, sample: str) -> None:
    elements = httpx.get(f"{sample}/compare{MANAGERS}").json()["elements"]
    told = next(each for each in elements if each["from_anchor"] and each["to_anchor"])
    with visit(browser, sample) as tab:
        page = tab.goto(f"{MANAGERS}#{told['element_id']}")
        about = page.locator(f"[id='about-{told['element_id']}']")
        for side in ("from", "to"):
            expect(about).to_contain_text(
                f"Level {told[f'{side}_anchor_level']} is, for example: “{told[f'{side}_anchor']}”"
            )
        expect(about).to_contain_text(f"({told['group_name']})")


def test_technologies_to_learn_by_category_what_is_asked_for_first(
    browser: Browser, sample: str
) -> None:
    answer = httpx.get(f"{sample}/technology-gap{MANAGERS}").json()
    assert answer["technologies"]
    with visit(browser, sample) as tab:
        page = tab.goto(MANAGERS)
        card = page.locator(".technology")
        expect(card.locator("h2")).to_have_text(
            f"Technologies to learn ({answer['counts']['missing']})"
        )
        groups: dict[str, list[str]] = {}
        for each in answer["technologies"]:  # in demand first, then hot
            groups.setdefault(each["category_name"] or "Other", []).append(each["technology_name"])
        assert card.locator("dt").all_text_contents() == list(groups)
        shown = card.locator("dd").evaluate_all(
            "all => all.map(dd => [...dd.querySelectorAll('li')].map(li =>"
            " li.firstChild.textContent))"
        )
        assert shown == list(groups.values())
        assert card.locator(".demand").count() == answer["counts"]["in_demand"]


@pytest.mark.parametrize("size", [(1000, 900), NARROW])
def test_where_one_can_go_each_with_its_why(
    browser: Browser, sample: str, size: tuple[int, int]
) -> None:
    moves = httpx.get(f"{sample}/occupations/11-1011.00/transitions").json()["transitions"]
    assert len(moves) > 2
    with visit(browser, sample, size) as tab:
        page = tab.goto("?from=11-1011.00")
        titles = page.locator(".moves a")
        expect(titles).to_have_text([each["to"]["title"] for each in moves])
        first = page.locator(".moves li").first
        expect(first).to_contain_text(
            f"You already meet {round(100 * moves[0]['share_of_needs_met'])} % of what it needs"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        page.get_by_label("Sort by").select_option("name")
        expect(titles).to_have_text(sorted(each["to"]["title"] for each in moves))
        page.get_by_label("Sort by").select_option("met")
        by_share = sorted(moves, key=lambda each: -(each["share_of_needs_met"] or 0))
        expect(titles).to_have_text([each["to"]["title"] for each in by_share])
        page.get_by_label("Sort by").select_option("alike")
        less = httpx.get(
            f"{sample}/occupations/11-1011.00/transitions?max_job_zone_step=-1"
        ).json()["transitions"]
        assert [each["to"]["code"] for each in less] != [each["to"]["code"] for each in moves]
        page.get_by_label("Preparation", exact=True).select_option("-1")
        expect(titles).to_have_text([each["to"]["title"] for each in less])
        titles.first.click()
        heading(page, f"Chief Executives to  → {less[0]['to']['title']}")


def test_found_by_another_name(browser: Browser, sample: str) -> None:
    occupations = httpx.get(f"{sample}/occupations?q=manager&limit=50").json()["occupations"]
    found = next(each for each in occupations if each["match"]["kind"] == "alternate")
    with visit(browser, sample) as tab:
        page = tab.goto()
        page.get_by_label("From the occupation").fill(found["match"]["title"])
        option = options(page).filter(has_text=found["title"]).first
        expect(option.locator(".alias")).to_have_text(found["match"]["title"])


def test_the_filters_narrow_the_rows_and_stand_in_the_address(
    browser: Browser, sample: str
) -> None:
    elements = httpx.get(f"{sample}/compare{MANAGERS}").json()["elements"]
    missing = [each["element_name"] for each in elements if each["is_missing"]]
    important = [each["element_name"] for each in elements if each["to_importance"] >= 3]
    assert 0 < len(missing) < len(elements)
    assert 0 < len(important) < len(elements)
    with visit(browser, sample) as tab:
        page = tab.goto(MANAGERS)
        names = page.locator(".groups .open")
        page.get_by_label("Everything").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        expect(page.get_by_label("Not used today")).to_be_checked()
        expect(
            page.get_by_role("tooltip").filter(has_text="does not use it at all")
        ).to_be_visible()
        assert sorted(names.all_text_contents()) == sorted(missing)
        assert page.url.endswith(f"/{MANAGERS}&show=missing")
        page.reload()
        tab.settled()
        assert sorted(names.all_text_contents()) == sorted(missing)
        page.get_by_label("Everything").check()
        page.get_by_label("Importance").select_option("3")
        assert sorted(names.all_text_contents()) == sorted(important)
        expect(page.locator(".rows [role=status]")).to_have_text(
            f"{len(important)} of {len(elements)} rows shown."
        )
        assert page.url.endswith(f"/{MANAGERS}&importance=3")


def test_an_occupation_as_a_whole(browser: Browser, sample: str) -> None:
    answer = httpx.get(f"{sample}/occupations/29-1141.00").json()
    with visit(browser, sample) as tab:
        page = tab.goto("?from=29-1141.00")
        related = [each["title"] for each in answer["related_occupations"]]
        assert related
        expect(page.locator(".related a")).to_have_text(related)
        for name, domain in (
            ("Interests", "interests"),
            ("Work values", "work_values"),
            ("Work styles", "work_styles"),
        ):
            scores = [each["element_name"] for each in answer["characteristics"][domain]]
            card = page.locator(".scores", has=page.get_by_role("heading", name=name, exact=True))
            expect(card.locator(".name")).to_have_text(scores)
        for name, site in (
            ("O*NET OnLine", "www.onetonline.org/link"),
            ("My Next Move", "www.mynextmove.org/profile"),
        ):
            link = page.get_by_role("link", name=f"Registered Nurses at {name}")
            expect(link).to_have_attribute("href", f"https://{site}/summary/29-1141.00")
            expect(link).to_have_attribute("target", "_blank")
            expect(link).to_have_attribute("rel", "noreferrer")


def test_an_unrated_occupation_is_no_dead_end(browser: Browser, sample: str) -> None:
    """The one side's profile, the technologies of both, what is known of the other, and rated
    neighbours."""
    with visit(browser, sample) as tab:
        page = tab.goto("?from=29-1141.00&to=15-1252.00")
        heading(page, "Registered Nurses to  → Software Developers")
        known = page.locator(".known")
        expect(known).to_have_count(2)
        expect(known.first).to_contain_text("What is known of Software Developers")
        expect(known.last.locator(".panel h2").first).to_have_text("Most important skills")
        near = httpx.get(f"{sample}/compare?from=29-1141&to=15-1252").json()["near"]
        expect(page.locator(".notice a")).to_have_text([each["title"] for each in near])
        page.locator(".notice a").first.click()
        heading(page, f"Registered Nurses to  → {near[0]['title']}")
        page = tab.goto("?from=15-1252.00")
        heading(page, "Software Developers")
        expect(page.get_by_role("link", name="starting from these levels")).to_have_count(0)
        expect(page.locator(".notice a")).to_have_text([each["title"] for each in near])


def test_the_known_side_of_an_unknown_pair_is_said_in_words(browser: Browser, sample: str) -> None:
    with visit(browser, sample) as tab:
        page = tab.goto("?from=11-1012.00&to=11-3013.00")
        expect(page.locator("main")).to_contain_text(
            "You asked for the way to Facilities Managers."
        )
        expect(page.get_by_label("To the occupation")).to_have_value("Facilities Managers")


def test_a_plan_to_print_has_what_to_learn_up_to_which_level(browser: Browser, sample: str) -> None:
    elements = httpx.get(f"{sample}/compare{MANAGERS}").json()["elements"]
    clear = [each for each in elements if each["verdict"] == "clearly_higher"]
    about = httpx.get(f"{sample}/occupations/11-3013.00").json()
    with visit(browser, sample) as tab:
        page = tab.goto(MANAGERS)
        page.get_by_role("link", name="Printable plan").click()
        heading(page, "From Chief Executives to Facilities Managers")
        page.emulate_media(media="print")
        expect(page.get_by_role("heading", name=f"To learn: skills ({len(clear)})")).to_be_visible()
        for each in clear:
            row = page.locator(".checks li").filter(has_text=each["element_name"])
            expect(row).to_contain_text(
                f"from level {each['from_level']:.2f} to {each['to_level']:.2f}"
            )
            expect(row).to_contain_text(f"“{each['to_anchor']}”")
        expect(page.locator(".plan")).to_contain_text(about["education"]["typical"]["description"])
        expect(page.locator(".plan")).to_contain_text("www.onetonline.org/link/summary/11-3013.00")
        expect(page.get_by_role("button", name="Print")).to_be_hidden()
        assert page.pdf(format="A4").count(b"/Type /Page\n") <= 2


def test_every_sentence_stands_in_one_file() -> None:
    """A text of three words or more, in quotes or backquotes, stands in words.js and nowhere
    else."""
    for path in sorted(PAGE.glob("*.js")):
        code = re.sub(r"^\s*(//|/?\*).*$|\s//.*$", "", path.read_text(), flags=re.M)
        texts = re.findall(r'"[^"\n]*"|`[^`]*`', code)
        sentences = [
            text
            for text in texts
            if re.search(r"[A-Z][a-z\u2019]+( [a-z\u2019]+){2}|[a-z] [a-z]+[.,:] ", text)
        ]
        assert bool(sentences) == (path.name == "words.js"), (path.name, sentences)
