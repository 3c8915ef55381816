"""A real Chromium, and what every page is held to in it."""
import base64
import os
import re
import shutil
import tempfile
import unittest

try:
    from selenium import webdriver
    from selenium.common.exceptions import StaleElementReferenceException
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:
    webdriver = None

CHROMIUM = shutil.which('chromium')
DRIVER = shutil.which('chromedriver')
QUIET = ('--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking',
         '--disable-component-update', '--disable-sync', '--no-first-run', '--disable-default-apps',
         '--no-proxy-server')
# Relative luminance and contrast as WCAG 2 defines them, of every element with text of its own that can be seen.
CONTRAST = '''
    const light = (css) => { const [r, g, b] = css.match(/[\\d.]+/g).slice(0, 3).map((part) => {
        const c = part / 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; });
        return .2126 * r + .7152 * g + .0722 * b; };
    const ground = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
        if (c !== 'rgba(0, 0, 0, 0)') return c; } return 'rgb(255, 255, 255)'; };
    const all = [...document.querySelectorAll('body *')].filter((e) => !e.closest('svg, script') &&
        e.getClientRects().length && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()));
    return [getComputedStyle(document.body).backgroundColor, all.map((e) => {
        const [a, b] = [light(getComputedStyle(e).color), light(ground(e))];
        return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), e.className || e.tagName]; })];'''


class BrowserTestCase(unittest.TestCase):
    def setUp(self):
        if not (webdriver and CHROMIUM and DRIVER):
            self.skipTest('no chromium (Debian: chromium, chromium-driver, python3-selenium)')
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def browser(self, *, script=True):
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for argument in (*QUIET, '--user-data-dir=' + tempfile.mkdtemp(dir=self.folder), '--window-size=1280,900'):
            options.add_argument(argument)
        if not script:
            options.add_experimental_option('prefs', {'profile.managed_default_content_settings.javascript': 2})
        options.set_capability('goog:loggingPrefs', {'browser': 'ALL', 'performance': 'ALL'})
        browser = webdriver.Chrome(service=Service(DRIVER), options=options)
        self.addCleanup(browser.quit)
        return browser

    def wait_for(self, browser, condition):
        # What is looked at may be replaced by another page while it is being read.
        waiting = WebDriverWait(browser, 30, ignored_exceptions=[StaleElementReferenceException])
        waiting.until(lambda _: condition())

    def width(self, browser, pixels):
        browser.execute_cdp_cmd('Emulation.setDeviceMetricsOverride',
                                {'width': pixels, 'height': 800, 'deviceScaleFactor': 1, 'mobile': True})

    def scheme(self, browser, name):
        browser.execute_cdp_cmd('Emulation.setEmulatedMedia',
                                {'features': [{'name': 'prefers-color-scheme', 'value': name}]})

    def keep_picture(self, browser, name):
        """For people who want to look: STAGEGATE_PICTURES names a folder."""
        folder = os.environ.get('STAGEGATE_PICTURES')
        if folder:
            size = browser.execute_cdp_cmd('Page.getLayoutMetrics', {})['cssContentSize']
            clip = {'x': 0, 'y': 0, 'width': size['width'], 'height': min(size['height'], 4000), 'scale': 1}
            data = browser.execute_cdp_cmd('Page.captureScreenshot', {'captureBeyondViewport': True, 'clip': clip})
            with open(os.path.join(folder, name + '.png'), 'wb') as file:
                file.write(base64.b64decode(data['data']))

    def heard(self, browser):
        """What a screen reader finds: {role: names}."""
        named = {}
        for node in browser.execute_cdp_cmd('Accessibility.getFullAXTree', {})['nodes']:
            if not node.get('ignored'):
                named.setdefault(node['role']['value'], []).append(node.get('name', {}).get('value', ''))
        return named

    def assert_readable(self, browser, name):
        """Light and dark differ, and text can be read in both."""
        grounds = []
        for scheme in ('light', 'dark'):
            self.scheme(browser, scheme)
            self.keep_picture(browser, f'{name}-{scheme}')
            ground, texts = browser.execute_script(CONTRAST)
            grounds.append(ground)
            self.assertGreater(len(texts), 10)
            for ratio, what in texts:
                self.assertGreaterEqual(ratio, 4.5, f'{what} in {scheme} mode')
        self.assertEqual(len(set(grounds)), 2)

    def assert_narrow(self, browser, name, *widths):
        """Nothing has to be scrolled sideways."""
        for pixels in widths or (360, 320):
            self.width(browser, pixels)
            self.assertLessEqual(browser.execute_script('return document.documentElement.scrollWidth'), pixels)
        self.width(browser, 360)
        self.keep_picture(browser, name + '-phone')

    def assert_alone(self, browser, url):
        """Nobody but the page's own server is asked, and the browser has nothing to complain about."""
        self.assertEqual(browser.get_log('browser'), [])
        asked = re.findall(r'"url":"((?!data:|about:|chrome:|file:)[^"]+)"', ''.join(
            entry['message'] for entry in browser.get_log('performance')
            if '"Network.requestWillBeSent"' in entry['message']))
        self.assertEqual([one for one in asked if not one.startswith(url)], [])
