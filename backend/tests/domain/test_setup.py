"""What a new installation starts with, and that later starts leave it alone."""

import pytest
from sqlalchemy import func, select

from ibutsu_server.db.models import Project, Token, User
from ibutsu_server.domain import setup
from ibutsu_server.errors import NotFound
from ibutsu_server.passwords import is_password

pytestmark = pytest.mark.integration
NOTHING = {"email": None, "name": "Ibutsu Admin", "password": None, "own_project": None, "rounds": 4}


@pytest.fixture
def empty(db_session):
    """The fixtures' own superadmin is not there yet at a first start."""
    for user in db_session.scalars(select(User)):
        db_session.delete(user)
    db_session.commit()
    return db_session


def test_first_start_makes_account_project_and_token(empty):
    first = setup.first_start(**NOTHING)
    user = setup.user_called("admin@example.com")
    assert user.is_superadmin
    assert user.is_active
    assert is_password(first.password, user.password_hash, rounds=4)
    assert first.project == "my-project"
    assert setup.project_called("my-project").owner_id == user.id
    assert empty.scalars(select(Token)).one().last_four == first.jwt[-4:]


def test_second_start_changes_nothing_and_shows_no_secret(empty):
    setup.first_start(**NOTHING)
    second = setup.first_start(**NOTHING)
    assert second == setup.FirstStart("admin@example.com")
    assert [empty.scalar(select(func.count()).select_from(table)) for table in (User, Project, Token)] == [
        1,
        1,
        1,
    ]


def test_given_account_and_project_are_used(empty):
    given = NOTHING | {"email": "me@example.com", "password": "given", "own_project": "mine"}
    first = setup.first_start(**given)
    assert (first.email, first.password, first.project) == ("me@example.com", None, "mine")
    assert is_password("given", setup.user_called("ME@example.com").password_hash, rounds=4)


def test_deleted_first_project_does_not_come_back(empty):
    setup.first_start(**NOTHING)
    empty.delete(setup.project_called("my-project"))
    setup.first_start(**NOTHING)
    assert empty.scalars(select(Project)).all() == []


def test_of_two_servers_that_start_first_the_slower_one_takes_what_the_other_made(empty, monkeypatch):
    made, _ = setup.superadmin("me@example.com", name="Me", password=None, rounds=4)
    empty.commit()
    looks = iter([None])  # it is not there yet when the other one looks
    find = setup._find
    monkeypatch.setattr(setup, "_find", lambda email: next(looks, find(email)))

    assert setup.superadmin("me@example.com", name="Me", password=None, rounds=4) == (made, None)
    assert empty.scalar(select(func.count()).select_from(User)) == 1


def test_existing_user_is_promoted_and_keeps_the_password(empty, make_user):
    user = make_user(email="known@example.com", password="old", is_active=False)
    setup.first_start(**NOTHING | {"email": "Known@example.com", "password": "new", "own_project": "mine"})
    assert user.is_superadmin
    assert user.is_active
    assert is_password("old", user.password_hash, rounds=4)
    assert setup.project_called("MINE").owner_id == user.id


def test_existing_project_is_not_taken_over(empty, make_user, make_project):
    owner = make_user()
    project = make_project(name="shared", owner_id=owner.id)
    setup.first_start(**NOTHING | {"email": "me@example.com", "own_project": "shared"})
    assert project.owner_id == owner.id


def test_unknown_names_are_told(empty):
    for question in (
        lambda: setup.user_called("nobody@example.com"),
        lambda: setup.project_called("nothing"),
        setup.first_superadmin,
    ):
        with pytest.raises(NotFound, match="There is no"):
            question()
