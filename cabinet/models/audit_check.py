"""Looks for rows of the audit that were changed or removed since they were chained."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from cabinet.models.audit import SALT, Audit
from cabinet.models.audit_chain import AuditHead, digest_of, ip_digest, seal
from cabinet.models.database import db

READ = 2000


@dataclass(frozen=True)
class Fault:
    """What is wrong: rows "removed" from `place` to `last`; one "changed" or standing there "twice".

    The ends of the chain themselves: "head" where they were changed, "mark" where an end noted earlier is no
    part of the chain.
    """

    what: str
    place: int
    last: int
    row: Audit | None = None


def verify(mark: str = "") -> tuple[AuditHead, list[Fault]]:
    """The ends of the chain, and its faults, in order; `mark` is an end noted earlier (`AuditHead.mark`).

    Rows that wait to be chained are chained first. Raises ValueError for what is no mark.
    """
    noted, _, digest = mark.partition(":")
    place = int(noted) if mark else 0
    seal()
    with db.atomic():
        head = AuditHead.held()
    faults = list(_faults_of(head))
    dropped = AuditHead.get().base  # what was dropped for its age meanwhile
    faults = [fault for fault in faults if fault.last > dropped]
    if not hmac.compare_digest(head.seal, head.right_seal()):
        faults.insert(0, Fault("head", head.place, head.place))
    if mark and not _was(head, place, digest):
        faults.append(Fault("mark", place, place))
    return head, faults


def _was(head: AuditHead, place: int, digest: str) -> bool:
    """Whether this digest stands at this place; of what was dropped for its age only the last is known."""
    if place <= head.base:
        return place < head.base or digest == head.base_digest
    return bool(Audit.select().where(Audit.place == place, Audit.digest == digest).exists())


def _faults_of(head: AuditHead) -> Iterator[Fault]:
    place, previous, erased = head.base, head.base_digest, _erased()
    for row in _rows(head):
        if row.place == place:
            yield Fault("twice", place, place, row)
            continue
        if row.place > place + 1:
            yield Fault("removed", place + 1, row.place - 1)
        elif row.digest != digest_of(row, row.place, previous) or not _ip_is_right(row, erased):
            yield Fault("changed", row.place, row.place, row)
        place, previous = row.place, row.digest
    if place < head.place:
        yield Fault("removed", place + 1, head.place)
    elif previous != head.digest:
        yield Fault("changed", place, place)


def _rows(head: AuditHead) -> Iterator[Audit]:
    place, number = head.base, 0
    while True:
        beyond = (Audit.place > place) | ((Audit.place == place) & (Audit.id > number))
        query = Audit.select().where(beyond, Audit.place <= head.place)
        rows = list(query.order_by(Audit.place, Audit.id).limit(READ))
        yield from rows
        if len(rows) < READ:
            return
        place, number = rows[-1].place, rows[-1].id


def _erased() -> set[str]:
    """Those whose cabinet was deleted, and with it the addresses that they came from; their requests, too.

    So were those of cabinets that had been merged into it, whose rows name them as they did before.
    """
    deleted = Audit.select(Audit.subject, Audit.detail).where(
        Audit.action.in_(("deleted", "person-deleted")), Audit.actor == "system"
    )
    found = {row.subject: row.detail.get("requests", []) for row in deleted}
    into: dict[str, list[str]] = {}
    for row in Audit.select(Audit.subject, Audit.detail).where(Audit.action == "cabinets-merged"):
        into.setdefault(row.subject, []).append(row.detail.get("merged"))
    erased, waiting = set[str](), list(found)
    while waiting:
        if (one := waiting.pop()) not in erased:
            erased.add(one)
            waiting += into.get(one, [])
    return {*(f"user:{one}" for one in erased), *(number for numbers in found.values() for number in numbers)}


def _ip_is_right(row: Audit, erased: set[str]) -> bool:
    kept = row.ip_seal or ""
    if not row.ip:
        return not kept or row.actor in erased or (row.actor == "visitor" and row.subject in erased)
    return kept[SALT:] == ip_digest(kept[:SALT], row.ip)
