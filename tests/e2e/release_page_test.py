"""Breaking the glass in a real browser: what an operator sees, fills in and confirms, and what it lets through.

A simulated clock releases nothing, so the gate runs by the real one, with a calendar that is always open.
"""
import base64
import json
import os
import re
import subprocess
import time
import urllib.request

import shipped
from browser import BrowserTestCase, webdriver

if webdriver:
    from selenium.webdriver.common.by import By

ISSUER = 'https://id.example.com'
WHY = 'orders are lost, INC-42'
EVIL = 'p<script>document.title="taken over"</script>'


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


class Provider:
    """An identity provider: a key, and tokens that it signs."""

    def __init__(self, folder):
        self.key = os.path.join(folder, 'id.pem')
        shipped.output('openssl', 'genpkey', '-algorithm', 'ed25519', '-out', self.key)
        public = subprocess.run(['openssl', 'pkey', '-in', self.key, '-pubout', '-outform', 'DER'], check=True,
                                capture_output=True).stdout[-32:]
        self.jwks = os.path.join(folder, 'jwks.json')
        with open(self.jwks, 'w') as file:
            json.dump({'keys': [{'kty': 'OKP', 'crv': 'Ed25519', 'kid': 'k1', 'x': base64url(public)}]}, file)
        self.folder = folder

    def token(self, **claims):
        claims = {'iss': ISSUER, 'aud': 'stagegate', 'exp': int(time.time()) + 600, 'email': 'ann@example.com',
                  'groups': ['oncall'], **claims}
        parts = [base64url(json.dumps(part).encode()) for part in ({'alg': 'EdDSA', 'kid': 'k1'}, claims)]
        message = os.path.join(self.folder, 'message')
        with open(message, 'w') as file:
            file.write('.'.join(parts))
        signature = subprocess.run(['openssl', 'pkeyutl', '-sign', '-rawin', '-inkey', self.key, '-in', message],
                                   check=True, capture_output=True).stdout
        return '.'.join([*parts, base64url(signature)])


