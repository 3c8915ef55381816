"""audit-writer's verbs as a new user meets them, one after the other, against the built program."""

import hashlib
import json
import os
import pathlib
import re
import stat
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from log_case import ORIGIN, ROOT, TAG, LogCase  # noqa: E402

SHA = "sha256:" + "a" * 64


class FirstStepsTestCase(LogCase):
    def test_a_new_log_has_its_key_in_a_file_that_only_its_owner_reads(self):
        made = self.make_log()
        self.assertEqual(stat.S_IMODE(self.key.stat().st_mode), 0o600)
        self.assertTrue(self.key.read_text().startswith(f"PRIVATE+KEY+{ORIGIN}+"))
        self.assertTrue(made["vkey"].startswith(f"{ORIGIN}+"))
        self.assertEqual(made["checkpoint"].splitlines()[:2], [ORIGIN, "1"])
        self.assertNotIn(self.key.read_text().strip(), json.dumps(made))

    def test_a_woodpecker_step_needs_three_settings(self):
        self.make_log()
        answer = self.run_program(env={
            "CI": "woodpecker", "CI_SYSTEM_NAME": "woodpecker", "CI_SYSTEM_VERSION": "3.18.0",
            "CI_REPO": "celesrenata/stonks-oracle", "CI_REPO_NAME": "stonks-oracle", "CI_PIPELINE_NUMBER": "738",
            "CI_STEP_NAME": "record outcome", "CI_PIPELINE_AUTHOR": "celes", "CI_PIPELINE_STATUS": "failure",
            "CI_PIPELINE_EVENT": "deployment", "CI_PIPELINE_DEPLOY_TARGET": "live", "CI_COMMIT_SHA": TAG,
            "CI_COMMIT_TIMESTAMP": "1795478400", "CI_PIPELINE_URL": "https://ci.example/738",
            "PLUGIN_EVENT": "promotion.finished", "PLUGIN_SOURCE_STAGE": "paper", "PLUGIN_OUTPUT": "json",
            "PLUGIN_ECHO": "true",
        })
        self.assertEqual(answer.code, 0, answer.err)
        record = json.loads(answer.json()["record"])
        self.assertEqual(record["event"], "failed")
        self.assertEqual(record["operator"], {"name": "celes", "kind": "human", "via": "woodpecker", "verified": True})
        self.assertEqual([record[name] for name in ("project", "source_stage", "target_stage", "image_tag", "commit")],
                         ["stonks-oracle", "paper", "live", TAG, TAG])
        self.assertEqual(record["commit_time"], "2026-11-24T00:00:00Z")
        self.assertEqual(record["source"]["pipeline"], 738)
        self.assertEqual(record["idem"], "woodpecker:celesrenata/stonks-oracle#738/record%20outcome:"
                                         f"promotion.failed:live:{TAG}")
        self.assertEqual(record["writer"]["tool"], "audit-writer")

    def test_what_it_prints_is_the_checkpoint_beside_the_log(self):
        self.make_log()
        answer = self.append()
        self.assertEqual(answer.code, 0, answer.err)
        self.assertTrue(answer.out.endswith((self.log / "checkpoint").read_text()), answer.out)

    def test_evidence_is_hashed_and_images_come_from_a_file(self):
        self.make_log()
        (self.folder / "results.json").write_text('{"passed": 120}')
        (self.folder / "images.json").write_text(json.dumps({"images": [{"name": "stonks/a", "digest": SHA}]}))
        stored = self.stored("--gate", "integration-tests", "--evidence", "results.json", "--images-from", "images.json",
                             "--counts", "passed=120,failed=0", "--extra", "x_team=core", "--echo", event="gate.passed")
        record = json.loads(stored["record"])
        self.assertEqual(record["gate"], {
            "name": "integration-tests", "result_sha256": hashlib.sha256(b'{"passed": 120}').hexdigest(),
            "counts": {"failed": 0, "passed": 120}})
        self.assertEqual(record["images"], [{"name": "stonks/a", "digest": SHA}])
        self.assertEqual(record["x"], {"x_team": "core"})

    def test_a_dry_run_stores_nothing(self):
        self.make_log()
        answer = self.append("--dry-run")
        self.assertEqual(answer.code, 0, answer.err)
        self.assertIn("would record promotion.succeeded stonks paper -> live", answer.out)
        self.assertEqual(len(self.lines()), 1)

    def test_doctor_finds_nothing_wrong_with_a_good_log(self):
        self.make_log()
        answer = self.run_program("doctor", "--output=json")
        checks = {check["what"]: check for check in answer.json()["checks"]}
        for what in ("log", "access", "key", "vkey", "links", "head", "clock"):
            self.assertEqual(checks[what]["result"], "ok", checks[what])
        self.assertFalse([path for path in (self.log / "tail").iterdir() if path.name.startswith(".")])

    def test_doctor_names_what_is_wrong(self):
        self.make_log()
        (self.log / "tail").chmod(0o777)
        answer = self.run_program("doctor", env={"PLUGIN_AUDIT_KEY_FILE": None})
        self.assertIn("chmod o-w", answer.out)
        self.assertIn("not pinned", answer.out)
        missing = self.run_program("doctor", env={"PLUGIN_AUDIT_LOG": str(self.folder / "none")})
        self.assertEqual(missing.code, 3)
        self.assertIn("is the volume mounted?", missing.out)


