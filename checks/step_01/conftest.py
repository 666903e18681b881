"""The fixtures of this step: one project, started once, with something for beat to do."""

from checks.common.admin_login import superuser
from checks.common.fixtures import target
from checks.common.prefetch import Prefetch, begin_early
from checks.step_01.fixtures import project
from checks.step_01.test_configure_celery import test_the_processes_start

side_by_side = begin_early(Prefetch("superuser", beside=test_the_processes_start))
