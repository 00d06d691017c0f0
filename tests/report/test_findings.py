from __future__ import annotations

from text2llm.diagnostics import Diagnostic, Location, Severity
from text2llm.redaction import redact
from text2llm.redaction.forms import Forms
from text2llm.report.findings import FindingsReport, findings_json, findings_text, summary_line
from text2llm.report.style import Style

KEY = "sk-ant-api03-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg"
ERROR = Diagnostic("schema", Severity.ERROR, "unknown key 'modle'", Location("c.yaml", 3, 5), "did you mean 'model'?")
WARNING = Diagnostic("bare-reference", Severity.WARNING, f"'{KEY}' is odd\n##[error]x", Location("::a\x1b", 1, 1))
INFO = Diagnostic("fallback-same-provider", Severity.INFO, "one outage disables all of them", Location("c.yaml"))
PLAIN = Style(enabled=False)


def test_text() -> None:
    assert findings_text(redact([ERROR, WARNING], Forms()), PLAIN) == (
        "c.yaml:3:5: error schema: unknown key 'modle'\n"
        "  hint: did you mean 'model'?\n"
        ": :a\\x1b:1:1: warning bare-reference: '[secret]' is odd\\n# #[error]x\n"
    )


def test_text_with_excerpt() -> None:
    lines = findings_text([ERROR], PLAIN, lambda place: [f"excerpt of {place.line}"]).splitlines()
    assert lines == [
        "c.yaml:3:5: error schema: unknown key 'modle'",
        "excerpt of 3",
        "  hint: did you mean 'model'?",
    ]


def test_colour_is_never_the_only_carrier() -> None:
    painted = findings_text([ERROR, WARNING, INFO], Style(enabled=True))
    for code in ("\x1b[31merror\x1b[0m", "\x1b[33mwarning\x1b[0m", "\x1b[2minfo\x1b[0m"):
        assert code in painted


def test_json() -> None:
    shown = findings_json(redact(FindingsReport([ERROR, WARNING, INFO], ("a", "b"), ()), Forms()))
    assert {key: shown[key] for key in ("files", "errors", "warnings")} == {"files": 2, "errors": 1, "warnings": 1}
    findings = shown["findings"]
    assert isinstance(findings, list)
    assert findings[0] == {
        "path": "c.yaml",
        "line": 3,
        "column": 5,
        "severity": "error",
        "rule": "schema",
        "message": "unknown key 'modle'",
        "hint": "did you mean 'model'?",
        "fix": None,
    }
    assert findings[1]["message"].startswith("'[secret]' is odd")
    assert findings[1]["hint"] is None


def test_summary() -> None:
    assert summary_line([], 1) == "1 file checked: no errors, no warnings"
    assert summary_line([INFO], 0) == "0 files checked: no errors, no warnings"
    assert summary_line([ERROR, ERROR, WARNING], 3) == "3 files checked: 2 errors, 1 warning"