class QueriesTestCase(LogCase):
    def setUp(self):
        super().setUp()
        self.make_log()
        for stage, tag, notes in (("beta", "one", "first"), ("live", TAG, "to live"), ("beta", TAG, "a|b\n<b>")):
            self.stored("--notes", notes, "--images", f"stonks/a@{SHA}", stage=stage, tag=tag)

    def test_current_says_what_runs_where(self):
        stages = self.run_program("current", "--output=json").json()["stages"]
        self.assertEqual([(stage["stage"], stage["image_tag"], stage["operator"]["name"]) for stage in stages],
                         [("beta", TAG, "ann"), ("live", TAG, "ann")])
        self.assertEqual(self.run_program("current", "--at", "2020-01-01").out, "nothing has been deployed yet\n")
        self.assertRegex(self.run_program("current").out, rf"live +{TAG} +\d\d\d\d-\S+Z +ann +2 +to live")

    def test_history_in_all_its_forms(self):
        text = self.run_program("history", "--stage", "live")
        self.assertEqual(len(text.out.splitlines()), 2, text.out)
        lines = self.run_program("history", "--output=jsonl").out
        self.assertEqual(lines.encode(), (self.log / "records/0000000000.jsonl").read_bytes())
        csv = self.run_program("history", "--output=csv", "--tag", TAG[:7]).out
        self.assertEqual(csv.count(TAG), 2)
        markdown = self.run_program("history", "--output=md").out
        self.assertIn("a\\|b \\<b\\>", markdown)
        page = self.run_program("history", "--output=html").out
        self.assertIn("&lt;b&gt;", page)
        self.assertTrue(page.endswith("</html>\n"))
        listed = self.run_program("history", "--output=json", "--operator", "ann", "--limit", "2").json()
        self.assertEqual([record["seq"] for record in listed["records"]], [2, 3])

    def test_history_finds_by_type_time_and_broken_glass(self):
        def count(*words):
            return self.run_program("history", "--output=json", *words).json()["count"]

        self.assertEqual(count("--type", "log"), 1)
        self.assertEqual(count("--type", "promotion.succeeded"), 3)
        self.assertEqual(count("--since", "1h"), 4)
        self.assertEqual(count("--until", "1h"), 0)
        self.assertEqual(count("--break-glass"), 0)
        self.assertEqual(count("--project", "other"), 0)

    def test_where_a_tag_has_been(self):
        answer = self.run_program("where", "one", "--output=json").json()
        self.assertEqual([(stay["stage"], stay["replaced_by"]) for stay in answer["stays"]], [("beta", TAG)])
        self.assertIn("now", self.run_program("where", TAG[:8]).out)

    def test_show_by_number_and_by_id(self):
        by_number = self.run_program("show", "2", "--output=json").json()
        by_id = self.run_program("show", by_number["record"]["id"], "--output=json").json()
        self.assertEqual(by_id["line"], by_number["line"])
        leaf = hashlib.sha256(b"\0" + self.lines()[2]).hexdigest()
        self.assertEqual(by_number["leaf"], leaf)

    def test_diff_of_stages_and_of_times(self):
        self.assertEqual(self.run_program("diff", "beta", "live").out, "no difference\n")
        answer = self.run_program("diff", "1h", "0s", "--output=json")
        self.assertEqual(answer.code, 1)
        self.assertEqual({row["what"]: row["right"] for row in answer.json()["differences"]}, {"beta": TAG, "live": TAG})
        self.assertEqual(self.run_program("diff", "live", "1h").code, 2)


