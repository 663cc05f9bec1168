"""Every command of `flask --app wsgi`; those of the demonstration are its own."""

import click

from cabinet.commands import installation
from cabinet.commands.audit import audit_cli
from cabinet.commands.backup import backup_command, restore_command
from cabinet.commands.billing import billing_cli
from cabinet.commands.codes import codes_cli
from cabinet.commands.data_map import data_map_command
from cabinet.commands.doctor import doctor
from cabinet.commands.failing import plainly
from cabinet.commands.incident import incident
from cabinet.commands.messages import messages_cli
from cabinet.commands.readers import readers_cli
from cabinet.commands.residents import residents_cli
from cabinet.commands.staff import staff_cli
from cabinet.commands.worker import worker_command

ALL: tuple[click.Command, ...] = (
    *installation.ALL,
    doctor,
    backup_command,
    restore_command,
    billing_cli,
    residents_cli,
    messages_cli,
    readers_cli,
    codes_cli,
    audit_cli,
    incident,
    data_map_command,
    worker_command,
    staff_cli,
)

COMMANDS = tuple(map(plainly, ALL))
