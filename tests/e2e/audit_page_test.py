"""The pages of audit-writer in a real browser: the operators' page of `serve`, and the report as a file."""
import os
import pathlib
import sys
import time

import page_test
import shipped
from browser import BrowserTestCase

sys.path.insert(0, os.path.join(shipped.ROOT, 'tests/contract/audit-serve'))
import audit_log  # noqa: E402
from audit_log import record  # noqa: E402

EVIL = '<script>document.title="taken over"</script><img src=x onerror=alert(1)> \u202egnp.evil \x1b[2J'
HEADS = ('Record', 'Time', 'Event', 'Operator', 'From', 'To', 'Image tag', 'Notes', 'Grant', 'For', 'By', 'Justification',
         'Use', 'State')
STAGES = ('ci', 'integration-test', 'beta', 'paper', 'live')



def history(count):
    """A plausible past: builds wander through the stages, some fail, one is rolled back."""
    records = []
    for n in range(count):
        stage = STAGES[n % 5]
        tag = f'{(n // 5) * 2654435761 % 16**7:07x}'
        failed = n % 17 == 0
        records.append(record(
            f'past-{n}', target_stage=stage, source_stage=STAGES[n % 5 - 1] if n % 5 else None, image_tag=tag,
            event='failed' if failed else 'succeeded', outcome='failure' if failed else 'success',
            operator={'name': ('celes', 'ann', 'renovate-bot')[n % 3], 'kind': 'human'},
            notes='' if n % 4 else f'promote after green integration run {n}; rollback plan is the previous tag'))
    return records


