//! The facts of a decision in words.

use tributary_model::{SharingChoice, Timestamp};
use tributary_policy::{
    Account, AgeBand, Agreement, Facts, Grant, Holding, Life, Recorded, ReferralCheck,
    Registration, RelationshipStanding, SaidNo, Whose,
};

/// Each fact with its name. What was not looked up, because no rule asked for it, says so.
pub(super) fn in_words(recorded: &Recorded) -> Vec<(String, String)> {
    let Facts {
        account,
        registration,
        record,
        agreement,
        relationship,
        preference,
        said_no,
        holdings,
        age,
        referral,
        life,
    } = &recorded.facts;
    let rows = [
        (
            "The requester's account",
            account_words(*account).to_owned(),
        ),
        (
            "Their registration",
            registration_words(*registration).to_owned(),
        ),
        ("Whose record", record_words(*record).to_owned()),
        (
            "The organisation's agreement",
            agreement_words(*agreement).to_owned(),
        ),
        (
            "Its relationship with the patient",
            relationship_words(*relationship).to_owned(),
        ),
        (
            "The patient's standing choice",
            choice_words(*preference).to_owned(),
        ),
        (
            "Whom the patient told no lately",
            said_no_words(*said_no).to_owned(),
        ),
        ("What the requester already held", holdings_words(holdings)),
        ("The patient's age", age_words(*age).to_owned()),
        ("Referral and service", referral_words(*referral).to_owned()),
        ("The patient's life", life_words(*life).to_owned()),
    ];
    rows.into_iter()
        .map(|(name, words)| (name.to_owned(), words))
        .collect()
}

const fn account_words(account: Account) -> &'static str {
    match account {
        Account::Active => "Active",
        Account::Suspended => "Not active in this role",
    }
}

const fn registration_words(registration: Registration) -> &'static str {
    match registration {
        Registration::Valid => "On a professional register",
        Registration::Lapsed => "Lapsed",
        Registration::None => "On no register",
    }
}

const fn record_words(record: Whose) -> &'static str {
    match record {
        Whose::Own => "The requester's own",
        Whose::Another => "Another person's",
    }
}

const fn agreement_words(agreement: Agreement) -> &'static str {
    match agreement {
        Agreement::Viewing => "In force, covers viewing",
        Agreement::FeedingOnly => "In force, for feeding only",
        Agreement::NotInForce => "Ended or not yet begun",
        Agreement::None => "None",
    }
}

const fn relationship_words(relationship: RelationshipStanding) -> &'static str {
    match relationship {
        RelationshipStanding::None => "None",
        RelationshipStanding::Ended => "Ended, longer ago than the grace period",
        RelationshipStanding::NotYetBegun => "Not yet begun",
        RelationshipStanding::InGrace => "Ended, within the grace period",
        RelationshipStanding::Current => "Current",
    }
}

const fn choice_words(choice: Option<SharingChoice>) -> &'static str {
    match choice {
        None => "Nothing decided",
        Some(SharingChoice::Ask) => "To be asked each time",
        Some(SharingChoice::Consent) => "Consent",
        Some(SharingChoice::Block) => "Blocked",
        Some(SharingChoice::OptOut) => "Opted out",
    }
}

const fn said_no_words(said_no: SaidNo) -> &'static str {
    match said_no {
        SaidNo::ToNobody => "Nobody",
        SaidNo::ToRequester => "The requester",
        SaidNo::ToColleague => "A colleague",
        SaidNo::ToBoth => "The requester and a colleague",
    }
}

fn holdings_words(holdings: &[Holding]) -> String {
    let words = holdings.iter().map(|held| {
        let what = match held.grant {
            Grant::ConsentToday => "The patient's consent for today",
            Grant::Emergency => "Emergency access",
            Grant::Legal(reason) => reason.words(),
        };
        let until: Timestamp = held.until;
        format!("{what}, until {until}")
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() {
        "Nothing".to_owned()
    } else {
        words.join("; ")
    }
}

const fn age_words(age: AgeBand) -> &'static str {
    match age {
        AgeBand::UnderThirteen => "Under 13",
        AgeBand::ThirteenOrOver => "13 or older",
        AgeBand::Unknown => "Not known, or not asked for by any rule",
    }
}

const fn referral_words(referral: ReferralCheck) -> &'static str {
    match referral {
        ReferralCheck::Neither => "Neither referred nor receiving the service",
        ReferralCheck::ReceivesService => "Receiving the service, not referred by another",
        ReferralCheck::Referred => "Referred, not receiving the service",
        ReferralCheck::Both => "Referred by another, and receiving the service",
    }
}

const fn life_words(life: Life) -> &'static str {
    match life {
        Life::Living => "Living, as far as is known",
        Life::Dead => "Dead, by the word of two sources",
    }
}
