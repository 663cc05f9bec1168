"""Examples for http.yaml: read by semgrep, never run."""

from flask import request

import requests
from requests import post


def asked(self, address):
    # ruleid: http-without-bounds
    requests.get(address, allow_redirects=False)
    # ruleid: http-without-bounds
    requests.post(address, timeout=5)
    # ruleid: http-without-bounds
    post(address, timeout=5)
    # ruleid: http-without-bounds
    self.session.post(address, timeout=5, allow_redirects=True)
    # ruleid: http-without-bounds
    requests.Session().get(address)
    # ok: http-without-bounds
    requests.get(address, timeout=5, allow_redirects=False)
    # ok: http-without-bounds
    requests.get(address, allow_redirects=False, timeout=5, stream=True)
    # ok: http-without-bounds
    session.get(keys.CODE)


def asked_by_another(address):
    client = requests.Session()
    # ruleid: http-without-bounds
    client.get(address, timeout=5)


def asked_for_a_visitor():
    site = request.args.get("site", "")
    # ruleid: http-where-a-visitor-says
    requests.get("https://" + site, timeout=5, allow_redirects=False)
    # ok: http-where-a-visitor-says
    requests.get(settings().public_url, params={"site": site}, timeout=5, allow_redirects=False)
