// Fill the form with Apache PDFBox.
//
// Call:    java -cp CLASSPATH WithPdfbox2.java FORM.pdf ANSWERS.json OUT.pdf
// Program: PDFBox 2.0 (Maven Central): many services still have this version.
// How:     PDField.setValue for each answer; PDFBox draws the text with the form's own font and stops with an exception
//          when that font lacks a letter. That it goes through proves that the font has "Łukasz Åström" and the dash.
// Quirks:  one value for the choice field, so "both" cannot be said (exit status 3). Rewrites the whole file.

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.util.Map;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.form.PDAcroForm;

public class WithPdfbox2 {
    public static void main(String[] args) throws Exception {
        Map<?, ?> answers = new ObjectMapper().readValue(new File(args[1]), Map.class);
        if (answers.containsValue("both")) {
            System.err.println("a check box field of PDFBox holds one value");
            System.exit(3);
        }
        try (PDDocument document = PDDocument.load(new File(args[0]))) {
            PDAcroForm form = document.getDocumentCatalog().getAcroForm();
            for (Map.Entry<?, ?> answer : answers.entrySet()) {
                if (answer.getValue() != null) {
                    form.getField((String) answer.getKey()).setValue((String) answer.getValue());
                }
            }
            document.save(new File(args[2]));
        }
    }
}
