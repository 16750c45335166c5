"""Promise 3: on 14 June, from the leader's click on "approve and freeze" to the PDF on her disk.

The real road: the view freezes 20,000 facts, the worker prints the version, the view hands the file out. Each round is
undone by rolling its transaction back, so that every round begins with a draft.
"""

from __future__ import annotations

import tempfile
from datetime import date

from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from bench.printing import pages_of
from bench.province import Cast
from bench.rounds import Result, at_most, queries_of, take_turns
from coordination.enums import MemberRole
from coordination.jobs import claim, perform
from coordination.manuscript import Stamp
from coordination.models import Job, Membership, User
from programs.models import Activity
from reports.actions import draft_report
from reports.compose import compose
from reports.enums import ReportKind, ReportScope
from reports.models import Report
from reports.typeset.pdf import render_pdf


def make_report(cast: Cast) -> Report:
    return draft_report(
        agency=cast.board,
        unit=cast.province,
        kind=ReportKind.GENDER_EQUALITY,
        period=cast.period,
        scope=ReportScope.PROVINCE,
        by=cast.officer,
    )


def leader_of(cast: Cast) -> Client:
    leader = User.objects.create_user("lanh-dao@example.vn", "Lãnh đạo Đo Tốc Độ")
    Membership.objects.create(user=leader, agency=cast.board, role=MemberRole.LEADER, valid_from=date(2020, 1, 1))
    return signed_in(leader)


def signed_in(user: User) -> Client:
    """Browser of this machine: `localhost` is a name the portal answers to."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


class Road:
    def __init__(self, report: Report, client: Client) -> None:
        self.report, self.client = report, client
        self.printed = b""
        self.frozen = 0

    def click_to_file(self) -> None:
        with transaction.atomic():
            answer = self.client.post(reverse("reports:report_move", args=[self.report.uid, "approve"]))
            job = claim()
            if answer.status_code != 302 or job is None:
                raise RuntimeError(f"not approved: {answer.status_code}")
            perform(job)
            file = Job.objects.get(pk=job.pk).result["files"]["pdf"]
            answer = self.client.get(reverse("reports:report_download", args=[self.report.uid, file]))
            self.printed = b"".join(answer.streaming_content)
            self.frozen = Activity.objects.filter(locked_at__isnull=False).count() if not self.frozen else self.frozen
            transaction.set_rollback(True)


def measure(cast: Cast, rounds: int, size: int) -> list[Result]:
    report = make_report(cast)
    manuscript = compose(report)
    with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        road = Road(report, leader_of(cast))
        works = {
            "road": road.click_to_file,
            "compose": lambda: compose(report),
            "pdf": lambda: render_pdf(manuscript, Stamp()),
        }
        times = take_turns(works, rounds)
    if not road.printed.startswith(b"%PDF-"):
        raise RuntimeError("what was handed out is no PDF")
    detail = (
        f"click to file {times.spread('road')}; composing alone {times.spread('compose')}, "
        f"{queries_of(lambda: compose(report))} queries; PDF alone "
        f"{times.spread('pdf')}, {pages_of(road.printed)} pages; {road.frozen:,} activities frozen, {size:,} in the "
        f"table, {rounds} rounds"
    )
    return [at_most("14 June: click to readable PDF, to the PDF alone", times.ratio("road", "pdf"), 3, "x", detail)]