class ProofTestCase(LogCase):
    def test_a_record_is_proven_with_a_standard_library(self):
        self.make_log()
        for number in range(6):
            self.stored("--idempotency-key", f"n{number}")
        answer = self.run_program("proof", "3", "evidence")
        self.assertEqual(answer.code, 0, answer.err)
        record = (self.folder / "evidence/record-3.json").read_bytes()
        proof = (self.folder / "evidence/record-3.tlog-proof").read_text()
        self.assertEqual(record, self.lines()[3])
        head, note = proof.split("\n\n", 1)
        first, index, *hashes = head.splitlines()
        self.assertEqual((first, index), ("c2sp.org/tlog-proof@v1", "index 3"))
        import base64
        origin, size, root = note.splitlines()[:3]
        self.assertEqual(origin, ORIGIN)
        self.assertEqual(note, (self.log / "checkpoint").read_text())
        self.assertEqual(climb(record, 3, int(size), [base64.b64decode(line) for line in hashes]),
                         base64.b64decode(root))

    def test_without_a_folder_both_are_printed(self):
        self.make_log()
        answer = self.run_program("proof", "0")
        line, proof = answer.out.split("\n", 1)
        self.assertEqual(line.encode(), self.lines()[0])
        self.assertTrue(proof.startswith("c2sp.org/tlog-proof@v1\nindex 0\n"))


def climb(leaf, index, size, path):
    """RFC 9162 2.1.3.2: the root that a leaf and its path lead to."""
    fn, sn = index, size - 1
    value = hashlib.sha256(b"\0" + leaf).digest()
    for step in path:
        assert sn != 0
        if fn & 1 or fn == sn:
            value = hashlib.sha256(b"\1" + step + value).digest()
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            value = hashlib.sha256(b"\1" + value + step).digest()
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0
    return value


class GlassTestCase(LogCase):
    def test_a_grant_is_given_taken_back_and_listed(self):
        self.make_log()
        granted = self.run_program("grant", "--stage", "live", "--tag", TAG, "--operator", "ann", "--justification",
                                   "INC-7: prices are wrong", "--expires", "30m")
        self.assertEqual(granted.code, 0, granted.err)
        grant = re.match(r"grant ([0-9A-Z]{26}) for exactly one promotion, until ", granted.out)[1]
        listed = self.run_program("history", "--break-glass").out
        self.assertIn("[BREAK-GLASS] INC-7: prices are wrong", listed)
        revoked = self.run_program("revoke", grant, "--operator", "bob", "--reason", "found another way")
        self.assertEqual(revoked.code, 0, revoked.err)
        record = json.loads(self.lines()[2])
        self.assertEqual(record["break_glass"], {"grant": grant, "grant_seq": 1})
        self.assertEqual(record["reason"], "found another way")
        self.assert_verifies()


class CareTestCase(LogCase):
    WHO = ("--operator", "ann", "--reason", "looked into it")

    def setUp(self):
        super().setUp()
        self.make_log()
        for number in range(3):
            self.stored("--idempotency-key", f"n{number}", "--notes", f"note {number}", tag=f"tag{number}")

    def test_repair_cuts_off_what_somebody_has_put_behind_the_end(self):
        self.assertEqual(self.run_program("repair", *self.WHO).out, "nothing to repair\n")
        with open(self.log / "records/0000000000.jsonl", "ab") as segment:
            segment.write(b'{"v":1,"seq":4,"forged":true}\n')
        self.assertEqual(self.run_program("verify").code, 4)
        repaired = self.run_program("repair", "--output=json", *self.WHO)
        self.assertEqual(repaired.code, 0, repaired.err)
        self.assertEqual(repaired.json()["cut_off_bytes"], 30)
        self.assertTrue(repaired.json()["quarantined"])
        self.assert_verifies()
        self.assertIn("log.recovered", self.run_program("history", "--type", "log").out)

    def test_a_redacted_record_keeps_its_place(self):
        done = self.run_program("redact", "1", *self.WHO)
        self.assertEqual(done.code, 0, done.err + done.out)
        self.assertNotIn(b"note 0", (self.log / "records/0000000000.jsonl").read_bytes())
        self.assert_verifies()
        self.assertIn("redacted by record 4", self.run_program("history").out)
        self.assertIn("record 4 says why", self.run_program("show", "1").out)
        self.assertIn("1 record is redacted", self.run_program("current").out)
        again = self.run_program("redact", "1", *self.WHO)
        self.assertEqual(again.code, 0, again.err)
        self.assertIn("redacted already", again.out)
        proven = self.run_program("proof", "1")
        self.assertEqual(proven.code, 0, proven.err)

    def test_a_log_that_lost_records_goes_on_under_another_name(self):
        for number in (2, 3):
            (self.log / f"tail/000000000{number}").unlink()
        segment = self.log / "records/0000000000.jsonl"
        segment.write_bytes(b"\n".join(self.lines()[:2]) + b"\n")
        recovered = self.run_program("recover", "--new-log", "new", "--key-out", "new.key", "--accept-loss",
                                     "--output=json", *self.WHO)
        self.assertEqual(recovered.code, 0, recovered.err)
        result = recovered.json()
        self.assertEqual((result["kept"], result["old_size"]), (2, 4))
        self.assertTrue(result["vkey"].startswith(f"{ORIGIN}/g2+"))
        self.log = self.folder / "new"
        self.environment |= {"PLUGIN_AUDIT_LOG": str(self.log), "PLUGIN_AUDIT_KEY_FILE": "new.key"}
        self.vkey = result["vkey"]
        self.stored("--idempotency-key", "n9")
        self.assert_verifies()


