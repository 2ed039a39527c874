"""models list, get, verify: what can be had, fetch it, check it."""

import argparse
import importlib.util
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

from companion import bundles
from companion.commands.progress import follow
from companion.downloads import install
from companion.errors import DownloadError
from companion.hear.vosk import find_model
from companion.installs import check_space, lock, megabytes, on_disk
from companion.manifest import Manifest, Model, read_manifest
from companion.models import Rules
from companion.settings import Settings
from companion.shelf import Finding, Places, check, check_all, find, usual_places, voices_present

KINDS = {
    "ear": "Ears: speech to words",
    "voice": "Voices",
    "mind": "Minds: language models (they need: scripts/companion setup --llm)",
    "detector": "Detectors of speech",
}


@dataclass(frozen=True)
class Order:
    """What a person asked `models get` for."""

    ids: tuple[str, ...] = ()
    profile: str = ""
    language: str = ""
    proxy: str = ""
    bundle_to: Path | None = None
    bundle_from: Path | None = None


def show(options: argparse.Namespace) -> int:
    """Name what can be had, by kind."""
    manifest, places = read_manifest(), usual_places()
    wanted = options.language
    some = [one for one in manifest.models if not wanted or one.speaks(wanted)]
    if options.json:
        for model in some:
            print(json.dumps(_as_object(model, manifest, places)))
        return 0
    for kind, title in KINDS.items():
        models = [model for model in some if model.kind == kind]
        if models:
            print(f"{title}\n")
        for model in models:
            print("\n".join(_lines(model, manifest, places)))
        if models:
            print()
    print("To fetch an ear and a voice: scripts/companion models get")
    print("Others: scripts/companion models get ID …, or --profile NAME")
    return 0


def get(options: argparse.Namespace) -> int:
    """Fetch what was asked for, or pack it, or take it from a bundle."""
    order = Order(
        ids=tuple(options.ids),
        profile=options.profile or "",
        language=options.language or "",
        proxy=options.proxy or "",
        bundle_to=options.offline_bundle,
        bundle_from=options.from_bundle,
    )
    return carry_out(order, read_manifest(), usual_places())


def verify(options: argparse.Namespace) -> int:
    """Check every file that is present. 1 where something is wrong."""
    found: list[Finding] = []
    for finding in check_all(read_manifest(), usual_places()):
        found.append(finding)
        row = asdict(finding) | {"path": str(finding.path)}
        print(json.dumps(row) if options.json else _sentence(finding), flush=True)
    if not found and not options.json:
        print("No model is here. To fetch an ear and a voice: scripts/companion models get")
    return int(any(finding.state == "wrong" for finding in found))


def carry_out(order: Order, manifest: Manifest, places: Places, rules: Rules | None = None) -> int:
    """Do what was asked for. Raises DownloadError; Ctrl+C keeps what came so far."""
    rules = rules or Rules(proxy=order.proxy)
    try:
        with lock(places):
            if order.bundle_from:
                _take_from(order.bundle_from, order, manifest, places)
            elif order.bundle_to:
                _pack_into(order.bundle_to, _to_fetch(order, manifest), places, rules)
            else:
                _fetch(_to_fetch(order, manifest), places, rules)
    except KeyboardInterrupt:
        print(
            "Stopped. What came so far is kept: give the same command again to go on.",
            file=sys.stderr,
        )
        return 130
    return 0


def offer(language: str, manifest: Manifest, places: Places, rules: Rules | None = None) -> None:
    """Ask once, at a terminal, whether to fetch what a first talk lacks."""
    said_no = places.models[0] / ".not-wanted"
    there = {
        "ear": find_model(places.models, language),
        "voice": voices_present(language, places, manifest),
    }
    models = [one for one in manifest.choose(language=language) if not there.get(one.kind, True)]
    if not models or said_no.exists():
        return
    print("A better ear and a natural voice can be fetched, once; after that all is offline again:")
    _tell(models, places)
    try:
        answer = input("Fetch them now (yes or no)? ").strip().lower()
    except EOFError:
        answer = ""
        print()
    if answer in ("y", "yes"):
        try:
            carry_out(Order(ids=tuple(one.id for one in models)), manifest, places, rules)
        except DownloadError as error:
            print(f"{error}\nLater: scripts/companion models get")
        return
    if answer in ("n", "no"):
        with on_disk(said_no):
            said_no.parent.mkdir(parents=True, exist_ok=True)
            said_no.write_text("Said no to fetching an ear and a voice at set-up.\n")
    print("Nothing was fetched. Later: scripts/companion models get")


