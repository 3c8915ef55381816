"""The page of `serve` in a real browser: what people see, and that it needs nobody else to show it."""
import base64
import os
import re
import shutil
import subprocess
import tempfile
import time
import unittest

import shipped
from browser import BrowserTestCase, webdriver

if webdriver:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

STAGES = '''stages:
  - name: paper
    calendar: xnys
  - name: live
    calendar: xnys
    need: 10m
    freezes:
      - { name: "earnings <week>", from: 2026-11-28, to: 2026-11-29 }
  - name: prices
    calendar: xnys
    require: open
'''
OPEN = '2026-11-24T13:47:00-05:00'
CLOSED = '2026-11-24T16:30:00-05:00'


class Gate:
    """A running `serve` on a free port."""

    def __init__(self, at, folder, listen='127.0.0.1:0'):
        config = os.path.join(folder, 'gate.yaml')
        with open(config, 'w') as file:
            file.write(STAGES)
        self.log = open(os.path.join(folder, 'log'), 'w+')
        environment = {key: value for key, value in os.environ.items() if not key.startswith(('PLUGIN_', 'CI_'))}
        self.process = subprocess.Popen(
            [shipped.binary(), 'serve', '--listen', listen, '--allow-anonymous', '--config', config, '--at', at],
            stdout=subprocess.DEVNULL, stderr=self.log, stdin=subprocess.DEVNULL, env=environment)
        self.url = self.address()

    def address(self):
        # The log names the port that was taken.
        for _ in range(600):
            with open(self.log.name) as file:
                text = file.read()
            found = re.search(r'http://127\.0\.0\.1:\d+/', text)
            if found:
                return found[0]
            if self.process.poll() is not None:
                raise AssertionError('serve ended: ' + text)
            time.sleep(0.05)
        raise AssertionError('serve named no address: ' + text)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


