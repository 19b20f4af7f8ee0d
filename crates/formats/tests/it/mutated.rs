//! Lines as broken senders and transports make them: whatever comes, nothing panics.

use proptest::prelude::*;
use tributary_formats::fhir::{
    entry,
    intake::{Statement, read_bundle},
};
use tributary_model::{OrganisationKind, Section};

use super::reader;

/// Lines of many types with most of the members that readers look at.
const LINES: [&str; 8] = [
    super::intake::GLUCOSE,
    r#"{"resourceType":"Patient","id":"P1","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9992386045"}],"name":[{"family":"Koepp","given":["Abdul"]}],"birthDate":"1954-07-09","deceasedBoolean":true,"address":[{"line":["1"],"postalCode":"CW9 5WY"}],"link":[{"type":"replaced-by","other":{"reference":"Patient/2"}}]}"#,
    r##"{"resourceType":"MedicationRequest","id":"m","status":"active","medicationReference":{"reference":"#m"},"contained":[{"id":"m","code":{"text":"x"}}],"subject":{"reference":"Patient/P1"},"dosageInstruction":[{"timing":{"repeat":{"frequency":1,"period":1,"periodUnit":"d"}},"doseAndRate":[{"doseQuantity":{"value":5e3,"unit":"mg"}}]}]}"##,
    r#"{"resourceType":"EpisodeOfCare","id":"e","status":"active","type":[{"text":"GP registration"}],"patient":{"reference":"Patient/P1"},"period":{"start":"1991-06-07","end":"2000"}}"#,
    r#"{"resourceType":"Consent","id":"c","status":"active","category":[{"coding":[{"code":"416409005"}]}],"patient":{"reference":"Patient/P1"},"provision":{"type":"deny"}}"#,
    r#"{"resourceType":"DocumentReference","id":"d","subject":{"reference":"Patient/P1"},"content":[{"attachment":{"contentType":"text/plain","data":"V2VsbA=="}}]}"#,
    r#"{"resourceType":"QuestionnaireResponse","id":"q","subject":{"reference":"Patient/P1"},"item":[{"linkId":"1","answer":[{"valueQuantity":{"value":1}}],"item":[{"text":"\ud83d\ude00"}]}]}"#,
    r#"{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"1"}},{"resource":{"resourceType":"Flag","id":"2","subject":{"reference":"urn:uuid:1"}},"request":{"method":"PUT","url":"Flag/2"}}]}"#,
];

/// One change: bytes put in the place of others.
fn change() -> impl Strategy<Value = (prop::sample::Index, usize, Vec<u8>)> {
    let piece = prop::sample::select(vec![
        "",
        "\"",
        "{",
        "}",
        "[",
        "]",
        "null",
        "7",
        "\\",
        "\\u0000",
        "\\ud800",
        ",",
        ":",
        "\u{0}",
        "-",
        "1e999",
        "true",
        "é",
        "\u{feff}",
        "<",
        "&",
        "Patient/",
        "#",
        "urn:uuid:",
    ]);
    let piece = prop_oneof![
        8 => piece.prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 1..4),
    ];
    (any::<prop::sample::Index>(), 0_usize..30, piece)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn nothing_panics(
        line in prop::sample::select(&LINES[..]),
        changes in prop::collection::vec(change(), 1..5),
    ) {
        let mut bytes = line.as_bytes().to_vec();
        for (at, length, piece) in changes {
            let at = at.index(bytes.len() + 1);
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, piece);
        }
        let reader = reader(OrganisationKind::GpPractice);
        let statement = reader.read(&bytes);
        let (_, issues) = entry::read(&bytes, Section::Results);
        if let Ok(Statement::Entry(_)) = statement {
            prop_assert!(issues.is_empty(), "what was filed can be shown");
        }
        if let Ok(bundle) = read_bundle(&bytes) {
            for entry in &bundle.entries {
                let _ = reader.read_in(&bundle, entry);
            }
        }
        let _ = reader.mentions_sharing(&bytes).count();
    }
}
