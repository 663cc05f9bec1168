"""The first schema: a frozen copy of the models, with defaults the database knows too."""

from peewee import (
    SQL,
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    CompositeKey,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    JSONField,
    Model,
    SqliteDatabase,
    TextField,
)


def up(migrator, db):
    class Account(Model):
        number = CharField(primary_key=True, max_length=32)
        printed = CharField(max_length=64)
        els = CharField(max_length=32, default="", constraints=[SQL("DEFAULT ''")])
        zhku_id = CharField(max_length=32, default="", constraints=[SQL("DEFAULT ''")])
        address = TextField()
        last_name = CharField(max_length=120, default="", constraints=[SQL("DEFAULT ''")])
        first_name = CharField(max_length=120, default="", constraints=[SQL("DEFAULT ''")])
        middle_name = CharField(max_length=120, default="", constraints=[SQL("DEFAULT ''")])
        fias_house_guid = CharField(max_length=36, default="", constraints=[SQL("DEFAULT ''")])
        premises = CharField(max_length=64, default="", constraints=[SQL("DEFAULT ''")])

        class Meta:
            database = db
            table_name = "account"
            legacy_table_names = False

    db.create_tables([Account])

    class User(Model):
        id = CharField(primary_key=True, max_length=22)
        phone = CharField(unique=True, max_length=16)
        last_name = CharField(max_length=60, default="", constraints=[SQL("DEFAULT ''")])
        first_name = CharField(max_length=60, default="", constraints=[SQL("DEFAULT ''")])
        middle_name = CharField(max_length=60, default="", constraints=[SQL("DEFAULT ''")])
        birth_date = DateField(null=True)
        email = CharField(max_length=254, default="", constraints=[SQL("DEFAULT ''")])
        email_confirmed_at = DateTimeField(null=True)
        password_hash = CharField(null=True, max_length=80)
        locale = CharField(max_length=8, default="ru", constraints=[SQL("DEFAULT 'ru'")])
        created_at = DateTimeField()
        blocked_at = DateTimeField(null=True)
        delete_at = DateTimeField(index=True, null=True)
        search_name = BlobField(null=True)

        class Meta:
            database = db
            table_name = "user"
            legacy_table_names = False
            indexes = ((("created_at", "id"), False), (("search_name", "id"), False))

    db.create_tables([User])

    class AccountLink(Model):
        user = ForeignKeyField(User, on_delete="CASCADE")
        account = ForeignKeyField(Account)
        created_at = DateTimeField()

        class Meta:
            database = db
            table_name = "account_link"
            legacy_table_names = False
            indexes = ((("user", "account"), True),)

    db.create_tables([AccountLink])

    class Attempt(Model):
        kind = CharField(max_length=32)
        subject = CharField(max_length=64)
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "attempt"
            legacy_table_names = False
            indexes = ((("kind", "subject", "at"), False), (("at",), False))

    db.create_tables([Attempt])

    class Audit(Model):
        at = DateTimeField()
        actor = CharField(max_length=64)
        action = CharField(max_length=48)
        subject = CharField(max_length=64, default="", constraints=[SQL("DEFAULT ''")])
        ip = CharField(max_length=45, default="", constraints=[SQL("DEFAULT ''")])
        detail = JSONField(default=dict)

        class Meta:
            database = db
            table_name = "audit"
            legacy_table_names = False
            indexes = (
                (("at", "id"), False),
                (("actor", "at", "id"), False),
                (("subject", "at", "id"), False),
            )

    db.create_tables([Audit])

    class Charge(Model):
        period = DateField()
        account = CharField(max_length=32)
        amount_due = BigIntegerField(null=True)
        amount_charged = BigIntegerField(null=True)
        amount_paid = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "charge"
            legacy_table_names = False
            without_rowid = isinstance(db, SqliteDatabase)
            primary_key = CompositeKey("period", "account")

    db.create_tables([Charge])

    class ConnectionRequest(Model):
        number = CharField(unique=True, max_length=12)
        created_at = DateTimeField()
        state = CharField(max_length=8, default="new", constraints=[SQL("DEFAULT 'new'")])
        phone = CharField(index=True, max_length=16)
        last_name = CharField(index=True, max_length=60)
        first_name = CharField(max_length=60)
        middle_name = CharField(max_length=60, default="", constraints=[SQL("DEFAULT ''")])
        email = CharField(max_length=254)
        city = CharField(max_length=100)
        street = CharField(max_length=100)
        house = CharField(max_length=20)
        building = CharField(max_length=20, default="", constraints=[SQL("DEFAULT ''")])
        flat = CharField(max_length=20, default="", constraints=[SQL("DEFAULT ''")])
        account = CharField(max_length=64, default="", constraints=[SQL("DEFAULT ''")])
        account_key = CharField(index=True, max_length=32, default="", constraints=[SQL("DEFAULT ''")])
        period = DateField(null=True)
        amount = BigIntegerField(null=True)
        comment = TextField(default="", constraints=[SQL("DEFAULT ''")])
        receipt = CharField(max_length=40, default="", constraints=[SQL("DEFAULT ''")])
        receipt_type = CharField(max_length=32, default="", constraints=[SQL("DEFAULT ''")])
        locale = CharField(max_length=8, default="ru", constraints=[SQL("DEFAULT 'ru'")])
        user = ForeignKeyField(User, null=True, on_delete="SET NULL")
        idempotency_key = CharField(unique=True, max_length=64)
        assignee = CharField(null=True, max_length=22)
        closed_at = DateTimeField(null=True)
        matched_account = CharField(null=True, max_length=32)

        class Meta:
            database = db
            table_name = "connection_request"
            legacy_table_names = False
            indexes = (
                (("created_at", "number"), False),
                (("state", "created_at", "number"), False),
                (("assignee", "created_at", "number"), False),
            )

    db.create_tables([ConnectionRequest])

    class ConsentText(Model):
        sha256 = CharField(primary_key=True, max_length=64)
        kind = CharField(max_length=16)
        version = CharField(max_length=16)
        text = TextField()

        class Meta:
            database = db
            table_name = "consent_text"
            legacy_table_names = False

    db.create_tables([ConsentText])

    class Consent(Model):
        kind = CharField(max_length=16)
        version = CharField(max_length=16)
        text = ForeignKeyField(ConsentText, column_name="sha256")
        phone = CharField(index=True, max_length=16)
        registration = CharField(index=True, null=True, max_length=22)
        user_id = CharField(index=True, null=True, max_length=22)
        at = DateTimeField()
        ip = CharField(max_length=45)
        user_agent = CharField(max_length=300)
        withdrawn_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "consent"
            legacy_table_names = False

    db.create_tables([Consent])

    class Device(Model):
        key = CharField(max_length=64)
        user = ForeignKeyField(User, on_delete="CASCADE")
        user_agent = CharField(max_length=300, default="", constraints=[SQL("DEFAULT ''")])
        created_at = DateTimeField()
        seen_at = DateTimeField()

        class Meta:
            database = db
            table_name = "device"
            legacy_table_names = False
            indexes = ((("key", "user"), True),)

    db.create_tables([Device])

    class EmailLink(Model):
        id = CharField(primary_key=True, max_length=22)
        user = ForeignKeyField(User, on_delete="CASCADE")
        email = CharField(max_length=254)
        created_at = DateTimeField()
        expires_at = DateTimeField()
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "email_link"
            legacy_table_names = False

    db.create_tables([EmailLink])

    class Heartbeat(Model):
        name = CharField(primary_key=True, max_length=32)
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "heartbeat"
            legacy_table_names = False

    db.create_tables([Heartbeat])

    class ImportJob(Model):
        id = CharField(primary_key=True, max_length=22)
        created_at = DateTimeField()
        staff = CharField(max_length=22)
        name = CharField()
        size = BigIntegerField(default=0, constraints=[SQL("DEFAULT 0")])
        state = CharField(
            index=True, max_length=8, default="checking", constraints=[SQL("DEFAULT 'checking'")]
        )
        progress = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
        report = JSONField(default=dict)
        error = TextField(default="", constraints=[SQL("DEFAULT ''")])
        claim = CharField(null=True, max_length=22)
        alive_at = DateTimeField(null=True)
        finished_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "import_job"
            legacy_table_names = False
            indexes = ((("created_at", "id"), False),)

    db.create_tables([ImportJob])

    class InboxItem(Model):
        kind = CharField(max_length=8)
        to = CharField(max_length=254)
        subject = TextField(default="", constraints=[SQL("DEFAULT ''")])
        text = TextField()
        html = TextField(default="", constraints=[SQL("DEFAULT ''")])
        sent_at = DateTimeField()

        class Meta:
            database = db
            table_name = "inbox_item"
            legacy_table_names = False

    db.create_tables([InboxItem])

    class Message(Model):
        id = CharField(primary_key=True, max_length=22)
        lane = CharField(max_length=8)
        to = CharField(max_length=254, default="", constraints=[SQL("DEFAULT ''")])
        template = CharField(max_length=48)
        data = JSONField(default=dict)
        locale = CharField(max_length=8, default="ru", constraints=[SQL("DEFAULT 'ru'")])
        parent = CharField(null=True, max_length=22)
        created_at = DateTimeField(index=True)
        due_at = DateTimeField(null=True)
        expires_at = DateTimeField(null=True)
        tries = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
        failures = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
        claim = CharField(null=True, max_length=22)
        sent_at = DateTimeField(null=True)
        dead_at = DateTimeField(null=True)
        error = TextField(default="", constraints=[SQL("DEFAULT ''")])
        blank_after = BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])
        provider_id = CharField(index=True, null=True, max_length=64)
        status = CharField(max_length=16, default="", constraints=[SQL("DEFAULT ''")])

        class Meta:
            database = db
            table_name = "message"
            legacy_table_names = False
            indexes = (
                (("due_at", "id"), False),
                (("lane", "due_at", "id"), False),
                (("sent_at", "id"), False),
                (("lane", "sent_at", "id"), False),
                (("dead_at", "id"), False),
                (("lane", "dead_at", "id"), False),
                (("parent", "created_at"), False),
                (("to", "created_at"), False),
            )

    db.create_tables([Message])

    class OneTimeCode(Model):
        id = CharField(primary_key=True, max_length=22)
        purpose = CharField(max_length=16)
        phone = CharField(max_length=16)
        created_at = DateTimeField(index=True)
        expires_at = DateTimeField()
        tries = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])
        used_at = DateTimeField(null=True)
        voided_at = DateTimeField(null=True)
        message = CharField(null=True, max_length=22)

        class Meta:
            database = db
            table_name = "one_time_code"
            legacy_table_names = False
            indexes = ((("phone", "purpose", "created_at"), False),)

    db.create_tables([OneTimeCode])

    class Registration(Model):
        id = CharField(primary_key=True, max_length=22)
        phone = CharField(index=True, max_length=16)
        locale = CharField(max_length=8, default="ru", constraints=[SQL("DEFAULT 'ru'")])
        created_at = DateTimeField()
        phone_verified_at = DateTimeField(null=True)
        period = DateField(null=True)
        account = ForeignKeyField(Account, null=True)
        amount = BigIntegerField(null=True)
        address_confirmed_at = DateTimeField(null=True)
        last_name = CharField(max_length=60, default="", constraints=[SQL("DEFAULT ''")])
        first_name = CharField(max_length=60, default="", constraints=[SQL("DEFAULT ''")])
        middle_name = CharField(max_length=60, default="", constraints=[SQL("DEFAULT ''")])
        birth_date = DateField(null=True)
        email = CharField(max_length=254, default="", constraints=[SQL("DEFAULT ''")])
        profile_at = DateTimeField(null=True)
        user = ForeignKeyField(User, null=True, on_delete="SET NULL")
        completed_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "registration"
            legacy_table_names = False
            indexes = ((("created_at", "id"), False),)

    db.create_tables([Registration])

    class RequestNote(Model):
        request = ForeignKeyField(ConnectionRequest, on_delete="CASCADE")
        at = DateTimeField()
        staff = CharField(null=True, max_length=22)
        kind = CharField(max_length=8)
        text = TextField(default="", constraints=[SQL("DEFAULT ''")])

        class Meta:
            database = db
            table_name = "request_note"
            legacy_table_names = False

    db.create_tables([RequestNote])

    class Staff(Model):
        id = CharField(primary_key=True, max_length=22)
        email = CharField(unique=True, max_length=254)
        role = CharField(max_length=16, default="clerk", constraints=[SQL("DEFAULT 'clerk'")])
        password_hash = CharField(max_length=80)
        totp_salt = CharField(max_length=22)
        totp_step = BigIntegerField(default=0, constraints=[SQL("DEFAULT 0")])
        created_at = DateTimeField()
        signed_in_at = DateTimeField(null=True)
        blocked_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "staff"
            legacy_table_names = False

    db.create_tables([Staff])

    class WebSession(Model):
        key = CharField(primary_key=True, max_length=64)
        user_id = CharField(index=True, null=True, max_length=22)
        data = JSONField(default=dict)
        ip = CharField(max_length=45, default="", constraints=[SQL("DEFAULT ''")])
        user_agent = CharField(max_length=300, default="", constraints=[SQL("DEFAULT ''")])
        created_at = DateTimeField()
        seen_at = DateTimeField()
        expires_at = DateTimeField(index=True)

        class Meta:
            database = db
            table_name = "web_session"
            legacy_table_names = False

    db.create_tables([WebSession])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("web_session"))
    migrator.migrate(migrator.drop_table("staff"))
    migrator.migrate(migrator.drop_table("request_note"))
    migrator.migrate(migrator.drop_table("registration"))
    migrator.migrate(migrator.drop_table("one_time_code"))
    migrator.migrate(migrator.drop_table("message"))
    migrator.migrate(migrator.drop_table("inbox_item"))
    migrator.migrate(migrator.drop_table("import_job"))
    migrator.migrate(migrator.drop_table("heartbeat"))
    migrator.migrate(migrator.drop_table("email_link"))
    migrator.migrate(migrator.drop_table("device"))
    migrator.migrate(migrator.drop_table("consent"))
    migrator.migrate(migrator.drop_table("consent_text"))
    migrator.migrate(migrator.drop_table("connection_request"))
    migrator.migrate(migrator.drop_table("charge"))
    migrator.migrate(migrator.drop_table("audit"))
    migrator.migrate(migrator.drop_table("attempt"))
    migrator.migrate(migrator.drop_table("account_link"))
    migrator.migrate(migrator.drop_table("user"))
    migrator.migrate(migrator.drop_table("account"))
