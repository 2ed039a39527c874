"""Open a sound device. Whatever it can refuse becomes one sentence that says what to do."""

from collections.abc import Callable, Iterable

from companion.audio.devices import Device
from companion.audio.portaudio import NAMES, Kind, PortAudio, Stream
from companion.errors import AudioError

BLOCK = 0.02
"""Seconds of sound that a device gives or takes at once"""
CHOOSE = "Choose another one: companion devices"

_USUAL_RATES = (48_000, 44_100, 16_000, 32_000)
"""Hertz, tried in this order once a device refuses the rate that it says is its own"""
_WRONG_CHANNELS, _WRONG_RATE, _WRONG_FORMAT = -9998, -9997, -9994
_BUSY = -9985
"""PortAudio's error numbers (portaudio.h, PaErrorCode)"""


def open_stream(
    library: PortAudio,
    kind: Kind,
    device: Device,
    callback: Callable[..., None],
    latency: float | str,
) -> Stream:
    """Open a device, which does not start yet. Raises AudioError.

    Its own rate comes first. Many devices take only one or two rates, and some do not
    take the one that they name.
    """
    make = library.InputStream if kind == "input" else library.OutputStream
    for rate, channels in _attempts(device.rate, device.channels(kind)):
        try:
            return make(
                device=device.number,
                samplerate=rate,
                channels=channels,
                dtype="float32",
                blocksize=round(rate * BLOCK),
                latency=latency,
                callback=callback,
            )
        except library.PortAudioError as error:
            if _code(error) not in (_WRONG_CHANNELS, _WRONG_RATE, _WRONG_FORMAT):
                raise _refusal(kind, device, error) from None
    raise AudioError(
        f"The {NAMES[kind]} '{device.name}' takes none of the usual sample rates.",
        fix=f"{CHOOSE}.",
    )


def start_stream(library: PortAudio, kind: Kind, device: Device, stream: Stream) -> None:
    """Start an open device. Raises AudioError, and closes it then."""
    try:
        stream.start()
    except library.PortAudioError as error:
        stream.close()
        raise _refusal(kind, device, error) from None


def _attempts(own: int, channels: int) -> Iterable[tuple[int, int]]:
    counts = dict.fromkeys((min(channels, 2), 1))
    return ((rate, count) for count in counts for rate in dict.fromkeys((own, *_USUAL_RATES)))


def _code(error: Exception) -> int:
    return error.args[1] if len(error.args) > 1 else 0


def _refusal(kind: Kind, device: Device, error: Exception) -> AudioError:
    if _code(error) == _BUSY:
        return AudioError(
            f"The {NAMES[kind]} '{device.name}' is in use, or has gone.",
            fix=f"Close the program that uses it, or plug it in again. {CHOOSE}.",
        )
    return AudioError(
        f"The {NAMES[kind]} '{device.name}' cannot be opened ({error.args[0]}).",
        fix=f"Check that it is plugged in. {CHOOSE}.",
    )
