"""Every error the companion raises on purpose, one class a stage.

CompanionError
  SettingsError   a setting or a content file is wrong
  EngineError     an engine is unknown, or its library or model is missing
  AudioError      a sound file or a device cannot be used
  HearError       speech could not be turned into words
  SenseError      the tone of voice could not be read
  GuardError      a safety check could not be made
  ThinkError      no reply could be formed
  SpeakError      a reply could not be spoken
  DownloadError   a model could not be fetched or installed
  VaultError      what is kept could not be opened, read or written

The message says what happened; `fix` says what the person can do about it.
Neither ever holds a person's words.
"""


class CompanionError(Exception):
    """Something a person can understand, and mostly mend."""

    def __init__(self, problem: str, *, fix: str = "") -> None:
        super().__init__(f"{problem} {fix}".strip())
        self.problem = problem
        self.fix = fix


class SettingsError(CompanionError):
    """A setting or a content file is wrong."""


class EngineError(CompanionError):
    """An engine is unknown, or its library or model is missing."""


class AudioError(CompanionError):
    """A sound file or a device cannot be used."""


class HearError(CompanionError):
    """Speech could not be turned into words."""


class SenseError(CompanionError):
    """The tone of voice could not be read."""


class GuardError(CompanionError):
    """A safety check could not be made."""


class ThinkError(CompanionError):
    """No reply could be formed."""


class SpeakError(CompanionError):
    """A reply could not be spoken."""


class DownloadError(CompanionError):
    """A model could not be fetched or installed."""


class VaultError(CompanionError):
    """What is kept could not be opened, read or written."""
