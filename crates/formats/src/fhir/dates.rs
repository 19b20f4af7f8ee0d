//! Which of a resource's dates says when something clinically was.

use tributary_model::{ClinicalDate, Timestamp};

/// How near a member of a resource comes to saying when the thing clinically was: 1 says it, 2 is
/// when it was written down, which stands in where nothing nearer is said.
pub(crate) fn nearness(member: &str) -> Option<u8> {
    Some(match member {
        "effectiveDateTime" | "effectivePeriod" | "effectiveInstant" | "effectiveTiming"
        | "onsetDateTime" | "onsetPeriod" | "performedDateTime" | "performedPeriod"
        | "occurrenceDateTime" | "occurrencePeriod" | "period" | "start" | "startDate"
        | "started" | "sent" | "date" | "whenHandedOver" | "dateTime" | "executionPeriod" => 1,
        "authoredOn" | "authored" | "recordedDate" | "recorded" | "issued" | "created"
        | "dateAsserted" | "assertedDate" | "whenPrepared" | "statusDate" => 2,
        _ => return None,
    })
}

/// The earliest instant a FHIR date can mean.
pub(crate) fn instant(text: &str) -> Option<Timestamp> {
    ClinicalDate::read(text).map(|date| date.sort)
}

/// The instant at which a period with this end is over: a day as an end is part of the period.
pub(crate) fn over(text: &str) -> Option<Timestamp> {
    let end = ClinicalDate::read(text)?;
    let next = match end.text.len() {
        4 => end.date().last_of_year(),
        7 => end.date().last_of_month(),
        10 => end.date(),
        _ => return Some(end.sort),
    };
    instant(&next.tomorrow().ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_includes_the_whole_of_its_end() {
        for (end, over_at) in [
            ("2026", "2027-01-01T00:00:00Z"),
            ("2026-02", "2026-03-01T00:00:00Z"),
            ("2026-07-09", "2026-07-09T23:00:00Z"),
            ("2026-07-09T10:00:00Z", "2026-07-09T10:00:00Z"),
        ] {
            assert_eq!(over(end).unwrap().rfc3339(), over_at, "{end}");
        }
        assert_eq!(over("soon"), None);
    }
}