class PageTestCase(BrowserTestCase):
    def gate(self, at=OPEN, **how):
        gate = Gate(at, self.folder, **how)
        self.addCleanup(gate.stop)
        return gate

    def page(self, at=OPEN):
        gate = self.gate(at)
        browser = self.browser()
        browser.get(gate.url)
        return browser

    def badges(self, browser):
        return {card.find_element(By.TAG_NAME, 'h2').text: card.find_element(By.CLASS_NAME, 'badge').text
                for card in browser.find_elements(By.TAG_NAME, 'article')}

    def test_each_stage_says_in_words_whether_promotions_are_allowed(self):
        browser = self.page()
        self.keep_picture(browser, 'light')
        self.assertEqual(browser.title, '2 of 3 stages blocked · market hours')
        self.assertEqual(self.badges(browser), {'paper': 'Promotions blocked', 'live': 'Promotions blocked',
                                                'prices': 'Promotions allowed'})
        browser.get(self.gate(CLOSED).url)
        self.keep_picture(browser, 'closed')
        self.assertEqual(self.badges(browser), {'paper': 'Promotions allowed', 'live': 'Promotions allowed',
                                                'prices': 'Promotions blocked'})

    def test_the_countdown_goes_down(self):
        browser = self.page()
        clock = browser.find_element(By.CLASS_NAME, 'clock')
        first = clock.text
        self.assertRegex(first, r'^02:1[23]:\d\d$')
        WebDriverWait(browser, 30).until(lambda _: clock.text < first)

    def test_the_page_comes_anew_when_the_market_closes(self):
        browser = self.page('2026-11-24T15:59:50-05:00')
        WebDriverWait(browser, 40).until(lambda _: browser.title.startswith('1 of 3'))
        self.assertEqual(self.badges(browser)['paper'], 'Promotions allowed')

    def test_nothing_is_refused_and_nobody_else_is_asked(self):
        gate = self.gate()
        browser = self.browser()
        browser.get(gate.url)
        browser.execute_async_script('setTimeout(arguments[0], 1500)')
        self.assertEqual(browser.get_log('browser'), [])
        asked = re.findall(r'"url":"((?!data:|about:|chrome:)[^"]+)"', ''.join(
            entry['message'] for entry in browser.get_log('performance')
            if '"Network.requestWillBeSent"' in entry['message']))
        self.assertTrue(asked)
        self.assertEqual([url for url in asked if not url.startswith(gate.url)], [])

    def test_foreign_style_and_script_do_not_run(self):
        browser = self.page()
        browser.execute_script('''const script = document.createElement('script');
            script.textContent = "document.title = 'taken over'"; document.body.append(script);''')
        self.assertNotEqual(browser.title, 'taken over')
        self.assertIn('Content Security Policy', ''.join(entry['message'] for entry in browser.get_log('browser')))

    def test_a_phone_shows_it_without_scrolling_sideways(self):
        browser = self.page()
        for pixels in (360, 320):
            self.width(browser, pixels)
            width = browser.execute_script('return document.documentElement.scrollWidth')
            self.assertLessEqual(width, pixels)
        self.width(browser, 360)
        self.keep_picture(browser, 'phone')

    def test_dark_mode_has_dark_colours_and_both_modes_can_be_read(self):
        # Relative luminance and contrast as WCAG 2 defines them.
        contrast = '''
            const light = (css) => { const [r, g, b] = css.match(/[\\d.]+/g).slice(0, 3).map((part) => {
                const c = part / 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; });
                return .2126 * r + .7152 * g + .0722 * b; };
            const ground = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
                if (c !== 'rgba(0, 0, 0, 0)') return c; } return 'rgb(255, 255, 255)'; };
            const all = [...document.querySelectorAll('body *')].filter((e) => !e.closest('svg, script') &&
                [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()));
            return [getComputedStyle(document.body).backgroundColor, all.map((e) => {
                const [a, b] = [light(getComputedStyle(e).color), light(ground(e))];
                return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), e.className || e.tagName]; })];'''
        browser = self.page()
        grounds = []
        for scheme in ('light', 'dark'):
            browser.execute_cdp_cmd('Emulation.setEmulatedMedia',
                                    {'features': [{'name': 'prefers-color-scheme', 'value': scheme}]})
            self.keep_picture(browser, 'scheme-' + scheme)
            ground, texts = browser.execute_script(contrast)
            grounds.append(ground)
            self.assertGreater(len(texts), 20)
            for ratio, what in texts:
                self.assertGreaterEqual(ratio, 4.5, f'{what} in {scheme} mode')
        self.assertEqual(len(set(grounds)), 2)

    def test_without_javascript_everything_is_there_and_refreshes_itself(self):
        gate = self.gate()
        browser = self.browser(script=False)
        browser.get(gate.url)
        self.assertEqual(self.badges(browser)['paper'], 'Promotions blocked')
        self.assertRegex(browser.find_element(By.CLASS_NAME, 'clock').text, r'^2 h 1[23] min$')
        refresh = browser.find_element(By.CSS_SELECTOR, 'meta[http-equiv=refresh]')
        self.assertEqual(refresh.get_attribute('content'), '60')

    def ask_now(self, browser):
        """What the browser says when its network is back; else the page would ask within a minute."""
        browser.execute_script("dispatchEvent(new Event('online'))")

    def test_a_gate_that_does_not_answer_is_told_and_no_stage_is_shown_as_allowed(self):
        gate = self.gate(CLOSED)
        browser = self.browser()
        browser.get(gate.url)
        notice = browser.find_element(By.CLASS_NAME, 'lost')
        self.assertFalse(notice.is_displayed())
        self.assertIn('Promotions allowed', self.badges(browser).values())
        gate.stop()
        self.ask_now(browser)
        WebDriverWait(browser, 30).until(lambda _: notice.is_displayed())
        self.keep_picture(browser, 'lost')
        self.assertEqual(browser.title, 'Gate not reachable · market hours')
        self.assertRegex(notice.text, r'said at Tue 2026-11-24 16:3\d(:\d\d)? EST')
        self.assertIn('take every promotion as blocked', notice.text)
        self.assertEqual(set(self.badges(browser).values()), {'Not known: take it as blocked'})

    def test_the_page_recovers_by_itself_when_the_gate_answers_again(self):
        gate = self.gate()
        browser = self.browser()
        browser.get(gate.url)
        gate.stop()
        self.ask_now(browser)
        WebDriverWait(browser, 30).until(lambda _: browser.title.startswith('Gate not reachable'))
        self.gate(CLOSED, listen=gate.url[len('http://'):-1])
        WebDriverWait(browser, 60).until(lambda _: browser.title == '1 of 3 stages blocked · market hours')
        self.assertEqual(self.badges(browser), {'paper': 'Promotions allowed', 'live': 'Promotions allowed',
                                                'prices': 'Promotions blocked'})
        self.assertFalse(browser.find_element(By.CLASS_NAME, 'lost').is_displayed())
        # Once more: what was put into the page asks again, too.
        clock = browser.find_element(By.CLASS_NAME, 'clock')
        first = clock.text
        WebDriverWait(browser, 30).until(lambda _: clock.text != first)

    def test_it_can_be_heard_as_well_as_seen(self):
        browser = self.page()
        nodes = browser.execute_cdp_cmd('Accessibility.getFullAXTree', {})['nodes']
        named = {}
        for node in nodes:
            if not node.get('ignored'):
                named.setdefault(node['role']['value'], []).append(node.get('name', {}).get('value', ''))
        self.assertEqual(named['article'], ['paper', 'live', 'prices'])
        pictures = named.get('image', []) + named.get('img', [])
        self.assertEqual([name.split('\n')[0] for name in pictures if name.startswith('Time line of ')], pictures)
        self.assertEqual(len(pictures), 3)
        self.assertTrue(all('Promotions are blocked: Tue 24 Nov' in name for name in pictures))
        for role in ('main', 'banner', 'contentinfo', 'timer', 'heading'):
            self.assertIn(role, named)
        self.assertTrue(all(named['link']))
        self.assertEqual(browser.find_element(By.TAG_NAME, 'html').get_attribute('lang'), 'en')

    def test_a_name_is_shown_as_it_is_written(self):
        browser = self.page()
        self.assertIn('earnings <week>', browser.find_element(By.TAG_NAME, 'main').text)

    def test_a_simulated_clock_is_announced(self):
        browser = self.page()
        self.assertIn('Simulated clock', browser.find_element(By.CLASS_NAME, 'simulated').text)


if __name__ == '__main__':
    shipped.main()
