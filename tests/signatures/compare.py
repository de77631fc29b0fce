"""Signs a filled form with pyHanko in every way that avsikt reads, and compares what the two say of each signature.

    python3 tests/signatures/compare.py AVSIKT WORKSPACE [--keep DIR]

WORKSPACE is a rendered campaign; it is copied, and left alone. Prints a table, one line a signature, and ends with status 1 where the
two disagree without a reason that stands in `EXPLAINED`. Keys, certificates and the authority are made for the run and thrown away.
"""

import argparse
import asyncio
import datetime
import io
import json
import logging
import pathlib
import shutil
import subprocess
import sys
import tempfile

from asn1crypto import keys as asn1keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers, timestamps
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

CLIENTS = pathlib.Path(__file__).resolve().parent.parent / "clients"
ANSWERS = {"avsikt": "ja", "kommentar_ja": "Vi vill vara med.", "titel": "Direktör", "namnfortydligande": "Siv Exempelsson"}
COVERAGE = {"ENTIRE_FILE": "whole-file", "ENTIRE_REVISION": "whole-revision"}
# What avsikt may call what pyHanko calls so. A field of a tagged form that was filled in is "other" to pyHanko, since the structure
# tree leads to it as well.
CHANGES = {"NONE": {"nothing"}, "LTA_UPDATES": {"other", "signatures"}, "FORM_FILLING": {"signatures", "form-filling"},
           "ANNOTATIONS": {"annotations"}, "OTHER": {"other", "form-filling", "annotations", "pages"}}
# Where the two differ and both are right in their own way: the case, what is compared, and why.
EXPLAINED = {
    ("SHA-1", "trusted"): "pyHanko refuses SHA-1 as a matter of trust; avsikt calls the signature weak",
    ("broken", "trusted"): "pyHanko asks nothing of the certificate where the digest is another",
}
# What a whole document should come to.
OUTCOMES = {"broken": "review", "SHA-1": "review", "changed afterwards": "review", "self-signed": "review"}


def name(common, organisation="Region Påhitt"):
    oid = x509.NameOID
    return x509.Name([x509.NameAttribute(oid.ORGANIZATION_NAME, organisation), x509.NameAttribute(oid.COMMON_NAME, common)])


class Authority:
    """Makes certificates, and signers with them."""

    def __init__(self, folder):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = name("Rot (exempel)", "Inera Exempel")
        self.certificate = self.issue(self.name, self.key, self.key.public_key(), self.name, authority=True)

    def issue(self, issuer, by, public, subject, authority=False, stamping=False):
        now = datetime.datetime.now(datetime.UTC)
        usage = x509.KeyUsage(not authority, not authority, False, False, False, authority, False, False, False)
        builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
                   .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
                   .not_valid_after(now + datetime.timedelta(days=30)).add_extension(usage, True)
                   .add_extension(x509.BasicConstraints(authority, None), True))
        if stamping:
            builder = builder.add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING]), True)
        return builder.sign(by, None if isinstance(by, ed25519.Ed25519PrivateKey) else hashes.SHA256())

    def stamping(self):
        """A certificate and key for timestamps, as pyHanko takes them."""
        key = rsa.generate_private_key(65537, 2048)
        certificate = self.issue(self.name, self.key, key.public_key(), name("Tidsstämplar (exempel)"), stamping=True)
        encoding = serialization.Encoding.DER
        private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return asn1.Certificate.load(certificate.public_bytes(encoding)), asn1keys.PrivateKeyInfo.load(private)

    def signer(self, key, prefer_pss=False, common="Siv Exempelsson", own=False):
        issuer, by = (name(common), key) if own else (self.name, self.key)
        certificate = self.issue(issuer, by, key.public_key(), name(common))
        pem = serialization.Encoding.PEM
        paths = self.folder / "key.pem", self.folder / "certificate.pem"
        paths[0].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        paths[1].write_bytes(certificate.public_bytes(pem))
        return signers.SimpleSigner.load(*paths, prefer_pss=prefer_pss)


def sign(data, signer, field="namnteckning", new=False, stamper=None, **metadata):
    out = io.BytesIO()
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), signers.PdfSignatureMetadata(field_name=field, **metadata),
                     signer, existing_fields_only=not new, timestamper=stamper, output=out)
    return out.getvalue()


def stamped(data, stamper):
    out = io.BytesIO()
    signers.PdfTimeStamper(stamper).timestamp_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), "sha256", output=out)
    return out.getvalue()


def changed(data, change):
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def another_title(writer):
    for reference in writer.root["/AcroForm"]["/Fields"]:
        field = reference.get_object()
        if field.get("/T") == "titel":
            field["/V"] = generic.pdf_string("Vaktmästare")
            writer.update_container(field)


def long_term_data(writer):
    writer.root["/DSS"] = generic.DictionaryObject({generic.NameObject("/Certs"): generic.ArrayObject()})
    writer.update_root()


def broken(data):
    # A digit of the header's version: every program opens the file all the same.
    bytes_ = bytearray(data)
    at = bytes_.find(b"%", 8) + 1
    bytes_[at] ^= 1
    return bytes(bytes_)


