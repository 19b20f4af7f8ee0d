//! Reports as files: sent line by line as they are read, so that a large one takes no more memory
//! than a small one. When a line cannot be read any more the connection is broken off, so that half
//! a report does not look like a whole one.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use tributary_formats::fhir::audit_event::{self, AccessEvent};
use tributary_gatekeeper::{AccessLine, Disclosure, Export, GateError};

type Lines = Vec<(AccessLine, String)>;

/// How a report is written.
trait Writer: Send + 'static {
    /// What stands before the first line.
    fn begin(&mut self, out: &mut Vec<u8>);
    /// Some lines.
    fn lines(&mut self, lines: &Lines, out: &mut Vec<u8>);
    /// What stands after the last line.
    fn end(&mut self, out: &mut Vec<u8>);
}

/// As a table for spreadsheets.
pub(crate) fn csv(export: Disclosure<Export>, name: &str) -> Response {
    let of_patient = export.shown().is_of_a_patient();
    send(
        export,
        Csv { of_patient },
        "text/csv; charset=utf-8",
        &format!("{name}.csv"),
    )
}

/// As a FHIR Bundle of audit events.
pub(crate) fn fhir(export: Disclosure<Export>, name: &str) -> Response {
    let base = export.shown().fhir_base().to_owned();
    let bundle = Fhir { base, first: true };
    let name = format!("{name}.json");
    send(
        export,
        bundle,
        "application/fhir+json; charset=utf-8",
        &name,
    )
}

fn send(
    export: Disclosure<Export>,
    mut writer: impl Writer,
    media_type: &'static str,
    name: &str,
) -> Response {
    let mut head = Vec::new();
    writer.begin(&mut head);
    let state = Some((export, writer, head));
    let parts = stream::unfold(state, async |state| {
        let (mut export, mut writer, mut out) = state?;
        match export.shown_mut().next().await {
            Ok(Some(lines)) => {
                writer.lines(&lines, &mut out);
                Some((Ok(Bytes::from(out)), Some((export, writer, Vec::new()))))
            }
            Ok(None) => {
                writer.end(&mut out);
                Some((Ok(Bytes::from(out)), None))
            }
            Err(error) => {
                tracing::error!(%error, "a report was broken off");
                Some((Err::<Bytes, GateError>(error), None))
            }
        }
    });
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, Body::from_stream(parts)).into_response()
}

struct Csv {
    of_patient: bool,
}

const COLUMNS: [&str; 15] = [
    "Number",
    "When",
    "Who",
    "Role",
    "Register",
    "Organisation code",
    "Organisation",
    "From",
    "Patient",
    "What",
    "Outcome",
    "Basis",
    "Reason given",
    "Rule",
    "To review",
];

impl Writer for Csv {
    fn begin(&mut self, out: &mut Vec<u8>) {
        // Without this mark spreadsheets take the bytes for another alphabet.
        out.extend_from_slice("\u{feff}".as_bytes());
        if self.of_patient {
            row(out, &["Number", "When", "What happened"]);
        } else {
            row(out, &COLUMNS);
        }
    }

    fn lines(&mut self, lines: &Lines, out: &mut Vec<u8>) {
        for (line, sentence) in lines {
            let (number, at) = (line.number.to_string(), line.at.to_string());
            if self.of_patient {
                row(out, &[&number, &at, sentence]);
                continue;
            }
            let coded = &line.coded;
            let register = coded.register.as_ref();
            let register = register.map(tributary_model::RegisterEntry::words);
            let code = coded.organisation.as_ref().map(|one| one.code.as_str());
            let who = if coded.name.is_empty() {
                &line.who
            } else {
                &coded.name
            };
            row(
                out,
                &[
                    &number,
                    &at,
                    who,
                    coded.role.map_or("", tributary_model::Role::words),
                    register.as_deref().unwrap_or_default(),
                    code.unwrap_or_default(),
                    &line.organisation,
                    &line.origin,
                    &line.patient,
                    &line.what,
                    &line.outcome,
                    &line.basis,
                    &line.reason,
                    &line.rule,
                    line.flagged.as_deref().unwrap_or_default(),
                ],
            );
        }
    }

    fn end(&mut self, _out: &mut Vec<u8>) {}
}

/// One row, every cell in quotation marks.
fn row(out: &mut Vec<u8>, cells: &[&str]) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.push(b'"');
        if is_formula(cell) {
            out.push(b'\'');
        }
        out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    }
    out.extend_from_slice(b"\r\n");
}

/// Whether a spreadsheet would reckon with a cell instead of showing it: what people typed into a
/// search or a reason stands in these cells.
fn is_formula(cell: &str) -> bool {
    let first = cell.trim_start_matches(' ').chars().next();
    first.is_some_and(|first| "=+-@\t\r\n＝＋－＠".contains(first))
}

struct Fhir {
    base: String,
    first: bool,
}

impl Writer for Fhir {
    fn begin(&mut self, out: &mut Vec<u8>) {
        audit_event::begin_bundle(out);
    }

    fn lines(&mut self, lines: &Lines, out: &mut Vec<u8>) {
        for (line, sentence) in lines {
            let event = event(line, sentence);
            audit_event::write_entry(out, &self.base, &event, std::mem::take(&mut self.first));
        }
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        audit_event::end_bundle(out);
    }
}

fn event<'a>(line: &'a AccessLine, sentence: &'a str) -> AccessEvent<'a> {
    let coded = &line.coded;
    let asked = [line.reason.as_str(), line.what.as_str()];
    AccessEvent {
        number: line.number.0,
        at: line.at,
        action: coded.action,
        outcome: coded.outcome,
        why: if sentence.is_empty() {
            &line.basis
        } else {
            sentence
        },
        purpose: coded.purpose,
        emergency: coded.emergency,
        who: coded
            .account
            .map(|account| (format!("account-{}", account.0), coded.name.as_str())),
        role: coded.role,
        register: coded.register.as_ref(),
        organisation: coded.organisation.as_ref(),
        origin: &coded.origin,
        patient: line
            .address
            .map(|address| (address.0.0.to_string(), line.patient.as_str())),
        query: asked
            .into_iter()
            .find(|words| !words.is_empty())
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_shows_what_was_typed_and_reckons_nothing() {
        for typed in [
            "=HYPERLINK(\"http://x\")",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "  =1",
            "＝1",
        ] {
            let mut out = Vec::new();
            row(&mut out, &[typed, "plain"]);
            let text = String::from_utf8(out).unwrap();
            assert!(text.starts_with("\"'"), "{text}");
            assert!(text.ends_with(",\"plain\"\r\n"), "{text}");
        }
    }

    #[test]
    fn quotation_marks_and_line_ends_stay_within_their_cell() {
        let mut out = Vec::new();
        row(&mut out, &["he said \"no\"\nand, left"]);
        assert_eq!(out, b"\"he said \"\"no\"\"\nand, left\"\r\n");
    }
}
