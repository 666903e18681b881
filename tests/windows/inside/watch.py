"""`check 01 --watch` sees a save and ends at Ctrl-C; `hint` and `reset` go on from there."""

from tests.windows.inside.consoles import workbook
from tests.windows.inside.outcome import Fault, play
from tests.windows.inside.remains import require_nothing_left
from tests.windows.inside.start_in_use import call, require
from workbook.paths import WORK

CROSS_SECONDS, SAVE_SECONDS, STOP_SECONDS = 240, 20, 60
SETTINGS = WORK / "config" / "settings.py"
RIGHT, WRONG = "CELERY_RESULT_BACKEND = 'django-db'", "CELERY_RESULT_BACKEND = 'rpc://'"
CROSS = "Results go to Django's database"


def main() -> None:
    require("the finished step 01", call("start", "02"))
    right = SETTINGS.read_text(encoding="utf-8")
    wrong = right.replace(RIGHT, WRONG)
    SETTINGS.write_text(wrong, encoding="utf-8")
    with workbook("check", "01", "--watch") as watch:
        watch.wait_for(CROSS, CROSS_SECONDS)
        SETTINGS.write_text(f"{wrong}\n", encoding="utf-8")
        watch.wait_for("saw config/settings.py", SAVE_SECONDS)
        watch.press("ctrl-c")
        print(f"ended with {watch.wait(STOP_SECONDS)}")
    if "Traceback" in watch.said:
        raise Fault(watch.said)
    require_nothing_left("check --watch")
    require("The idea, from page 01", call("hint", "01"))
    call("reset", "config/settings.py")
    if SETTINGS.read_text(encoding="utf-8") != right:
        raise Fault("reset did not put the file back")
    call("reset", "--undo")
    if SETTINGS.read_text(encoding="utf-8") != f"{wrong}\n":
        raise Fault("reset --undo did not bring the file back")


if __name__ == "__main__":
    play(main)
