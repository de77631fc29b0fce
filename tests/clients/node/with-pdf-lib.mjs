// Fill the form with pdf-lib.
//
// Call:    with-pdf-lib.mjs FORM.pdf ANSWERS.json OUT.pdf
// Program: pdf-lib 1.17 (npm), used by many web services.
// How:     values with setText; a text field's appearance is drawn by pdf-lib where its standard Helvetica can.
// Quirks:  - PDFCheckBox.check() knows only the first widget's on-state, so the value of the choice field and the states
//            of its two widgets are set in the dictionaries.
//          - Helvetica (WinAnsi) refuses "Łukasz": such a field keeps its old, empty appearance. Its value is right,
//            but a reader that does not redraw shows nothing. Web services do just this.
//          - always UTF-16BE in /V; rewrites the whole file and keeps the identifiers.

import { readFileSync, writeFileSync } from "node:fs";
import { PDFDocument, PDFName, StandardFonts } from "pdf-lib";

const [form, answersFile, out] = process.argv.slice(2);
const answers = JSON.parse(readFileSync(answersFile, "utf8"));
const document = await PDFDocument.load(readFileSync(form), { updateMetadata: false });
const fields = document.getForm();
const helvetica = await document.embedFont(StandardFonts.Helvetica);

for (const [name, value] of Object.entries(answers)) {
  const field = fields.getField(name).acroField;
  if (name !== "avsikt") {
    fields.getTextField(name).setText(value);
    continue;
  }
  for (const widget of field.getWidgets()) {
    const state = widget.getOnValue();
    const chosen = value === "both" || state === PDFName.of(String(value));
    widget.setAppearanceState(chosen ? state : PDFName.of("Off"));
    if (chosen) field.dict.set(PDFName.of("V"), state);
  }
}

for (const field of fields.getFields()) {
  if (!(field.getName() in answers) || field.getName() === "avsikt") continue;
  try {
    field.updateAppearances(helvetica);
  } catch (refusal) {
    console.error(`${field.getName()}: not drawn: ${refusal.message}`);
  }
}
writeFileSync(out, await document.save({ updateFieldAppearances: false }));
