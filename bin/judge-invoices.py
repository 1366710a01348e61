"""Judges the invoices of a folder: is the PDF a PDF/A-3 with the data inside, and does the data keep the rules of EN 16931?

factur-x sends the rules to a Saxon server; here one answers on the loopback that runs SaxonC in this process."""

import email.parser
import http.server
import logging
import pathlib
import sys
import threading

import facturx
import pypdf
import saxonche
from facturx import get_facturx_xml_from_pdf, xml_check_schematron, xml_check_xsd

folder = pathlib.Path(sys.argv[1])
rules = pathlib.Path(facturx.__file__).parent / "xsd_and_schematron" / "facturx-en16931"
logging.disable(logging.CRITICAL)


class Saxon(http.server.BaseHTTPRequestHandler):
    """Applies the stylesheet of the request to the document of the request."""

    processor = saxonche.PySaxonProcessor(license=False)
    compiled = {}

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        parts = email.parser.BytesParser().parsebytes(head + body).get_payload()
        parts = {p.get_param("name", header="content-disposition"): p.get_payload(decode=True).decode() for p in parts}
        if parts["xsl"] not in self.compiled:
            self.compiled[parts["xsl"]] = self.processor.new_xslt30_processor().compile_stylesheet(stylesheet_text=parts["xsl"])
        node = self.processor.parse_xml(xml_text=parts["xml"])
        answer = self.compiled[parts["xsl"]].transform_to_string(xdm_node=node).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Saxon)
threading.Thread(target=server.serve_forever, daemon=True).start()
saxon = f"http://127.0.0.1:{server.server_address[1]}/transform"


def schematron(xml):
    xml_check_schematron(
        xml,
        flavor="factur-x",
        level="en16931",
        saxon_server_url=saxon,
        saxon_server_codedb_dir=str(rules),
        saxon_server_raise_if_http_error=True,
    )


def judge(pdf):
    reader = pypdf.PdfReader(pdf, strict=True)
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert len(text) > 50, "the pages hold no text"
    xmp = reader.xmp_metadata
    assert "<pdfaid:part>3<" in xmp.stream.get_data().decode(), "not PDF/A-3"
    beside = pdf.with_suffix(".xml")
    if not beside.exists():
        assert not list(reader.attachment_list), "data inside that the norm has no room for"
        return
    name, inside = get_facturx_xml_from_pdf(pdf.read_bytes(), check_xsd=True)
    assert name == "factur-x.xml", name
    assert inside == beside.read_bytes(), "the data inside is not the data beside"
    said = xmp.stream.get_data().decode()
    for word in ("<fx:DocumentType>INVOICE<", "<fx:ConformanceLevel>EN 16931<", "<fx:DocumentFileName>factur-x.xml<", "<fx:Version>1.0<"):
        assert word in said, f"{word} is missing"
    afs = reader.trailer["/Root"]["/AF"]
    assert len(afs) == 1 and afs[0].get_object()["/AFRelationship"] == "/Alternative", "how the data belongs to the file"
    xml_check_xsd(inside, flavor="factur-x", level="en16931")
    schematron(inside)


# A judge that finds nothing wrong with what is wrong is none.
broken = next(iter(sorted(folder.glob("plain.xml")))).read_bytes().replace(b"<ram:TaxBasisTotalAmount>", b"<ram:TaxBasisTotalAmount>1")
try:
    schematron(broken)
    print("the judge does not judge")
    print("0 passed\n1 failed")
    sys.exit(1)
except Exception as error:  # noqa: BLE001: factur-x raises the bare class
    assert "BR-CO-" in str(error), error

passed, failed = 0, 0
for pdf in sorted(folder.glob("*.pdf")):
    try:
        judge(pdf)
        passed += 1
    except Exception as error:  # noqa: BLE001: every fault of one file is a fault of that file
        failed += 1
        print(f"{pdf.stem}: {error}")
print(f"{passed} passed\n{failed} failed")
sys.exit(1 if failed or not passed else 0)
