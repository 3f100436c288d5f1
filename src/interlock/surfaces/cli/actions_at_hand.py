"""The actions of an application, found by the name of the object that holds them: `--app module:object`."""

import importlib
import sys
from collections.abc import Mapping
from typing import Any

from interlock.flows.action.sweep import TargetOf
from interlock.ports.effects import Target
from interlock.terms.errors import BadInput
from interlock.terms.workflow import EffectPlan

HOLDS = "a mapping of workflow names (or of actions or action classes) to actions, or an object whose `targets` is one"


def no_actions(workflow: str, plan: EffectPlan) -> Target | None:  # noqa: ARG001 - as TargetOf
    """No action is at hand."""
    return None


def actions_of(named: str) -> TargetOf:
    """The actions that 'module:object' holds. The module is looked for here first, as by `python -m`.

    Raises BadInput where there is no such module or object, or it holds no actions.
    """
    module_name, _, path = named.partition(":")
    if not module_name or not path:
        raise BadInput(f"--app {named}: say module:object, such as shop.desk:actions")
    targets = _targets(_imported(module_name, path, named), named)

    def target_of(workflow: str, plan: EffectPlan) -> Target | None:
        names = (workflow, plan.action_class, plan.action)
        return next((targets[name] for name in names if name is not None and name in targets), None)

    return target_of


def _imported(module_name: str, path: str, named: str) -> Any:
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        held: Any = importlib.import_module(module_name)
        for name in path.split("."):
            held = getattr(held, name)
    except ModuleNotFoundError as exc:
        raise BadInput(f"--app {named}: there is no module '{exc.name}' here; run it in the folder it is in") from exc
    except AttributeError as exc:
        raise BadInput(f"--app {named}: {exc}") from exc
    except Exception as exc:
        raise BadInput(f"--app {named}: the module cannot be loaded: {type(exc).__name__}: {exc}") from exc
    return held


def _targets(held: Any, named: str) -> Mapping[str, Target]:
    targets = held if isinstance(held, Mapping) else getattr(held, "targets", None)
    if callable(targets):
        targets = targets()
    if not isinstance(targets, Mapping):
        raise BadInput(f"--app {named}: it holds no actions: name {HOLDS}")
    lacking = [name for name, target in targets.items() if not callable(getattr(target, "apply", None))]
    if lacking:
        raise BadInput(f"--app {named}: what it holds for '{lacking[0]}' is no action, for it has no `apply`")
    return targets
