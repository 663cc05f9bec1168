"""The staff's forms."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from cabinet import fields
from cabinet.forms import ParsedField, StepForm


class SignInForm(StepForm):
    """E-mail, password, code."""

    email = StringField(_l("E-mail"), validators=[InputRequired(_l("Введите адрес.")), Length(max=254)])
    password = PasswordField(_l("Пароль"), validators=[InputRequired(_l("Введите пароль."))])
    code = ParsedField(
        _l("Код из приложения"),
        fields.code,
        {"*": _l("Введите шесть цифр из приложения.")},
    )


class SearchForm(StepForm):
    """What is searched for."""

    query = StringField(_l("Телефон, лицевой счёт или фамилия"), validators=[Length(max=100)])
