"""What a worker does with the messages it has when its broker goes away."""

from types import SimpleNamespace

import pytest
from kombu.exceptions import OperationalError
from kombu.transport import redis

from ibutsu_server.tasks.deployed import Delivered

pytestmark = pytest.mark.unit


def _holding_one_message(client):
    channel = SimpleNamespace(connection=SimpleNamespace(client=client), do_restore=True)
    delivered = Delivered(channel)
    delivered._delivered["tag"] = "message"
    return delivered


def test_a_connection_that_is_gone_can_be_closed_while_messages_are_unfinished():
    delivered = _holding_one_message(client=None)

    delivered.restore_unacked_once()

    assert not delivered._delivered


def test_closing_again_after_redis_did_not_answer_succeeds(monkeypatch):
    def away(*_arguments):
        raise OperationalError("Connection refused")

    monkeypatch.setattr(redis.QoS, "restore_unacked", away)
    delivered = _holding_one_message(client=object())

    with pytest.raises(OperationalError):
        delivered.restore_unacked_once()
    delivered.restore_unacked_once()

    assert not delivered._delivered


@pytest.mark.parametrize("end", [Delivered.ack, Delivered.reject])
def test_a_task_that_ends_after_its_connection_does_no_harm(end):
    delivered = _holding_one_message(client=None)
    delivered.channel.connection = None

    end(delivered, "tag")

    assert list(delivered._delivered) == ["tag"]
