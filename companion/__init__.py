"""A voice companion for hard moments that runs wholly on your own device.

    microphone -> hear -> sense -> guard -> think -> guard -> speak -> loudspeaker

Read `conversation.py` first: it is that line, written as code.
"""

__version__ = "0.1.0"
