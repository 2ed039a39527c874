"""Keep the sentences of safety/protocol.yaml as reviewed.

    python scripts/review_lines.py            # lists what changed since the last review
    python scripts/review_lines.py --reviewed # a second person has read them: keep them

The companion refuses to start with a sentence that was changed and not reviewed.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from companion.content import read
from companion.guard.reviewed import Digests, Protocol, digest

HEAD = """\
# Digests of the sentences in protocol.yaml, as a second person has read them.
# Written by: python scripts/review_lines.py --reviewed
digests:
"""


def main() -> int:
    """Show or keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reviewed", action="store_true", help="keep the sentences as they are")
    parser.add_argument("--language", default="en")
    options = parser.parse_args()
    folder = ROOT / "prompts" / options.language / "safety"
    lines = read(folder / "protocol.yaml", Protocol).lines
    kept = folder / "reviewed.yaml"
    known = read(kept, Digests).digests if kept.is_file() else {}
    changed = [line for line, text in lines.items() if known.get(line) != digest(text)]
    for line in changed:
        print(f"{line}: {lines[line]}")
    for line in sorted(known.keys() - lines.keys()):
        print(f"{line}: (gone)")
    if options.reviewed:
        rows = (f'  {line}: "{digest(text)}"\n' for line, text in lines.items())
        kept.write_text(HEAD + "".join(rows), encoding="utf-8")
        print(f"Kept {len(lines)} sentences.")
        return 0
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
