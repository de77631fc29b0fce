// Flatten a filled form with Apache PDFBox.
//
// Call:    java -cp CLASSPATH FlattenPdfbox.java FILLED.pdf OUT.pdf
// Program: PDFBox 3.0 (Maven Central), the usual library of Java services.
// How:     PDAcroForm.flatten(): each widget's appearance becomes a form XObject that the page calls.

import java.io.File;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;

public class FlattenPdfbox {
    public static void main(String[] args) throws Exception {
        try (PDDocument document = Loader.loadPDF(new File(args[0]))) {
            document.getDocumentCatalog().getAcroForm().flatten();
            document.save(new File(args[1]));
        }
    }
}
