"""Fix findings: rounds of fixes and checks in memory, until nothing is left to fix."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from text2llm.commands.checker import Checker
from text2llm.config.document import Document
from text2llm.diagnostics import Diagnostic
from text2llm.edit.file_change import FileChange
from text2llm.edit.fixing import make_fixes, select_apart
from text2llm.errors import EditError
from text2llm.plan.fixing import FixChoice, find_new_error, list_models
from text2llm.rules.run import limit_findings
from text2llm.workspace import Workspace

#: Each makes or refuses a fix; one fix can be the reason for another.
_MAX_ROUNDS = 50


class RefusedFix(NamedTuple):
    """A fix that was not made."""

    finding: Diagnostic
    reason: str


class Fixed(NamedTuple):
    """The findings whose fixes were made, those whose fixes were not, and the files that this changes."""

    made: tuple[Diagnostic, ...] = ()
    refused: tuple[RefusedFix, ...] = ()
    changes: tuple[FileChange, ...] = ()


def fix_files(workspace: Workspace, checker: Checker, choice: FixChoice) -> tuple[Fixed, Checker]:
    """Fix what ``checker`` found, in memory, and check again."""
    edited, before, made, refused = dict[str, Document](), dict[str, Document](), list[Diagnostic](), list[RefusedFix]()
    for paths in _group_paths(checker, choice):
        group = _Group(workspace, checker, choice, paths, edited)
        group.fix()
        made += group.made
        before.update(group.before)
        refused += group.list_refused()
    if not made:
        return Fixed(refused=tuple(refused)), checker
    changes = (FileChange(old, edited[real]._replace(path=old.path), (), ()) for real, old in sorted(before.items()))
    return Fixed(tuple(made), tuple(refused), tuple(changes)), checker.check_again(checker.requested, edited)


def _group_paths(checker: Checker, choice: FixChoice) -> list[list[str]]:
    """The requested paths with something to fix; those that have a file in common are fixed together."""
    wanted = {os.path.realpath(each.location.path) for each in checker.findings if choice.find(each)}
    groups = list[tuple[set[str], list[str]]]()
    for path, files in checker.sources.items():
        if files.isdisjoint(wanted):
            continue
        group = (set(files), [path])
        for other in [each for each in groups if not each[0].isdisjoint(files)]:
            groups.remove(other)
            group = (group[0] | other[0], other[1] + group[1])
        groups.append(group)
    return [paths for _, paths in groups]


class _Group:
    """Files that are checked together.

    ``edited`` has the documents as they would be, by real path, and ``before`` those of this group as they are.
    """

    def __init__(
        self,
        workspace: Workspace,
        checker: Checker,
        choice: FixChoice,
        paths: Sequence[str],
        edited: dict[str, Document],
    ) -> None:
        self._registry, self._checker, self._choice, self._paths = workspace.registry, checker, choice, paths
        self._is_part = workspace.environment is not None
        self.edited = edited
        self.before: dict[str, Document] = {}
        self.made: list[Diagnostic] = []
        self._refused: dict[tuple[object, ...], RefusedFix] = {}
        self._now, self._whole = self._check(edited)

    def fix(self) -> None:
        for _ in range(_MAX_ROUNDS):
            batch = self._choose()
            if not batch:
                return
            while (problem := self._try(batch)) is not None:
                if len(batch) == 1:
                    self._refused[_identify(batch[0])] = RefusedFix(batch[0], problem)
                    break
                batch = batch[: len(batch) // 2]

    def list_refused(self) -> list[RefusedFix]:
        """The fixes that were refused and whose findings are still there: earlier fixes may have moved them."""
        left = set(map(_identify, self._now.findings))
        return [each for key, each in self._refused.items() if key in left]

    def _choose(self) -> list[Diagnostic]:
        """The findings to fix in one go, neutral ones first: of those alone it is verified that they are."""
        found = [
            each
            for each in limit_findings(self._now.findings)[0]
            if self._choice.find(each) and each.location.path in self._now.documents
            if _identify(each) not in self._refused
        ]
        neutral = [each for each in found if each.fix is not None and each.fix.neutral]
        return neutral or found

    def _try(self, batch: list[Diagnostic]) -> str | None:
        """Make fixes, as far as they do not touch each other; what speaks against it, and then nothing is changed."""
        try:
            edited, made = self._apply(batch)
        except EditError as error:
            return error.message
        after, whole = self._check({**self.edited, **edited})
        new = find_new_error(self._whole.findings, whole.findings, self._choice)
        if new is not None:
            return f"it would cause an error: {new.message} ({new.rule})"
        is_neutral = all(each.fix is not None and each.fix.neutral for each in made)
        if is_neutral and self._models(self._whole) != self._models(whole):
            return "it would change the models that an agent uses"
        for path, document in self._now.documents.items():
            if (real := os.path.realpath(path)) in edited and real not in self.edited:
                self.before[real] = document._replace(path=path)
        self.edited.update(edited)
        self.made += made
        self._now, self._whole = after, whole
        return None

    def _check(self, edited: Mapping[str, Document]) -> tuple[Checker, Checker]:
        """What is found under the environment that is chosen, and under every one: they have files in common."""
        now = self._checker.check_again(self._paths, edited)
        return now, self._checker.check_again(self._paths, edited, every=True) if self._is_part else now

    def _apply(self, batch: list[Diagnostic]) -> tuple[dict[str, Document], list[Diagnostic]]:
        by_path: dict[str, list[Diagnostic]] = {}
        for each in batch:
            by_path.setdefault(each.location.path, []).append(each)
        edited, made = dict[str, Document](), list[Diagnostic]()
        for path, findings in by_path.items():
            fixes = list(select_apart(each.fix for each in findings if each.fix is not None))
            before = self._now.documents[path]
            edited[os.path.realpath(path)] = after = make_fixes(before, fixes)
            if after.text == before.text:
                raise EditError("it changes nothing")
            made += (each for each in findings if each.fix in fixes)
        return edited, made

    def _models(self, checker: Checker) -> list[object]:
        return [list_models(config, self._registry) for configs in checker.configs() for config in configs]


def _identify(finding: Diagnostic) -> tuple[object, ...]:
    return finding.location, finding.rule, finding.message
