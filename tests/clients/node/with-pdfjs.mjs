// Fill the form with PDF.js, the viewer of Firefox.
//
// Call:    with-pdfjs.mjs FORM.pdf ANSWERS.json OUT.pdf
// Program: pdfjs-dist 5 (npm), the same code as in Firefox.
// How:     puts values in the annotation storage, as the viewer's form layer does, and calls saveDocument().
// Quirks:  saves incrementally. Each widget of the choice field is stored by itself; the viewer clears the sibling,
//          and so does this script, except for "both". The changes bear the time of saving: SAVED_AT (ISO 8601) sets it,
//          for the same bytes at each run.

import { readFileSync, writeFileSync } from "node:fs";

// PDF.js wants a canvas at start, though it draws nothing here: three names stand in for it.
for (const name of ["DOMMatrix", "ImageData", "Path2D"]) globalThis[name] ??= class {};
const warn = console.warn;
console.warn = () => {};
const { getDocument, VerbosityLevel } = await import("pdfjs-dist/legacy/build/pdf.mjs");
console.warn = warn;

const [form, answersFile, out] = process.argv.slice(2);
const answers = JSON.parse(readFileSync(answersFile, "utf8"));
if (process.env.SAVED_AT) {
  const savedAt = Date.parse(process.env.SAVED_AT);
  globalThis.Date = class extends Date {
    constructor(...given) { given.length ? super(...given) : super(savedAt); }
    static now() { return savedAt; }
  };
}
const data = new Uint8Array(readFileSync(form));
const document = await getDocument({ data, verbosity: VerbosityLevel.ERRORS, useSystemFonts: false }).promise;
for (let number = 1; number <= document.numPages; number++) {
  const page = await document.getPage(number);
  for (const widget of await page.getAnnotations({ intent: "display" })) {
    const value = answers[widget.fieldName];
    if (!(widget.fieldName in answers)) continue;
    const state = widget.radioButton ? widget.buttonValue : widget.checkBox ? widget.exportValue : null;
    const stored = state === null ? value : value === "both" || value === state;
    document.annotationStorage.setValue(widget.id, { value: stored });
  }
}
writeFileSync(out, await document.saveDocument());
await document.destroy();
