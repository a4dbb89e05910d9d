"""Reads ruleset files in GitHub's export format, and names every mistake with its line: a rule that does nothing is worse than none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from lab.company.forge.jsonlines import Place, lines
from lab.company.forge.rulesets import ChecksRule, PullRequestRule, Ruleset
from lab.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SIZE_LIMIT: Final = 256_000
RULE_TYPES: Final = ("deletion", "non_fast_forward", "pull_request", "required_status_checks", "workflows")
_TOP: Final = ("name", "target", "enforcement", "conditions", "rules", "bypass_actors")
_EXPORTED: Final = ("id", "node_id", "source", "source_type", "created_at", "updated_at", "current_user_can_bypass", "_links")
_ACTOR_TYPES: Final = ("OrganizationAdmin", "RepositoryRole", "Team", "Integration", "DeployKey", "EnterpriseOwner", "User")
_ADMIN_ROLE: Final = 5
_KIND: Final = {str: "a text", int: "a whole number", bool: "true or false", list: "a list", dict: "an object"}
# Settings that GitHub exports and this forge does not enforce: accepted as long as they ask for nothing.
_UNENFORCED: Final = (
    "required_review_thread_resolution",
    "required_reviewers",
    "automatic_copilot_code_review_enabled",
    "dismissal_restriction",
)


def read_all(files: Mapping[str, str]) -> tuple[tuple[Ruleset, ...], tuple[Problem, ...]]:
    """The rulesets of `files` (path -> text) that can be read, and the problems of the others. Only `*.json` counts."""
    found, problems = [], []
    for file in sorted(files):
        if file.endswith(".json"):
            ruleset, wrong = read(file, files[file])
            found += [ruleset] if ruleset else []
            problems += wrong
    return tuple(found), tuple(problems)


def read(file: str, text: str) -> tuple[Ruleset | None, list[Problem]]:
    """The ruleset in one file, or None and every mistake in it."""
    if len(text) > SIZE_LIMIT:
        return None, [Problem(file, 0, f"The file is larger than {SIZE_LIMIT // 1000} kB. A ruleset takes one or two.")]
    try:
        data = json.loads(text)
        places = lines(text)
    except json.JSONDecodeError as problem:
        return None, [Problem(file, problem.lineno, f"This is not JSON: {problem.msg} (column {problem.colno}). Correct the line.")]
    except RecursionError:
        return None, [Problem(file, 0, "The values are nested too deeply. Export the ruleset again.")]
    reading = _Reading(file, places)
    ruleset = reading.ruleset(data)
    return (None if reading.problems else ruleset), sorted(reading.problems)


class _Reading:
    """One file while it is read; problems are collected, so that one push shows them all."""

    def __init__(self, file: str, places: Mapping[Place, int]) -> None:
        self.file = file
        self.places = places
        self.problems: list[Problem] = []

    def wrong(self, place: Place, message: str) -> None:
        """Keep a problem at the line of `place`, or of the nearest value around it that has one."""
        at = next((self.places[place[:size]] for size in range(len(place), -1, -1) if place[:size] in self.places), 0)
        self.problems.append(Problem(self.file, at, message))

    def value(self, data: dict[str, Any], key: str, kind: type, *, at: Place, default: Any = None) -> Any:
        """`data[key]` if it is of the kind, else `default` (None: it must be there) and a problem."""
        if key not in data:
            if default is None:
                self.wrong(at, f"The key '{key}' is missing here: {_KIND[kind]} is expected.")
            return kind() if default is None else default
        found = data[key]
        if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
            self.wrong((*at, key), f"'{key}' is {json.dumps(found)[:60]}, and {_KIND[kind]} is expected.")
            return kind() if default is None else default
        return found

    def known(self, data: dict[str, Any], names: Iterable[str], *, at: Place) -> None:
        """Complain of keys that are not among `names`."""
        names = tuple(names)
        for key in data:
            if key not in names:
                self.wrong((*at, key), f"The key '{key}' is unknown here.{_meant(key, names)} Remove it.")

    def one_of(self, found: str, names: tuple[str, ...], *, at: Place, what: str) -> None:
        """Complain of a word that is none of `names`."""
        if found not in names:
            self.wrong(at, f"The {what} is '{found}'.{_meant(found, names)} Write one of: {', '.join(names)}.")

    def objects(self, data: dict[str, Any], key: str, *, at: Place, default: list[Any] | None = None) -> list[tuple[Place, dict[str, Any]]]:
        """The objects of the list `data[key]`, each with its place."""
        found = [((*at, key, number), item) for number, item in enumerate(self.value(data, key, list, at=at, default=default))]
        for place, item in found:
            if not isinstance(item, dict):
                self.wrong(place, f"Here stands {json.dumps(item)[:60]}, and an object is expected.")
        return [(place, item) for place, item in found if isinstance(item, dict)]

    def texts(self, data: dict[str, Any], key: str, *, at: Place, default: list[str] | None = None) -> tuple[str, ...]:
        """The texts of the list `data[key]`."""
        found = self.value(data, key, list, at=at, default=default)
        for number, item in enumerate(found):
            if not isinstance(item, str):
                self.wrong((*at, key, number), f"Here stands {json.dumps(item)[:60]}, and a text is expected.")
        return tuple(item for item in found if isinstance(item, str))

    def ruleset(self, data: Any) -> Ruleset | None:
        """The whole file."""
        if not isinstance(data, dict):
            self.wrong((), 'A ruleset is an object: {"name": …, "target": "branch", …}.')
            return None
        self.known(data, (*_TOP, *_EXPORTED), at=())
        self.one_of(self.value(data, "target", str, at=(), default="branch"), ("branch",), at=("target",), what="target")
        enforcement = self.value(data, "enforcement", str, at=())
        self.one_of(enforcement or "active", ("active", "disabled", "evaluate"), at=("enforcement",), what="enforcement")
        include, exclude = self.refs(self.value(data, "conditions", dict, at=()))
        return Ruleset(
            name=self.value(data, "name", str, at=()),
            file=self.file,
            enforcement=enforcement,
            include=include,
            exclude=exclude,
            owner_may_bypass=self.bypass(data),
            **self.rules(data),
        )

    def refs(self, conditions: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The patterns of `conditions.ref_name`."""
        at: Place = ("conditions",)
        if not conditions:
            return (), ()
        self.known(conditions, ("ref_name",), at=at)
        names = self.value(conditions, "ref_name", dict, at=at)
        at = (*at, "ref_name")
        if not names:
            return (), ()
        self.known(names, ("include", "exclude"), at=at)
        include = self.texts(names, "include", at=at)
        exclude = self.texts(names, "exclude", at=at, default=[])
        for key, patterns in (("include", include), ("exclude", exclude)):
            for number, pattern in enumerate(patterns):
                if pattern not in ("~DEFAULT_BRANCH", "~ALL") and not pattern.startswith("refs/heads/"):
                    self.wrong(
                        (*at, key, number), f"'{pattern}' matches no branch. Write '~DEFAULT_BRANCH', '~ALL' or 'refs/heads/{pattern}'."
                    )
        return include, exclude

    def bypass(self, data: dict[str, Any]) -> bool:
        """Whether `bypass_actors` names the owner's role."""
        found = False
        for at, actor in self.objects(data, "bypass_actors", at=(), default=[]):
            self.known(actor, ("actor_id", "actor_type", "bypass_mode"), at=at)
            kind = self.value(actor, "actor_type", str, at=at)
            self.one_of(kind, _ACTOR_TYPES, at=(*at, "actor_type"), what="actor_type")
            mode = self.value(actor, "bypass_mode", str, at=at, default="always")
            self.one_of(mode, ("always", "pull_request", "exempt"), at=(*at, "bypass_mode"), what="bypass_mode")
            found |= kind == "OrganizationAdmin" or (kind == "RepositoryRole" and actor.get("actor_id") == _ADMIN_ROLE)
        return found

    def rules(self, data: dict[str, Any]) -> dict[str, Any]:
        """The rules, as fields of `Ruleset`."""
        found: dict[str, Any] = {}
        kinds: dict[str, Callable[[dict[str, Any], Place], dict[str, Any]]] = {
            "pull_request": self.pull_request,
            "required_status_checks": self.checks,
            "workflows": self.workflows,
            "non_fast_forward": self.plain("non_fast_forward"),
            "deletion": self.plain("deletion"),
        }
        for at, rule in self.objects(data, "rules", at=()):
            self.known(rule, ("type", "parameters", "ruleset_source_type", "ruleset_source", "ruleset_id"), at=at)
            kind = self.value(rule, "type", str, at=at)
            if kind in kinds:
                found |= kinds[kind](self.value(rule, "parameters", dict, at=at, default={}), (*at, "parameters"))
            elif kind:
                known = ", ".join(RULE_TYPES)
                self.wrong(
                    (*at, "type"),
                    f"This forge does not enforce rules of type '{kind}'.{_meant(kind, RULE_TYPES)} It enforces: {known}. Remove the rule.",
                )
        return found

    def plain(self, name: str) -> Callable[[dict[str, Any], Place], dict[str, Any]]:
        """Read a rule that has no parameters."""

        def read_plain(parameters: dict[str, Any], at: Place) -> dict[str, Any]:
            self.known(parameters, (), at=at)
            return {name: True}

        return read_plain

    def pull_request(self, parameters: dict[str, Any], at: Place) -> dict[str, Any]:
        """Read the rule `pull_request`."""
        flags = ("require_code_owner_review", "dismiss_stale_reviews_on_push", "require_last_push_approval")
        self.known(parameters, ("required_approving_review_count", *flags, "allowed_merge_methods", *_UNENFORCED), at=at)
        for key in _UNENFORCED:
            if parameters.get(key):
                self.wrong(
                    (*at, key), f"This forge does not enforce '{key}'. Set it to {json.dumps(type(parameters[key])())}, or remove it."
                )
        if "merge" not in self.texts(parameters, "allowed_merge_methods", at=at, default=["merge"]):
            self.wrong(
                (*at, "allowed_merge_methods"), "This forge merges with a merge commit only. Add 'merge' to 'allowed_merge_methods'."
            )
        owners, stale, last = (self.value(parameters, flag, bool, at=at, default=False) for flag in flags)
        approvals = self.value(parameters, "required_approving_review_count", int, at=at, default=0)
        if not 0 <= approvals <= 10:  # noqa: PLR2004 - GitHub's own limit
            self.wrong(
                (*at, "required_approving_review_count"), f"'required_approving_review_count' is {approvals}: write a number from 0 to 10."
            )
        return {"pull_request": PullRequestRule(approvals, owners, stale, last)}

    def checks(self, parameters: dict[str, Any], at: Place) -> dict[str, Any]:
        """Read the rule `required_status_checks`."""
        self.known(parameters, ("required_status_checks", "strict_required_status_checks_policy", "do_not_enforce_on_create"), at=at)
        contexts = []
        for place, check in self.objects(parameters, "required_status_checks", at=at):
            self.known(check, ("context", "integration_id"), at=place)
            contexts.append(self.value(check, "context", str, at=place))
        strict = self.value(parameters, "strict_required_status_checks_policy", bool, at=at, default=False)
        lenient = self.value(parameters, "do_not_enforce_on_create", bool, at=at, default=False)
        return {"checks": ChecksRule(tuple(dict.fromkeys(contexts)), strict, not lenient)}

    def workflows(self, parameters: dict[str, Any], at: Place) -> dict[str, Any]:
        """Read the rule `workflows`."""
        self.known(parameters, ("workflows", "do_not_enforce_on_create"), at=at)
        paths = []
        for place, workflow in self.objects(parameters, "workflows", at=at):
            self.known(workflow, ("path", "repository_id", "ref", "sha"), at=place)
            paths.append(self.value(workflow, "path", str, at=place))
        return {"workflows": tuple(paths)}


def _meant(word: str, names: Iterable[str]) -> str:
    """'Did you mean …?' with a space before it, or nothing."""
    import difflib  # noqa: PLC0415 - only when something is wrong; a push waits for every import

    close = difflib.get_close_matches(word, list(names), n=1)
    return f" Did you mean '{close[0]}'?" if close else ""
