"""Generate the list of keys (KEYS.md) and the editor schemas from the keys of our TOML files."""

import json
from pathlib import Path

from handbook.cases import keys

FOLDER = Path(keys.__file__).parent


def made() -> dict[str, str]:
    """Return the text of each generated file, keyed by its name in handbook/cases."""
    schemas = {"case": keys.CaseFile, "entry": keys.EntryFile}
    texts = {f"{name}.schema.json": json.dumps(keys.schema(kind), indent=1) for name, kind in schemas.items()}
    return {"KEYS.md": keys.described(), **{name: f"{text}\n" for name, text in texts.items()}}


if __name__ == "__main__":
    for name, text in made().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
