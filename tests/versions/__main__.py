"""`python -m tests.versions [3.14 …] [--record]`: try the versions and print the table.

With --record it becomes the table that the guide shows.

`workbook test --versions` calls it. Returns 1 where a round did not end as it should.
"""

import sys

from benchmarks.support.options import carried_out
from benchmarks.versions import LEFT_OUT, RoundResult
from tests.versions.rounds import ORDER, groups, make_rounds, select
from tests.versions.table import HEAD, keep, lines

RECORD = "--record"


def main() -> int:
    """Make the rounds with the Pythons that the command line names, or all."""
    pythons, records = [one for one in sys.argv[1:] if one != RECORD], RECORD in sys.argv
    chosen = select(pythons)
    print(HEAD, flush=True)
    made: list[RoundResult] = []
    for group in groups(chosen):
        for one in make_rounds(group):
            made.append(one)
            print(*lines(one), sep="\n", flush=True)
            if records:
                # At once: a call that is interrupted has proven what it has proven.
                keep([one], ORDER)
    wrong = [one for one in made if one.outcome != LEFT_OUT and not one.is_as_expected]
    out = sum(one.outcome == LEFT_OUT for one in made)
    print(f"{len(made) - out} rounds made, {len(wrong)} not as they should be, {out} left out.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(carried_out(main))
