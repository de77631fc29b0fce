// Flatten a filled form with pdf-lib.
//
// Call:    flatten-pdf-lib.mjs FILLED.pdf OUT.pdf
// Program: pdf-lib 1.17 (npm), used by many web services.
// How:     PDFForm.flatten() without redrawing: what is shown becomes page content.
// Quirks:  - flatten() wants one appearance of every widget, and throws where a signature field or a box has none.
//          - with its default, updateFieldAppearances, it throws on "Łukasz"; scripts in the wild turn that off.

import { readFileSync, writeFileSync } from "node:fs";
import { PDFDocument } from "pdf-lib";

const [filled, out] = process.argv.slice(2);
const document = await PDFDocument.load(readFileSync(filled), { updateMetadata: false });
document.getForm().flatten({ updateFieldAppearances: false });
writeFileSync(out, await document.save({ updateFieldAppearances: false }));
