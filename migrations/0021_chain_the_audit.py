"""The rows of the audit are chained by digests; the worker chains those of before."""

from peewee import SQL, BigIntegerField, CharField, IntegerField, Model

BEGIN = "0" * 64


def up(migrator, db):
    class AuditHead(Model):
        id = IntegerField(primary_key=True, default=1, constraints=[SQL("DEFAULT 1")])
        base = BigIntegerField(default=0, constraints=[SQL("DEFAULT 0")])
        base_digest = CharField(
            max_length=64,
            default=BEGIN,
            constraints=[SQL(f"DEFAULT '{BEGIN}'")],
        )
        place = BigIntegerField(default=0, constraints=[SQL("DEFAULT 0")])
        digest = CharField(
            max_length=64,
            default=BEGIN,
            constraints=[SQL(f"DEFAULT '{BEGIN}'")],
        )
        seal = CharField(max_length=64, default="", constraints=[SQL("DEFAULT ''")])

        class Meta:
            database = db
            table_name = "audit_head"
            legacy_table_names = False

    db.create_tables([AuditHead])

    migrator.migrate(migrator.add_column("audit", "place", BigIntegerField(null=True)))
    migrator.migrate(migrator.add_column("audit", "digest", CharField(null=True, max_length=64)))
    migrator.migrate(migrator.add_column("audit", "ip_seal", CharField(null=True, max_length=64)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("audit", "ip_seal"))
    migrator.migrate(migrator.drop_column("audit", "digest"))
    migrator.migrate(migrator.drop_column("audit", "place"))
    migrator.migrate(migrator.drop_table("audit_head"))
