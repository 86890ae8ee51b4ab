// Runs steps in one Pyodide: node pyodide.mjs PYODIDE_FOLDER STEPS_FILE RESULTS_FILE
// A step unpacks a wheel, {"unpack": path}, or runs Python, {"python": text, "given": text}: there `given` is that text,
// and the last expression, a text of JSON, is the step's result.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, stepsFile, resultsFile] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")).href);
const pyodide = await loadPyodide();
const results = [];
for (const step of JSON.parse(readFileSync(stepsFile, "utf8"))) {
  if (step.unpack) {
    pyodide.unpackArchive(new Uint8Array(readFileSync(step.unpack)).buffer, "wheel");
    continue;
  }
  pyodide.globals.set("given", step.given);
  results.push(JSON.parse(pyodide.runPython(step.python)));
}
writeFileSync(resultsFile, JSON.stringify(results));
