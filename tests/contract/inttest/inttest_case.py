"""What the tests of inttest-runner share: running it, with shell scripts in the place of a test suite."""

import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "registry"))
import watch_case  # noqa: E402
from watch_case import EPOCH, SHA  # noqa: E402

RESULTS = "inttest-results.json"


def results(passed=3, failed=0, skipped=0, **more):
    """A results file in the form of run_pipeline.sh."""
    names = [("passed", passed), ("failed", failed), ("skipped", skipped)]
    tests = [{"name": f"test_{status}_{number}", "status": status, "duration": 0.25 * number,
              **({"message": f"expected 200, got 50{number}"} if status == "failed" else {})}
             for status, count in names for number in range(count)]
    return {"exit_code": 1 if failed else 0, "total": passed + failed + skipped, "passed": passed, "failed": failed,
            "skipped": skipped, "tests": tests} | more


class InttestCase(watch_case.WatchCase):
    program = os.environ.get("INTTEST_RUNNER", "")

    def script(self, text):
        """A command that does this."""
        self.write("tests.sh", text)
        return ["--command", "exec sh tests.sh"]

    def writes(self, content, then="exit 0"):
        """A command that leaves this as its results."""
        text = content if isinstance(content, str) else json.dumps(content)
        self.write("prepared", text)
        return self.script(f'cat prepared > "$STAGEGATE_RESULTS_FILE"\n{then}\n')

    def judged(self, code, reason, *words, sees=(), env=None):
        """A run without images, which is to come to this."""
        answer = self.expect(code, "--tag", SHA, "--no-mark", *words, sees=sees, env=env)
        self.assertEqual(answer.result["reason"], reason, answer.text)
        self.assertEqual(answer.result["passed"], code == 0)
        return answer


__all__ = ["EPOCH", "RESULTS", "SHA", "InttestCase", "results"]
