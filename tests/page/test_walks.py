"""The page by the keyboard alone, and as a screen reader is told of it: choosing, filtering, rating
oneself, several targets.

Each walk begins at the top of an empty page and presses keys only; what is reached has its role and
name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.page.test_page import MANAGERS, NURSES, heading, options, settings
from tests.support.browser import Visit, chromium, visit
from tests.support.live_warehouse import served
from tests.support.warehouse import Warehouse

MOST_TABS = 80


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


def tab_to(page: Page, wanted: Locator) -> None:
    """Presses Tab until the element has the focus, which then can be seen."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement"):
            break
    expect(wanted).to_be_focused()
    expect(wanted).to_be_in_viewport()


def says(page: Page, words: str) -> None:
    """What a screen reader reads out on its own."""
    expect(page.locator("#status")).to_have_text(words)


def test_choosing(tab: Visit) -> None:
    page = tab.goto()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the answer")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the answer")).to_be_in_viewport()
    tab_to(page, page.get_by_role("combobox", name="From the occupation"))
    page.keyboard.type("nurse")
    expect(options(page)).to_have_count(2)
    says(page, "2 occupations found.")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("search", name="Occupations")).to_match_aria_snapshot("""
        - search "Occupations":
          - combobox "From the occupation" [expanded]: nurse
          - listbox "Occupations to come from":
            - option "Nurse Practitioners Nurse 29-1171.00"
            - option "Registered Nurses 29-1141.00" [selected]
          - button "Swap the two occupations"
          - combobox "To the occupation"
        """)
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="To the occupation")).to_be_focused()
    page.keyboard.type("nurse pr")
    page.keyboard.press("Enter")  # no list is waited for
    heading(page, "Registered Nurses to  → Nurse Practitioners")
    says(
        page,
        "Registered Nurses to Nurse Practitioners. 1 of 8 skills needs a clearly higher level. "
        "3 more look higher, but the difference is within survey error. You already meet 4.",
    )
    expect(page.get_by_role("main")).to_match_aria_snapshot("""
        - main:
          - heading "Registered Nurses to Nurse Practitioners" [level=1]
          - paragraph:
            - strong: 1 of 8 skills
            - text: needs a clearly higher level. 3 more look higher,
                but the difference is within survey error. You already meet 4.
          - navigation "What is compared":
            - link "Skills"
            - link "Knowledge"
          - region "Skills":
            - group "Show"
            - combobox "Importance"
            - heading "To learn (1)" [level=2]
            - 'table "To learn: level today and level needed, 0 to 7"':
              - rowgroup:
                - row "Skill picture today needed difference"
              - rowgroup:
                - row "Active Listening Very important 4.12 4.62 +0.50"
            - heading "Looks higher, within survey error (3)" [level=2]
          - complementary "Pay, preparation and where to read on"
          - heading "Where you can go from Registered Nurses" [level=2]
        """)


