"""Imports that can be taken back: what each found, and how many accounts each month has."""

from peewee import (
    SQL,
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    DateField,
    DateTimeField,
    IntegerField,
    Model,
    SmallIntegerField,
    SqliteDatabase,
    TextField,
)

from cabinet.models.expanding import step

atomic = False  # the charges are counted beside writers


def up(migrator, db):
    class AccountBefore(Model):
        number = CharField(max_length=32)
        batch = IntegerField()
        cells = SmallIntegerField()
        printed = CharField(null=True, max_length=64)
        els = CharField(null=True, max_length=32)
        zhku_id = CharField(null=True, max_length=32)
        address = TextField(null=True)
        last_name = CharField(null=True, max_length=120)
        first_name = CharField(null=True, max_length=120)
        middle_name = CharField(null=True, max_length=120)
        fias_house_guid = CharField(null=True, max_length=36)
        premises = CharField(null=True, max_length=64)

        class Meta:
            database = db
            table_name = "account_before"
            without_rowid = isinstance(db, SqliteDatabase)
            legacy_table_names = False
            primary_key = CompositeKey("number", "batch")

    class BatchPeriod(Model):
        batch = IntegerField()
        period = DateField()
        fresh = BooleanField()
        new_accounts = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
        changed_accounts = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
        new_charges = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
        changed_charges = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])

        class Meta:
            database = db
            table_name = "batch_period"
            legacy_table_names = False
            primary_key = CompositeKey("batch", "period")

    class BillingPeriod(Model):
        period = DateField(primary_key=True)
        accounts = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
        whole = BooleanField(default=True, constraints=[SQL("DEFAULT TRUE")])
        withdrawn_at = DateTimeField(null=True)
        withdrawn_by = CharField(max_length=64, default="", constraints=[SQL("DEFAULT ''")])

        class Meta:
            database = db
            table_name = "billing_period"
            legacy_table_names = False

    class ChargeBefore(Model):
        period = DateField()
        account = CharField(max_length=32)
        batch = IntegerField()
        cells = SmallIntegerField()
        amount_due = BigIntegerField(null=True)
        amount_charged = BigIntegerField(null=True)
        amount_paid = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "charge_before"
            without_rowid = isinstance(db, SqliteDatabase)
            legacy_table_names = False
            primary_key = CompositeKey("period", "account", "batch")

    class ImportBatch(Model):
        created_at = DateTimeField()
        actor = CharField(max_length=64)
        job = CharField(index=True, null=True, max_length=22)
        name = CharField()
        state = CharField(index=True, max_length=8, default="running", constraints=[SQL("DEFAULT 'running'")])
        fresh = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])
        finished_at = DateTimeField(null=True)
        taken_back = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
        undone_by = CharField(max_length=64, default="", constraints=[SQL("DEFAULT ''")])

        class Meta:
            database = db
            table_name = "import_batch"
            legacy_table_names = False

    step(db, lambda: db.create_tables([AccountBefore, BatchPeriod, BillingPeriod, ChargeBefore, ImportBatch]))
    counted = db.execute_sql("SELECT period, COUNT(*) FROM charge GROUP BY period").fetchall()
    months = [(BillingPeriod.period.python_value(period), accounts) for period, accounts in counted]
    if months:  # counted before the transaction: that takes a while
        fields = [BillingPeriod.period, BillingPeriod.accounts]
        step(db, lambda: BillingPeriod.insert_many(months, fields=fields).on_conflict_ignore().execute())


def down(migrator, db):
    migrator.migrate(migrator.drop_table("import_batch"))
    migrator.migrate(migrator.drop_table("charge_before"))
    migrator.migrate(migrator.drop_table("billing_period"))
    migrator.migrate(migrator.drop_table("batch_period"))
    migrator.migrate(migrator.drop_table("account_before"))
