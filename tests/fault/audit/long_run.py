#!/usr/bin/env python3
"""The same as the tests beside it, as often as it takes to believe it: long_run.py DRIVER [KILLS [DIRECTORY]]

KILLS (1000) for each kind of killing and lock; every system call with every fault; a power cut after every one of them,
KILLS / 100 times. DIRECTORY is where the logs of the
killed writers are (default: memory, where most appends are killed in a given time). Ends with 1 if anything was wrong.
"""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from injection import FAULTS, Injection, usable  # noqa: E402
from power import PowerCuts  # noqa: E402
from trial import Trial, fast_directory  # noqa: E402


def killed(where, kills, protocol):
    """True when each log was whole afterwards."""
    print(f"\n| {protocol}: kills | lock | killed | acknowledged | of these found by a retry | faults | seconds |")
    print("|---|---|---|---|---|---|---|")
    whole = []
    for by_step in (False, True):
        for lock in ("fair", "none", "lies"):
            begin = time.monotonic()
            with Trial(where, protocol=protocol) as trial:
                trial.kill_writers(writers=4, kills=kills, by_step=by_step, lock=lock, seed=time.time_ns())
                faults = trial.faults()
                whole.append(not faults)
                print(f"| {'between steps' if by_step else 'at any moment'} | {lock} | {trial.kills} | "
                      f"{len(trial.acknowledged)} | {trial.duplicates} | {len(faults)} | "
                      f"{time.monotonic() - begin:.0f} |", flush=True)
                if protocol == "link":
                    for fault in faults[:10]:
                        print("    " + fault)
    return whole


def injected():
    """True when no fault has done harm."""
    if usable():
        print("\nskipped: " + usable())
        return True
    print("\n| an append to a log of | fault | calls struck | refused, killed, done all the same | harm | seconds |")
    print("|---|---|---|---|---|---|")
    harmless = True
    for records in (1, 255, 1023):  # an ordinary append; one that fills a tile; one that also removes slots
        with Injection(records) as injection:
            sites = injection.sites()
            if records == 1023:  # 256 times the same unlink
                sites = [site for site in sites if site[0] != "unlink" or site[1] < 4]
            for fault in FAULTS:
                begin = time.monotonic()
                injection.endings.clear()
                harm = [line for call, number in sites for line in injection.strike(call, number, fault)]
                harmless = harmless and not harm
                ends = injection.endings
                print(f"| {records} records | {fault} | {len(sites)} | {ends[3] + ends[4]}, {ends[-9]}, {ends[0]} | "
                      f"{len(harm)} | {time.monotonic() - begin:.0f} |", flush=True)
                for line in harm[:10]:
                    print("    " + line)
    return harmless


def power_cuts(images):
    """True when no cut has done harm, and the disk that is deaf to fsync has."""
    if usable():
        return True
    print("\n| power cuts: appends to a log of | syncs | cuts | harm | seconds |")
    print("|---|---|---|---|---|")
    good = True
    for records, appends, deaf in ((1, 3, False), (255, 2, False), (1023, 2, False), (1, 3, True)):
        with PowerCuts(records, appends) as cuts:
            begin = time.monotonic()
            harm = cuts.harm(images=1 if deaf else images, seed=time.time_ns(), deaf=deaf)
            good = good and bool(harm) == deaf
            print(f"| {records} records | {'lie' if deaf else 'hold'} | {cuts.cuts} | {len(harm)} | "
                  f"{time.monotonic() - begin:.0f} |", flush=True)
            for line in [] if deaf else harm[:10]:
                print("    " + line)
    return good


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    os.environ["STAGEGATE_AUDIT_DRIVER"] = sys.argv[1]
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    where = sys.argv[3] if len(sys.argv) > 3 else fast_directory()
    whole = killed(where, kills, "link")
    control = killed(where, kills, "lock-only")
    good = all([*whole, injected(), power_cuts(images=max(1, kills // 100)), not all(control)])
    if all(control):
        print("the control has survived: nothing is proved")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
