"""The terminal: `python sandbox_cli.py --help`."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - a sentence for an older one, not a traceback
    sys.exit(f"GenAI Sandbox needs Python 3.11 or newer; this is {sys.version.split()[0]}.")

import typer

from terminal import configuration, demo, operations, scanning, serving
from terminal.answers import budgets, costs, evaluation, gaps, kpis, quality, questions, vocabulary
from terminal.answers import overview as administration
from terminal.documents import (
    chat_files,
    collections,
    embeddings,
    erasing,
    quarantine,
    stewardship,
    syncing,
    versions,
    work,
)
from terminal.documents import ingest as documents
from terminal.documents import verify as lifecycle
from terminal.ideas import personal as idea_commands
from terminal.output import ReadableErrors
from terminal.people import (
    audit,
    company_accounts,
    conversations,
    groups,
    incidents,
    policy,
    privacy,
    scim,
    users,
)

app = typer.Typer(
    cls=ReadableErrors,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="GenAI Sandbox: answers from company documents, ideas and governance, in the terminal.",
)
app.command(context_settings=serving.ANY_OPTION)(serving.run)
app.command()(operations.setup)
app.command()(operations.migrate)
app.command()(operations.doctor)
app.command()(operations.reindex)
app.command()(scanning.scan)
app.command()(lifecycle.verify)
app.command()(syncing.sync)
app.command()(erasing.erase)
app.add_typer(configuration.settings, name="settings")
app.add_typer(users.users, name="users")
users.users.command("connections")(company_accounts.list_connections)
users.users.command("connect")(company_accounts.connect)
users.users.command("disconnect")(company_accounts.disconnect)
app.add_typer(groups.groups, name="groups")
app.add_typer(scim.scim, name="scim")
app.add_typer(collections.collections, name="collections")
app.command()(documents.ingest)
app.add_typer(stewardship.documents, name="documents")
stewardship.documents.command("versions")(versions.list_versions)
stewardship.documents.command("roll-back")(versions.roll_back)
stewardship.documents.command("delete")(versions.delete_documents)
for move in (work.retry, work.pause, work.resume, work.cancel):
    stewardship.documents.command()(move)
app.add_typer(quarantine.quarantine, name="quarantine")
app.add_typer(chat_files.chat_files, name="chat-files")
app.command()(questions.search)
app.command()(questions.ask)
app.command()(evaluation.evaluate)
app.command()(administration.usage)
app.add_typer(costs.costs, name="costs")
app.add_typer(budgets.budgets, name="budgets")
app.add_typer(budgets.switches, name="switches")
app.command()(quality.quality)
app.command()(kpis.kpis)
app.add_typer(idea_commands.ideas, name="ideas")
app.add_typer(gaps.gaps, name="gaps")
app.add_typer(vocabulary.vocabulary, name="vocabulary")
app.add_typer(conversations.conversations, name="conversations")
app.add_typer(privacy.retention, name="retention")
app.add_typer(privacy.holds, name="holds")
app.add_typer(audit.audit, name="audit")
app.add_typer(policy.policy, name="policy")
app.add_typer(incidents.incidents, name="incidents")
app.add_typer(embeddings.embeddings, name="embeddings")
app.add_typer(demo.demo, name="demo")

if __name__ == "__main__":
    app()
