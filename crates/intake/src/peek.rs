//! A first look at a line: of what type is it, without parsing it.

/// The resource type a line names, or an empty text if it names none that can be seen at a look.
///
/// A false answer does no harm: it decides only what is read twice and what a line is counted as.
pub(crate) fn resource_type(line: &[u8]) -> &str {
    const NAME: &[u8] = b"\"resourceType\"";
    let after = match line.strip_prefix(b"{\"resourceType\"") {
        Some(after) => after,
        None => match memchr::memmem::find(line, NAME) {
            Some(at) => line.get(at + NAME.len()..).unwrap_or_default(),
            None => return "",
        },
    };
    let value = after
        .iter()
        .position(|byte| !matches!(byte, b' ' | b'\t' | b':'))
        .and_then(|at| after.get(at..))
        .and_then(|value| value.strip_prefix(b"\""))
        .unwrap_or_default();
    let end = memchr::memchr(b'"', value.get(..value.len().min(64)).unwrap_or_default());
    end.and_then(|end| std::str::from_utf8(value.get(..end)?).ok())
        .unwrap_or_default()
}

/// Whether what a line says must be known before the first clinical entry is filed.
pub(crate) fn comes_first(resource_type: &str) -> bool {
    matches!(resource_type, "Patient" | "EpisodeOfCare" | "Consent" | "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_the_type_however_it_is_spaced() {
        for (line, kind) in [
            (r#"{"resourceType":"Observation","id":"a"}"#, "Observation"),
            (r#"{"resourceType": "Patient", "id":"a"}"#, "Patient"),
            (r#"{"id":"a","resourceType" : "Patient"}"#, "Patient"),
            (r#"{"id":"a"}"#, ""),
            (r#"{"resourceType":7}"#, ""),
            (r#"{"resourceType":"Pat"#, ""),
            ("", ""),
        ] {
            assert_eq!(resource_type(line.as_bytes()), kind, "{line}");
        }
    }
}
