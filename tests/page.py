"""A page of Label Studio in a real browser, used as a person uses it: mouse and keys."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from onrecord.labelstudio.server import Server

_SWITCHES = """
--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run
--disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage
--window-size=1680,1050
""".split()
_WALK = """
const root = document.querySelector('.lsf-richtext__container');
let text = ''; const found = {};
const walk = (node, ids) => {
  if (node.nodeType === Node.TEXT_NODE) {
    for (const id of ids) {
      found[id] = found[id] || [text.length, 0];
      found[id][1] = text.length + node.data.length;
    }
    text += node.data;
  } else if (node.nodeName === 'BR') { text += '\\n'; }
  else {
    const own = [...(node.classList || [])]
      .filter(name => name.startsWith('htx-highlight-'))
      .map(name => name.slice('htx-highlight-'.length).replace(/-[0-9]+$/, ''));
    for (const child of node.childNodes) walk(child, [...ids, ...own]);
  }
};
walk(root, []);
const words = {};
for (const [id, [start, end]] of Object.entries(found)) words[id] = text.slice(start, end);
return [text, words];
"""
_PLACE = """
const [wanted, nth] = arguments;
const root = document.querySelector('.lsf-richtext__container');
let text = ''; const nodes = [];
const walk = node => {
  if (node.nodeType === Node.TEXT_NODE) { nodes.push([text.length, node]); text += node.data; }
  else if (node.nodeName === 'BR') { text += '\\n'; }
  else node.childNodes.forEach(walk);
};
walk(root);
let start = -1;
for (let n = 0; n <= nth; n++) start = text.indexOf(wanted, start + 1);
if (start < 0) throw new Error('not on the page: ' + wanted);
const rect = (offset, before) => {
  const [at, node] = nodes.filter(([at, node]) => at <= offset && offset < at + node.data.length)[0];
  const range = document.createRange();
  let first = offset - at, last = first + 1;
  if (/[\\uDC00-\\uDFFF]/.test(node.data[first])) first -= 1;
  if (/[\\uD800-\\uDBFF]/.test(node.data[first])) last = first + 2;
  range.setStart(node, first); range.setEnd(node, last);
  if (before === 'scroll') node.parentElement.scrollIntoView({block: 'center'});
  const box = range.getBoundingClientRect();
  return [box.left, box.right, box.top + box.height / 2];
};
rect(start, 'scroll');
const [left, , top] = rect(start), [, right, bottom] = rect(start + wanted.length - 1);
return [left + 0.5, top, right - 0.5, bottom];
"""


@contextmanager
def browser() -> Iterator[Any]:
    """Chromium that reaches nothing but this machine; the test is skipped where there is none."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    programs = {name: shutil.which(name) for name in ("chromium", "chromedriver")}
    if None in programs.values():
        pytest.skip("needs Chromium; on Debian: apt-get install chromium chromium-driver")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = programs["chromium"]
        for switch in _SWITCHES:
            options.add_argument(switch)
        options.add_argument(f"--user-data-dir={profile}")
        options.add_argument("--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(programs["chromedriver"]))
        try:
            yield driver
        finally:
            driver.quit()


def sign_in_page(driver: Any, server: Server) -> None:
    from selenium.webdriver.common.by import By

    driver.get(f"{server.url}/user/login/")
    driver.find_element(By.NAME, "email").send_keys(server.email)
    password = driver.find_element(By.NAME, "password")
    password.send_keys(server.password_file.read_text())
    password.submit()
    wait(lambda: "/user/login" not in driver.current_url)


def wait(condition: Callable[[], Any], seconds: float = 30) -> Any:
    """What `condition` gives once it is true; fails when that does not come."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
    return value


class Page:
    """The page of one task."""

    def __init__(self, driver: Any, address: str, shots: Path) -> None:
        from selenium.webdriver.common.by import By

        self.driver, self.shots, self._by = driver, shots, By
        driver.get_log("browser")
        driver.get(address)
        wait(lambda: self._all(".lsf-richtext__line"))
        time.sleep(1.5)

    def _all(self, selector: str) -> list[Any]:
        return list(self.driver.find_elements(self._by.CSS_SELECTOR, selector))

    def _mouse(self) -> Any:
        from selenium.webdriver.common.action_chains import ActionChains

        return ActionChains(self.driver, duration=80)

    def shoot(self, name: str) -> None:
        """Keep a screenshot."""
        self.shots.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(self.shots / f"{name}.png"))

    def text(self) -> str:
        """The article as it stands on the page."""
        return str(self.driver.execute_script(_WALK)[0])

    def highlights(self) -> dict[str, str]:
        """The words under every region, by its id."""
        return dict(self.driver.execute_script(_WALK)[1])

    def _spans(self, id: str) -> list[Any]:
        return self._all(f'[class*="htx-highlight-{id}-"]')

    def colour(self, id: str) -> str:
        return str(self._spans(id)[0].value_of_css_property("background-color"))

    def select(self, id: str) -> None:
        """Click the first character of a region."""
        span = self._spans(id)[0]
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", span)
        left, top = self.driver.execute_script(
            "const b = arguments[0].getClientRects()[0]; return [b.left + 3, b.top + b.height / 2]",
            span,
        )
        self._click_at(left, top)
        time.sleep(0.5)

    def _click_at(self, left: float, top: float) -> None:
        mouse = self._mouse()
        mouse.w3c_actions.pointer_action.move_to_location(int(left), int(top))
        mouse.w3c_actions.pointer_action.click()
        mouse.perform()

    def mark(self, key: str, words: str, nth: int = 0) -> str:
        """Press a label's key and drag over words; returns the id of the new region."""
        before = set(self.highlights())
        self.press(key)
        left, top, right, bottom = self.driver.execute_script(_PLACE, words, nth)
        mouse = self._mouse()
        pointer = mouse.w3c_actions.pointer_action
        pointer.move_to_location(round(left), round(top))
        pointer.pointer_down()
        pointer.move_to_location(round((left + right) / 2), round(bottom))
        pointer.move_to_location(round(right), round(bottom))
        pointer.pointer_up()
        mouse.perform()
        (new,) = wait(lambda: set(self.highlights()) - before)
        time.sleep(0.3)
        assert self.highlights()[new] == words
        return str(new)

    def press(self, *keys: str) -> None:
        self._mouse().send_keys(*keys).perform()
        time.sleep(0.2)

    def leave(self) -> None:
        """Leave the region and the label."""
        from selenium.webdriver.common.keys import Keys

        self.press(Keys.ESCAPE)
        self.press(Keys.ESCAPE)

    def relate_to(self, id: str) -> None:
        """Draw a relation from the selected region to another."""
        from selenium.webdriver.common.keys import Keys

        self._mouse().key_down(Keys.ALT).send_keys("r").key_up(Keys.ALT).perform()
        time.sleep(0.3)
        self.select(id)

    def choose(self, control: str, value: str) -> None:
        """Click a choice of a control of the panel."""
        (choice,) = self._all(f'.or-{control} input[name="{value}"]')
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", choice)
        self.driver.execute_script("arguments[0].click()", choice)
        time.sleep(0.3)

    def choose_speaker(self, name: str) -> None:
        """Open the list of speakers and click a name."""
        from selenium.webdriver.common.keys import Keys

        (opener,) = [each for each in self._all(".or-speaker button") if each.is_displayed()]
        opener.click()
        path = f"//*[@role='option' or @role='menuitem' or contains(@class,'option')][contains(., '{name}')]"
        (option, *_) = wait(lambda: self.driver.find_elements(self._by.XPATH, path))
        option.click()
        self.press(Keys.ESCAPE)

    def panel_shows(self, control: str) -> bool:
        return any(each.is_displayed() for each in self._all(f".or-{control} label"))

    def shown(self, words: str) -> bool:
        """Whether words stand somewhere on the page, in sight."""
        end = time.monotonic() + 5
        path = f'//*[contains(text(), "{words}")]'
        while time.monotonic() < end:
            found = self.driver.find_elements(self._by.XPATH, path)
            if any(each.is_displayed() for each in found):
                return True
            time.sleep(0.2)
        return False

    def hover(self, words: str) -> None:
        path = f"//span[starts-with(text(), '{words}')]"
        found = self.driver.find_elements(self._by.XPATH, path)
        (target, *_) = [each for each in found if each.is_displayed()]
        self._mouse().move_to_element(target).perform()
        time.sleep(1)

    def click_button(self, words: str) -> None:
        (button, *_) = self.driver.find_elements(
            self._by.XPATH, f"//button[contains(., '{words}')]"
        )
        button.click()
        time.sleep(1)

    def submit(self) -> None:
        (button,) = self._all("button[aria-label='Submit current annotation']")
        button.click()
        wait(lambda: not self._all("button[aria-label='Submit current annotation']"))
        time.sleep(0.5)

    def severe(self) -> list[str]:
        """What went wrong in the editor, by the browser's own log."""
        return [
            str(line["message"])
            for line in self.driver.get_log("browser")
            if line["level"] == "SEVERE" and "heidi-tips" not in line["message"]
        ]
