"""A host that is not ours gets no page, under the settings of a real installation."""

import re

import pytest
from flask import Flask


@pytest.mark.settings(
    testing=False,
    secret_key="d81f0c5be2974aa6b3e07f5216c94d8ea7",
    password_pepper="7be1f35ac0d94268",
    public_url="https://lk.example.ru",
    sms_backend="twilio",
    twilio_account_sid="AC0",
    twilio_auth_token="t",
    twilio_from="Domopult",
    mail_backend="smtp",
    smtp_url="smtp://localhost",
    bcrypt_cost=10,
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_unknown_host_is_refused(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/", base_url="https://lk.example.ru").status_code == 200
    for host in ("evil.example", "lk.example.ru.evil.example", "", "a b", "[::1", "lk.example.ru:x", "🙂"):
        for method in ("GET", "POST", "HEAD"):
            for headers in ({}, {"HX-Request": "true"}):
                environ = {"HTTP_HOST": host.encode().decode("latin-1")}
                answer = client.open("/", method=method, environ_overrides=environ, headers=headers)
                assert answer.status_code == 400 or (host == "" and answer.status_code == 200), host
                if method == "GET" and answer.status_code == 400:
                    text = answer.get_data(as_text=True)
                    assert (
                        re.search("[А-я]{4}", text)
                        and "frame-ancestors" in answer.headers["Content-Security-Policy"]
                    )
                    assert not host or host not in text, "it is not repeated"
