"""Who is asked, and what answers, in tests of the vault."""

from keyring.errors import PasswordDeleteError, PasswordSetError

from companion.commands.vault import Person
from companion.memory import keys
from companion.memory.slots import Cost

QUICK = Cost(memory=19_456, passes=2, lanes=1)


def opened(folder):
    return keys.unlock(folder, "passphrase", b"correct horse")


class Ring:
    """A keyring in memory."""

    def __init__(self, *, refuses=False, forgets=False):
        self.kept = {}
        self.refuses = refuses
        self.forgets = forgets

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        if self.refuses:
            raise PasswordSetError
        if not self.forgets:
            self.kept[service, username] = password

    def delete_password(self, service, username):
        if (service, username) not in self.kept:
            raise PasswordDeleteError
        del self.kept[service, username]


class Told:
    """Somebody who answers in order, and what they were shown."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.shown = []

    def ask(self, question):
        self.shown.append(question)
        return self.answers.pop(0) if self.answers else ""

    @property
    def person(self):
        return Person(self.ask, self.ask, self.shown.append)
