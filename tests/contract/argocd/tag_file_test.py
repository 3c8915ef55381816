"""argocd-sync with the tag in a file in Git: what is written, and which revision counts. How the file is edited and the
commit is made is tested in ../argocd-git."""

import unittest

import tag_file
from argocd_case import both_ways, until
from world import NEW, OLD, REPOSITORY, application, helm_source


class TagFileTestCase(tag_file.TagFileCase):
    @both_ways
    def test_the_tag_is_committed_and_that_commit_is_what_runs(self, way):
        self.open()
        before = self.world.get("stonks-beta")["spec"]
        answer = self.deploy(way, 0, "success", **self.git(actor="carol", stage="beta"))
        app = answer.result["apps"][0]
        self.assertEqual((app["commit"], app["revisions"], app["tag_before"]),
                         (self.repository.tip(), [self.repository.tip()], OLD))
        self.assertEqual(self.repository.read(tag_file.FILE).decode(), tag_file.VALUES.replace(OLD, NEW))
        self.assertEqual(self.world.get("stonks-beta")["spec"], before)
        self.assertEqual(self.operations(), ["run-1"])
        for trailer in ("Stagegate-Run: run-1", "Stagegate-Stage: beta", "Promoted-By: carol"):
            self.assertIn(trailer, self.repository.message())

    @both_ways
    def test_what_is_there_already_makes_no_commit(self, way):
        self.open()
        self.commit(NEW)
        tip = self.repository.tip()
        self.deploy(way, 0, "success", **self.git())
        self.assertEqual(self.repository.tip(), tip)

    @both_ways
    def test_a_later_revision_that_still_has_the_tag_is_as_good(self, way):
        self.open(sync=2)
        process = self.start(*self.words(way, **self.git()), "--result-file", "result.json")
        until(lambda: self.tag_in_git() == NEW and self.operations(), "the sync")
        self.repository.commit({"README.md": b"later\n"}, "Somebody else's work")
        answer = self.finish(process)
        self.assertEqual(answer.code, 0, answer.text)

    @both_ways
    def test_another_tag_that_somebody_commits_after_ours_is_a_conflict_with_who_it_was(self, way):
        for knobs in ({"take": 20}, {"sync": 10}):
            self.begin()
            self.open(**knobs)
            process = self.start(*self.words(way, **self.git()), "--result-file", "result.json")
            until(lambda: self.operations(), "the sync")
            self.commit("3" * 40)
            answer = self.finish(process)
            self.assertEqual(answer.code, 4, answer.text)
            self.assertIn(self.repository.tip()[:12], answer.text)
            self.assertEqual(self.tag_in_git(), "3" * 40)

    @both_ways
    def test_nothing_is_committed_that_could_not_be_synced(self, way):
        self.open()
        self.argo.denied.add("sync")
        self.world.cluster.denied.add(("patch", "applications"))
        self.deploy(way, 3, "unknown", **self.git())
        self.assertEqual(self.repository.count(), 1)

    def test_a_step_that_is_started_again_finds_its_commit_and_its_sync(self):
        self.open(sync=10)
        process = self.start(*self.words("api", **self.git()))
        until(self.state, "the sync")
        process.kill()
        tip = self.repository.tip()
        self.deploy("api", 0, "success", **self.git())
        self.assertEqual((self.repository.tip(), self.operations()), (tip, ["run-1"]))

    def test_auto_sync_that_takes_the_commit_up_is_no_conflict(self):
        source = helm_source(OLD)
        source["helm"].pop("parameters")
        self.open(application(source=source, syncPolicy={"automated": {"prune": True}}), compare=0.01)
        self.deploy("api", 0, "success", **self.git())

    def test_of_several_sources_the_one_with_the_file_has_the_revision(self):
        chart = helm_source(OLD) | {"name": "chart", "repoURL": REPOSITORY + "-chart"}
        chart["helm"] = {"valueFiles": ["$values/values.yaml"]}
        values = {"name": "values", "ref": "values", "repoURL": REPOSITORY, "targetRevision": "main"}
        self.open(application(sources=[chart, values]))
        answer = self.deploy("api", 0, "success", source="values", **self.git())
        self.assertEqual(answer.result["apps"][0]["revisions"][1], self.repository.tip())

    def test_a_failure_is_rolled_back_by_another_commit(self):
        self.open(ends="Failed")
        answer = self.deploy("api", 1, "failed", "--rollback-on-failure", rollback_timeout="5s", **self.git())
        self.assertEqual(answer.result["apps"][0]["rollback"]["tag"], OLD)
        self.assertEqual(self.tag_in_git(), OLD)
        self.assertEqual(self.repository.count(), 3)

    def test_no_token_is_shown(self):
        self.open()
        answer = self.deploy("api", 0, "success", **self.git())
        self.assert_no_secret(answer, tag_file.contents_api.TOKEN)

    def test_github_is_asked_in_its_own_way(self):
        self.open(kind="github")
        answer = self.deploy("api", 0, "success", **self.git())
        self.assertEqual(answer.result["apps"][0]["commit"], self.repository.tip())


if __name__ == "__main__":
    unittest.main()
