"""What can be fetched: every model's facts, from `data/models.yaml`.

A model that has no digest, or that is not free to use, is not in that file, and
so cannot be fetched. Nothing here touches the disk beside it, or the network.
"""

import difflib
import functools
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PositiveInt, model_validator

from companion import paths
from companion.content import Content, read
from companion.errors import DownloadError

Kind = Literal["ear", "voice", "mind", "detector"]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""Safe as the name of a file"""

EVERYBODY = ("multi", "any")
"""Languages of a model that serves every language"""


class ModelFile(Content):
    """One file to fetch, and how it is known."""

    url: Annotated[str, Field(pattern=r"^https?://")]
    file: Name
    """Its name once it is here"""
    size: PositiveInt
    """Bytes"""
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    md5: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""
    needed: bool = True
    """Whether the engine needs it"""

    @model_validator(mode="after")
    def _is_pinned(self) -> "ModelFile":
        if not self.sha256 and not self.md5:
            raise ValueError(f"'{self.file}' has neither sha256 nor md5")
        return self


class Model(Content):
    """One thing to fetch: an ear, a voice, a mind."""

    id: Name
    kind: Kind
    engine: str
    language: str
    """Such as en-GB; several with commas; "multi" or "any" for all"""
    default: bool = False
    """Whether it is taken where only its language is named"""
    licence: str
    free: Literal["yes", "caveat"]
    caveat: str = ""
    """What is unclear or asked, one sentence"""
    note: str = ""
    ram_mb: PositiveInt | None = None
    """Megabytes when loaded, where known"""
    grade: str
    """How well its digests are known: see the top of the file"""
    revision: str = ""
    inside: str = ""
    """An installed package that already holds it: nothing is fetched"""
    files: Annotated[tuple[ModelFile, ...], Field(min_length=1)]
    """The main file first"""

    @model_validator(mode="after")
    def _says_its_caveat(self) -> "Model":
        if (self.free == "caveat") != bool(self.caveat):
            raise ValueError(f"'{self.id}': a caveat and its sentence belong together")
        return self

    @property
    def size(self) -> int:
        """Bytes to fetch."""
        return sum(file.size for file in self.files)

    @property
    def main(self) -> ModelFile:
        """The file that the engine loads, or the archive of its folder."""
        return self.files[0]

    @property
    def folder(self) -> str:
        """Name of the folder that its archive is unpacked to; "" where it is no archive."""
        return self.main.file.removesuffix(".zip") if self.main.file.endswith(".zip") else ""

    def speaks(self, language: str) -> bool:
        """Tell whether it serves a language, whatever the country."""
        own = self.language.lower().split(",")
        wanted = _base(language)
        return any(one in EVERYBODY or _base(one) == wanted for one in own)


class Manifest(Content):
    """`data/models.yaml`, and what one can ask of it."""

    collected: str
    """The day on which the digests were collected"""
    profiles: dict[str, tuple[str, ...]]
    """Models for a kind of machine, the smallest machine first"""
    models: tuple[Model, ...]
    """In order of preference"""

    @model_validator(mode="after")
    def _is_consistent(self) -> "Manifest":
        ids = [model.id for model in self.models]
        files = [file.file for model in self.models for file in model.files]
        for names in (ids, files):
            if twice := [name for name in names if names.count(name) > 1]:
                raise ValueError(f"'{twice[0]}' stands twice")
        for name, profile in self.profiles.items():
            if unknown := set(profile) - set(ids):
                raise ValueError(f"profile '{name}' names an unknown model: {unknown.pop()}")
        return self

    def model(self, name: str) -> Model:
        """Find a model by its id. Raises DownloadError that names similar ones."""
        found = {model.id: model for model in self.models}
        if name not in found:
            near = difflib.get_close_matches(name, found, n=2, cutoff=0.5)
            fix = "See: scripts/companion models list"
            if near:
                fix = f"Do you mean {' or '.join(near)}? {fix}"
            raise DownloadError(f"There is no model '{name}'.", fix=fix)
        return found[name]

    def profiles_of(self, model: Model) -> tuple[str, ...]:
        """Name the profiles that hold a model."""
        return tuple(name for name, ids in self.profiles.items() if model.id in ids)

    def choose(
        self, ids: Iterable[str] = (), profile: str = "", language: str = ""
    ) -> tuple[Model, ...]:
        """Find the models that a person asked for; an ear and a voice where they named none.

        A language puts its own ear and voice in place of the profile's. Raises DownloadError.
        """
        wanted = [self.model(name) for name in ids]
        if profile or language or not wanted:
            of_profile = [self.model(name) for name in self.profiles[profile or "speech"]]
            wanted += self._in_language(of_profile, language) if language else of_profile
        return tuple({model.id: model for model in wanted}.values())

    def _in_language(self, models: Iterable[Model], language: str) -> list[Model]:
        found: list[Model] = []
        for model in models:
            if model.kind not in ("ear", "voice"):
                found.append(model)
            elif best := self._best(model.kind, language):
                found.append(best)
        if not {"ear", "voice"} & {model.kind for model in found}:
            raise DownloadError(
                f"No ear and no voice is chosen by itself for the language '{language}'.",
                fix=f"See: scripts/companion models list --language {language}",
            )
        return found

    def _best(self, kind: Kind, language: str) -> Model | None:
        some = [one for one in self.models if one.kind == kind and one.default]
        exact = [one for one in some if one.language.lower() == language.lower()]
        return next((one for one in (*exact, *some) if one in exact or one.speaks(language)), None)


def _base(language: str) -> str:
    return language.lower().replace("_", "-").partition("-")[0]


@functools.cache
def read_manifest(path: Path = paths.DATA / "models.yaml") -> Manifest:
    """Read the manifest, once. Raises SettingsError that names file, line and key."""
    return read(path, Manifest)
