"""Count spending."""

from peewee import SQL, CharField, CompositeKey, DateField, IntegerField, Model

from cabinet.models.database import is_sqlite


def up(migrator, db):
    class Spending(Model):
        day = DateField()
        gateway = CharField(max_length=16)
        segments = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
        price = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])

        class Meta:
            database = db
            table_name = "spending"
            legacy_table_names = False
            primary_key = CompositeKey("day", "gateway")

    db.create_tables([Spending])

    day = "date(at, '+3 hours')" if is_sqlite() else "(at + INTERVAL '3 hours')::date"
    db.execute_sql(
        "INSERT INTO spending (day, gateway, segments, price)"  # noqa: S608
        f" SELECT {day}, gateway, COALESCE(SUM(segments), 0), COALESCE(SUM(price), 0) FROM delivery_try"
        f" WHERE state NOT IN ('unavailable', 'refused') GROUP BY {day}, gateway"
    )
    migrator.migrate(
        migrator.add_column(
            "delivery_try",
            "purpose",
            CharField(max_length=48, default="", constraints=[SQL("DEFAULT ''")]),
            allow_not_null=True,
        )
    )
    migrator.migrate(
        migrator.add_column(
            "delivery_try",
            "operator",
            CharField(max_length=16, default="", constraints=[SQL("DEFAULT ''")]),
            allow_not_null=True,
        )
    )


def down(migrator, db):
    migrator.migrate(migrator.drop_column("delivery_try", "operator"))
    migrator.migrate(migrator.drop_column("delivery_try", "purpose"))
    migrator.migrate(migrator.drop_table("spending"))
