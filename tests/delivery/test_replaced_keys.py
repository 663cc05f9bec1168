"""While an operator's key is being replaced, the one that is refused is followed by the other."""

import base64
import dataclasses
import json
from typing import Any
from urllib.parse import unquote_plus

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from cabinet.delivery import gateways
from cabinet.delivery.errors import RefusedError
from cabinet.delivery.gateway import KNOWN, Gateway
from cabinet.models.fate import Fault
from config import Settings
from tests.delivery.examples import EXAMPLES
from tests.delivery.examples.shape import Said
from tests.delivery.test_gateways import ANY, NAMES, SMS, settings_of

NEW = "the-next-key"


def keys_of(name: str, settings: Settings) -> dict[str, Any]:
    """What is to be set for a new key, beside the old one."""
    if name == "twilio":
        return {"twilio_auth_token_next": NEW}
    known, (old,) = settings.gateway_settings, EXAMPLES[name].secrets
    found = {f"{name}_{key}": known.get(f"{name}_{key}", "") for key in KNOWN[name].keys}
    more = {f"{key}_next": value.replace(old, NEW) for key, value in found.items() if old in value}
    assert more, "no option holds the secret"
    return {"gateway_settings": known | more}


@pytest.fixture(params=NAMES)
def gateway(request: pytest.FixtureRequest, httpserver: HTTPServer) -> Gateway:
    """Each in turn, with two keys."""
    settings = settings_of(request.param, httpserver.url_for("").rstrip("/"))
    return gateways.made(request.param, dataclasses.replace(settings, **keys_of(request.param, settings)))


def key_in(request: Request) -> bool:
    """Whether the request is made by the new key."""
    given = request.headers.get("Authorization", "")
    if given.startswith("Basic "):
        given = base64.b64decode(given.removeprefix("Basic ")).decode()
    return NEW in given or NEW in unquote_plus(request.get_data(as_text=True))


def refusal_of(name: str) -> Said:
    """What the operator answers whoever has the wrong key."""
    return next(said for said, fault in EXAMPLES[name].refused if fault is Fault.ACCOUNT)


def accept(httpserver: HTTPServer, name: str, new: bool) -> list[bool]:
    """Let the operator know one key alone; whether each request was made by the new one."""
    asked: list[bool] = []

    def answer(request: Request) -> Response:
        asked.append(key_in(request))
        status, said = EXAMPLES[name].accepted if asked[-1] is new else refusal_of(name)
        return Response(json.dumps(said), status)

    httpserver.clear()
    httpserver.expect_request(ANY).respond_with_handler(answer)
    return asked


def test_the_next_key_is_used_once_the_operator_knows_no_other(
    gateway: Gateway, httpserver: HTTPServer
) -> None:
    asked = accept(httpserver, gateway.name, new=False)
    assert gateway.send(SMS).provider_id == EXAMPLES[gateway.name].provider_id
    assert asked == [False], "the present key is good"
    asked = accept(httpserver, gateway.name, new=True)
    for _ in range(2):
        assert gateway.send(SMS).provider_id == EXAMPLES[gateway.name].provider_id
    assert asked == [False, True, True], "what was refused once is not tried first again"


def test_an_account_that_is_refused_by_either_key_is_refused(
    gateway: Gateway, httpserver: HTTPServer
) -> None:
    status, said = refusal_of(gateway.name)
    httpserver.expect_request(ANY).respond_with_json(said, status)
    with pytest.raises(RefusedError) as refused:
        gateway.send(SMS)
    assert refused.value.fault is Fault.ACCOUNT
    assert [key_in(request) for request, _ in httpserver.log] == [False, True]


def test_what_had_no_words_of_its_own_is_gone_back_to() -> None:
    known = {"http_sms_url": "http://127.0.0.1/", "http_sms_fields_next": '{"to": "{to}", "key": "new"}'}
    gateway = gateways.made("http", Settings(testing=True, gateway_settings=known))
    usual = gateway.option("sms_fields")
    assert gateway.change_keys() and gateway.option("sms_fields") == known["http_sms_fields_next"]
    assert gateway.change_keys() and gateway.option("sms_fields") == usual
