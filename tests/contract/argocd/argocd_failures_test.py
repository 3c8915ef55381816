"""Every row of argocd-sync's failure table: what happens, what is seen, and the exit code.

The table is in plugins/argocd-sync/docs.md. Each row carries its id in a comment, and `test_<id>` here is its test: the
exit code is one of those in the row's last cell, and what stands in backquotes under "what is seen" is in the output
(`...` stands for anything). Where both ways lead to it, both are gone."""

import pathlib
import re
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import failure_table  # noqa: E402

import replay  # noqa: E402
import tag_file  # noqa: E402
from argocd_case import ArgocdCase, both_ways, until  # noqa: E402
from faults import expire, silence, to_https  # noqa: E402
from world import IMAGE, OLD, application, helm_source, operation_of, project  # noqa: E402

ROWS = failure_table.cells("argocd-sync")
SCENARIOS = replay.scenarios()
needs_data = unittest.skipIf(SCENARIOS is None, "no data")
ALWAYS = {"kind": "deny", "schedule": "0 * * * *", "duration": "59m59s", "applications": ["*"], "timeZone": "UTC"}


class TableTestCase(unittest.TestCase):
    def test_every_row_has_its_test_and_every_test_its_row(self):
        tested = {name.removeprefix("test_").replace("_", "-") for case in RowTestCase.__subclasses__()
                  for name in vars(case) if name.startswith("test_")}
        self.assertEqual(tested, set(ROWS))


class RowTestCase(ArgocdCase):
    def ended(self, answer):
        """As the row says."""
        name = self._testMethodName.removeprefix("test_").replace("_", "-")
        _, seen, _, codes = ROWS[name]
        self.assertIn(str(answer.code), re.findall(r"\d+", codes), answer.text)
        for words in re.findall(r"`([^`]+)`", seen):
            pattern = ".*".join(map(re.escape, re.split(r"\s*\.\.\.\s*", words)))
            self.assertRegex(answer.text, re.compile(pattern, re.DOTALL))
        return answer

    def row(self, way, *more, env=None, **settings):
        return self.ended(self.run_program(*self.words(way, **settings), *more, env=env))

    def history(self, name, way):
        replay.Replay(SCENARIOS[name]).add(self.world)
        self.row(way)


class NoTestCase(RowTestCase):
    @both_ways
    def test_sync_failed(self, way):
        self.add(ends="Failed", words="one or more objects failed to apply")
        self.row(way)

    @needs_data
    @both_ways
    def test_partial(self, way):
        self.history("selective-leak", way)

    @needs_data
    @both_ways
    def test_leftovers(self, way):
        self.history("prune-skipped", way)

    @both_ways
    def test_degraded(self, way):
        self.add(course=[(0.1, "Degraded", "one or more pods do not start")])
        self.row(way)

    @both_ways
    def test_aborted(self, way):
        self.add(canary="abort")
        self.row(way)

    @both_ways
    def test_paused(self, way):
        self.add(canary="pause")
        self.row(way)

    @both_ways
    def test_inconclusive(self, way):
        self.add(canary="inconclusive")
        self.row(way)

    @both_ways
    def test_other_images(self, way):
        self.add()
        self.row(way, images="registry.celestium.life/stonks-oracle/other")

    @both_ways
    def test_old_pods(self, way):
        self.add(keeps_old=True)
        self.row(way, "--exclusive-images")

    @needs_data
    @both_ways
    def test_cannot_compare(self, way):
        self.history("comparison-error", way)

    @both_ways
    def test_busy(self, way):
        self.add(sync=10000)
        self.world.change("stonks-beta", {"operation": {"initiatedBy": {"username": "ada"},
                                                        "sync": {"source": helm_source(OLD)}}})
        until(self.state, "somebody else's sync")
        self.row(way, on_busy="fail")
        self.assertEqual(self.tag_of(), OLD)

    @both_ways
    def test_deleting(self, way):
        self.add()
        self.world.change("stonks-beta", {"metadata": {"deletionTimestamp": "2026-08-24T12:00:00Z"}})
        self.row(way)

    @both_ways
    def test_skipped(self, way):
        self.add()
        self.world.change("stonks-beta",
                          {"metadata": {"annotations": {"argocd.argoproj.io/skip-reconcile": "true"}}})
        self.row(way)


class WindowTestCase(RowTestCase):
    def windows(self, *windows):
        self.world.cluster.put("appprojects", project(windows=windows))

    @both_ways
    def test_window(self, way):
        self.add()
        self.windows(ALWAYS)
        self.row(way)
        self.assertEqual((self.tag_of(), self.operations()), (OLD, []))

    @both_ways
    def test_window_holds(self, way):
        self.add(blocks_first=True, take=0.5)
        process = self.start(*self.words(way, window_grace="1s"))
        until(lambda: operation_of(self.world.get("stonks-beta")), "the sync")
        self.windows(ALWAYS)
        self.ended(self.finish(process))