def _to_fetch(order: Order, manifest: Manifest) -> list[Model]:
    """Find what was asked for, without what an installed package holds."""
    models = manifest.choose(order.ids, order.profile, order.language)
    for model in models:
        if model.inside:
            print(f"{model.id}: came with the package {model.inside}; nothing to fetch.")
    if order.language and not any(model.kind == "voice" for model in models):
        print(f"No voice is chosen by itself for '{order.language}'; the list names what there is.")
    return [model for model in models if not model.inside]


def _fetch(models: list[Model], places: Places, rules: Rules) -> None:
    lacking = [model for model in models if not _is_there(model, places)]
    if lacking:
        _tell(lacking, places)
        check_space(places, lacking)
    for model in lacking:
        follow(model.id, model.size, install(model, places, rules))
        _ready(model, places)


def _pack_into(bundle: Path, models: list[Model], places: Places, rules: Rules) -> None:
    _tell(models, places)
    size = sum(model.size for model in models)
    follow(bundle.name, size, bundles.pack(models, bundle, places, rules))
    print(f"{bundle} is ready ({megabytes(bundle.stat().st_size)}). On the other machine:")
    print(f"scripts/companion models get --from-bundle {bundle.name}")


def _take_from(bundle: Path, order: Order, manifest: Manifest, places: Places) -> None:
    print(f"Checking {bundle.name} …", file=sys.stderr)
    held = bundles.contents(bundle, manifest)
    models = [manifest.model(name) for name in held]
    if order.ids or order.profile or order.language:
        models = _to_fetch(order, manifest)
    if missing := [model.id for model in models if model.id not in held]:
        raise DownloadError(
            f"{bundle.name} does not hold {missing[0]}.", fix=f"It holds: {', '.join(held)}."
        )
    lacking = [model for model in models if not _is_there(model, places)]
    if lacking:
        _tell(lacking, places)
        check_space(places, lacking)
    for model in lacking:
        follow(model.id, model.size, bundles.install(bundle, held[model.id], places))
        _ready(model, places)


def _is_there(model: Model, places: Places) -> bool:
    """Say what is there already, and whether it may stay."""
    finding = check(model, places)
    if finding is None:
        return False
    if finding.state == "wrong":
        print(f"{model.id}: {finding.problem}; it is put in place anew.")
        return False
    print(f"{model.id}: there already.")
    if finding.state == "unchecked":
        print(
            f"  It was put there by hand, so it cannot be checked. If it does not work, delete "
            f"{finding.path} and give this command again."
        )
    return True


def _tell(models: Iterable[Model], places: Places) -> None:
    """Show sizes and licences before anything is fetched."""
    for model in models:
        print(f"  {model.id}, {megabytes(model.size)}, licence: {_licence(model)}")
    print(f"In all: {megabytes(sum(model.size for model in models))}.", flush=True)


def _ready(model: Model, places: Places) -> None:
    print(f"{model.id}: ready in {find(model, places)}.", flush=True)
    spoken = get_args(Settings.model_fields["language"].annotation)
    if not any(model.speaks(language) for language in spoken):
        print(f"  Companion itself speaks {', '.join(spoken)} so far: it is kept for later.")
    if model.kind == "mind" and importlib.util.find_spec("llama_cpp") is None:
        print("  Its engine is not installed yet: scripts/companion setup --llm")


def _licence(model: Model) -> str:
    if model.caveat:
        return f"{model.licence}. But: {model.caveat}"
    return f"{model.licence}; free for everyone."


def _sentence(finding: Finding) -> str:
    if finding.state == "wrong":
        return f"{finding.id}: wrong: {finding.problem} ({finding.path}). {finding.fix}"
    return f"{finding.id}: {finding.problem or 'whole'} ({finding.path})"


def _lines(model: Model, manifest: Manifest, places: Places) -> Iterable[str]:
    there = "  (present)" if find(model, places) else ""
    in_package = f"  (in the package {model.inside})" if model.inside else ""
    yield f"  {model.id}  {megabytes(model.size)}  {model.language}{there}{in_package}"
    yield f"      {_licence(model)}"
    if model.note:
        yield f"      {model.note}"
    if profiles := manifest.profiles_of(model):
        yield f"      in: {', '.join(profiles)}"


def _as_object(model: Model, manifest: Manifest, places: Places) -> dict[str, Any]:
    path = find(model, places)
    return {
        "kind": model.kind,
        "id": model.id,
        "engine": model.engine,
        "language": model.language,
        "size": model.size,
        "ram_mb": model.ram_mb,
        "licence": model.licence,
        "free": model.free,
        "caveat": model.caveat,
        "note": model.note,
        "grade": model.grade,
        "profiles": list(manifest.profiles_of(model)),
        "present": bool(path or model.inside),
        "path": str(path) if path else None,
    }
