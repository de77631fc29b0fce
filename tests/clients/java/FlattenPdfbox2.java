// Flatten a filled form with Apache PDFBox.
//
// Call:    java -cp CLASSPATH FlattenPdfbox2.java FILLED.pdf OUT.pdf
// Program: PDFBox 2.0 (Maven Central): many services still have this version.
// How:     PDAcroForm.flatten(): each widget's appearance becomes a form XObject that the page calls.

import java.io.File;
import org.apache.pdfbox.pdmodel.PDDocument;

public class FlattenPdfbox2 {
    public static void main(String[] args) throws Exception {
        try (PDDocument document = PDDocument.load(new File(args[0]))) {
            document.getDocumentCatalog().getAcroForm().flatten();
            document.save(new File(args[1]));
        }
    }
}
