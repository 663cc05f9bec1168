"""Examples for logs.yaml: read by semgrep, never run."""

from flask import request


def said(user, password, code):
    # ruleid: private-in-the-log
    log.info("signed in %s", user.phone)
    # ruleid: private-in-the-log
    log.error(f"wrong {password}")
    # ruleid: private-in-the-log
    logging.warning("code", extra={"code": code.digits})
    # ruleid: private-in-the-log
    self.log.info("asked", address=user.email)
    # ruleid: private-in-the-log
    log.info("wrong %s", masked(password))
    # ruleid: private-in-the-log
    log.info("no page %s", request.path)
    # ok: private-in-the-log
    log.info("signed in %s", user.id)
    # ok: private-in-the-log
    log.error("%s at %s", type(password).__name__, place)
    # ok: private-in-the-log
    session.get(keys.CODE)


def said_later(user):
    line = "signed in " + user.phone
    # ruleid: private-in-the-log
    log.info(line)
