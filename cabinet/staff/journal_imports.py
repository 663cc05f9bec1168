"""Sentences of the journal: what staff decide about a file of billing. The subject is the import."""

from typing import Any

from flask_babel import lazy_gettext as _l

OF_IMPORTS: dict[str, Any] = {
    "staff-import-seen": _l("%(who)s [открыл|открыла] загрузку: %(what)s"),
    "staff-import-uploaded": _l("%(who)s [прислал|прислала] файл начислений: %(what)s"),
    "staff-import-rejects-downloaded": _l("%(who)s [скачал|скачала] отклонённые строки файла: %(what)s"),
    "staff-import-undo-ordered": _l("%(who)s [отменил|отменила] загрузку: %(what)s"),
    "billing-import-undone": _l("%(who)s: загрузка отменена: %(what)s"),
    "billing-import-failed": _l("%(who)s: загрузка не удалась и отменена: %(what)s"),
    "staff-import-answered": _l("%(who)s [ответил|ответила] на вопрос о файле: %(what)s"),
    "staff-import-columns-named": _l("%(who)s [назвал|назвала] столбцы файла: %(what)s"),
    "staff-import-columns-doubted": _l("%(who)s [решил|решила] назвать столбцы заново: %(what)s"),
    "staff-import-ordered": _l("%(who)s [загрузил|загрузила] файл начислений: %(what)s"),
    "staff-import-dropped": _l("%(who)s [решил|решила] не загружать файл: %(what)s"),
}
