//! A first look at a line: of what type is it, without parsing it.

/// The resource type a line names, or an empty text if it names none that can be seen at a look.
///
/// It is the line's own type, also where what is contained in it names its type first: people and
/// relationships that are taken for something else would never be heard.
pub(crate) fn resource_type(line: &[u8]) -> &str {
    let after = match line.strip_prefix(b"{\"resourceType\"") {
        Some(after) => after,
        None => match own_name(line) {
            Some(after) => after,
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

/// What follows the name `resourceType` of the outermost object.
fn own_name(line: &[u8]) -> Option<&[u8]> {
    const NAME: &[u8] = b"\"resourceType\"";
    let mut depth = 0_usize;
    let mut rest = line;
    loop {
        let at = rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']'))?;
        let (mark, after) = rest.get(at..)?.split_first()?;
        rest = after;
        match mark {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {
                let end = end_of_text(after)?;
                let (text, follows) = after.split_at_checked(end)?;
                let is_name = follows.trim_ascii_start().starts_with(b":");
                if depth == 1 && is_name && NAME.get(1..) == Some(text) {
                    return Some(follows);
                }
                rest = follows;
            }
        }
    }
}

/// Where a text ends whose opening quotation mark was passed: after its closing one.
fn end_of_text(after: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', after.get(at..)?)?;
        if after.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        at += 2;
    }
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
            (
                r#"{"contained":[{"resourceType":"Basic"}],"resourceType":"Patient"}"#,
                "Patient",
            ),
            (
                r#"{"note":"a \"resourceType\": {[","resourceType":"Consent"}"#,
                "Consent",
            ),
            (
                r#"{"id":"resourceType","resourceType":"Patient"}"#,
                "Patient",
            ),
            (r#"{"contained":[{"resourceType":"Basic"}]}"#, ""),
            (r#"{"id":"a\\"#, ""),
            (r#"{"id":"a"}"#, ""),
            (r#"{"resourceType":7}"#, ""),
            (r#"{"resourceType":"Pat"#, ""),
            ("", ""),
        ] {
            assert_eq!(resource_type(line.as_bytes()), kind, "{line}");
        }
    }
}
