"""Examples for links.yaml: read by semgrep, never run."""

from flask import request


def spread(parameters):
    # ruleid: keywords-of-a-visitor
    url_for("home.home", **request.args)
    # ruleid: keywords-of-a-visitor
    Form(**request.form.to_dict())
    # ruleid: keywords-of-a-visitor
    Form(**request.get_json())
    # ok: keywords-of-a-visitor
    url_for("home.home", **parameters)
    # ok: keywords-of-a-visitor
    url_for("home.home", **(request.view_args or {}))
    # ok: keywords-of-a-visitor
    url_for("staff.messages", **{name: request.args[name] for name in PARAMETERS if name in request.args})


def spread_later():
    wanted = request.args.to_dict() | {"after": ""}
    # ruleid: keywords-of-a-visitor
    url_for("home.home", **wanted)


def led_away(response):
    to = request.args.get("to", "")
    # ruleid: address-of-a-visitor
    redirect(to)
    # ruleid: address-of-a-visitor
    redirect("https://" + request.host, 303)
    # ruleid: address-of-a-visitor
    response.headers["HX-Redirect"] = to.strip()
    # ruleid: address-of-a-visitor
    leave_for(request.full_path)
    # ruleid: address-of-a-visitor
    response.location = to
    # ok: address-of-a-visitor
    redirect(url_for("home.home", after=to), 303)
    # ok: address-of-a-visitor
    response.headers["Retry-After"] = "5"


def led_to_a_page():
    # ruleid: endpoint-of-a-visitor
    url_for(request.args["page"])
    # ruleid: endpoint-of-a-visitor
    url_for("home.home", _anchor=request.args.get("at"))
    # ok: endpoint-of-a-visitor
    url_for(str(request.endpoint), after=request.args.get("after"))
