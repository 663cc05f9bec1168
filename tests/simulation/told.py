"""What a person was told is done, in all their sessions, and what must therefore be there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Password:
    """A password that is being set; whether it was."""

    text: str
    holds: bool = False


@dataclass
class Told:
    """`password` is the one that certainly holds, empty where nobody can be certain."""

    phone: str = ""
    seen: set[str] = field(default_factory=set)
    password: str = ""
    set_so_far: int = 0
    unlinked: int = 0
    forms: int = 0

    @contextmanager
    def new_password(self) -> Iterator[Password]:
        """Another password while the block goes on; who sets another meanwhile makes it uncertain."""
        self.set_so_far += 1
        mine, self.password = self.set_so_far, ""
        yield (password := Password(f"{self.phone} {mine}"))
        if password.holds and mine == self.set_so_far:
            self.password = password.text

    def settle(self) -> str:
        """The password of before all."""
        self.password = f"{self.phone} 0"
        return self.password

    def unlink(self) -> None:
        """From here on nobody can be certain that the second account is there."""
        self.unlinked += 1
        self.seen.discard("second account")

    def new_form(self) -> str:
        """The key of a form for a request, which is sent once however often its button is pressed."""
        self.forms += 1
        return f"{self.phone} {self.forms}"
