"""What a change of the configuration means, between two revisions, the index and the working tree."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from text2llm.auth.agents import known_agents
from text2llm.auth.reading import Reading, read_meaning
from text2llm.commands.modules import compare_modules
from text2llm.config.discovery import (
    CONFIG_NAME,
    CONFIG_VARIABLE,
    find_origin,
    find_repository,
    find_shared,
    shorten_path,
)
from text2llm.config.environment import OPTION, refuse_unknown
from text2llm.config.exclude import drop_excluded, list_excluded
from text2llm.config.model import Config
from text2llm.config.suggest import list_names
from text2llm.diff.both import Both, pair_entries
from text2llm.diff.change import SHORT_COMMIT, Change, Comparison, Side
from text2llm.diff.compare import compare_meaning, sort_changes
from text2llm.errors import (
    InvalidConfigError,
    NoConfigError,
    ReadError,
    Text2llmError,
    UnknownAgentError,
    UsageError,
)
from text2llm.git.repository import GitError, Repository
from text2llm.git.search import select_below
from text2llm.git.source import INDEX, WORKING_TREE, Source, where
from text2llm.refs import parse_agent_id
from text2llm.workspace import Workspace

#: Of one comparison.
_MAX_CONFIGS = 1000


@dataclass(frozen=True, slots=True)
class Range:
    """What is compared: two revisions, ``new`` being ``None`` for the working tree or, with ``staged``, the index.

    ``forked``: the old side is the commit where the lines of history of the two part.
    """

    old: str
    new: str | None
    forked: bool = False
    staged: bool = False


def parse_range(arguments: tuple[str, ...], *, staged: bool = False) -> Range:
    """What the arguments of ``diff`` mean: ``REV``, ``REV REV2``, ``REV..REV2``, and ``REV...REV2`` as git has it.

    Raises:
        UsageError: a range and another revision, more than two revisions, or two with ``staged``.
    """
    if staged:
        if len(arguments) > 1 or any(".." in each for each in arguments):
            raise UsageError("--staged compares one revision with the index", hint="leave the other one out")
        return Range([*arguments, "HEAD"][0], None, staged=True)
    if len(arguments) == 1 and ".." in arguments[0]:
        # As git reads it: an absent end is HEAD.
        dots = "..." if "..." in arguments[0] else ".."
        old, _, new = arguments[0].partition(dots)
        return Range(old or "HEAD", new or "HEAD", dots == "...")
    if len(arguments) > 2 or any(".." in each for each in arguments):  # noqa: PLR2004 - old and new
        raise UsageError("give one revision, two, or a range", hint="such as `main`, `main HEAD` or `main..HEAD`")
    return Range([*arguments, "HEAD"][0], arguments[1] if arguments[1:] else None)


def run(workspace: Workspace, wanted: Range, agent: str | None = None) -> Comparison:
    """What changed in the configuration, for one agent or for all, under the workspace's environment or all of them.

    Raises:
        NoConfigError: it is on neither side.
        ReadError: a file of one side cannot be read.
        InvalidConfigError: one side has findings; of a configuration in a folder below, if the other side has none.
        UnknownAgentError: neither side has the ``agent``.
        UnknownEnvironmentError: neither side has the environment.
        GitError: there are too many configurations in the folders below.
    """
    paths = _find_paths(workspace)
    repository = Repository(_existing_folder(paths[0]), workspace.environ)
    commits = _find_commits(repository, wanted)
    labels = names = Both(wanted.old, wanted.new or (INDEX if wanted.staged else WORKING_TREE))
    if wanted.forked and commits.old is not None:
        labels = names._replace(old=f"merge base of {names.old} and {names.new}")
        names = names._replace(old=commits.old[:SHORT_COMMIT])
    sides = _Sides(workspace, repository, commits, names, labels)
    for path in paths:
        configs = sides.load(path)
        if configs != (None, None):
            break
    else:
        hint = "run `text2llm init` to write one, or name a file with --config"
        raise NoConfigError(f"{paths[0]} is neither at {names.old} nor {where(names.new)}", hint=hint)
    found = sides.compare(path, configs, agent)
    if find_origin(workspace.named, workspace.environ):
        return found
    others = (sides.compare_other(other, agent) for other in sides.list_below(path, configs))
    folder = os.path.dirname(os.path.abspath(path))
    modules = compare_modules(repository, folder, workspace.environ, commits, staged=wanted.staged)
    return found._replace(
        changes=sort_changes((*found.changes, *modules)),
        others=tuple(each for each in others if each is not None and each.changes),
    )


@dataclass(frozen=True, slots=True)
class _Sides:
    """The two sides of a comparison. ``names`` are those in locations, ``labels`` those of the report."""

    workspace: Workspace
    repository: Repository
    commits: Both[str | None]
    names: Both[str]
    labels: Both[str]

    @property
    def sources(self) -> Both[Source]:
        return self.commits.join(self.names, partial(Source, self.repository))

    def load(self, path: str) -> Both[Config | None]:
        return self.sources.map(lambda source: source.load(path))

    def compare(self, path: str, configs: Both[Config | None], agent: str | None) -> Comparison:
        workspace = self.workspace
        pairs = self._read_environments(path, configs)
        alone = configs.map(partial(read_meaning, registry=workspace.registry, bundle=workspace.bundle))
        if agent is not None:
            readings = [each for pair in (alone, *pairs.values()) for each in pair if each is not None]
            agent = _require_agent(agent, readings)
        working = self.names.new == WORKING_TREE
        if pairs:
            from text2llm.diff.effect import compare_views

            spell = self.repository.locate if working else str
            changes = compare_views(alone, pairs, agent, spell, workspace.environment)
        else:
            changes = compare_meaning(alone, agent)
        if working:
            changes = tuple(_relate(change, self.repository) for change in changes)
        sides = self.labels.join(self.commits, Side).join(configs, _complete)
        return Comparison(*sides, self.repository.locate(path), changes, workspace.bundle.source)

    def _read_environments(self, path: str, configs: Both[Config | None]) -> dict[str, Both[Reading | None]]:
        """The readings under each environment of either side, by name."""
        workspace = self.workspace
        chosen, read = (
            workspace.environment,
            partial(read_meaning, registry=workspace.registry, bundle=workspace.bundle),
        )
        views = self.sources.join(
            configs, lambda source, config: source.load_views(path, config, workspace.apply_environment)
        )
        if chosen is not None and not any(chosen in each for each in views):
            raise refuse_unknown(chosen, dict.fromkeys((*views.old, *views.new)), path, OPTION)
        pairs = pair_entries(views.map(lambda side: {name: read(config) for name, config in side.items()}))
        return {name: pair for name, pair in sorted(pairs) if chosen in (None, name)}

    def list_below(self, path: str, configs: Both[Config | None]) -> Iterator[str]:
        """The other configurations of either side, in the folders below that of ``path``: commands there use them.

        Those that both sides exclude are none.
        """
        folder = os.path.dirname(os.path.abspath(path))
        listed = self.commits.join(self.names, self._list_files)
        inner = self.repository.locate(os.path.realpath(folder))
        found = select_below(dict.fromkeys((*listed.old, *listed.new)), inner)
        kept = configs.map(lambda config: drop_excluded(found, () if config is None else list_excluded(config.data)))
        below = [each for each in found if each != CONFIG_NAME and (each in kept.old or each in kept.new)]
        if len(below) > _MAX_CONFIGS:
            message = f"there are more than {_MAX_CONFIGS} configurations in the folders below that of {path}"
            raise GitError(message, hint=f"compare one: --config {path}")
        yield from (shorten_path(os.path.join(folder, each)) for each in below)

    def _list_files(self, commit: str | None, name: str) -> list[str]:
        if commit is not None:
            return self.repository.list_tracked(commit)
        if name != INDEX:
            return self.repository.list_present(CONFIG_NAME) + self.repository.list_untracked(CONFIG_NAME)
        entries = self.repository.list_index().items()
        return [posixpath.join(folder, name) for folder, names in entries for name in names if name == CONFIG_NAME]

    def compare_other(self, path: str, agent: str | None) -> Comparison | None:
        """The comparison of a configuration below; ``None`` if it is valid on neither side: no command can use it."""
        loaded, errors = list[Config | None](), list[Text2llmError]()
        for source in self.sources:
            try:
                loaded.append(source.load(path))
            except (ReadError, InvalidConfigError) as error:
                errors.append(error)
        if len(errors) == len(self.names):
            return None
        if errors:
            raise errors[0]
        try:
            return self.compare(path, Both(*loaded), agent)
        except UnknownAgentError:
            return None


def _find_paths(workspace: Workspace) -> tuple[str, ...]:
    """Where the configuration is, or may have been before it was deleted from the working tree.

    The first that exists on either side is used.
    """
    origin, folder = find_origin(workspace.named, workspace.environ), os.getcwd()
    if origin is None and find_shared(folder) is None and find_repository(folder) is not None:
        return _folders_up(folder)  # the user's own is of no repository, or of another one
    try:
        return (workspace.path,)
    except NoConfigError:
        named = workspace.named or workspace.environ.get(CONFIG_VARIABLE)
        if named:
            return (shorten_path(os.path.expanduser(named)),)
        return _folders_up(folder)


def _folders_up(folder: str) -> tuple[str, ...]:
    root, paths = find_repository(folder), [os.path.join(folder, CONFIG_NAME)]
    while root is not None and folder != root:
        folder = os.path.dirname(folder)
        paths.append(os.path.join(folder, CONFIG_NAME))
    return tuple(map(shorten_path, paths))


def _relate(change: Change, repository: Repository) -> Change:
    """A change of the working tree with the path in the repository, wherever the command was started."""
    new = change.places.new
    place = None if new is None else new._replace(path=repository.locate(new.path))
    return change._replace(places=change.places._replace(new=place))


def _complete(side: Side, config: Config | None) -> Side:
    return side._replace(present=config is not None)


def _existing_folder(path: str) -> str:
    """The folder of a file, or the nearest above it that is still there."""
    folder = os.path.dirname(os.path.abspath(path))
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder


def _find_commits(repository: Repository, wanted: Range) -> Both[str | None]:
    old = repository.find_commit(wanted.old)
    new = None if wanted.new is None else repository.find_commit(wanted.new)
    return Both(repository.find_base(old, new) if wanted.forked and new is not None else old, new)


def _require_agent(agent: str, readings: list[Reading]) -> str:
    agent_id = parse_agent_id(agent)
    known = dict.fromkeys(name for reading in readings for name in known_agents(reading.config))
    if agent_id not in known:
        raise UnknownAgentError(
            f"there is no agent {agent!r} on either side", hint=f"known agents: {list_names(known)}"
        )
    return agent_id
