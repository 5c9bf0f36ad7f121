"""A report in a real Chromium, from disk: stepping, filters, both themes, and inert intruders.

Screenshots go to the folder that ONRECORD_SCREENSHOTS names, or to the test's own.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onrecord.benchmark.report import write_report
from page import browser, wait
from test_benchmark_report import HOSTILE, changed, hostile

pytestmark = pytest.mark.slow
DESKTOP, PHONE = (1440, 900), (390, 844)


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    with browser() as driver:
        yield driver


@pytest.fixture
def report(fenmoor: Path, tmp_path: Path) -> Path:
    write_report(tmp_path / "report", changed(fenmoor, tmp_path / "p.jsonl"), fenmoor)
    return tmp_path / "report"


def visit(
    driver: Any, folder: Path, page: str, size: tuple[int, int] = DESKTOP, theme: str = "light"
) -> None:
    """Open a page of a report afresh, on a screen of this size."""
    width, height = size
    screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    wish = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", wish)
    driver.get("about:blank")
    driver.get_log("browser")
    path, _, fields = page.partition("#")
    driver.get((folder / path).as_uri() + ("#" + fields if fields else ""))


def shoot(driver: Any, name: str) -> None:
    folder = Path(os.environ.get("ONRECORD_SCREENSHOTS") or tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    driver.save_screenshot(str(folder / f"{name}.png"))


def ask(driver: Any, script: str, *arguments: Any) -> Any:
    return driver.execute_script(f"return {script}", *arguments)


def press(driver: Any, keys: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(driver).send_keys(keys).perform()


def click(driver: Any, selector: str) -> None:
    from selenium.webdriver.common.by import By

    found = driver.find_elements(By.CSS_SELECTOR, selector)
    shown = next(each for each in found if each.is_displayed())
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", shown)
    shown.click()


def at(driver: Any) -> tuple[str, str]:
    """The page, and what became of the quote that is shown beside the text."""
    wait(lambda: ask(driver, "document.readyState") == "complete")
    page = ask(driver, "location.pathname.split('/').pop()")
    heading = ask(driver, "document.querySelector('.detail.at h3')?.innerText || ''")
    return page, heading.split(" ", 1)[-1]


def listed(driver: Any) -> int:
    return int(ask(driver, "document.querySelectorAll('ol.quotes li').length"))


def test_stepping_from_error_to_error_across_pages(driver: Any, report: Path) -> None:
    visit(driver, report, "index.html")
    total = listed(driver)
    seen = []
    press(driver, "n")
    for number in range(total):
        wait(lambda: ask(driver, "document.querySelector('.detail.at') !== null"))
        place = ask(driver, "document.querySelector('.stepper .place').textContent")
        assert place == f"{number + 1} of {total}"
        seen.append(at(driver))
        highlighted = ask(driver, "[...document.querySelectorAll('.in.at')].length")
        assert highlighted, "the quote lights up in its text"
        before = ask(driver, "location.href")
        press(driver, "n")
        if number + 1 < total:
            wait(lambda old=before: ask(driver, "location.href") != old)  # type: ignore[misc]
    assert ask(driver, "document.querySelector('.place').textContent") == "that was the last"
    kinds = [kind for _, kind in seen]
    for kind in ("missed", "partial", "wrong speaker", "wrong stance", "spurious, invented"):
        assert any(kind in each for each in kinds)
    assert "hit" not in kinds and len({page for page, _ in seen}) > 1
    press(driver, "p")
    assert wait(lambda: at(driver) == seen[-2])
    press(driver, "i")
    wait(lambda: at(driver)[0] == "index.html")
    assert driver.get_log("browser") == []


def test_filters_travel_along(driver: Any, report: Path) -> None:
    visit(driver, report, "index.html")
    errors = listed(driver)
    click(driver, ".chip.k-hit")
    assert wait(lambda: listed(driver) > errors)
    for kind in ("missed", "spurious", "invented", "speaker", "stance", "partial", "hit"):
        if ask(driver, "document.querySelector(`.chip.k-${arguments[0]} input`)?.checked", kind):
            click(driver, f".chip.k-{kind}")
    assert listed(driver) == 0
    click(driver, ".chip.k-speaker")
    only = wait(lambda: listed(driver))
    assert only < errors
    shoot(driver, "report-filtered")
    click(driver, "ol.quotes a")
    assert wait(lambda: at(driver)[1] == "wrong speaker")
    assert ask(driver, "document.querySelector('.stepper .place').textContent") == f"1 of {only}"
    click(driver, "a[data-keep]")
    wait(lambda: at(driver)[0] == "index.html")
    assert wait(lambda: listed(driver) == only), "the filters are still set"
    click(driver, "[data-do=reset]")
    assert wait(lambda: listed(driver) == errors)
    click(driver, "a[data-facet=type][data-value=indirect]")
    assert wait(lambda: 0 < listed(driver) < errors)
    click(driver, "[data-do=reset]")
    press(driver, "/")
    press(driver, "nobody anybody")
    assert wait(lambda: listed(driver) == 1), "words are looked for in speakers too"


def test_a_click_selects_and_the_mouse_may_do_without_keys(driver: Any, report: Path) -> None:
    visit(driver, report, "articles/0001.html#at=1")
    first = at(driver)
    click(driver, "[data-do=next]")
    assert wait(lambda: at(driver) != first)
    own = ask(driver, "[...document.querySelectorAll('.gold .own')].map(part => part.textContent)")
    cue, source = (
        ask(
            driver,
            "[...document.querySelectorAll('.detail.at tr')]"
            ".find(row => row.cells[0].textContent === arguments[0]).cells[1].textContent",
            name,
        )
        for name in ("cue", "source")
    )
    assert sorted(own) == sorted([cue, source]), "its source and cue light up, and no others"
    click(driver, "[data-do=previous]")
    click(driver, ".predicted .in:not(.at)")
    number = ask(driver, "document.querySelector('.detail.at').dataset.number")
    assert f"at={number}" in ask(driver, "location.hash")
    press(driver, "?")
    assert ask(driver, "document.querySelector('dialog').open")
    press(driver, "n")
    assert ask(driver, "document.querySelector('.detail.at').dataset.number") == number


def test_intruders_are_inert(driver: Any, fenmoor: Path, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    write_report(folder, hostile(fenmoor, tmp_path / "p.jsonl"), fenmoor)
    pages = ["index.html", *[f"articles/{path.name}" for path in folder.glob("articles/*")]]
    shown = ""
    for page in pages:
        visit(driver, folder, page)
        assert ask(driver, "document.title") != "owned"
        assert ask(driver, "document.querySelectorAll('img, script:not([src])').length") == 0
        log = driver.get_log("browser")
        assert log == [], "nothing was tried, so nothing had to be blocked"
        shown += ask(driver, "document.body.innerText")
        if page != "index.html":
            assert wait(lambda: ask(driver, "document.body.classList.contains('scripted')"))
    assert HOSTILE.replace("\u2028", "") in shown.replace("\u2028", "")
    shoot(driver, "report-hostile")


def test_the_policy_stops_what_would_get_in(driver: Any, report: Path) -> None:
    """Were something not escaped after all, the page's policy would not let it run."""
    page = report / "index.html"
    html = page.read_text("utf-8")
    page.write_text(html.replace("<main", "<script>document.title='owned'</script><main"), "utf-8")
    visit(driver, report, "index.html")
    assert ask(driver, "document.title") != "owned"
    assert any("Content Security Policy" in line["message"] for line in driver.get_log("browser"))


@pytest.mark.parametrize("size", [DESKTOP, (820, 1180), PHONE], ids=["desktop", "tablet", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_the_screen_in_both_themes(
    driver: Any, report: Path, size: tuple[int, int], theme: str
) -> None:
    for page in ("index.html", "articles/0001.html"):
        visit(driver, report, page, size, theme)
        shoot(driver, f"report-{page.split('/')[0].split('.')[0]}-{size[0]}-{theme}")
        assert ask(driver, "document.documentElement.scrollWidth") <= size[0], "nothing sticks out"
        colours = ask(
            driver,
            "[getComputedStyle(document.body).backgroundColor,"
            " getComputedStyle(document.body).color]",
        )
        back, words = (sum(map(int, c[4:-1].split(",")[:3])) for c in colours)
        assert (back > words) == (theme == "light") and abs(back - words) > 450
    if size == PHONE:
        click(driver, ".side-switch [data-side=gold]")
        assert not ask(driver, "document.querySelector('p.predicted').offsetParent")
        assert ask(driver, "document.querySelector('p.gold').offsetParent !== null")
