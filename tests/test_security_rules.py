"""Each rule of tools/security_rules.py finds what it is for and nothing else, and the code keeps all."""

import pytest

from config import ROOT
from tools import security_rules
from tools.security_rules import RULES, breaches

VIEW = "cabinet/home/views.py"
BROKEN = {
    "values put into the text of a statement": (
        "db.execute_sql(f\"SELECT 1 FROM user WHERE phone = '{phone}'\")",
        'db.execute_sql("SELECT %s" % name)',
        'SQL("ORDER BY " + column)',
        'execute("SELECT {}".format(name))',
    ),
    "a visitor's own keys as keywords": (
        'url_for("home.home", **request.args)',
        "Form(**request.form.to_dict())",
    ),
    "something private in the log": (
        'log.info("signed in %s", user.phone)',
        'log.error(f"wrong {password}")',
        'logging.warning("code", extra={"code": code.digits})',
    ),
    "an HTTP request without a time-out, or that follows redirects": (
        "requests.get(address, allow_redirects=False)",
        "requests.post(address, timeout=5)",
        "self.session.post(address, timeout=5, allow_redirects=True)",
    ),
    "a file by the name that its sender gave it": (
        "open(folder / file.filename)",
        "file.save(os.path.join(folder, file.filename))",
        "Path(sent.filename)",
    ),
    "markup outside of the modules that may write it": ("Markup(text)", "markupsafe.Markup(text)"),
    "a shell, or a text run as code": ("subprocess.run(line, shell=True)", "eval(text)", "exec(text)"),
}
MEANT = (
    'db.execute_sql("SELECT 1 FROM user WHERE phone = ?", (phone,))',
    'db.execute_sql(f"{_RECENT} LIMIT 1")',
    'url_for("home.home", **parameters)',
    'log.info("signed in %s", user.id)',
    "requests.get(address, timeout=5, allow_redirects=False)",
    "session.get(keys.CODE)",
    "open(folder / name)",
    "job.name = file.filename[-255:]",
)


@pytest.mark.parametrize(
    ("said", "source"), [(said, one) for said, all_of in BROKEN.items() for one in all_of]
)
def test_what_breaks_a_rule_is_found(said: str, source: str) -> None:
    assert {found for _line, found in breaches(source, VIEW)} == {said}


def test_every_rule_has_been_seen_to_find_something() -> None:
    assert set(BROKEN) == set(RULES)


@pytest.mark.parametrize("source", MEANT)
def test_what_is_meant_passes(source: str) -> None:
    assert list(breaches(source, VIEW)) == []


def test_the_code_keeps_all_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert security_rules.main() == 0, capsys.readouterr().out


def test_modules_that_may_write_markup_are_there() -> None:
    assert all((ROOT / path).exists() for path in security_rules.MARKS)