class AuditPageTestCase(BrowserTestCase):
    def setUp(self):
        super().setUp()
        audit_log.PROGRAM = shipped.binary('audit-writer')
        self.log = audit_log.Log()
        self.addCleanup(self.log.remove)

    def serve(self, *arguments):
        service = audit_log.Service(self.log, *arguments)
        self.addCleanup(service.stop)
        return service

    def page(self, path='', **how):
        service = self.serve()
        browser = self.browser(**how)
        browser.get(service.url + path)
        return service, browser

    def break_glass(self):
        """A grant, its use by a promotion, and no review."""
        done = self.log.run('grant', '--stage', 'live', '--tag', '3f2a91c', '--expires', '60m', '--operator', 'ann',
                            '--justification', 'broker API down, hedges cannot close')
        self.assertEqual(done.returncode, 0, done.stderr)

    def cards(self, browser):
        return {card.find_element('tag name', 'h2').text: card.text
                for card in browser.find_elements('tag name', 'article')}

    def test_an_empty_log_shows_five_stages_and_says_that_there_is_nothing(self):
        _, browser = self.page()
        self.assertEqual(tuple(self.cards(browser)), STAGES)
        self.assertTrue(all('Nothing has been deployed' in text for text in self.cards(browser).values()))
        self.assert_readable(browser, 'audit-empty')
        self.assert_narrow(browser, 'audit-empty')

    def test_every_field_of_a_promotion_is_on_the_page(self):
        self.break_glass()
        self.log.add([record('k1', notes='all green', approver={'name': 'ann', 'kind': 'human'}, change_ref='OPS-7')])
        service, browser = self.page()
        self.assertIn('3f2a91c', self.cards(browser)['live'])
        self.assertIn('celes', self.cards(browser)['live'])
        table = browser.find_element('class name', 'records').text
        for field in ('celes', 'approved by ann', 'paper', 'live', '3f2a91c', 'all green', 'OPS-7',
                      'promotion.succeeded', time.strftime('%Y-%m-%d', time.gmtime())):
            self.assertIn(field, table)
        marks = browser.find_elements('class name', 'glass')
        self.assertTrue(marks and all(mark.text and mark.find_elements('tag name', 'svg') for mark in marks))
        self.assertIn('broker API down', browser.find_element('tag name', 'main').text)
        self.assert_alone(browser, service.url)

    def test_what_the_gate_says_is_on_each_card(self):
        self.log.add([record('k1')])
        gate = page_test.Gate(page_test.OPEN, self.folder)
        self.addCleanup(gate.stop)
        service = self.serve('--gate-url', gate.url, '--proxy', 'none', '--stages', 'beta,paper,live,prices')
        browser = self.browser()
        for _ in range(600):
            browser.get(service.url)
            if 'Promotions blocked' in self.cards(browser)['live']:
                break
            time.sleep(0.1)
        cards = self.cards(browser)
        self.assertIn('\nmarket open (xnys)', cards['paper'])
        self.assertRegex(cards['live'], r'\d\d:\d\d:\d\d until promotions are allowed')
        self.assertIn('Promotions allowed', cards['prices'])
        self.assertIn('Not gated', cards['beta'])
        self.assertIn('timer', self.heard(browser))
        self.assert_alone(browser, service.url)
        self.assert_readable(browser, 'audit-gate')
        self.assert_narrow(browser, 'audit-gate')

    def test_ten_thousand_records_are_shown_page_by_page(self):
        self.log.fill(history(9_997))
        self.break_glass()
        self.log.add([
            {**record('live-gate'), 'type': 'gate', 'event': 'blocked', 'outcome': 'blocked',
             'gate': {'name': 'market-hours'}, 'reason': 'market_open: closes 21:00Z'}])
        service, browser = self.page()
        self.assertIn('10000 records', browser.find_element('class name', 'asof').text)
        self.assertEqual(len(browser.find_elements('css selector', '.records tbody tr')), 50)
        self.assert_readable(browser, 'audit-full')
        self.assert_narrow(browser, 'audit-full')
        self.width(browser, 1280)
        first = browser.find_element('css selector', '.records tbody tr').text
        browser.get(browser.find_element('css selector', 'a[rel=next]').get_attribute('href'))
        self.assertNotEqual(browser.find_element('css selector', '.records tbody tr').text, first)
        self.assertEqual(len(browser.find_elements('css selector', '.records tbody tr')), 50)

    def test_the_filter_works_without_javascript(self):
        self.log.add(history(100))
        _, browser = self.page(script=False)
        browser.find_element('css selector', 'select[name=stage]').send_keys('live')
        browser.find_element('name', 'operator').send_keys('ann')
        browser.find_element('tag name', 'button').click()
        self.wait_for(browser, lambda: 'operator=ann' in browser.current_url)
        rows = browser.find_elements('css selector', '.records tbody tr')
        self.assertTrue(rows)
        for row in rows:
            self.assertIn('ann', row.text)
            self.assertIn('live', row.text)
        self.assertEqual(browser.find_element('name', 'operator').get_attribute('value'), 'ann')
        self.assertIn('operator=ann', browser.find_element('link text', 'CSV').get_attribute('href'))
        refresh = browser.find_element('css selector', 'meta[http-equiv=refresh]')
        self.assertEqual(refresh.get_attribute('content'), '60')

    def test_what_people_wrote_does_nothing(self):
        self.log.add([record('evil', notes=EVIL, operator={'name': EVIL, 'kind': 'human'}, change_ref=EVIL,
                             reason=EVIL, approver={'name': EVIL, 'kind': 'human'})])
        service, browser = self.page('?operator=%22%3E%3Cscript%3Ealert(1)%3C/script%3E')
        self.assertNotIn('taken over', browser.title)
        browser.get(service.url)
        self.assertNotIn('taken over', browser.title)
        self.assertEqual(browser.find_elements('css selector', 'main img, main script'), [])
        text = browser.find_element('tag name', 'main').text
        self.assertIn('<script>', text)
        self.assertIn('\\u202egnp.evil \\u001b[2J', text)
        self.assertEqual(browser.get_log('browser'), [])
        self.keep_picture(browser, 'audit-evil')

    def test_foreign_style_and_script_do_not_run(self):
        _, browser = self.page()
        browser.execute_script('''const script = document.createElement('script');
            script.textContent = "document.title = 'taken over'"; document.body.append(script);''')
        self.assertNotEqual(browser.title, 'taken over')
        self.assertIn('Content Security Policy', ''.join(entry['message'] for entry in browser.get_log('browser')))

    def test_it_can_be_heard_as_well_as_seen(self):
        self.break_glass()
        self.log.add(history(20))
        _, browser = self.page()
        # On a narrow screen a table is shown as a list. For who hears it, it has to stay a table, and as the heads of its
        # columns are gone, each cell has to say what it is of.
        for pixels, of_a_table in ((1280, 'columnheader'), (360, 'cell')):
            self.width(browser, pixels)
            heard = self.heard(browser)
            self.assertEqual(tuple(heard['article']), STAGES)
            for role in ('main', 'banner', 'contentinfo', 'search', 'navigation', 'table', 'row', of_a_table, 'button'):
                self.assertIn(role, heard)
            self.assertTrue(all(heard['link']))
            self.assertTrue(all(heard['textbox']))
            self.assertIn('History', heard['heading'])
            self.assertIn('Break-glass that needs somebody\'s eyes', heard['heading'])
        self.assertTrue(all(cell.startswith(HEADS) for cell in heard['cell']), heard['cell'])
        self.assertEqual(browser.find_element('tag name', 'html').get_attribute('lang'), 'en')

    def test_the_report_is_one_file_for_screen_phone_and_paper(self):
        self.break_glass()
        self.log.add(history(300) + [record('evil', notes=EVIL)])
        done = self.log.run('report compliance', '--period', '2d', '--output', 'html', key=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        file = pathlib.Path(self.folder, 'report.html')
        file.write_text(done.stdout)
        browser = self.browser()
        browser.get(file.as_uri())
        self.assertNotIn('taken over', browser.title)
        self.assertIn('Promotion compliance', browser.title)
        self.assert_readable(browser, 'audit-report')
        self.assert_narrow(browser, 'audit-report')
        self.width(browser, 1280)
        self.assertEqual(browser.get_log('browser'), [])
        paper = browser.execute_cdp_cmd('Page.printToPDF', {'printBackground': True})
        self.assertGreater(len(paper['data']), 10_000)
        heard = self.heard(browser)
        self.assertIn('All changes', heard['heading'])
        for role in ('main', 'banner', 'contentinfo', 'table'):
            self.assertIn(role, heard)


if __name__ == '__main__':
    shipped.main()
