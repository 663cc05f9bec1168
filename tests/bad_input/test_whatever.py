"""Whatever Hypothesis can think of, sent to every address."""

import re

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from tests.bad_input.forms import GOOD, WIDE_LIMITS, at_home, encoded
from tests.cast import PHONE
from tests.placing import at_registration_password
from tests.visitor import Visitor

pytestmark = WIDE_LIMITS
FIELD_NAMES = st.sampled_from([*GOOD, "csrf_token", "_session", "phone[]", "", "\0"])
VALUES = st.one_of(
    st.text(max_size=60),
    st.binary(max_size=40),
    st.sampled_from([*GOOD.values(), "yes", "y", "others", "+7 495 123-45-67"]),
)
HEADERS = st.dictionaries(
    st.sampled_from(["HX-Request", "User-Agent", "Accept-Language", "HX-Current-URL", "X-Cabinet-Session"]),
    st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=30) | st.just("true"),
    max_size=2,
)


@pytest.mark.parametrize("who", ["registering", "signed in"])
def test_whatever_comes_nothing_breaks(app: Flask, receipt: dict[str, str], who: str) -> None:
    visitor = Visitor(app)
    (at_home if who == "signed in" else at_registration_password)(visitor, receipt, PHONE)
    token = visitor.csrf_token

    @profile(
        max_examples=100,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.sampled_from(_addresses(app)),
        st.dictionaries(FIELD_NAMES, st.lists(VALUES, min_size=1, max_size=2), max_size=6),
        HEADERS,
        st.dictionaries(st.sampled_from(["lang", "theme", "x"]), st.text(max_size=10), max_size=2),
    )
    @example("/register/password", {"password": ["\ud800".encode("utf-8", "surrogatepass")]}, {}, {})
    def post(
        address: str,
        fields: dict[str, list[str | bytes]],
        headers: dict[str, str],
        query: dict[str, str],
    ) -> None:
        answer = visitor.client.post(
            address,
            data=encoded({"csrf_token": [token], **fields}),
            headers=headers,
            query_string=query,
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status_code < 500, address
        page = answer.get_data(as_text=True)
        assert answer.status_code in (204, 303) or re.search("[A-Za-zА-я]{4}", page)

    post()


def _addresses(app: Flask) -> list[str]:
    """Where a form may be sent, but for signing out."""
    return sorted(
        re.sub("<[^>]+>", "1234567890", rule.rule)
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.rule not in ("/logout",)
    )
