"""Check a commit message: `python3 tools/commit_message.py FILE`; the commit-msg hook calls it.

One purpose in the subject, of at most 72 characters; then a blank line; then the reason, wrapped.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

SUBJECT = 72  # characters; what `git log --oneline` and mail show of it
BODY = 100  # generous, for addresses and quoted output
BY_GIT = ("Merge ", "Revert ", "fixup! ", "squash! ", "amend! ")


def main() -> None:
    """Exit with 1 and the reasons where the message has to be written again."""
    faults = list(faults_of(Path(sys.argv[1]).read_text(encoding="utf-8")))
    if faults:
        sys.exit("\n".join(["The commit message:", *(f"  - {fault}" for fault in faults)]))


def faults_of(text: str) -> Iterator[str]:
    """Sentences that say what to change. Git's own comments, and the diff of `commit -v`, are not read."""
    text = text.partition("\n# ------------------------ >8 ------------------------\n")[0]
    lines = [line.rstrip() for line in text.splitlines() if not line.startswith("#")]
    subject, *rest = lines or [""]
    if subject.startswith(BY_GIT):
        return
    if not subject:
        yield "the first line is the subject and must not be empty"
    if len(subject) > SUBJECT:
        yield f"the subject has {len(subject)} characters, {SUBJECT} at most; say the reason in the body"
    if ";" in subject:
        yield "the subject lists several things; make a commit of each"
    if rest and rest[0]:
        yield "the second line must be blank"
    if any(len(line) > BODY and " " in line.strip() for line in rest):
        yield f"the body has lines of more than {BODY} characters; wrap it at 72"


if __name__ == "__main__":
    main()
