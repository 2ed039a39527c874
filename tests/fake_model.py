"""A language model's process that does what the person's words tell it to: for test_llama.py."""

import json
import os
import select
import signal
import sys
from pathlib import Path

from companion.think.child import Inbox


def main() -> None:
    """Answer until the input closes."""
    (options,) = map(json.loads, sys.argv[1:])
    if Path(options["path"]).read_text().endswith("dies"):
        raise SystemExit(1)
    send({"ready": True, "rss_mb": 5})
    inbox = Inbox(0)
    while True:
        message = inbox.next()
        if message["do"] == "reply":
            answer(message)


def answer(message: dict) -> None:
    words = message["messages"][-1]["content"]
    if "think" in words:
        send({"id": message["id"], "text": "<think>Hm. They are sad.</think>"})
    if "mute" not in words:
        for text in ("I hear", " you. That", " is a lot."):
            send({"id": message["id"], "text": text})
    match words.split()[0]:
        case "crash":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            signal.pause()
        case "rubbish":
            os.write(1, b"llama_decode: failed\n")
        case "slow":
            select.select([0], [], [])
    send({"id": message["id"], "done": True, "tokens": 3, "rss_mb": 6})


def send(message: dict) -> None:
    os.write(1, json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    main()
