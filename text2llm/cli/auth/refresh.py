"""``text2llm models auth refresh``: renew the access tokens of logins."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import NamedTuple

import click

from text2llm.auth.credentials import AuthProfile, OAuth, UsageStats
from text2llm.auth.health import needs_refresh
from text2llm.cli.auth.command import current_time, find_subject, subject_options
from text2llm.cli.auth.quiet import QuietCommand
from text2llm.cli.options import print_json
from text2llm.cli.world import World, open_world
from text2llm.errors import ExitCode, Text2llmError, UsageError
from text2llm.login.refresh import Dead, Failed, Outcome, Renewer, StillFresh, refresh_profile
from text2llm.login.registration import NotRegistered, resolve_terms
from text2llm.secret import Secret, SecretRef


class KeptSecrets(NamedTuple):
    """The secrets that a store refers to, wherever they are kept."""

    environ: Mapping[str, str]

    def read(self, ref: SecretRef) -> Secret:
        """The value.

        Raises:
            SecretRefError: there is none.
        """
        from text2llm.auth.secret_refs import read_secret

        return read_secret(ref, self.environ)

    def write(self, ref: SecretRef, secret: Secret) -> None:
        """Replace the value.

        Raises:
            SecretRefError: that place cannot be written.
        """
        from text2llm.auth.secret_refs import write_secret

        write_secret(ref, secret)


@click.command("refresh", cls=QuietCommand)
@click.argument("profiles", nargs=-1, metavar="[ID]...")
@click.option("--force", is_flag=True, help="Also renew tokens that are still good.")
@subject_options
def command(profiles: tuple[str, ...], agent: str | None, config: str | None, *, force: bool, as_json: bool) -> int:
    """Renew the access tokens of logins that have expired or soon will; without ID, of every stored login.

    Exit code 1: a login cannot be renewed any more, or could not be now.
    """
    from text2llm.auth.store_file import load_store

    world, subject = open_world(os.environ), find_subject(agent, config)
    loaded = load_store(subject.dirs.own, subject.dirs.main)
    logins = {name: profile for name, profile in loaded.store.profiles.items() if isinstance(profile.credential, OAuth)}
    unknown = [name for name in profiles if name not in logins]
    if unknown:
        known = ", ".join(logins) or "none"
        raise UsageError("there is no such login in the store", hint=f"stored logins: {known}")
    chosen = profiles or tuple(logins)
    outcomes = {name: refresh_login(logins[name], loaded.path, world, force=force) for name in dict.fromkeys(chosen)}
    _tell(outcomes, loaded.path, as_json=as_json)
    failed = any(isinstance(outcome, Dead | Failed) for outcome in outcomes.values())
    return ExitCode.FAILURE if failed else ExitCode.OK


def refresh_login(profile: AuthProfile, path: str, world: World, *, force: bool = False) -> Outcome:
    """Renew one login of the store at ``path``, if that is due or ``force`` says so.

    Raises:
        StoreError: the store cannot be used.
        WriteError: the operating system refused a write.
    """
    from text2llm.settings.binding import gather_trust
    from text2llm.storage.places import find_places

    secrets, registry = KeptSecrets(os.environ), world.registry
    spellings = registry.spellings()
    provider = spellings.provider(profile.provider)
    try:
        terms = resolve_terms(provider, world.settings, os.environ, secrets.read, registry.logins())
        seen = _access(profile, secrets) if force else None
    except Text2llmError as error:  # a secret that is kept elsewhere: the other logins can do without
        return Failed(error.message, error.hint)
    if isinstance(terms, NotRegistered):
        due = force or needs_refresh(profile, UsageStats(), current_time())
        return Failed(terms.message, terms.hint) if due else StillFresh(profile)
    trust = gather_trust(registry, world.settings, os.environ, [terms.facts])
    state = find_places(os.environ).state
    renewer = Renewer(path, state, trust, secrets, spellings, world.settings.network)
    return refresh_profile(profile.id, terms, renewer, seen)


def _access(profile: AuthProfile, secrets: KeptSecrets) -> Secret:
    """The access token as it is now: it is renewed unless another program has renewed it by then."""
    assert isinstance(profile.credential, OAuth)
    value = profile.credential.access
    return value if isinstance(value, Secret) else secrets.read(value)


def _tell(outcomes: dict[str, Outcome], path: str, *, as_json: bool) -> None:
    from text2llm.report.auth_refresh import refresh_json, refresh_text

    if as_json:
        print_json(refresh_json(outcomes, path))
    else:
        click.echo(refresh_text(outcomes, terminal=sys.stdout.isatty()), nl=False)
