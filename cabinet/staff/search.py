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

    def submit(self) -> None:
        """Keep what was typed; what is too long, or sent twice, is ignored."""
        form = SearchForm(self.label)
        typed = form.query.data or ""
        if form.validate() and len(typed) <= self.longest:
            session[self.key] = typed.strip()


RESIDENTS = Search(keys.STAFF_RESIDENTS, _l("Телефон, лицевой счёт или фамилия"))
REQUESTS = Search(keys.STAFF_REQUESTS, _l("Номер заявки, имя, адрес, почта, телефон или его конец, счёт"))
REGISTRATIONS = Search(keys.STAFF_REGISTRATIONS, _l("Телефон"))
SMS = Search(keys.STAFF_SMS, _l("Телефон абонента"))
MESSAGES = Search(keys.STAFF_MESSAGES, _l("Телефон или почта получателя"), longest=254)
