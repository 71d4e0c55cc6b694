import os
import shutil
import signal
import stat

import psycopg
import pytest

from himdept.runtime import places
from tests.himdept.runtime.waiting import wait_until


def leave(holder):
    holder.communicate("\n")
    assert holder.returncode == 0


def exists(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_first_in_starts_the_server_and_the_last_out_stops_it(installation):
    first, second = installation.holder(), installation.holder()
    server = installation.door().state()["server"]
    leave(first)
    assert installation.query("SELECT current_user") == ("himdept_owner",)
    leave(second)
    assert not exists(server)


def test_what_was_written_is_there_at_the_next_start(installation):
    holder = installation.holder()
    installation.query("CREATE TABLE kept AS SELECT 'yes' AS answer")
    leave(holder)
    again = installation.holder()
    assert installation.query("SELECT answer FROM kept") == ("yes",)
    leave(again)


def test_a_killed_command_does_not_keep_the_server_running(installation):
    holder = installation.holder("postgresql", "valkey")
    holder.kill()
    installation.wait_until_stopped("postgresql")
    installation.wait_until_stopped("valkey")


def test_a_killed_command_does_not_take_the_server_from_others(installation):
    first, second = installation.holder(), installation.holder()
    first.kill()
    first.wait()
    third = installation.holder()  # has come in and gone out since: whoever counts has counted
    leave(third)
    assert installation.query("SELECT 1") == (1,)
    leave(second)


def test_a_killed_keeper_takes_its_server_along_and_the_next_command_recovers(installation):
    holder = installation.holder()
    installation.query("CREATE TABLE kept AS SELECT 'yes' AS answer")
    state = installation.door().state()
    os.kill(state["keeper"], signal.SIGKILL)
    wait_until(lambda: not exists(state["server"]))
    again = installation.holder()
    assert installation.query("SELECT answer FROM kept") == ("yes",)
    leave(again)
    leave(holder)


@pytest.mark.parametrize("server", ["postgresql", "valkey"])
def test_a_crashed_server_is_started_again_for_those_who_use_it(installation, server):
    holder = installation.holder(server)
    door = installation.door(server)
    crashed = door.state()["server"]
    os.kill(crashed, signal.SIGKILL)
    wait_until(lambda: door.state().get("server") not in {crashed, None})
    assert not door.locked_by_nobody("keeper")
    leave(holder)
    notes = (installation.folder / "log" / "keeper.log").read_text()
    assert "ended by itself" in notes
    assert "was started again" in notes


def test_a_pid_file_whose_number_is_somebody_elses_now_is_no_hindrance(installation):
    leave(installation.holder())
    stranger = installation.start("-c", "input()")
    pid_file = installation.folder / "postgresql" / "postmaster.pid"
    pid_file.write_text(f"{stranger.pid}\n{installation.folder / 'postgresql'}\n1\n5432\n/tmp\n\n")
    holder = installation.holder()
    assert installation.query("SELECT 1") == (1,)
    assert stranger.poll() is None
    leave(holder)


def test_a_path_longer_than_a_sockets_may_be_works(installation):
    installation.folder = installation.folder / ("long" * 30)
    installation.environment["DATA_DIR"] = str(installation.folder)
    holder = installation.holder("postgresql", "valkey")
    assert installation.query("SELECT 1") == (1,)
    leave(holder)


def test_a_copy_of_the_data_has_servers_of_its_own(installation):
    holder = installation.holder()
    leave(holder)
    original, copy = installation.folder, installation.folder.with_name("the copy")
    shutil.copytree(original, copy)
    holder = installation.holder()
    with installation.as_places():
        theirs = places.sockets()
    installation.folder = copy
    installation.environment["DATA_DIR"] = str(copy)
    second = installation.holder()
    with installation.as_places():
        assert places.sockets() != theirs
    assert installation.query("SELECT 1") == (1,)
    leave(second)
    installation.folder = original
    leave(holder)


def test_nobody_else_can_look_in(installation):
    holder = installation.holder("postgresql", "valkey")
    with installation.as_places():
        sockets = places.sockets()
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (installation.folder, installation.folder / "secrets.json", sockets, sockets / "valkey.sock")
    }
    assert modes == {"the data": 0o700, "secrets.json": 0o600, sockets.name: 0o700, "valkey.sock": 0o700}
    with pytest.raises(psycopg.OperationalError, match=r"no password supplied|password authentication failed"):
        psycopg.connect(host=str(sockets), user="postgres", dbname="postgres", password="")
    leave(holder)


def test_collation_does_not_follow_the_persons_language(installation):
    installation.environment["LC_ALL"] = "tr_TR.UTF-8"
    holder = installation.holder()
    row = installation.query("SELECT datlocprovider, datlocale, datcollate FROM pg_database WHERE datname = 'himdept'")
    assert row == ("b", "C.UTF-8", "C")
    leave(holder)


def test_what_a_failing_statement_says_of_a_patient_is_not_in_the_log(installation):
    holder = installation.holder()
    installation.query("CREATE TABLE patient (mrn text UNIQUE)")
    installation.query("INSERT INTO patient VALUES ('MRN-4711')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        installation.query("INSERT INTO patient VALUES ('MRN-4711')")
    leave(holder)
    log = (installation.folder / "log" / "postgresql.log").read_text()
    assert "duplicate key value" in log
    assert "4711" not in log


def test_a_lost_secrets_file_is_one_sentence(installation):
    leave(installation.holder())
    (installation.folder / "secrets.json").unlink()
    done = installation.run("manage.py", "showmigrations")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "secrets.json does not belong to the database beside it" in done.stderr


def test_data_of_another_postgresql_is_one_sentence_and_stays_as_it_is(installation):
    cluster = installation.folder / "postgresql"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("12\n")
    done = installation.run("manage.py", "showmigrations")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "was made by PostgreSQL 12 and this is 18" in done.stderr
    assert [path.name for path in cluster.iterdir()] == ["PG_VERSION"]


def test_a_folder_that_cannot_be_made_is_one_sentence(installation):
    installation.folder.parent.mkdir(exist_ok=True)
    installation.folder.write_text("a file")
    done = installation.run("manage.py", "showmigrations")
    installation.folder.unlink()
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(installation.folder) in done.stderr


def test_a_command_that_needs_no_server_starts_none(installation):
    done = installation.run("manage.py", "help")
    assert done.returncode == 0
    assert not (installation.folder / "run" / "postgresql").exists()
