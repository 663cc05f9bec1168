"""Sentences of the journal: what staff do for a resident who asked for it; its subject is the resident."""

from typing import Any

from flask_babel import lazy_gettext as _l

HELP: dict[str, Any] = {
    "staff-cabinet-seen": _l("%(who)s [смотрел|смотрела] кабинет жителя: %(what)s"),
    "staff-resident-renamed": _l("%(who)s [исправил|исправила] имя жителя: %(what)s"),
    "staff-accounts-searched": _l("%(who)s [искал|искала] лицевой счёт для жителя: %(what)s"),
    "staff-account-linked": _l("%(who)s [добавил|добавила] жителю лицевой счёт: %(what)s"),
    "staff-account-unlinked": _l("%(who)s [убрал|убрала] у жителя лицевой счёт: %(what)s"),
    "staff-phone-change-asked": _l("%(who)s [попросил|попросила] сменить номер жителя: %(what)s"),
    "staff-phone-change-withdrawn": _l("%(who)s [передумал|передумала] менять номер жителя: %(what)s"),
    "staff-phone-change-refused": _l("%(who)s [отказал|отказала] в смене номера жителя: %(what)s"),
    "staff-phone-changed": _l("%(who)s [подтвердил|подтвердила] смену номера, номер сменён: %(what)s"),
}
