"""The staff's searches. Search terms are personal, so they are kept in the session, not in addresses."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from cabinet.staff.forms import SearchForm
from cabinet.web import session_keys as keys
from cabinet.web.sessions import session


@dataclass(frozen=True)
class Search:
    """The search of one list: its key in the session, the field's label, the most characters it takes."""

    key: str
    label: Any
    longest: int = 100

    @property
    def query(self) -> str:
        """What was searched for last; empty for nothing."""
        return str(session.get(self.key, ""))

    def form(self) -> SearchForm:
        """The form as the list shows it."""
        return SearchForm(self.label, formdata=None, data={"query": self.query})

    def typed(self) -> str | None:
        """What is sent just now; None where it is too long, or sent twice."""
        form = SearchForm(self.label)
        typed = form.query.data or ""
        return typed.strip() if form.validate() and len(typed) <= self.longest else None

    def submit(self) -> None:
        """Keep what was typed; what cannot be searched for is ignored."""
        typed = self.typed()
        if typed is not None:
            session[self.key] = typed


ALL = Search(keys.STAFF_SEARCH, _l("Заявка или житель: имя, адрес, телефон, счёт, почта, номер"))
REGISTRATIONS = Search(keys.STAFF_REGISTRATIONS, _l("Телефон"))
SMS = Search(keys.STAFF_SMS, _l("Телефон абонента"))
MESSAGES = Search(keys.STAFF_MESSAGES, _l("Телефон или почта получателя"), longest=254)
ACCOUNTS = Search(keys.STAFF_ACCOUNTS, _l("Лицевой счёт или адрес"))
