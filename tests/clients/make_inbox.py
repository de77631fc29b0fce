"""Write the returns of returns.json: the part of make-inbox that fills forms.

Takes a folder of rendered declarations and the workspace whose inbox/ is written. Stops at the first program that is
missing: a half-made inbox would be worse than none.
"""

import datetime
import io
import json
import runpy
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "paper"))

from cases import Maker
from clients import CLIENTS, HERE, fill
from confusion import places, sheets
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas


def main(declarations: Path, workspace: Path) -> None:
    clients = {client.name: client for client in CLIENTS}
    for returned in json.loads((HERE / "returns.json").read_text("utf-8")):
        out = workspace / returned["file"]
        out.parent.mkdir(parents=True, exist_ok=True)
        if returned["client"] == "reportlab":
            invoice(out)
        elif returned["client"] == "paper":
            out.write_bytes(on_paper(returned, declarations.parent.parent))
        else:
            client = clients[returned["client"]]
            if reason := client.missing():
                sys.exit(f"{client.name}: {reason}")
            (form,) = declarations.glob(f"{returned['recipient']}-*.pdf")
            fill(client, form, returned["answers"], out, saved_at=f"{returned['answers']['datum']}T09:14:00Z")
            if returned.get("signed"):
                sign(out, returned["answers"], returned["signed"])
        print(f"{returned['client']:10} {returned['file']}")


def sign(path: Path, answers: dict, organisation: str) -> None:
    """Signs a filled form with pyHanko, some hours after it was saved. The key is thrown away, so the bytes are new each time."""
    at = datetime.datetime.fromisoformat(f"{answers['datum']}T13:42:00+00:00")

    class Signer(signers.PdfSigner):
        def init_signing_session(self, *args, **keywords):
            session = super().init_signing_session(*args, **keywords)
            session.system_time = at
            return session

    with tempfile.TemporaryDirectory() as folder:
        throwaway = runpy.run_path(str(HERE / "with-pyhanko.py"))["throwaway_signer"]
        signer = throwaway(Path(folder), answers["namnfortydligande"], organisation, at)
        metadata = signers.PdfSignatureMetadata(field_name="namnteckning", subfilter=SigSeedSubFilter.PADES)
        writer, out = IncrementalPdfFileWriter(io.BytesIO(path.read_bytes())), io.BytesIO()
        Signer(metadata, signer=signer).sign_pdf(writer, existing_fields_only=True, output=out)
        path.write_bytes(out.getvalue())


def on_paper(returned: dict, rendered: Path) -> bytes:
    """A form that was marked by hand and scanned or photographed (tests/paper)."""
    manifest = json.loads((rendered / "outbox" / "manifest.json").read_text("utf-8"))
    (sent,) = [sent for sent in manifest["documents"] if sent["recipient"] == returned["recipient"]]
    maker = Maker(sheets(rendered, [sent]), places(sent, manifest["choice"]))
    case = returned["case"]
    _, data = maker.fill_in(
        returned["recipient"], returned["answers"][manifest["choice"]], case["mark"], case["effect"], returned["written"], case["number"]
    )
    return data


def invoice(out: Path) -> None:
    """A page that is no declaration: an invented invoice. `invariant` keeps the time of making out of it."""
    canvas = Canvas(str(out), pagesize=A4, invariant=1)
    canvas.setTitle("Faktura 2026-0417")
    canvas.setAuthor("Exempel Kontorsmaterial AB")
    canvas.setFont("Helvetica-Bold", 20)
    canvas.drawString(70, 760, "Faktura 2026-0417")
    canvas.setFont("Helvetica", 11)
    lines = ["Exempel Kontorsmaterial AB", "faktura@example.org", "", "Fakturadatum: 2026-02-16",
             "Förfallodatum: 2026-03-18", "", "Pärmar, A4, 40 st", "Häftapparat, 2 st", "", "Att betala: 1 840 kr"]
    for number, line in enumerate(lines):
        canvas.drawString(70, 720 - 18 * number, line)
    canvas.save()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
