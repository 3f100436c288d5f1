"""`interlock evidence key`, `end-key` and `attest`: statements that a person signs."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from interlock.flows.evidence.add import CURRENT
from interlock.flows.evidence.attestations import attest_check
from interlock.flows.evidence.people_keys import end_key, register_key
from interlock.flows.rollout.facts import check_named
from interlock.surfaces.cli.evidence.adding import ExpiresOption, ReleaseOption
from interlock.surfaces.cli.rollout.gates import PackOption
from interlock.surfaces.cli.store_options import AsOption, JsonOption, StoreOption, Workflow, opened, person, show_json
from interlock.surfaces.cli.toolbox import toolbox
from interlock.terms.errors import BadInput

SIGNED = "attested"  # the probe that statements answer

Name = Annotated[str, typer.Argument(help="Whose key it is.", show_default=False)]


def key_command(
    context: typer.Context,
    name: Name,
    file: Annotated[Path, typer.Argument(help="File for the private key; it must not exist.", show_default=False)],
    store: StoreOption = None,
) -> None:
    """Make a key for a person to sign with; its public half goes on record, its private half into the file.

      interlock evidence key "Ben Okafor" ben.key

    Only its owner can read the file. One key counts for a person at a time.
    """
    box = toolbox(context)
    with opened(box, store) as opened_store:
        verifier = register_key(
            opened_store,
            person(name),
            clock=box.clock,
            randomness=box.randomness,
            signing=box.signing(),
            keep=lambda text: box.write_private(file, text),
        )
    box.out.print(Text(f"{name} signs with {verifier}"), soft_wrap=True)


def end_key_command(
    context: typer.Context,
    name: Name,
    by: AsOption,
    reason: Annotated[str, typer.Option(help="Why; it is recorded.")],
    store: StoreOption = None,
) -> None:
    """End a person's key, lost or told. Nothing that was signed with it counts any more.

    interlock evidence end-key "Ben Okafor" --as "Ana Ruiz" --reason "the laptop was stolen"
    """
    box = toolbox(context)
    with opened(box, store) as opened_store:
        ended = end_key(opened_store, name, by=person(by), reason=reason, clock=box.clock)
    box.out.print(Text(f"{name}: {ended} ended; what it signed counts no more"), soft_wrap=True)


def attest_command(
    context: typer.Context,
    workflow: Workflow,
    gate: Annotated[str, typer.Option(help="The gate that the statement is for.")],
    check: Annotated[str, typer.Option(help="The check of that gate.")],
    statement: Annotated[str, typer.Option(help="What you state, in a sentence you answer for.")],
    by: AsOption,
    key: Annotated[Path, typer.Option(help="Your private key (`interlock evidence key`).")],
    release: ReleaseOption = CURRENT,
    expires_days: ExpiresOption = None,
    pack: PackOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sign a statement about one check. It is bound to the release: for another one it has to be signed again.

      interlock evidence attest triage --gate "privacy and legal" --check "impact assessment" --statement "..."
      --as "Ben Okafor" --key ben.key

    Gates and checks are named as `interlock gates` names them.
    """
    box = toolbox(context)
    if check_named(box.read_gates(pack), gate, check).probe != SIGNED:
        raise BadInput(f"'{check}' of '{gate}' is answered from records, not by a statement; see `interlock gates`")
    if not key.exists():
        raise BadInput(f'there is no private key {key}; `interlock evidence key "{by}" {key}` makes one')
    private = box.read_private(key)
    with opened(box, store) as opened_store:
        signed = attest_check(
            opened_store,
            workflow,
            gate=gate,
            check=check,
            statement=statement,
            by=person(by),
            private_key=private,
            signing=box.signing(),
            clock=box.clock,
            release=release,
            expires_days=expires_days,
        )
    if as_json:
        show_json(box, signed)
    else:
        box.out.print(Text(f"attestation {signed.digest[7:19]}: {gate}, {check}, {signed.source}"), soft_wrap=True)
