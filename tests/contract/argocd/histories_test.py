"""The sixteen recorded histories, told by both front ends to the program: to each there is one right answer."""

import unittest

import replay
from argocd_case import ArgocdCase, both_ways
from world import NEW

SCENARIOS = replay.scenarios()
CODES = {"success": 0, "failed": 1, "blocked": 1, "paused": 1, "superseded": 4, "reverted": 4}


@unittest.skipIf(SCENARIOS is None, "no data")
class HistoryTestCase(ArgocdCase):
    def history(self, name, *sees):
        both_ways(lambda case, way: case.play(way, SCENARIOS[name], sees))(self)

    def play(self, way, scenario, sees):
        result = scenario["expect"].partition("@")[0]
        player = replay.Replay(scenario)
        player.add(self.world)
        more = {"verb": "wait", "revisions": NEW} if scenario.get("wait_only") else {}
        answer = self.deploy(way, CODES[result], result, sees=sees, **more)
        self.assertEqual(answer.result["apps"][0]["app"], "stonks-beta")
        if result == "success":
            self.assertTrue(player.finished, "too early")
            self.assertEqual(answer.result["apps"][0]["revisions"], [NEW])
        if not scenario.get("wait_only"):
            self.assertEqual(self.operations()[0], "run-1")

    def test_the_normal_course_is_a_success(self):
        self.history("happy")

    def test_a_comparison_of_the_same_second_does_not_count(self):
        self.history("stale-same-second", "Degraded")

    def test_what_was_before_a_push_does_not_count(self):
        self.history("push-then-wait")

    def test_another_source_that_was_synced_over_ours_is_a_conflict(self):
        self.history("superseded")

    def test_a_permitted_sync_that_looks_blocked_goes_on(self):
        self.history("window-transient")

    def test_a_window_that_holds_is_told(self):
        self.history("window-holds", "window")

    def test_a_failure_after_retries_is_a_failure(self):
        self.history("retry-pending")

    def test_a_sync_that_turned_partial_is_a_failure(self):
        self.history("selective-leak", "part")

    def test_degraded_for_a_moment_is_waited_out(self):
        self.history("degraded-transient")

    def test_an_aborted_rollout_is_a_failure_with_its_metric(self):
        self.history("rollout-aborted", "RolloutAborted", "success-rate")

    def test_a_canary_that_stands_is_paused(self):
        self.history("paused-canary", "CanaryPauseStep")

    def test_a_parameter_that_is_put_back_is_a_conflict(self):
        self.history("reverted")

    def test_what_is_left_over_without_prune_is_a_failure(self):
        self.history("prune-skipped", "old")

    def test_the_same_tag_again_is_a_success(self):
        self.history("noop")

    def test_a_parameter_that_nothing_reads_is_a_failure(self):
        self.history("wrong-parameter", "no pod runs")

    def test_a_comparison_that_cannot_be_made_is_a_failure(self):
        self.history("comparison-error", "failed to list refs")

    def test_these_are_all_histories(self):
        self.assertEqual(len(SCENARIOS), 16)
        self.assertEqual(sum(name.startswith("test_") for name in vars(HistoryTestCase)), 17)


if __name__ == "__main__":
    unittest.main()
