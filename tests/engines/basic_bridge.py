"""Runs in a Python that has LibreOffice's bridge: told in JSON what to open and to run in Basic, it answers in JSON."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException


def options(**given):
    return tuple(PropertyValue(Name=name, Value=value) for name, value in given.items())


class Office:
    def __init__(self, program, profile):
        pipe = f"vba{os.getpid()}"
        command = [program, "--headless", "--norestore", "--nologo", f"-env:UserInstallation={profile}"]
        self.process = subprocess.Popen(
            [*command, f"--accept=pipe,name={pipe};urp;"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        here = uno.getComponentContext()
        resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
        for _ in range(240):
            try:
                there = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except NoConnectException:
                time.sleep(0.25)
        else:
            self.process.kill()
            sys.exit("LibreOffice was started and did not answer within a minute.")
        self.desktop = there.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", there)

    def open(self, path):
        how = options(Hidden=True, ReadOnly=True, MacroExecutionMode=4)
        return self.desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, how)

    def close(self):
        with contextlib.suppress(Exception):  # it may be gone already
            self.desktop.terminate()
        self.process.wait(30)


def run(document, library, body):
    """What a function of this body answers; None if its library does not compile, or it fails."""
    text = "Option VBASupport 1\nFunction Asked()\n" + body + "\nEnd Function\n"
    modules = document.BasicLibraries.getByName(library)
    (modules.replaceByName if modules.hasByName("asking") else modules.insertByName)("asking", text)
    name = f"vnd.sun.star.script:{library}.asking.Asked?language=Basic&location=document"
    return document.getScriptProvider().getScript(name).invoke((), (), ())[0]


def sources(document):
    libraries = document.BasicLibraries
    return {
        library: {
            name: libraries.getByName(library).getByName(name)
            for name in libraries.getByName(library).getElementNames()
        }
        for library in libraries.getElementNames()
    }


def cells(document):
    document.calculateAll()
    sheet = document.Sheets.getByIndex(0)
    area = sheet.createCursor()
    area.gotoEndOfUsedArea(False)
    last = area.getRangeAddress()
    return [
        [sheet.getCellByPosition(column, row).String for column in range(last.EndColumn + 1)]
        for row in range(last.EndRow + 1)
    ]


asked = json.load(sys.stdin)
office = Office(asked["program"], uno.systemPathToFileUrl(tempfile.mkdtemp(dir=asked["folder"])))
try:
    answers = {"sources": {}}
    for path in asked["built"]:
        document = office.open(path)
        answers["sources"][os.path.basename(path)] = sources(document)
        document.close(True)
    document = office.open(asked["workbook"])
    answers["cells"] = cells(document)
    answers["runs"] = {}
    for library, texts in asked["libraries"].items():
        document.BasicLibraries.createLibrary(library)
        for name, text in texts.items():
            document.BasicLibraries.getByName(library).insertByName(name, text)
    for name, (library, body) in asked["runs"].items():
        if name in asked["settings"]:
            with open(asked["file"], "w", encoding="utf-8", newline="") as file:
                file.write(asked["settings"][name])
        elif os.path.exists(asked["file"]):
            os.remove(asked["file"])
        answers["runs"][name] = run(document, library, body)
    document.close(True)
finally:
    office.close()
json.dump(answers, sys.stdout)
