"""Import and export in the browser: checked first, stored after a confirmation, by a worker."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from integrations.models import ImportJob, ImportProgress
from integrations.packages import MAX_UPLOAD, read_bytes, read_path, zip_bytes
from integrations.services import confirm_import, discard_import, import_strategy, run_next_import, submit_import
from integrations.services.jobs import discard_forgotten
from integrations.tasks import run_imports
from objectives.models import Vision
from organization.models import Membership, User
from organization.records import Conflict
from tests.factories import Company, MembershipFactory, OrganizationFactory
from tests.integrations.samples import write_package

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
Browsers = Callable[[User], Client]


def packed(company: Company, folder: Path, statement: str = "To be there") -> bytes:
    organization = f"code,name\n{company.organization.code},{company.organization.name}\n"
    tables = {"organization": organization, "visions": f"code,statement,start\nV,{statement},2026-01-01\n"}
    return zip_bytes(read_path(write_package(folder, tables)))


def upload(browser: Client, content: bytes, name: str = "strategy.zip") -> str:
    answer = browser.post("/integrations/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def work() -> bool:
    return run_next_import(clock=timezone.now)


def test_an_upload_is_checked_confirmed_and_imported(company: Company, browser_of: Browsers, tmp_path: Path) -> None:
    olga = browser_of(company.olga)
    page = upload(olga, packed(company, tmp_path))
    waiting = olga.get(page)
    assert "Waiting for a worker" in waiting.content.decode()
    assert 'hx-trigger="every 1s"' in waiting.content.decode()
    assert work()
    checked = olga.get(page, headers={"HX-Request": "true"}).content.decode()
    assert "What would change" in checked
    assert "<html" not in checked
    assert Vision.objects.count() == 0
    assert olga.post(f"{page}confirm/").status_code == 302
    assert work()
    done = olga.get(page).content.decode()
    assert "Imported" in done
    assert Vision.objects.get().statement == "To be there"
    assert not work()
    job = ImportJob.objects.get()
    assert (job.state, bytes(job.content), job.author) == ("done", b"", company.olga)
    verbs = Event.objects.order_by("pk").values_list("verb", "actor_label")
    assert list(verbs) == [
        ("import.submitted", company.olga.email),
        ("import.confirmed", company.olga.email),
        ("vision.created", company.olga.email),
    ]


def test_a_broken_upload_shows_every_error_and_stores_nothing(
    company: Company, browser_of: Browsers, tmp_path: Path
) -> None:
    olga = browser_of(company.olga)
    tables = {
        "organization": f"code,name\n{company.organization.code},Acme\n",
        "visions": "code,statement,start,colour\nV,,01.02.2026,<b>red</b>\n",
    }
    page = upload(olga, zip_bytes(read_path(write_package(tmp_path, tables))))
    assert work()
    shown = olga.get(page).content.decode()
    assert "3 errors, nothing was stored" in shown
    for text in ("statement", "01.02.2026", "a date like 2026-01-31", "colour", "one of the columns"):
        assert text in shown
    assert Vision.objects.count() == 0
    with pytest.raises(Conflict):
        confirm_import(ImportJob.objects.get(), actor=company.actor(company.olga), at=AT)


def test_changed_cells_are_shown_before_and_after(company: Company, browser_of: Browsers, tmp_path: Path) -> None:
    actor = company.actor(company.olga)
    import_strategy(read_bytes("a.zip", packed(company, tmp_path / "a")), actor=actor, at=AT)
    olga = browser_of(company.olga)
    page = upload(olga, packed(company, tmp_path / "b", "To be <elsewhere>"))
    assert work()
    shown = olga.get(page).content.decode()
    assert "<s>To be there</s>" in shown
    assert "<b>To be &lt;elsewhere&gt;</b>" in shown


def test_what_is_no_package_is_refused_in_the_form(company: Company, browser_of: Browsers) -> None:
    olga = browser_of(company.olga)
    refusals = {
        "Choose a file first.": {},
        "The file is empty.": {"file": SimpleUploadedFile("a.zip", b"")},
        "A .zip or an .xlsx is needed.": {"file": SimpleUploadedFile("a.csv", b"x")},
        "The file is larger than 25 MB.": {"file": SimpleUploadedFile("a.zip", b"0" * (MAX_UPLOAD + 1))},
    }
    for words, data in refusals.items():
        answer = olga.post("/integrations/", data)
        assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert ImportJob.objects.count() == 0


def test_a_file_that_is_no_archive_is_refused_by_the_worker(company: Company, browser_of: Browsers) -> None:
    olga = browser_of(company.olga)
    page = upload(olga, b"this is no archive", "a.xlsx")
    assert work()
    assert "1 error, nothing was stored" in olga.get(page).content.decode()


def test_only_the_office_and_administrators_come_in(company: Company, browser_of: Browsers, tmp_path: Path) -> None:
    page = upload(browser_of(company.olga), packed(company, tmp_path))
    routes = ["/integrations/", page, "/integrations/export/zip/", "/integrations/export/xlsx/"]
    expected = {company.olga: 200, company.adam: 200, company.alice: 403, company.bob: 403, company.charlie: 403}
    for person, status in expected.items():
        browser = browser_of(person)
        assert [browser.get(route).status_code for route in routes] == [status] * 4
    dora = browser_of(company.dora)
    assert [dora.get(route).status_code for route in routes] == [200, 404, 200, 200]
    assert dora.post(f"{page}confirm/").status_code == 404
    assert [Client().get(route).status_code for route in routes] == [302] * 4
    assert browser_of(company.alice).post(f"{page}confirm/").status_code == 403
    assert ImportJob.objects.get().state == "uploaded"


def test_the_export_comes_down_as_one_file(company: Company, browser_of: Browsers) -> None:
    olga = browser_of(company.olga)
    for form in ("zip", "xlsx"):
        answer = olga.get(f"/integrations/export/{form}/")
        assert answer["Content-Disposition"].startswith('attachment; filename="ACME-2')
        package = read_bytes(f"a.{form}", answer.content)
        assert [row[0] for row in package.tables["departments"].rows] == ["FINANCE", "NORTH", "ROOT", "SALES"]
    assert olga.get("/integrations/export/pdf/").status_code == 404


def test_the_task_works_off_one_package(company: Company, tmp_path: Path) -> None:
    submit_import("a.zip", packed(company, tmp_path), actor=company.actor(company.olga), at=AT, is_confirmed=True)
    run_imports()
    run_imports()
    assert [job.state for job in ImportJob.objects.all()] == ["done"]


def test_deciding_twice_is_deciding_once(company: Company, tmp_path: Path) -> None:
    actor = company.actor(company.olga)
    job = submit_import("a.zip", packed(company, tmp_path), actor=actor, at=AT)
    with pytest.raises(Conflict):
        confirm_import(job, actor=actor, at=AT)
    assert work()
    confirm_import(job, actor=actor, at=AT)
    events = Event.objects.count()
    assert confirm_import(job, actor=actor, at=AT).state == "confirmed"
    assert Event.objects.count() == events
    with pytest.raises(Conflict):
        discard_import(job, actor=actor, at=AT)
    other = submit_import("b.zip", packed(company, tmp_path), actor=actor, at=AT)
    assert work()
    assert work()
    other.refresh_from_db()
    assert discard_import(other, actor=actor, at=AT).state == "discarded"
    assert discard_import(other, actor=actor, at=AT).state == "discarded"
    other.refresh_from_db()
    assert bytes(other.content) == b""


def test_a_role_that_was_taken_away_stops_the_import(company: Company, tmp_path: Path) -> None:
    submit_import("a.zip", packed(company, tmp_path), actor=company.actor(company.olga), at=AT, is_confirmed=True)
    Membership.objects.filter(user=company.olga).delete()
    assert work()
    job = ImportJob.objects.get()
    assert (job.state, job.message) == ("failed", "Olga has no role in this organization any more.")
    assert Vision.objects.count() == 0


def test_a_package_that_nobody_confirms_is_discarded_after_a_day(company: Company, tmp_path: Path) -> None:
    job = submit_import("a.zip", packed(company, tmp_path), actor=company.actor(company.olga), at=timezone.now())
    assert work()
    assert discard_forgotten(at=job.created_at + timedelta(hours=23)) == 0
    assert discard_forgotten(at=job.created_at + timedelta(hours=25)) == 1
    job.refresh_from_db()
    assert (job.state, bytes(job.content)) == ("discarded", b"")


def test_errors_are_said_in_the_language_of_the_upload(company: Company, browser_of: Browsers, tmp_path: Path) -> None:
    olga = browser_of(company.olga)
    olga.cookies["django_language"] = "fr"
    upload(olga, packed(company, tmp_path))
    assert ImportJob.objects.get().language == "fr"


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_imports(company: Company, browser_of: Browsers, count: int) -> None:
    olga = browser_of(company.olga)
    for _number in range(count):
        submit_import("a.zip", b"x", actor=company.actor(company.olga), at=AT)
    with CaptureQueriesContext(connection) as captured:
        assert olga.get("/integrations/").status_code == 200
    selects = [query["sql"] for query in captured if "integrations_importjob" in query["sql"]]
    assert len(selects) == 1
    assert '"integrations_importjob"."content"' not in selects[0]


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_the_import_runs(company: Company, tmp_path: Path) -> None:
    job = submit_import("a.zip", packed(company, tmp_path), actor=company.actor(company.olga), at=AT, is_confirmed=True)
    assert work()
    progress = ImportProgress.objects.get(job=job)
    assert (progress.attempts, progress.table, progress.done, progress.total) == (1, "visions", 1, 1)
    assert progress.started_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_package_that_another_worker_holds_is_left_to_it(company: Company, tmp_path: Path) -> None:
    submit_import("a.zip", packed(company, tmp_path), actor=company.actor(company.olga), at=AT)
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN; SELECT 1 FROM integrations_importjob FOR UPDATE")
            assert not work()
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert work()


@pytest.mark.django_db(transaction=True)
def test_a_package_that_kills_its_workers_is_given_up(company: Company, tmp_path: Path) -> None:
    job = submit_import("a.zip", packed(company, tmp_path), actor=company.actor(company.olga), at=AT)
    ImportProgress.objects.filter(job=job).update(attempts=3)
    assert work()
    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", "The import was interrupted several times. Nothing was stored.")


def test_a_person_of_two_organizations_sees_each_on_its_own(company: Company, browser_of: Browsers) -> None:
    second = OrganizationFactory.create(code="SECOND")
    MembershipFactory.create(user=company.olga, organization=second, role="viewer")
    olga = browser_of(company.olga)
    assert olga.get("/integrations/").status_code == 200
    olga.post("/switch-organization/", {"organization": "SECOND"})
    assert olga.get("/integrations/").status_code == 403
