"""Record each try."""

from peewee import SQL, CharField, DateTimeField, IntegerField, JSONField, Model


def up(migrator, db):
    class DeliveryTry(Model):
        id = CharField(primary_key=True, max_length=22)
        message = CharField(index=True, max_length=22)
        round = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
        gateway = CharField(max_length=16)
        way = CharField(max_length=8, default="sms", constraints=[SQL("DEFAULT 'sms'")])
        at = DateTimeField(index=True)
        state = CharField(max_length=12, default="begun", constraints=[SQL("DEFAULT 'begun'")])
        fault = CharField(max_length=12, default="", constraints=[SQL("DEFAULT ''")])
        reason = CharField(max_length=100, default="", constraints=[SQL("DEFAULT ''")])
        provider_id = CharField(null=True, max_length=64)
        price = IntegerField(null=True)
        segments = IntegerField(null=True)
        poll_at = DateTimeField(index=True, null=True)
        ended_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "delivery_try"
            legacy_table_names = False
            indexes = ((("gateway", "provider_id"), False),)

    db.create_tables([DeliveryTry])

    class GatewayHealth(Model):
        gateway = CharField(primary_key=True, max_length=16)
        failures = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
        open_until = DateTimeField(null=True)
        reason = CharField(max_length=100, default="", constraints=[SQL("DEFAULT ''")])
        fault = CharField(max_length=12, default="", constraints=[SQL("DEFAULT ''")])

        class Meta:
            database = db
            table_name = "gateway_health"
            legacy_table_names = False

    db.create_tables([GatewayHealth])

    migrator.migrate(
        migrator.add_column(
            "message",
            "fault",
            CharField(max_length=12, default="", constraints=[SQL("DEFAULT ''")]),
            allow_not_null=True,
        )
    )
    migrator.migrate(
        migrator.add_column(
            "message", "round", IntegerField(default=0, constraints=[SQL("DEFAULT 0")]), allow_not_null=True
        )
    )
    migrator.migrate(migrator.add_column("one_time_code", "counted", JSONField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("one_time_code", "counted"))
    migrator.migrate(migrator.drop_column("message", "round"))
    migrator.migrate(migrator.drop_column("message", "fault"))
    migrator.migrate(migrator.drop_table("gateway_health"))
    migrator.migrate(migrator.drop_table("delivery_try"))
