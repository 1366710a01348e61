"""What a spreadsheet program made of our exports. `write FILE` writes rows that try to be more than text; `judge FOLDER` compares the exports that were
opened (flat ODS) with what was exported (JSON Lines). Standard library alone."""

import json
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

HOSTILE = [
    '=cmd|" /C calc"!A0', "=1+1", '=HYPERLINK("http://evil.example","x")', '=WEBSERVICE("http://evil.example")', "+1", "+31 6 1234", "-2+3", "@SUM(A1)",
    "＝1+1", "＋1", "a\t=1", "line\n=2+2", "line\r\nmore", "café 🛒 👩‍🚀", "שלום עולם", "مرحبا =1", "0000123", "12345678901234567890", "2026-11-03", "03/11/26",
    "1e5", "TRUE", "'quoted", "\"double\"", "a,b;c", "50 %", "€ 1.234,50", "12:30", "#REF!", "1/2",
]
# Where a text of each row stands.
FIELDS = ["Company", "City", "Tax ID", "Metadata: note"]
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def write(path):
    with open(path, "w", encoding="utf-8") as out:
        for n, text in enumerate(HOSTILE):
            row = {"Name": f"Row {n}", "Customer Number": f"00{n}", **dict.fromkeys(FIELDS, text)}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def words(paragraph):
    """The text of a paragraph: blanks, tabs and breaks are elements."""
    out = [paragraph.text or ""]
    for part in paragraph:
        if part.tag == TEXT + "s":
            out.append(" " * int(part.get(TEXT + "c", "1")))
        elif part.tag == TEXT + "tab":
            out.append("\t")
        elif part.tag == TEXT + "line-break":
            out.append("\n")
        else:
            out.append(words(part))
        out.append(part.tail or "")
    return "".join(out)


def sheet(path):
    """Rows of cells: kind, text, formula."""
    rows = []
    for row in xml.parse(path).getroot().iter(TABLE + "table-row"):
        cells = []
        for cell in row:
            if cell.tag not in (TABLE + "table-cell", TABLE + "covered-table-cell"):
                continue
            text = "\n".join(words(p) for p in cell.findall(TEXT + "p"))
            one = (cell.get(OFFICE + "value-type", ""), text, cell.get(TABLE + "formula"))
            cells += [one] * min(int(cell.get(TABLE + "number-columns-repeated", "1")), 100)
        rows.append(cells)
    return rows


def lines(text):
    """A line break is a line break, however it is written."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def neutral(text):
    """As a CSV holds it: with an apostrophe before what a spreadsheet would act on."""
    return "'" + text if text[:1] and text[0] in "=+-@\t\r\n'＝＋－＠" else text


def judge(folder):
    folder = Path(folder)
    truth = [json.loads(line) for line in (folder / "export.jsonl").read_text(encoding="utf-8").splitlines()]
    failed, passed = [], 0
    # Opened with one click, a CSV keeps its texts but for what reads like a number, a date or a truth; nothing more is asked of it than that nothing runs.
    for name, shown, all_text in [("from-xlsx", str, True), ("as-text", neutral, True), ("from-csv", neutral, False)]:
        rows = sheet(next((folder / name).glob("*.fods")))
        header = [text for _, text, _ in rows[0]]
        for n, row in enumerate(truth, start=1):
            for field in [*FIELDS, "Customer Number"]:
                kind, text, formula = rows[n][header.index(field)]
                want = lines(shown(row[field]))
                if formula is not None:
                    failed.append(f"{name}: {field} of row {n} runs: {formula!r}")
                elif (all_text or kind == "string") and lines(text) != want:
                    failed.append(f"{name}: {field} of row {n} is {text!r}, not {want!r}")
                else:
                    passed += 1
        ran = [cell for row in rows for cell in row if cell[2] is not None]
        failed += [f"{name}: a formula: {cell!r}" for cell in ran]
        failed += [] if len([r for r in rows[1:] if r and r[0][1]]) >= len(truth) else [f"{name}: rows are missing"]
    print("\n".join(failed))
    print(f"{passed} passed\n{len(failed)} failed")
    return 1 if failed or not truth else 0


sys.exit({"write": write, "judge": judge}[sys.argv[1]](sys.argv[2]))
