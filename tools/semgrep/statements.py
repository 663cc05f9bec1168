"""Examples for statements.yaml: read by semgrep, never run."""

from flask import request


def put_together(phone, name, column, execute):
    # ruleid: statement-with-values
    db.execute_sql(f"SELECT 1 FROM user WHERE phone = '{phone}'")
    # ruleid: statement-with-values
    db.execute_sql("SELECT %s" % name)
    # ruleid: statement-with-values
    SQL("ORDER BY " + column)
    # ruleid: statement-with-values
    peewee.SQL(column + " DESC")
    # ruleid: statement-with-values
    execute("SELECT {}".format(name))
    # ruleid: statement-with-values
    db.execute_sql(sql=f"{_RECENT} LIMIT {name}")


def put_together_before(phone):
    text = f"SELECT 1 FROM user WHERE phone = '{phone}'"
    # ruleid: statement-with-values
    db.execute_sql(text)


def meant(phone):
    # ok: statement-with-values
    db.execute_sql("SELECT 1 FROM user WHERE phone = ?", (phone,))
    # ok: statement-with-values
    db.execute_sql("SELECT 1 FROM user WHERE phone = ?", (f"+7{phone}",))
    # ok: statement-with-values
    db.execute_sql(f"{_RECENT} LIMIT 1")
    # ok: statement-with-values
    db.execute_sql(f"{limits.RECENT} LIMIT 1")
    # ok: statement-with-values
    db.execute_sql("SELECT 1 " + _FROM)
    # ok: statement-with-values
    db.execute_sql("SELECT 1 " + "LIMIT 1")


def by_a_visitor():
    column = request.args.get("sort")
    text = " ".join(["SELECT 1 ORDER BY", column])
    # ruleid: statement-from-a-visitor
    db.execute_sql(text)
    # ok: statement-from-a-visitor
    db.execute_sql("SELECT 1 FROM user WHERE name = ?", (column,))
