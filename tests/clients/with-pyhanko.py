#!/usr/bin/env python3
"""Fill the form with pypdf, then sign its signature field with pyHanko.

Call:    with-pyhanko.py FORM.pdf ANSWERS.json OUT.pdf
Program: pyHanko 0.38 (PyPI) over with-pypdf.py.
How:     a throwaway self-signed certificate, made for this one run and never written down; the signature is an
         incremental save over the whole filled file, in the field `namnteckning`, with the usual visible stamp.
Quirks:  the key is new each time: the result is never the same bytes twice.
"""

import datetime
import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter


def throwaway_signer(folder: Path, common: str = "Påhittad Undertecknare (exempel)", organisation: str = "Exempel, example.org",
                     now: datetime.datetime | None = None) -> signers.SimpleSigner:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common),
                      x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, organisation)])
    now = now or datetime.datetime.now(datetime.UTC)
    certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
                   .serial_number(x509.random_serial_number())
                   .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=30))
                   .add_extension(x509.KeyUsage(True, True, False, False, False, False, False, False, False), True)
                   .sign(key, hashes.SHA256()))
    pem = serialization.Encoding.PEM
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8,
                                                       serialization.NoEncryption()))
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    return signers.SimpleSigner.load(folder / "key.pem", folder / "certificate.pem")


def fill(form: Path, answers: Path, out: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        filled = Path(folder) / "filled.pdf"
        subprocess.run([sys.executable, Path(__file__).with_name("with-pypdf.py"), form, answers, filled], check=True)
        metadata = signers.PdfSignatureMetadata(field_name="namnteckning", subfilter=SigSeedSubFilter.PADES)
        with filled.open("rb") as source, out.open("wb") as target:
            signers.sign_pdf(IncrementalPdfFileWriter(source), metadata, throwaway_signer(Path(folder)),
                             existing_fields_only=True, output=target)


if __name__ == "__main__":
    fill(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