def cases(form, authority):
    key = rsa.generate_private_key(65537, 2048)
    rsa_signer, pades = authority.signer(key), {"subfilter": SigSeedSubFilter.PADES}
    curve = ec.generate_private_key
    plain = sign(form, rsa_signer)
    yield "RSA", plain
    yield "RSA, SHA-512", sign(form, rsa_signer, md_algorithm="sha512")
    yield "SHA-1", sign(form, rsa_signer, md_algorithm="sha1")
    yield "PAdES", sign(form, rsa_signer, **pades)
    yield "PSS", sign(form, authority.signer(key, prefer_pss=True), **pades)
    yield "P-256", sign(form, authority.signer(curve(ec.SECP256R1())), **pades)
    yield "P-384", sign(form, authority.signer(curve(ec.SECP384R1())), md_algorithm="sha384", **pades)
    yield "P-521", sign(form, authority.signer(curve(ec.SECP521R1())), md_algorithm="sha512", **pades)
    yield "Ed25519", sign(form, authority.signer(ed25519.Ed25519PrivateKey.generate()), md_algorithm="sha512")
    yield "invisible", sign(form, rsa_signer, field="Signatur1", new=True)
    yield "two signers", sign(plain, authority.signer(key, common="Bo Exempel"), field="Signatur2", new=True)
    stamper = timestamps.DummyTimeStamper(*authority.stamping())
    yield "timestamped", sign(form, rsa_signer, stamper=stamper, **pades)
    yield "document timestamp", stamped(sign(form, rsa_signer, **pades), stamper)
    yield "certified", sign(form, rsa_signer, certify=True, docmdp_permissions=MDPPerm.FILL_FORMS)
    yield "long-term data", changed(plain, long_term_data)
    yield "self-signed", sign(form, authority.signer(key, own=True))
    yield "changed afterwards", changed(plain, another_title)
    yield "broken", broken(plain)


def said_by_pyhanko(data, trusted):
    context = ValidationContext(trust_roots=[trusted], allow_fetching=False)
    said = []
    for embedded in PdfFileReader(io.BytesIO(data)).embedded_signatures:
        if embedded.sig_object["/Type"] == "/DocTimeStamp":
            status = asyncio.run(async_validate_pdf_timestamp(embedded, context))
            stamp = None
        else:
            status = asyncio.run(async_validate_pdf_signature(embedded, signer_validation_context=context))
            stamp = status.timestamp_validity
        said.append({
            "field": embedded.field_name, "intact": status.intact, "valid": status.valid, "trusted": status.trusted,
            "coverage": COVERAGE.get(status.coverage.name, status.coverage.name),
            "time_proved": bool(stamp and stamp.intact and stamp.valid and stamp.trusted),
            "changed_after": status.modification_level.name if status.modification_level else "–",
        })
    return said


def said_by_avsikt(avsikt, workspace, path):
    told = subprocess.run([avsikt, "inspect", "--json", "--workspace", workspace, path], capture_output=True, text=True)
    return json.loads(told.stdout)


def differences(case, ours, theirs):
    for what in ("intact", "valid", "trusted", "coverage", "time_proved"):
        differs = ours[what] != theirs[what]
        # A reason that no longer holds is told as well.
        if differs != ((case, what) in EXPLAINED):
            yield f"{what} {ours[what]} / {theirs[what]}"
    if ours["changed_after"] not in CHANGES.get(theirs["changed_after"], set()):
        yield f"changes {ours['changed_after']} / {theirs['changed_after']}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("avsikt")
    parser.add_argument("workspace", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path)
    asked = parser.parse_args()
    # A signer who is not trusted is one of the cases, and pyHanko writes a page about it.
    logging.disable(logging.CRITICAL)
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        office = folder / "office"
        shutil.copytree(asked.workspace, office)
        form = next((office / "outbox/declarations").glob("18-*.pdf"))
        (folder / "answers.json").write_text(json.dumps(ANSWERS))
        filled = folder / "filled.pdf"
        subprocess.run([sys.executable, CLIENTS / "with-pypdf.py", form, folder / "answers.json", filled], check=True)
        authority = Authority(folder)
        (office / "trust").mkdir()
        (office / "trust/rot.pem").write_bytes(authority.certificate.public_bytes(serialization.Encoding.PEM))
        root = load_cert_from_pemder(str(office / "trust/rot.pem"))
        print(f"{'signature':20} {'outcome':8} {'intact':7} {'valid':6} {'trusted':8} {'coverage':15} {'avsikt: changes':16} {'pyHanko: changes':17}")
        for case, data in cases(filled.read_bytes(), authority):
            path = folder / "svar.pdf"
            path.write_bytes(data)
            if asked.keep:
                asked.keep.mkdir(parents=True, exist_ok=True)
                (asked.keep / f"{case}.pdf").write_bytes(data)
            document = said_by_avsikt(asked.avsikt, office, path)
            ours, theirs = document["signature"]["digital"], said_by_pyhanko(data, root)
            wrong = []
            if [one["field"] for one in ours] != [one["field"] for one in theirs]:
                wrong.append("not the same signatures")
            for one, other in zip(ours, theirs):
                told = [str(one[what]) for what in ("intact", "valid", "trusted")]
                print(f"{case:20} {document['outcome']:8} {told[0]:7} {told[1]:6} {told[2]:8} {one['coverage']:15} "
                      f"{one['changed_after']:16} {other['changed_after']:17}")
                wrong += differences(case, one, other)
            if document["outcome"] != OUTCOMES.get(case, "answer"):
                wrong.append(f"the document is {document['outcome']}")
            for why in wrong:
                print(f"  DIFFERS: {why}")
            failed |= bool(wrong)
    for (case, what), why in EXPLAINED.items():
        print(f"{case}, {what}: {why}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
