"""The rules of the program and those of schemas/audit-record.json say the same, draft by draft."""
import copy
import json
import os
import subprocess
import sys
import unittest

try:
    import jsonschema
except ImportError:
    print("skipped: no python3-jsonschema")
    sys.exit(77)

SCHEMA = os.path.join(os.environ.get("STAGEGATE_DATA", ""), "schemas", "audit-record.json")
if not os.path.exists(SCHEMA):
    print("skipped: no data (schemas/audit-record.json)")
    sys.exit(77)

ACTOR = {"name": "celes", "kind": "human"}
ULID = "01J0007380000000ABCDEFGHJK"
SHA = "ab" * 32
TIME = "2026-11-21T06:30:00.123Z"
SOURCE = {"system": "woodpecker"}

PROMOTION = {"type": "promotion", "event": "succeeded", "operator": ACTOR, "project": "stonks", "source_stage": None,
             "target_stage": "live", "image_tag": "a1b2", "outcome": "success", "source": SOURCE}
GATE = {"type": "gate", "event": "blocked", "gate": {"name": "market-hours"}, "outcome": "blocked",
        "target_stage": "live", "source": SOURCE}
SCOPE = {"gate": "market-hours", "target_stage": "live", "image_tag": "a1b2"}
GRANT = {"type": "break_glass", "event": "grant", "operator": ACTOR,
         "break_glass": {"justification": "the exchange is on fire", "scope": SCOPE, "not_before": TIME,
                         "expires_at": TIME, "max_uses": 1}}
CONSUME = {"type": "break_glass", "event": "consume", "operator": ACTOR, "idem": "consume:x",
           "break_glass": {"grant": ULID, "grant_seq": 3, "consumer": "stonks.live.01abc"}}
STAGE = {"type": "stage_control", "event": "disabled", "operator": ACTOR, "target_stage": "live",
         "stage_control": {"enabled": False}}
LOG = {"type": "log", "event": "init", "log": {"new_vkey": "x", "anything": [1]}}
KINDS = [PROMOTION, GATE, GRANT, CONSUME, STAGE, LOG]

# Values for one member of a promotion, some good and some bad: the two judges must agree on each.
VALUES = {
    "idem": ["a", "x" * 200, "x" * 201, "", "with blank", "\u00e9", 1, None],
    "event": ["requested", "verification_failed", "passed", "", 1],
    "type": ["gate", "promotions", 1],
    "writer": [{"tool": "t", "version": "1"}, {"tool": "t"}, {"tool": "t", "version": "1", "host": "h" * 254},
               {"tool": "t", "version": "1", "pid": 1}, "t"],
    "occurred_at": [TIME, "2026-11-21T06:30:00Z", "2026-11-21", "2026-11-21T06:30:00+01:00", 5],
    "operator": [ACTOR, {"name": "a"}, {"kind": "human"}, {"name": "", "kind": "human"},
                 {"name": "\u00e9" * 320, "kind": "human"}, {"name": "\u00e9" * 321, "kind": "human"},
                 {"name": "a", "kind": "robot"}, {"name": "a", "kind": "human", "verified": True},
                 {"name": "a", "kind": "human", "verified": "yes"}, {"name": "a", "kind": "human", "email": "b"},
                 {"name": "a", "kind": "human", "via": "v" * 65}, {"name": "a", "kind": "human", "raw": "r" * 513}],
    "approver": [ACTOR, None],
    "project": ["a", "a.b_c-d", "-a", "a-", ".a", "a b", "", "a" * 253, "a" * 254, "\u00e9"],
    "source_stage": ["paper", None, "", 1],
    "target_stage": ["live", None],
    "image_tag": ["v1.0_x-y", ".a", "-a", "_a", "a" * 128, "a" * 129, "", "a:b", 12],
    "previous_tag": ["x", None, ""],
    "images": [[], [{"name": "n", "digest": "sha256:" + SHA}], [{"name": "n"}], [{"name": "n", "digest": SHA}],
               [{"name": "n", "digest": "sha256:" + SHA, "tag": "t"}], {},
               [{"name": "n", "digest": "sha256:" + SHA}] * 64, [{"name": "n", "digest": "sha256:" + SHA}] * 65],
    "commit": ["a" * 40, "a" * 64, "a" * 41, "A" * 40, ""],
    "commit_time": [TIME, "yesterday"],
    "notes": ["", "n" * 16384, "n" * 16385, "\u00e9" * 16384, 1],
    "notes_truncated_sha256": [SHA, SHA[1:], SHA.upper()],
    "sanitized": [True, False, 1],
    "outcome": ["success", "pending", "good", None],
    "reason": ["r" * 2048, "r" * 2049],
    "duration_ms": [0, 1, -1, 1.5, 3.0, "1"],
    "rollback": [True, False, "no"],
    "fixes": [[], ["a"] * 16, ["a"] * 17, [1], "a"],
    "change_ref": ["c" * 512, "c" * 513],
    "gate": [{"name": "g"}, {}, {"name": "g", "counts": {"a": 1}}, {"name": "g", "counts": {"a": "1"}},
             {"name": "g", "counts": {"a": -1}}, {"name": "g" * 65}, {"name": "g", "evaluated_at": TIME},
             {"name": "g", "next_change_at": "x"}, {"name": "g", "result_sha256": SHA}, {"name": "g", "more": 1},
             {"name": "g", "evidence_url": "u" * 2049}],
    "break_glass": [{}, {"grant": ULID}, {"grant": ULID.lower()}, {"grant": ULID[1:]}, {"justification": "too short"},
                    {"justification": "long enough"}, {"max_uses": 2}, {"max_uses": 1.0}, {"scope": SCOPE},
                    {"scope": {"gate": "g"}}, {"scope": {**SCOPE, "more": 1}}, {"grant_seq": -1},
                    {"consumer": "c" * 254}, {"incident_ref": "INC-1"}, {"more": 1}],
    "stage_control": [{}, {"enabled": True}, {"enabled": 1}, {"enabled": True, "x": 1}],
    "source": [SOURCE, {}, {"system": "jenkins"}, {"system": "cli", "pipeline": 5}, {"system": "cli", "pipeline": "5"},
               {"system": "cli", "pipeline": 5.5}, {"system": "cli", "pipeline": None}, {"system": "cli", "url": "u" * 2049},
               {"system": "cli", "event": "e", "event_id": "i", "repo": "r", "step": "s", "promotion": "p", "freight": "f",
                "application": "a", "revision": "r"}, {"system": "cli", "host": "h"}],
    "log": [{}, {"redacts": 1}, {"redacts": -1}, {"leaf": SHA}, {"leaf": "x"}, {"quarantined_bytes": -5},
            {"schema_sha256": "x"}, {"more": {"a": 1}}, []],
    "x": [{}, {"x_a": [1, {"b": None}]}, [], "x"],
    "clock_behind_ms": [],  # the log's own, never a draft's
    "surprise": [1],
}


