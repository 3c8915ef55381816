"""The rows of the failure table that are about the audit log: grants, approvals, and a log that is not as it should be.

A simulated clock leaves the log alone, so these run by the real one: the calendar `always-open` blocks, and
`always-closed` allows.
"""

import os
import pathlib
import subprocess
import sys
import time
import unittest

from gate_case import PROGRAM, Answer, FailureTestCase

DESK = os.environ.get("STAGEGATE_GRANT_DESK", "")
BLOCKED = ("--calendar", "always-open")
ALLOWED = ("--calendar", "always-closed")
PENDING = 'AUDIT-PENDING {"type":"gate","event":'


class LogTestCase(FailureTestCase):
    def setUp(self):
        super().setUp()
        self.log = str(self.folder / "log")
        self.key = self.desk("init", self.log)
        self.environment["PLUGIN_AUDIT_KEY"] = self.key

    def desk(self, *words):
        return subprocess.run([DESK, *words], check=True, capture_output=True, text=True).stdout.strip()

    def grant(self, seconds="3600"):
        return self.desk("grant", self.log, self.key, "abc123", seconds)

    def approve(self, event="approve"):
        return self.desk(event, self.log, self.key, "abc123")

    def ask(self, *words, promotion="live.01a", stage="live", env=None):
        return self.run_program("check", "--audit-log", self.log, "--project", "stonks", "--stage", stage,
                                "--promotion", promotion, "--image-tag", "abc123", *words, env=env)


class GrantTestCase(LogTestCase):
    def test_grant_consumed(self):
        grant = self.grant()
        for _ in range(2):
            self.expect(self.ask(*BLOCKED), 0,
                        out=['allowed: break glass by "ann@example.com", although market open',
                             "a race has to be won by one", "recorded"])
        self.assertIn(f"{grant} abc123 live.01a", self.desk("uses", self.log, self.key))

    def test_grant_used(self):
        self.grant()
        self.assertEqual(self.ask(*BLOCKED).code, 0)
        self.expect(self.ask(*BLOCKED, promotion="live.01b"), 1,
                    out=["blocked: market open", 'was already used by "live.01a" at ', "(record 2)"])

    def test_grant_expired(self):
        self.grant("0.001")
        time.sleep(0.01)
        self.expect(self.ask(*BLOCKED), 1, out=["has expired at "])

    def test_grant_for_something_else(self):
        self.grant()
        self.expect(self.ask(*BLOCKED, stage="paper"), 1, out=['is for stage "live", not "paper"'])
        self.assertEqual(self.ask(*BLOCKED).code, 0)

    def test_grant_of_the_promoter(self):
        self.grant()
        second = ("--require-second-person",)
        self.expect(self.ask(*BLOCKED, *second, "--actor", "email:ann@example.com"), 1,
                    out=["who asked for this promotion: it needs a second person"])
        self.expect(self.ask(*BLOCKED, *second), 1, out=["nothing says who asked for this promotion"])
        self.assertEqual(self.ask(*BLOCKED, *second, "--actor", "bob@example.com").code, 0)

    def test_grant_changed(self):
        self.desk("grant", self.log, self.key, "abd123")
        self.approve()
        segment = next(pathlib.Path(self.log, "records").iterdir())
        segment.write_bytes(segment.read_bytes().replace(b"abd123", b"abc123"))
        self.expect(self.ask(*BLOCKED), 1, out=["the records from 1 on are not those that were signed"])
        self.assertIn(" abc123 -", self.desk("uses", self.log, self.key), "the forged grant was seen, and not used")

    def test_grant_while_simulated(self):
        self.grant()
        self.expect(self.ask(*BLOCKED, "--at", "2026-11-24T12:00"), 1, out=["simulated"])
        self.assertEqual(self.ask(*BLOCKED).code, 0)

    def test_wait_for_a_grant(self):
        process = self.start("wait", *BLOCKED, "--audit-log", self.log, "--stage", "live", "--image-tag", "abc123",
                             "--project", "stonks", "--heartbeat", "1s", "--timeout", "60s",
                             env={"CI_REPO": "stonks/oracle", "CI_PIPELINE_NUMBER": "57"})
        self.assertIn("waiting:", process.stderr.readline())
        self.grant()
        out, err = process.communicate(timeout=60)
        self.expect(Answer(process.returncode, out, err), 0, out=["allowed: break glass by"])
        self.assertIn("abc123 stonks/oracle#57", self.desk("uses", self.log, self.key))