class ReleasePageTestCase(BrowserTestCase):
    def setUp(self):
        super().setUp()
        shipped.need('openssl')
        self.provider = Provider(self.folder)
        log, key = os.path.join(self.folder, 'audit'), os.path.join(self.folder, 'audit.key')
        os.mkdir(log)
        shipped.output(shipped.binary('audit-writer'), 'init', '--audit-log', log, '--origin', 'stonks-audit',
                       '--key-out', key)
        self.url = self.serve(log, key)

    def serve(self, log, key):
        output = open(os.path.join(self.folder, 'serve.log'), 'w')
        self.addCleanup(output.close)
        process = subprocess.Popen(
            [shipped.binary(), 'serve', '--listen', '127.0.0.1:0', '--allow-anonymous', '--calendar', 'always-open',
             '--approval-stages', 'live', '--audit-log', log, '--audit-key-file', key, '--identity', 'oidc',
             '--oidc-issuer', ISSUER, '--oidc-audience', 'stagegate', '--oidc-jwks', self.provider.jwks,
             '--break-glass-groups', 'oncall', '--approval-groups', 'oncall'],
            stdout=subprocess.DEVNULL, stderr=output, stdin=subprocess.DEVNULL, env={'PATH': os.environ['PATH']})
        self.addCleanup(process.wait, 30)
        self.addCleanup(process.terminate)
        for _ in range(600):
            with open(output.name) as file:
                text = file.read()
            found = re.search(r'http://127\.0\.0\.1:\d+/', text)
            if found:
                return found[0]
            self.assertIsNone(process.poll(), text)
            time.sleep(0.05)
        raise AssertionError('serve named no address: ' + text)

    def check(self, promotion, stage='paper'):
        body = json.dumps({'project': 'stonks', 'stage': stage, 'promotion': promotion, 'image_tag': 'abc123',
                           'actor': 'bob'}).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + 'v1/check', body), timeout=30) as answer:
            return json.load(answer)

    def form(self, browser, action):
        return browser.find_element(By.CSS_SELECTOR, f'form[action$="v1/{action}"]')

    def fill_in(self, form, **fields):
        for name, value in fields.items():
            form.find_element(By.NAME, name).send_keys(value)

    def alerts(self, browser):
        return [alert.text for alert in browser.find_elements(By.CLASS_NAME, 'alert')]

    def await_alert(self, browser, words):
        self.wait_for(browser, lambda: any(words in text for text in self.alerts(browser)))

    def recorded(self, browser):
        self.await_alert(browser, 'Recorded.')

    def test_a_grant_given_in_the_browser_releases_the_promotion_that_waits_and_no_other(self):
        self.assertEqual(self.check('paper.p1')['decision'], 'wait')
        browser = self.browser()
        browser.get(self.url)
        self.assertIn('market open', browser.find_element(By.CLASS_NAME, 'waiting').text)
        self.keep_picture(browser, 'waiting')
        browser.find_element(By.LINK_TEXT, 'paper.p1').click()
        form = self.form(browser, 'break-glass')
        self.assertFalse(form.find_element(By.NAME, 'confirm').is_displayed())
        self.fill_in(form, justification=WHY, token=self.provider.token())
        self.keep_picture(browser, 'release')
        form.find_element(By.CLASS_NAME, 'danger').click()
        dialog = browser.find_element(By.CSS_SELECTOR, 'dialog[open]')
        for words in ('Break the glass?', 'paper', 'paper.p1', 'abc123', WHY):
            self.assertIn(words, dialog.text)
        self.keep_picture(browser, 'release-dialog')
        dialog.find_element(By.CLASS_NAME, 'no').click()
        self.assertFalse(browser.find_elements(By.CSS_SELECTOR, 'dialog[open]'))
        self.assertEqual(self.check('paper.p1')['decision'], 'wait')

        form.find_element(By.CLASS_NAME, 'danger').click()
        browser.find_element(By.CSS_SELECTOR, 'dialog[open] .yes').click()
        self.recorded(browser)
        self.keep_picture(browser, 'released')
        self.assertNotIn('token=', browser.current_url)
        allowed = self.check('paper.p1')
        self.assertEqual((allowed['decision'], allowed['reason']), ('allow', 'break_glass'))
        self.assertEqual((allowed['operator'], allowed['justification']), ('ann@example.com', WHY))
        other = self.check('paper.p2')
        self.assertEqual(other['decision'], 'wait')
        self.assertIn('which has used it', other['message'])
        self.assertIn('"paper.p1"', other['message'])
        self.assertEqual(browser.get_log('browser'), [])

    def test_without_javascript_a_box_is_ticked_instead(self):
        self.check('paper.p1')
        browser = self.browser(script=False)
        browser.get(self.url)
        browser.find_element(By.LINK_TEXT, 'paper.p1').click()
        form = self.form(browser, 'break-glass')
        self.fill_in(form, justification=WHY, token=self.provider.token())
        form.find_element(By.CLASS_NAME, 'danger').click()  # the browser insists on the box
        self.assertEqual(self.check('paper.p1')['decision'], 'wait')
        form.find_element(By.NAME, 'confirm').click()
        form.find_element(By.CLASS_NAME, 'danger').click()
        self.recorded(browser)
        self.assertEqual(self.check('paper.p1')['decision'], 'allow')

    def test_a_note_that_is_too_short_is_not_sent_and_who_may_not_is_told_so(self):
        self.check('paper.p1')
        browser = self.browser()
        browser.get(self.url)
        browser.find_element(By.LINK_TEXT, 'paper.p1').click()
        form = self.form(browser, 'break-glass')
        self.fill_in(form, justification='hotfix', token=self.provider.token(groups=['dev']))
        form.find_element(By.CLASS_NAME, 'danger').click()
        self.assertFalse(browser.find_elements(By.CSS_SELECTOR, 'dialog[open]'))
        self.fill_in(form, justification=' because')
        form.find_element(By.CLASS_NAME, 'danger').click()
        browser.find_element(By.CSS_SELECTOR, 'dialog[open] .yes').click()
        self.await_alert(browser, 'takes the group oncall')
        form = self.form(browser, 'break-glass')
        self.assertEqual(form.find_element(By.NAME, 'justification').get_attribute('value'), 'hotfix because')
        self.assertEqual(form.find_element(By.NAME, 'token').get_attribute('value'), '')
        browser.find_element(By.LINK_TEXT, 'All stages').click()
        self.assertEqual(browser.current_url, self.url)

    def test_an_approval_is_one_of_two_buttons(self):
        self.check('live.p1', stage='live')
        browser = self.browser()
        browser.get(self.url)
        browser.find_element(By.LINK_TEXT, 'live.p1').click()
        form = self.form(browser, 'approvals')
        self.fill_in(form, note='a week on paper', token=self.provider.token())
        form.find_element(By.CSS_SELECTOR, 'button[value=approve]').click()
        browser.find_element(By.CSS_SELECTOR, 'dialog[open] .yes').click()
        self.recorded(browser)
        self.assertIn('a week on paper', browser.find_element(By.CLASS_NAME, 'state').text)

    def test_what_is_injected_stays_text(self):
        self.check(EVIL)
        browser = self.browser()
        browser.get(self.url)
        browser.find_element(By.LINK_TEXT, EVIL).click()
        self.assertIn(EVIL, browser.find_element(By.TAG_NAME, 'h1').text)
        self.assertNotEqual(browser.title, 'taken over')
        self.assertEqual(browser.get_log('browser'), [])

    def test_it_can_be_read_in_both_modes_and_on_a_phone(self):
        self.check('live.p1-with-a-name-that-is-as-long-as-kargo-makes-them', stage='live')
        browser = self.browser()
        browser.get(self.url)
        self.assert_narrow(browser, 'waiting')
        browser.find_element(By.CSS_SELECTOR, '.waiting a').click()
        self.assert_narrow(browser, 'release')
        self.assert_readable(browser, 'release')
        self.assert_alone(browser, self.url)

    def test_it_can_be_heard_as_well_as_seen(self):
        self.check('live.p1', stage='live')
        browser = self.browser()
        browser.get(self.url)
        browser.find_element(By.LINK_TEXT, 'live.p1').click()
        heard = self.heard(browser)
        self.assertEqual(heard['article'], ['Break the glass', 'Approve or reject'])
        self.assertEqual([name for name in heard['button'] if name], ['Break the glass', 'Approve', 'Reject'])
        self.assertEqual([name for name in heard['textbox'] if not name], [])


if __name__ == '__main__':
    shipped.main()
