"""Examples for files.yaml: read by semgrep, never run."""

from flask import request


def kept(folder, file, name):
    # ruleid: file-named-by-a-sender
    open(folder / file.filename)
    # ruleid: file-named-by-a-sender
    file.save(os.path.join(folder, file.filename))
    # ruleid: file-named-by-a-sender
    Path(file.filename)
    # ruleid: file-named-by-a-sender
    (folder / file.filename).write_bytes(b"")
    # ruleid: file-named-by-a-sender
    send_file(request.args["name"])
    # ruleid: file-named-by-a-sender
    os.unlink(file.filename)
    # ok: file-named-by-a-sender
    open(folder / name)
    # ok: file-named-by-a-sender
    job.name = file.filename[-255:]
    # ok: file-named-by-a-sender
    ", ".join(request.args)


def kept_later(folder, sent):
    name = sent.filename.strip()
    # ruleid: file-named-by-a-sender
    (folder / name).unlink()
