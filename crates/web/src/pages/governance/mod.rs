//! The governance desk's pages.

pub(crate) mod change;
pub(crate) mod desk;
pub(crate) mod partner;
pub(crate) mod rules;
pub(crate) mod settings;
pub(crate) mod version;

use tributary_gatekeeper::governance::{AgreementLine, VersionState};

/// How a version stands, in words.
pub(crate) fn state_words(state: &VersionState) -> String {
    match state {
        VersionState::InForce(since) => format!("In force since {since}"),
        VersionState::Past(since) => format!("In force from {since} until the next one"),
        VersionState::Open => "Waits for approval".to_owned(),
        VersionState::Overtaken => "Overtaken: another version came into force since".to_owned(),
        VersionState::Withdrawn(at) => format!("Withdrawn {at}"),
    }
}

/// The tag's colour; its words say the same.
pub(crate) const fn state_tone(state: &VersionState) -> &'static str {
    match state {
        VersionState::InForce(_) => "nhsuk-tag--green",
        VersionState::Open => "nhsuk-tag--blue",
        VersionState::Past(_) | VersionState::Overtaken | VersionState::Withdrawn(_) => {
            "nhsuk-tag--grey"
        }
    }
}

/// What it covers.
pub(crate) const fn covers(line: &AgreementLine) -> &'static str {
    match (line.feeds, line.views) {
        (true, true) => "feeds and views",
        (true, false) => "feeds",
        (false, true) => "views",
        (false, false) => "nothing",
    }
}

/// From when to when.
pub(crate) fn span(line: &AgreementLine) -> String {
    let begins = line.begins.date_words();
    match line.last_instant() {
        Some(last) => format!("{begins} to {}", last.date_words()),
        None => format!("from {begins}, open-ended"),
    }
}
