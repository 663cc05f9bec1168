"""What web pages leave in the cells of other files: read as a page would show it, or rejected by line."""

from pathlib import Path

import peewee
import pytest

from cabinet.billing.importer import import_billing
from cabinet.models import Account, Charge

ROWS = 40


def lines(address: str, delimiter: str = ";", quote: str = "") -> str:
    rows = [("account", "period", "amount_due", "address")]
    rows += [(str(7012300001 + n), "10.2026", "100.00", f"г. Клин, ул. Мира, д. {n}") for n in range(ROWS)]
    rows.append(("7012300999", "10.2026", "150.00", address))
    return "".join(
        delimiter.join(f"{quote}{cell}{quote}" if n == 3 else cell for n, cell in enumerate(row)) + "\n"
        for row in rows
    )


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("delimiter", [";", "\t"])
@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("СНТ &quot;Ручеёк&quot;, уч. 5", 'СНТ "Ручеёк", уч. 5'),
        ("СНТ &laquo;Ручеёк&raquo;, уч. 5", "СНТ «Ручеёк», уч. 5"),
        ("СНТ &amp;quot;Ручеёк&amp;quot;, уч. 5", 'СНТ "Ручеёк", уч. 5'),
        ("ул. Лесная,<br>д. 5,<BR />кв. 3", "ул. Лесная, д. 5, кв. 3"),
        ("ул. Лесная,&nbsp;д.&nbsp;5", "ул. Лесная, д. 5"),
        ("<b>ул. Лесная</b>, д. 5", "ул. Лесная, д. 5"),
        ("&lt;b&gt;ул. Лесная&lt;/b&gt;, д. 5", "ул. Лесная, д. 5"),
        ("ул. О&#39;Нила, д. 5", "ул. О'Нила, д. 5"),
        ("база М&К, д. 5", "база М&К, д. 5"),
        ("ул. Лесная &quot;", 'ул. Лесная "'),
    ],
)
def test_what_a_page_would_show_is_stored(
    database: peewee.Database, tmp_path: Path, written: str, address: str, delimiter: str, quote: str
) -> None:
    (tmp_path / "b.csv").write_text(lines(written, delimiter, quote), encoding="utf-8")
    report = import_billing(tmp_path / "b.csv", max_rejects=100)
    assert (report.accepted, report.rejected) == (ROWS + 1, 0), report.rejects
    assert Account.get_by_id("7012300999").address == address
    assert Charge.get(Charge.account == "7012300999").amount_due == 15_000


def test_a_file_of_which_each_address_has_an_entity(database: peewee.Database, tmp_path: Path) -> None:
    rows = [f"{7012300001 + n};СНТ &quot;Заря&quot;, уч. {n};10.2026;1{n:02}.50" for n in range(ROWS)]
    (tmp_path / "b.csv").write_text("\n".join(["account;address;period;amount_due", *rows]), encoding="utf-8")
    assert import_billing(tmp_path / "b.csv").accepted == ROWS
    assert Account.get_by_id("7012300005").address == 'СНТ "Заря", уч. 4'


@pytest.mark.parametrize("written", ["ул. Лесная <script>, д. 5", "ул. Лесная <img src='1.png'>, д. 5"])
def test_any_other_mark_is_rejected_by_line(database: peewee.Database, tmp_path: Path, written: str) -> None:
    (tmp_path / "b.csv").write_text(lines(written), encoding="utf-8")
    report = import_billing(tmp_path / "b.csv", max_rejects=100)
    assert [(reject.line, reject.reason) for reject in report.rejects] == [
        (ROWS + 2, "в адресе остались знаки веб-страницы: уберите их")
    ]
    assert Account.select().count() == ROWS
