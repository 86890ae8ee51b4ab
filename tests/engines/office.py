"""LibreOffice with plansheet's extension, in a place of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from plansheet.template.libreoffice import build_extension

OLDEST = (25, 2)
"""Older ones do not know the functions of an xlsx file by their bare names."""
LONGEST = 300  # seconds; a start takes two or three
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""
"""Calc would show the saved values of a file that another program wrote; 0 means: calculate always."""


class NotThere(Exception):
    """This computer has no LibreOffice that could be used; the text says what it has."""


@dataclass(frozen=True)
class LibreOffice:
    """The program with a profile and extensions of its own; what is installed on the system stays as it is."""

    home: Path

    @classmethod
    def with_extension(cls, home: Path) -> LibreOffice:
        """Set it up below ``home``: the profile, the extension as it is built now; NotThere where that cannot be."""
        missing = [program for program in ("soffice", "unopkg") if shutil.which(program) is None]
        if missing:
            raise NotThere(f"{' and '.join(missing)} not found")
        office = cls(home)
        version = office.run("soffice", "--version")
        found = re.search(r"LibreOffice (\d+)\.(\d+)", version)
        if found is None or tuple(map(int, found.groups())) < OLDEST:
            raise NotThere(f"LibreOffice {OLDEST[0]}.{OLDEST[1]} or later is needed, found {version.strip()}")
        settings = home / "profile" / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(RECALCULATE, encoding="utf-8")
        (home / "extensions").mkdir()
        extension = home / "plansheet.oxt"
        build_extension(extension)
        office.install(extension)
        return office

    def recalculated(self, path: Path) -> Path:
        """The workbook as LibreOffice saves it after it has calculated every formula."""
        out = self.home / "saved" / path.stem
        self.run("soffice", "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(path))
        saved = out / f"{path.stem}.xlsx"
        assert saved.exists(), f"LibreOffice saved nothing of {path}"
        return saved

    def install(self, extension: Path) -> None:
        # Root has to say --shared; the folder of what is shared is ours all the same.
        self.run("unopkg", "add", "--shared", "--suppress-license", "--force", str(extension))

    def run(self, program: str, *arguments: str) -> str:
        places = (
            f"-env:UserInstallation={(self.home / 'profile').as_uri()}",
            f"-env:UNO_SHARED_PACKAGES_CACHE={(self.home / 'extensions').as_uri()}",
        )
        # Nothing may lead LibreOffice's own Python to the one that runs the tests: it looks along the path, too.
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}
        own = {Path(sys.prefix, "bin"), Path(sys.base_prefix, "bin"), Path(sys.executable).parent}
        folders = environment.get("PATH", "").split(os.pathsep)
        environment["PATH"] = os.pathsep.join(folder for folder in folders if Path(folder) not in own)
        done = subprocess.run(
            [program, *places, *arguments],
            env={**environment, "HOME": str(self.home), "TMPDIR": str(self.home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        assert done.returncode == 0, f"{program} {' '.join(arguments)} ended with {done.returncode}: {done.stdout}"
        return done.stdout
