"""Examples for commands.yaml: read by semgrep, never run."""

from flask import request


def run(line, text):
    # ruleid: shell
    subprocess.run(line, shell=True)
    # ok: shell
    subprocess.run(["sync", line], check=True)
    # ruleid: text-run-as-code
    eval(text)
    # ruleid: text-run-as-code
    exec(text)
    # ruleid: text-run-as-code
    frame.eval(text)
    # ruleid: text-run-as-code
    __import__(text)
    # ok: text-run-as-code
    re.compile(text)


def run_for_a_visitor():
    name = request.args.get("name")
    # ruleid: command-of-a-visitor
    subprocess.run(["file", name], check=True)
    # ruleid: command-of-a-visitor
    getattr(model, name)
    # ruleid: command-of-a-visitor
    re.fullmatch(name, "text")
    # ok: command-of-a-visitor
    re.fullmatch("[0-9]+", name)
    # ok: command-of-a-visitor
    getattr(model, "name")