def test_filtering(tab: Visit) -> None:
    page = tab.goto(MANAGERS)
    everything = page.get_by_role("radio", name="Everything 8")
    tab_to(page, everything)
    expect(page.get_by_role("tooltip").filter(has_text="Every row")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    left = page.locator(".rows").get_by_role("status")
    expect(left).to_have_text("2 of 8 rows shown.")
    expect(page.get_by_role("region", name="Skills")).to_match_aria_snapshot("""
        - region "Skills":
          - group "Show":
            - radio "Everything 8"
            - radio "Any higher level 4"
            - radio "Not used today 3"
            - radio "New to the work 2" [checked]
          - combobox "Importance"
          - status: 2 of 8 rows shown.
        """)
    new = page.get_by_role("radio", name="New to the work 2")
    expect(new).to_have_accessible_description(
        "O*NET marks it as not relevant today, and as relevant in the new occupation."
    )
    page.keyboard.press("Tab")
    expect(page.get_by_role("combobox", name="Importance")).to_be_focused()
    page.keyboard.type("Very")  # as a list is used without opening it
    expect(left).to_have_text("0 of 8 rows shown.")
    expect(page.get_by_text("No row is left: choose another filter.")).to_be_visible()
    page.keyboard.press("Home")
    expect(left).to_have_text("2 of 8 rows shown.")
    name = page.locator(".groups").get_by_role("button").first
    tab_to(page, name)
    page.keyboard.press("Enter")
    expect(name).to_have_attribute("aria-expanded", "true")
    about = page.locator(f"[id='{name.get_attribute('aria-controls')}']")
    expect(about).to_contain_text("What it is")
    method = page.locator(".rows .method summary")
    tab_to(page, method)
    page.keyboard.press("Enter")
    expect(page.locator(".rows .method p").first).to_be_visible()


def test_sorting_where_one_can_go(tab: Visit) -> None:
    page = tab.goto("?from=11-1011.00")
    moves = page.locator(".moves a")
    count = moves.count()
    assert count > 2
    tab_to(page, page.get_by_role("combobox", name="Sort by"))
    page.keyboard.type("Name")
    names = moves.all_text_contents()
    assert names == sorted(names)
    tab_to(page, page.get_by_role("combobox", name="Preparation"))
    page.keyboard.type("Less")
    expect(moves).not_to_have_count(count)
    tab_to(page, moves.first)
    title = moves.first.text_content()
    page.keyboard.press("Enter")
    heading(page, f"Chief Executives to  → {title}")
    expect(page.get_by_role("main")).to_be_focused()


def test_rating_oneself(tab: Visit) -> None:
    page = tab.goto()
    tab_to(page, page.get_by_role("banner").get_by_role("link", name="Rate yourself"))
    page.keyboard.press("Enter")
    heading(page, "Rate yourself")
    tab_to(page, page.get_by_role("combobox", name="To the occupation"))
    page.keyboard.type("facilities managers")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your way to Facilities Managers")).to_be_visible()
    slider = page.get_by_role("slider", name="Repairing")
    tab_to(page, slider)
    expect(slider).to_have_attribute("aria-valuetext", "Not rated")
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute(
        "aria-valuetext", "Level 0.5. Below level 2: “Invented example of repairing at level 2”"
    )
    says(page, "1 of 1 skills needs a clearly higher level. You left out 7.")
    page.keyboard.press("End")
    says(page, "No gap. None of 1 skills needs a higher level. You left out 7.")
    page.keyboard.press("Home")
    says(page, "1 of 1 skills needs a clearly higher level. You left out 7.")
    expect(page.get_by_role("complementary", name="Your result")).to_match_aria_snapshot("""
        - complementary "Your result":
          - heading "Your way to Facilities Managers" [level=2]
          - paragraph:
            - strong: 1 of 1 skills
            - text: needs a clearly higher level. You left out 7.
          - heading "To learn (1)" [level=3]
          - 'table "To learn: level today and level needed, 0 to 7"':
            - rowgroup:
              - row "Skill picture difference"
            - rowgroup:
              - row "Repairing Somewhat important not used today +1.88"
          - heading "Occupations that fit you" [level=2]
          - paragraph: Rate 9 more, skills or knowledge,
              to see the occupations that fit your levels.
        """)
    tab_to(page, page.get_by_role("button", name="Leave out: Repairing"))
    page.keyboard.press("Enter")
    expect(slider).to_be_focused()
    says(page, "Set a first slider to see your result.")


def test_several_targets(tab: Visit) -> None:
    page = tab.goto(NURSES)
    tab_to(page, page.get_by_role("button", name="Add another target"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Another target occupation")).to_be_focused()
    page.keyboard.type("facilities")
    page.keyboard.press("Enter")
    heading(page, "From Registered Nurses")
    says(page, "Registered Nurses and 2 targets side by side.")
    expect(page.get_by_role("search", name="Occupations")).to_match_aria_snapshot("""
        - search "Occupations":
          - combobox "From the occupation": Registered Nurses
          - button "Swap the two occupations" [disabled]
          - combobox "Another target occupation"
          - list "Your targets":
            - listitem:
              - text: Nurse Practitioners
              - button "Remove Nurse Practitioners"
            - listitem:
              - text: Facilities Managers
              - button "Remove Facilities Managers"
        """)
    expect(page.get_by_role("table")).to_match_aria_snapshot("""
        - 'table "Skills: the level of Registered Nurses today, and that of each target"':
          - rowgroup:
            - row "Skills today Nurse Practitioners Facilities Managers"
          - rowgroup:
            - row "Repairing 0.25 0.25 met 1.88 +1.63 clearly higher":
              - rowheader "Repairing"
              - cell "0.25"
              - cell "0.25 met"
              - cell "1.88 +1.63 clearly higher"
        """)
    tab_to(page, page.get_by_role("button", name="Remove Nurse Practitioners"))
    page.keyboard.press("Enter")
    heading(page, "Registered Nurses to  → Facilities Managers")