class ApprovalTestCase(LogTestCase):
    LIVE = ("--approval-stages", "live")

    def test_approval_missing(self):
        self.expect(self.ask(*ALLOWED, *self.LIVE), 1, out=["blocked: nobody has approved abc123 for live yet"])
        self.approve()
        self.assertEqual(self.ask(*ALLOWED, *self.LIVE).code, 0)

    def test_approval_stage_otherwise(self):
        for stage in ("Live", " LIVE"):
            self.expect(self.ask(*ALLOWED, *self.LIVE, stage=stage), 1, out=["blocked: nobody has approved abc123"])
        nowhere = self.run_program("check", "--audit-log", self.log, *ALLOWED, *self.LIVE)
        self.expect(nowhere, 1, out=["blocked: an approval is for one promotion"])

    def test_approval_used(self):
        self.approve()
        self.assertEqual(self.ask(*ALLOWED, *self.LIVE).code, 0)
        self.expect(self.ask(*ALLOWED, *self.LIVE, promotion="live.01b"), 1,
                    out=['was already used by "live.01a"', "a new promotion needs a new one"])

    def test_approval_taken_back(self):
        self.approve()
        self.approve("reject")
        self.expect(self.ask(*ALLOWED, *self.LIVE), 1, out=['blocked: rejected by "ann@example.com" (record 2)'])

    def test_approval_without_log(self):
        self.fails(2, "check", *ALLOWED, *self.LIVE, env={"PLUGIN_AUDIT_KEY": ""},
                   sees=["approval_stages: approvals are in the audit log"])


class LogTroubleTestCase(LogTestCase):
    def test_log_missing(self):
        pathlib.Path(self.log).rename(self.log + ".gone")
        answer = self.expect(self.ask(*ALLOWED), 3, sees=["would be allowed, but", "is the volume mounted?",
                                                          PENDING + '"errored"'])
        self.assertEqual(answer.out, "")

    def test_log_missing_while_blocked(self):
        pathlib.Path(self.log).rename(self.log + ".gone")
        self.expect(self.ask(*BLOCKED), 1, sees=[PENDING + '"blocked"'],
                    out=["blocked: market open", "no override: that a grant is unused cannot be shown"])

    def test_log_key_missing(self):
        self.environment.pop("PLUGIN_AUDIT_KEY")
        self.expect(self.ask(*ALLOWED), 2, sees=["audit_key: the gate writes down what it decides"])

    def test_log_key_of_another(self):
        self.environment["PLUGIN_AUDIT_KEY"] = self.desk("init", self.log + "2")
        self.expect(self.ask(*ALLOWED), 4, sees=["the key is of another log"])
        self.expect(self.ask(*BLOCKED), 1, sees=[PENDING])

    def test_log_damaged(self):
        self.grant()
        (pathlib.Path(self.log) / "checkpoint").write_text("nonsense\n")
        self.expect(self.ask(*ALLOWED), 4, sees=["run audit-writer verify", PENDING + '"errored"'])

    def test_log_damaged_while_blocked(self):
        self.grant()
        (pathlib.Path(self.log) / "checkpoint").write_text("nonsense\n")
        self.expect(self.ask(*BLOCKED), 1, out=["no override: that a grant is unused cannot be shown"])

    def test_log_without_stage(self):
        self.expect(self.ask(*ALLOWED, stage=""), 2, sees=["stage: say which one the promotion goes to"])


class ServeTestCase(LogTestCase):
    SERVE = ("serve", "--allow-anonymous", "--listen", "127.0.0.1:0")

    def test_serve_log_missing(self):
        self.fails(3, *self.SERVE, "--audit-log", self.log + ".gone", sees=["is the volume mounted?"])

    def test_serve_approval_stage_unknown(self):
        self.fails(2, *self.SERVE, "--audit-log", self.log, "--approval-stages", "liev",
                   sees=['approval_stages: no stage "liev" is served here'])

    def test_serve_identity_incomplete(self):
        self.fails(2, *self.SERVE, "--audit-log", self.log, "--identity", "oidc",
                   sees=["oidc_issuer: needed for identity oidc", "oidc_jwks: needed", "break_glass_groups"])
        self.fails(2, *self.SERVE, "--audit-log", self.log, "--identity", "proxy", sees=["proxy_secret: needed"])

    def test_serve_keys_unreadable(self):
        keys = self.write("jwks.json", "{}")
        self.fails(3, *self.SERVE, "--audit-log", self.log, "--identity", "oidc", "--oidc-issuer", "https://id",
                   "--oidc-audience", "stagegate", "--oidc-jwks", keys, "--break-glass-groups", "oncall",
                   sees=["oidc_jwks:", "it has no list of keys"])


if __name__ == "__main__":
    if not (PROGRAM and DESK):
        sys.exit("STAGEGATE_BIN and STAGEGATE_GRANT_DESK must name the programs")
    unittest.main()
