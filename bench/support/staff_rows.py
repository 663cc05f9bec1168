"""Fills a database with a million residents and what belongs to them, by its own SQL."""

from datetime import datetime

from cabinet.models.database import db

BEGAN = datetime(2020, 1, 1)
EVERY = 37  # seconds between residents
NAMES = ("Иванова", "Петров", "Сидорова", "Кузнецов", "Ёжикова", "Попов", "Щукина", "Фёдоров")

# what each kind of database calls the same
WORDS = {
    "sqlite": {
        "at": "strftime('%Y-%m-%d %H:%M:%S', 1577836800 + i * 37, 'unixepoch') || '.000001'",
        "bytes": "CAST({0} AS BLOB)",
        "day": "'2020-01-01'",
    },
    "postgres": {
        "at": "TIMESTAMP '2020-01-01 00:00:00.000001' + i * INTERVAL '37 seconds'",
        "bytes": "convert_to({0}, 'UTF8')",
        "day": "DATE '2020-01-01'",
    },
}
NAME = "CASE i % 8 " + " ".join(f"WHEN {n} THEN '{name}'" for n, name in enumerate(NAMES)) + " END"
LETTERS = " || ".join(f"substr('абвгдезикл', 1 + (i / {n}) % 10, 1)" for n in (8, 80, 800))
FOLDED = (
    NAME.lower().replace("case", "CASE").replace("when", "WHEN").replace("then", "THEN").replace("ё", "е")
)
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
SERIES = "WITH n(i) AS (SELECT generate_series(0, {last}))"

# table, whether each resident has two, columns, values
ROWS: tuple[tuple[str, bool, str, str], ...] = (
    (
        "account",
        False,
        "number, printed, els, zhku_id, address, last_name, first_name, middle_name, fias_house_guid,"
        " premises",
        "CAST(1000000000 + i AS TEXT), CAST(1000000000 + i AS TEXT), '', '',"
        " 'г. Клин, ул. Дачная, д. ' || (i / 100) || ', кв. ' || (i % 100), '', '', '', '', ''",
    ),
    (
        '"user"',
        False,
        "id, phone, last_name, first_name, middle_name, email, email_confirmed_at, created_at, locale,"
        " search_name, worded_at",
        "'u' || (1000000000 + i), '+7' || (9000000000 + i), {name} || {letters}, 'Анна', '',"
        " 'a' || i || '@example.org', {at}, {at}, 'ru', {folded}, {at}",
    ),
    (
        "account_link",
        False,
        "user_id, account_id, created_at",
        "'u' || (1000000000 + i), CAST(1000000000 + i AS TEXT), {at}",
    ),
    (
        "registration",
        False,
        "id, phone, locale, created_at, account_id, last_name, first_name, middle_name, email, user_id",
        "'r' || (1000000000 + i), '+7' || (9000000000 + i), 'ru', {at}, CAST(1000000000 + i AS TEXT),"
        " {name} || {letters}, 'Анна', '', 'a@example.org', 'u' || (1000000000 + i)",
    ),
    (
        "message",
        False,
        'id, lane, "to", template, data, locale, created_at, due_at, tries, failures, sent_at, dead_at,'
        " error, blank_after, status, parent",
        "'m' || (1000000000 + i),"
        " CASE WHEN i % 1000 IN (7, 9, 11) THEN 'webhook' WHEN i % 3 = 0 THEN 'sms' WHEN i % 3 = 1"
        " THEN 'mail' ELSE 'staff' END,"
        " '+7' || (9000000000 + i), 'password_changed', '{{}}', 'ru', {at},"
        " CASE WHEN i % 500 = 7 THEN {at} END, 1, 0, CASE WHEN i % 500 <> 7 AND i % 100 <> 9 THEN {at} END,"
        " CASE WHEN i % 500 <> 7 AND i % 100 = 9 THEN {at} END, '', FALSE, '',"
        " CASE WHEN i % 3 = 1 THEN 'm' || (1000000001 + i) END",
    ),
    (
        "audit",
        True,
        "at, actor, action, subject, ip, detail",
        "{at}, CASE WHEN i % 2 = 0 THEN 'staff:{staff}' ELSE 'user:u' || (1000000000 + i / 2) END,"
        " 'staff-resident-seen', 'u' || (1000000000 + i / 2 % 1000), '192.0.2.1', '{{}}'",
    ),
)
OTHERS: tuple[tuple[str, str, str], ...] = (  # a tenth as many
    (
        "data_request",
        "id, user_id, phone, kind, way, came_on, words, recorded_by, at, until, outcome, answer",
        "'d' || (1000000000 + i), CASE WHEN i % 2 = 0 THEN 'u' || (1000000000 + i) END,"
        " '+7' || (9000000000 + i), 'tell', 'post', {day}, '17', '{staff}', {at}, {day},"
        " CASE WHEN i % 5 > 0 THEN 'closed' ELSE '' END, ''",
    ),
    (
        "invitation",
        "id, phone, account, period, amount, last_name, first_name, asked_by, asked_under, created_at, until,"
        " user_id",
        "'i' || (1000000000 + i), '+7' || (9100000000 + i), CAST(1000000000 + i AS TEXT), {day}, 1, {name},"
        " 'Анна', '{staff}', '', {at}, {at}, CASE WHEN i % 3 = 0 THEN 'u' || (1000000000 + i) END",
    ),
)
REQUESTS = (
    "number, created_at, state, phone, last_name, first_name, middle_name, email, city, street, house,"
    " building, flat, account, account_key, comment, receipt, receipt_type, locale,"
    " idempotency_key, assignee, user_id",
    "CAST(10000000 + i AS TEXT), {at}, CASE i % 5 WHEN 0 THEN 'new' WHEN 1 THEN 'in_work' WHEN 2"
    " THEN 'refused' ELSE 'done' END, '+7' || (9000000000 + i * 10), {name}, 'Анна',"
    " '', 'a@example.org', 'Клин', 'Дачная',"
    " '3', '', '', CASE WHEN i % 2 = 0 THEN CAST(2000000000 + i AS TEXT) ELSE '' END,"
    " CASE WHEN i % 2 = 0 THEN CAST(2000000000 + i AS TEXT) ELSE '' END,"
    " '', '', '', 'ru', 'k' || i, CASE WHEN i % 5 > 0 THEN '{staff}' END,"
    " CASE WHEN i % 3 = 0 THEN 'u' || (1000000000 + i * 10) END",
)
REQUEST_WORDS = (
    FOLDED,
    "'анна'",
    "'клин'",
    "'дачная'",
    "'3'",
    "'a@example.org'",
    "substr(CAST(10000 + i * 10 % 10000 AS TEXT), 2)",
)
RESIDENT_WORDS = (
    FOLDED + " || " + LETTERS,
    "'анна'",
    "'клин'",
    "'дачная'",
    "(i / 100) || 'а'",
    "(i % 100) || 'к'",
    "'a' || i || '@example.org'",
    "substr(CAST(10000 + i % 10000 AS TEXT), 2)",
)


