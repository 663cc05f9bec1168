"""Columns that staff named."""

from peewee import CharField, DateTimeField, JSONField, Model


def up(migrator, db):
    class ColumnMap(Model):
        key = CharField(primary_key=True, max_length=32)
        titles = JSONField()
        columns = JSONField()
        made_by = CharField(max_length=64)
        made_at = DateTimeField()

        class Meta:
            database = db
            table_name = "column_map"
            legacy_table_names = False

    db.create_tables([ColumnMap])

    migrator.migrate(migrator.add_column("import_job", "layouts", JSONField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("import_job", "layouts"))
    migrator.migrate(migrator.drop_table("column_map"))
