"""The words of residents, by which staff find them: names, e-mail, the phone's end, linked addresses."""

from peewee import ForeignKeyField

from cabinet.models.base import now
from cabinet.models.database import transaction
from cabinet.models.prepared import insert
from cabinet.models.user import User
from cabinet.models.word_search import Words, add, remember, telling, words_of


class ResidentWord(Words):
    """One word of a resident."""

    owner = ForeignKeyField(User, column_name="user_id", on_delete="CASCADE", index=False)

    class Meta:
        indexes = ((("word", "owner"), True), (("owner", "word"), False))


def write_first_words(user: User, address: str) -> None:
    """Write the words of a resident who has none yet, in one statement of the caller's transaction."""
    insert(*(ResidentWord(owner=user, word=word) for word in _words(user, [address])))


def add_address(user: User, address: str) -> None:
    """Write the words of one more address, inside the caller's transaction."""
    add(ResidentWord, user.id, sorted(set(telling(address))))


def remember_words(user: User, addresses: list[str]) -> None:
    """Write the words of a resident with these addresses; those that they have no longer go."""
    with transaction():
        remember(ResidentWord, user.id, _words(user, addresses))
        User.update(worded_at=now()).where(User.id == user.id).execute()


def _words(user: User, addresses: list[str]) -> list[bytes]:
    said = " ".join(word.decode() for word in telling(" ".join(addresses)))
    return words_of(user.full_name, said, user.email, user.phone)