TENTHS = {"connection_request", "request_word", *(table for table, _columns, _values in OTHERS)}


def fill(kind: str, residents: int, staff: str) -> None:
    """All rows, in one transaction, and the statistics by which the database plans."""
    words = WORDS[kind]
    common = {"at": words["at"], "day": words["day"], "name": NAME, "letters": LETTERS, "staff": staff}
    common["folded"] = words["bytes"].format(f"{FOLDED} || {LETTERS} || ' анна'")
    with db.atomic():
        for table, double, columns, values in (
            *ROWS,
            ("connection_request", False, *REQUESTS),
            *((table, False, columns, values) for table, columns, values in OTHERS),
            *(
                ("request_word", False, "word, request_id", f"{words['bytes'].format(word)}, i + 1")
                for word in REQUEST_WORDS
            ),
            *(
                (
                    "resident_word",
                    False,
                    "word, user_id",
                    f"{words['bytes'].format(word)}, 'u' || (1000000000 + i)",
                )
                for word in RESIDENT_WORDS
            ),
        ):
            count = residents * 2 if double else residents // 10 if table in TENTHS else residents
            series = (SERIES if kind == "postgres" else NUMBERS).format(last=count - 1)
            chosen = values.format(**common)
            if kind == "postgres":
                sql = f"INSERT INTO {table} ({columns}) {series} SELECT {chosen} FROM n".replace("%", "%%")
            else:
                sql = f"{series} INSERT INTO {table} ({columns}) SELECT {chosen} FROM n"
            db.execute_sql(sql)
    # as after a day: else PostgreSQL looks up each row that an index has, and cleans up while we measure
    db.execute_sql("VACUUM (ANALYZE)" if kind == "postgres" else "ANALYZE")
