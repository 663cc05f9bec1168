"""Steps of the registration made once for all who see the same: the empty receipt, the address found."""

from datetime import date

from flask import Response, url_for
from markupsafe import escape

from cabinet.forms.receipt import ChargeForm
from cabinet.models.account import Account, periods_and_digits
from cabinet.register.forms import AddressForm
from cabinet.web.kept_pages import kept_step
from cabinet.web.photo import photo_row
from cabinet.wording.typography import tie_html

NUMBER, ADDRESS = "{number}", "{address}"  # where these go in the kept step


def empty_receipt() -> Response:
    """The three fields before anything was typed: the same for all who are offered the same months."""
    months, digits_only = offered = periods_and_digits()
    return kept_step(
        "register/account.html",
        (*months, digits_only),
        lambda: {
            "form": ChargeForm(formdata=None, offered=offered),
            "tries_wait": 0,
            **photo_row(url_for("register.read_photo")),
        },
        {},
    )


def address_found(account: Account, period: date) -> Response:
    """«Это ваш адрес?» before it is answered: the same for all receipts of a month but for whose it is."""
    return kept_step(
        "register/address.html",
        (period,),
        lambda: {
            "form": AddressForm(formdata=None),
            "number": NUMBER,
            "address": ADDRESS,
            "period": period,
        },
        {NUMBER: _tied(account.printed), ADDRESS: _tied(account.address)},
    )


def _tied(text: str) -> str:
    return tie_html(str(escape(text)))