class OthersTestCase(RowTestCase):
    @needs_data
    @both_ways
    def test_superseded(self, way):
        self.history("superseded", way)

    @needs_data
    @both_ways
    def test_reverted(self, way):
        self.history("reverted", way)

    @both_ways
    def test_lost(self, way):
        self.add(take=1000)
        process = self.start(*self.words(way, timeout="50s"))
        until(lambda: self.operations(), "the sync")
        self.world.change("stonks-beta", {"operation": None})
        self.ended(self.finish(process))


class TimeTestCase(RowTestCase):
    @both_ways
    def test_too_late(self, way):
        self.add(sync=10000)
        self.row(way, timeout="1s")

    @both_ways
    def test_busy_too_long(self, way):
        self.add(sync=10000)
        self.world.change("stonks-beta", {"operation": {"initiatedBy": {"username": "ada"},
                                                        "sync": {"source": helm_source(OLD)}}})
        until(self.state, "somebody else's sync")
        self.row(way, timeout="2s")

    def test_silent(self):
        self.add(sync=10000)
        process = self.start(*self.words("api", timeout="4s"))
        until(lambda: self.argo.asked("POST", "/sync"), "the sync")
        self.argo.plan("", silence, times=None)
        self.ended(self.finish(process))

    @both_ways
    def test_cancelled(self, way):
        for number in (signal.SIGTERM, signal.SIGINT):
            self.begin()
            self.add(sync=10000)
            process = self.start(*self.words(way))
            until(self.state, "the sync")
            process.send_signal(number)
            self.ended(self.finish(process))


class AccessTestCase(RowTestCase):
    @both_ways
    def test_not_there(self, way):
        self.row(way)

    def test_nobody_there(self):
        words = self.words("api", timeout="1s")
        words[words.index("--server") + 1] = "http://127.0.0.1:1"
        self.ended(self.run_program(*words))

    def test_no_argocd(self):
        self.add()
        self.argo.plan("", lambda handler: handler.send(200, b"<html>Please log in</html>", "text/html"), times=None)
        self.row("api", timeout="2s")

    def test_redirect(self):
        self.add()
        self.argo.plan("", to_https, times=None)
        self.row("api")

    def test_token(self):
        self.add()
        self.row("api", env={"PLUGIN_TOKEN": "a.b.c"})
        self.argo.plan("", expire, times=None)
        self.row("api")

    def test_wrong_login(self):
        self.add()
        self.argo.passwords["ci"] = "right"
        self.environment.pop("PLUGIN_TOKEN")
        self.row("api", "--username", "ci", env={"PLUGIN_PASSWORD": "mistaken"})

    def test_no_right(self):
        self.add()
        self.argo.denied.add("sync")
        self.row("api")
        self.assertEqual(self.tag_of(), OLD)

    def test_no_role(self):
        self.add()
        self.world.cluster.denied.add(("patch", "applications"))
        self.row("core")
        self.assertEqual(self.tag_of(), OLD)

    def test_invalid(self):
        self.add()
        self.argo.invalid = "InvalidSpecError: application destination is not permitted in project"
        self.row("api")

    def test_other_project(self):
        self.add()
        words = self.words("core")
        words[words.index("--project") + 1] = "lumen"
        self.ended(self.run_program(*words))


class SettingTestCase(RowTestCase):
    @both_ways
    def test_which_source(self, way):
        self.add(application(sources=[helm_source(OLD), helm_source(OLD)]))
        self.row(way)

    @both_ways
    def test_no_source_kind(self, way):
        source = helm_source(OLD)
        del source["helm"]
        self.add(application(source=source | {"kustomize": {"images": [f"{IMAGE}:{OLD}"]}}))
        self.row(way)

    def test_waits_for_nothing(self):
        self.row("api", verb="wait", images=None)


class GitTestCase(RowTestCase, tag_file.TagFileCase):
    def test_git_absent(self):
        self.open()
        self.row("api", **self.git(git_file="values-beta.yml"))
        self.assertEqual(self.operations(), [])

    def test_git_no_key(self):
        self.open()
        self.row("api", **self.git(git_key="image.label"))

    def test_git_protected(self):
        self.open()
        self.hosting.protected = True
        self.row("api", **self.git())
        self.assertEqual(self.operations(), [])

    def test_git_superseded(self):
        self.open()
        self.hosting.plan("PUT", tag_file.first(lambda: self.commit("3" * 40)))
        self.row("api", **self.git())
        self.assertEqual((self.operations(), self.tag_in_git()), ([], "3" * 40))


if __name__ == "__main__":
    unittest.main()