def drafts():
    """Every sample, and a word on what it is."""
    for kind in KINDS:
        yield f"{kind['type']}.{kind['event']}", kind
        for member in kind:
            without = copy.deepcopy(kind)
            del without[member]
            yield f"{kind['type']}.{kind['event']} without {member}", without
        for member in kind.get("break_glass", {}):
            without = copy.deepcopy(kind)
            del without["break_glass"][member]
            yield f"{kind['type']}.{kind['event']} without break_glass.{member}", without
    for member, values in VALUES.items():
        for value in values:
            yield f"{member} = {json.dumps(value)[:60]}", {**PROMOTION, member: value}


class SchemaTestCase(unittest.TestCase):
    def setUp(self):
        with open(SCHEMA, encoding="utf-8") as file:
            self.validator = jsonschema.Draft202012Validator(json.load(file))

    def judged(self, samples):
        text = "".join(json.dumps(draft) + "\n" for _, draft in samples)
        done = subprocess.run([os.environ["AUDIT_COMPOSE"]], input=text, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    def as_record(self, draft):
        """With what the log adds."""
        return {"v": 1, "seq": 0, "prev": SHA, "ts": TIME, "id": ULID, "salt": "a" * 22,
                "writer": {"tool": "t", "version": "1"}, **draft}

    def test_the_program_and_the_schema_agree_on_every_draft(self):
        samples = list(drafts())
        answers = self.judged(samples)
        self.assertEqual(len(samples), len(answers))
        accepted = 0
        for (what, draft), answer in zip(samples, answers):
            with self.subTest(what):
                self.assertEqual(self.validator.is_valid(self.as_record(draft)), answer.startswith("+"), answer)
            accepted += answer.startswith("+")
        self.assertGreater(accepted, 50)
        self.assertGreater(len(samples) - accepted, 100)

    def test_every_composed_record_is_valid(self):
        for (what, _), answer in zip(drafts(), self.judged(list(drafts()))):
            if answer.startswith("+"):
                with self.subTest(what):
                    self.validator.validate(json.loads(answer[1:]))


if __name__ == "__main__":
    unittest.main()
