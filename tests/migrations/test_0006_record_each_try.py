"""Messages and codes of before go on; the old code can still write them."""

import peewee

from cabinet.models import DeliveryTry, Message, OneTimeCode, migrations
from cabinet.models.base import now
from tests.migrations.conftest import Before

NAME = "0006_record_each_try"
MESSAGE = (
    'INSERT INTO message (id, lane, "to", template, data, locale, created_at, due_at, tries, failures) '
    "VALUES ('{0}', 'sms', '+79161234567', 'code', '{{\"code\": \"c\"}}', 'ru', '{1}', '{1}', 0, 0)"
)
CODE = (
    "INSERT INTO one_time_code (id, purpose, phone, created_at, expires_at, tries) VALUES "
    "('{0}', 'recovery', '+79161234567', '{1}', '{1}', 0)"
)


def test_messages_and_codes_of_before_go_on(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    with database.atomic():
        database.execute_sql(MESSAGE.format("m", now()))
        database.execute_sql(CODE.format("c", now()))

    assert NAME in migrations.upgrade()

    claimed = Message.claim_next("sms")
    assert claimed and (claimed.id, claimed.fault, claimed.round) == ("m", "", 0)
    assert DeliveryTry.begin(claimed, "twilio").state == "begun"
    OneTimeCode.get().take_back("m")


def test_old_code_inserts_into_the_new_schema(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    migrations.upgrade()
    with database.atomic():
        database.execute_sql(MESSAGE.format("m", now()))
        database.execute_sql(CODE.format("c", now()))
    assert (Message.get().round, OneTimeCode.get().counted) == (0, None)
