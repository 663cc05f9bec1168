"""Examples for markup.yaml: read by semgrep, never run."""

from flask import request

from markupsafe import Markup as Marked


def written(text):
    # ruleid: markup-outside
    Markup(text)
    # ruleid: markup-outside
    markupsafe.Markup(text)
    # ruleid: markup-outside
    Marked(text)
    # ok: markup-outside
    escape(text)


def put_in(name):
    # ruleid: markup-put-together, markup-outside
    Markup(f"<b>{name}</b>")
    # ruleid: markup-put-together, markup-outside
    Markup("<b>" + name)
    # ruleid: markup-put-together, markup-outside
    Markup("<b>%s</b>" % name)
    # ok: markup-put-together
    # ruleid: markup-outside
    Markup("<b>%s</b>") % name


def drawn():
    # ruleid: template-of-a-visitor
    render_template(request.args["page"] + ".html")
    # ruleid: template-of-a-visitor
    render_template_string("<b>" + request.form["name"])
    # ok: template-of-a-visitor
    render_template("page.html", name=request.args["name"])
