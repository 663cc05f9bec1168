"""Who asks, by what the proxies in front report."""

import pytest
from flask import Flask, request

from cabinet.models import Attempt
from cabinet.web.security import client_address, client_network
from tests.visitor import Visitor


@pytest.mark.parametrize(
    ("reported", "address", "network"),
    [
        ("203.0.113.5", "203.0.113.5", "203.0.113.5"),
        ("203.0.113.5:4711", "203.0.113.5", "203.0.113.5"),
        ("2001:db8::1", "2001:db8::1", "2001:db8::/64"),
        ("[2001:db8::1]:4711", "2001:db8::1", "2001:db8::/64"),
        ("[2001:db8::1]", "2001:db8::1", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::1", "fe80::/64"),
        ("203.0.113.5:4711:1", "", "none"),
        ("unknown", "", "none"),
        ("", "", "none"),
    ],
)
def test_the_port_is_no_part_of_the_address(app: Flask, reported: str, address: str, network: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": reported}):
        assert request.remote_addr == reported
        assert (client_address(), client_network()) == (address, network)


@pytest.mark.settings(trusted_proxies=1)
def test_two_ports_of_a_balancer_are_one_network(app: Flask) -> None:
    for number, port in enumerate((4711, 4712)):
        visitor = Visitor(app)
        visitor.client.environ_base["HTTP_X_FORWARDED_FOR"] = f"203.0.113.5:{port}"
        visitor.get("/")
        visitor.fill_and_submit(phone=f"+7 916 000-00-0{number}", consent="y")
    counted = Attempt.select().where(Attempt.kind == "sms-ip")
    assert {attempt.subject for attempt in counted} == {"203.0.113.5"} and counted.count() == 2
