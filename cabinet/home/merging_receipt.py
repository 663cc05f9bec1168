"""A receipt of the other cabinet is proved, too: its number may be anybody's by now, or its password known.

In the second case a code to the number does as well, and alone where a receipt may just have been read.
"""

from functools import partial

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cabinet.forms.receipt import ChargeForm
from cabinet.home.other_cabinet import (
    asked_for_receipt,
    code_would_do,
    from_the_beginning,
    more_is_asked,
    proved,
    receipt_would_do,
    send_code,
    shown_by,
)
from cabinet.home.views import guard
from cabinet.models import Account, linking
from cabinet.models.attempt import TooManyError
from cabinet.models.look_up import look_up
from cabinet.web.flow import advance, form_for_get, page, reject, show_again
from cabinet.web.happenings import record
from cabinet.web.lookup import find_charge, tries
from cabinet.web.photo import fill_from_photo, photo_row

bp = Blueprint("merging_receipt", __name__, url_prefix="/home/profile/merge/receipt")
bp.before_request(guard)


@bp.get("")
def receipt(form: ChargeForm | None = None) -> Response:
    """Period, account and amount of one of its receipts, or a code; nothing of whose cabinet it is."""
    found = asked_for_receipt()
    if found is None:
        return from_the_beginning()
    form = form or form_for_get(ChargeForm)
    more = tries(form, current_user.phone) | photo_row(url_for("merging_receipt.read_photo"))
    more |= {"by_code": code_would_do(found), "by_receipt": receipt_would_do(found), "phone": found.phone}
    more |= {"by": shown_by(), "not_undone": more_is_asked()}
    return page("home/merge_receipt.html", form=form, **more)


@bp.post("")
def submit_receipt() -> Response:
    """Only a receipt of that cabinet leads on; misses are counted as in all look-ups of this resident."""
    found = asked_for_receipt()
    if found is None:
        return from_the_beginning()
    if not receipt_would_do(found):
        return advance("merging_receipt.receipt")
    form, led_to = ChargeForm(), list[str]()

    def settle(account: Account) -> None:
        if linking.holds(found, account.number):
            record("receipt-proved", found)
            led_to.append(proved(found))

    if not form.validate() or not find_charge(form, partial(look_up, current_user.phone, then=settle)):
        return reject(receipt, form)
    if led_to:
        return advance(led_to[0])
    form.account.errors = [_("В том кабинете этого лицевого счёта нет. Возьмите другую квитанцию.")]
    return reject(receipt, form)


@bp.post("/code")
def submit_code() -> Response:
    """Have a code sent to its number, in place of a receipt."""
    found = asked_for_receipt()
    if found is None or not code_would_do(found):
        return from_the_beginning()
    try:
        return send_code(found.phone)
    except TooManyError as error:
        form = ChargeForm()
        form.refuse(error, None, _("Новый код можно запросить %(when)s."))
        return reject(receipt, form)


@bp.post("/photo")
def read_photo() -> Response:
    """Fill the three fields from the code on a photo of the receipt; the resident checks and sends them."""
    found = asked_for_receipt()
    if found is None:
        return from_the_beginning()
    if not receipt_would_do(found):
        return advance("merging_receipt.receipt")
    form = ChargeForm()
    return show_again(receipt, form) if fill_from_photo(form, current_user.phone) else reject(receipt, form)
