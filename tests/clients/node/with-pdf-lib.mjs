// Fill the form with pdf-lib.
//
// Call:    with-pdf-lib.mjs FORM.pdf ANSWERS.json OUT.pdf
// Program: pdf-lib 1.17 (npm), used by many web services.
// How:     values with setText; a text field's appearance is drawn by pdf-lib where its standard Helvetica can.
//          The choice with PDFRadioGroup.select(); "both", which it cannot say, in the dictionaries.
// Quirks:  - select() draws nothing: the boxes keep their own appearances.
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
  if (name !== "avsikt") {
    fields.getTextField(name).setText(value);
  } else if (value === "both") {
    const field = fields.getField(name).acroField;
    for (const widget of field.getWidgets()) widget.setAppearanceState(widget.getOnValue());
    field.dict.set(PDFName.of("V"), PDFName.of("ja"));
  } else if (value) {
    fields.getRadioGroup(name).select(value);
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