class ImportTestCase(LogCase):
    def test_a_record_that_was_not_stored_is_imported_once_from_text_and_from_json(self):
        self.make_log()
        nowhere = {"PLUGIN_AUDIT_LOG": str(self.folder / "none")}
        text = self.append("--idempotency-key", "t", env=nowhere).out
        as_json = self.append("--idempotency-key", "j", "--output=json", env=nowhere).out
        (self.folder / "ci.log").write_text("".join(f"[audit:L{n}:0s] {line}\n" for n, line in
                                                    enumerate((text + as_json).splitlines())))
        first = self.run_program("import", "ci.log", "--output=json").json()
        self.assertEqual((first["stored"], first["duplicates"], first["faults"]), (2, 0, []))
        again = self.run_program("import", "ci.log", "--output=json").json()
        self.assertEqual((again["stored"], again["duplicates"]), (0, 2))
        self.assertEqual(len(self.lines()), 3)
        self.assert_verifies()

    def test_whoever_writes_into_a_log_of_the_ci_cannot_grant_redact_or_approve_through_import(self):
        self.make_log()
        who = {"operator": {"name": "mallory", "kind": "human"}}
        scope = {"gate": "market-hours", "target_stage": "live", "image_tag": TAG}
        grant = {"idem": "g", "type": "break_glass", "event": "grant", **who, "break_glass": {
            "justification": "because I can do so", "scope": scope, "max_uses": 1,
            "not_before": "2026-11-24T00:00:00Z", "expires_at": "2026-11-24T01:00:00Z"}}
        redaction = {"idem": "r", "type": "log", "event": "redacted", **who, "log": {"redacts": 0, "leaf": "0" * 64}}
        approval = {"idem": "a", "type": "promotion", "event": "approved", **who, "project": "stonks",
                    "source_stage": "paper", "target_stage": "live", "image_tag": TAG, "notes": "looks good to me",
                    "outcome": "success", "source": {"system": "cli"}}
        forged = "".join(f"AUDIT-PENDING {json.dumps(record)}\n" for record in (grant, redaction, approval))
        answer = self.run_program("import", "--output=json", input=forged)
        self.assertEqual(answer.code, 2, answer.out + answer.err)
        names = ("break_glass.grant", "log.redacted", "promotion.approved")
        for fault, name in zip(answer.json()["faults"], names, strict=True):
            self.assertIn(f"{name} is stored by whoever gives it", fault)
        self.assertEqual(len(self.lines()), 1)


class ExamplesTestCase(unittest.TestCase):
    def test_the_settings_of_the_examples_exist(self):
        docs = (ROOT / "plugins/audit-writer/docs.md").read_text()
        known = set(re.findall(r"^\| `([a-z_]+)` \|", docs, re.M))
        self.assertGreater(len(known), 40)
        for path in pathlib.Path(ROOT / "examples/audit-writer").glob("*.yaml"):
            for name in re.findall(r"PLUGIN_([A-Z_]+?)(?:_FILE)?, value", path.read_text()):
                self.assertIn(name.lower(), known, path)


if __name__ == "__main__":
    unittest.main()
