//! The rule: a link by itself only on a verified number that nothing contradicts.

use tributary_model::Demographics;

use crate::evidence::{
    Agreement::{Close, Equal, Missing, Unlike},
    Evidence,
};

/// Whether two sets of demographics are the same person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub enum Verdict {
    /// The same person: to be linked.
    Same,
    /// Not the same person, or nothing that would make one think so.
    Different,
    /// Perhaps: a person looks at both and decides. They stay apart until then.
    ForAPerson(
        /// Why it is doubtful.
        Reason,
    ),
}

/// Why a person must decide. Says nothing about whom.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Reason {
    /// Verified numbers are equal, given names differ: twins, or two people under one number.
    GivenNamesDiffer,
    /// Verified numbers are equal, birth dates differ: parent and child, or two people under one.
    BirthDatesDiffer,
    /// Verified numbers are equal, family names differ and nothing explains it.
    FamilyNamesDiffer,
    /// Verified numbers are equal, but so much else differs a little that it may be somebody else.
    MuchDiffers,
    /// Numbers are equal and one of them is not verified.
    NumberNotVerified,
    /// Numbers are equal, one of them is not verified, and the demographics contradict.
    NumberContradicted,
    /// There is no verified number to go by, and the demographics agree well.
    DemographicsAgree,
    /// There is no verified number to go by, and they agree in all but the given name: twins, or
    /// another name for the same person.
    PerhapsTwins,
    /// There is no verified number to go by, and they agree in all but the family name.
    PerhapsRenamed,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 9] = [
        Self::GivenNamesDiffer,
        Self::BirthDatesDiffer,
        Self::FamilyNamesDiffer,
        Self::MuchDiffers,
        Self::NumberNotVerified,
        Self::NumberContradicted,
        Self::DemographicsAgree,
        Self::PerhapsTwins,
        Self::PerhapsRenamed,
    ];

    /// The fixed name used in stores and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GivenNamesDiffer => "given-names-differ",
            Self::BirthDatesDiffer => "birth-dates-differ",
            Self::FamilyNamesDiffer => "family-names-differ",
            Self::MuchDiffers => "much-differs",
            Self::NumberNotVerified => "number-not-verified",
            Self::NumberContradicted => "number-contradicted",
            Self::DemographicsAgree => "demographics-agree",
            Self::PerhapsTwins => "perhaps-twins",
            Self::PerhapsRenamed => "perhaps-renamed",
        }
    }

    /// The words people read.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::GivenNamesDiffer => {
                "The verified NHS numbers are equal and the given names differ: perhaps twins, or \
                 two people under one number"
            }
            Self::BirthDatesDiffer => {
                "The verified NHS numbers are equal and the birth dates differ: perhaps parent \
                 and child, or two people under one number"
            }
            Self::FamilyNamesDiffer => {
                "The verified NHS numbers are equal and the family names differ with nothing to \
                 explain it"
            }
            Self::MuchDiffers => {
                "The verified NHS numbers are equal, but several details differ a little"
            }
            Self::NumberNotVerified => "The NHS numbers are equal, but one of them is not verified",
            Self::NumberContradicted => {
                "The NHS numbers are equal, but one of them is not verified and the details \
                 contradict each other"
            }
            Self::DemographicsAgree => {
                "There is no verified NHS number to go by, and the details agree well"
            }
            Self::PerhapsTwins => {
                "There is no verified NHS number to go by, and all but the given name agrees: \
                 perhaps twins"
            }
            Self::PerhapsRenamed => {
                "There is no verified NHS number to go by, and all but the family name agrees"
            }
        }
    }
}

/// Whether two sets of demographics are the same person.
pub fn compare(a: &Demographics, b: &Demographics) -> Verdict {
    let evidence = Evidence::of(a, b);
    match (a.nhs_number.traced(), b.nhs_number.traced()) {
        (Some(a), Some(b)) if a == b => under_one_number(evidence),
        // The national service knows them as two people.
        (Some(_), Some(_)) => Verdict::Different,
        _ => {
            let number = a.nhs_number.number();
            unverified(
                evidence,
                number.is_some() && number == b.nhs_number.number(),
            )
        }
    }
}

fn under_one_number(evidence: Evidence) -> Verdict {
    if evidence.born == Unlike {
        return Verdict::ForAPerson(Reason::BirthDatesDiffer);
    }
    if evidence.given == Unlike {
        return Verdict::ForAPerson(Reason::GivenNamesDiffer);
    }
    if evidence.family == Unlike {
        return if is_renamed(evidence) {
            Verdict::Same
        } else {
            Verdict::ForAPerson(Reason::FamilyNamesDiffer)
        };
    }
    match evidence.weakness() {
        0 | 1 => Verdict::Same,
        2 if evidence.reached_alike => Verdict::Same,
        _ => Verdict::ForAPerson(Reason::MuchDiffers),
    }
}

/// All but the family name agrees, and they are reached alike: somebody who married.
fn is_renamed(evidence: Evidence) -> bool {
    evidence.given == Equal
        && evidence.born == Equal
        && evidence.gender != Unlike
        && evidence.reached_alike
}

fn unverified(evidence: Evidence, numbers_equal: bool) -> Verdict {
    let contradicts = evidence.born == Unlike
        || evidence.given == Unlike
        || (evidence.family == Unlike && !is_renamed(evidence));
    if numbers_equal {
        let reason = if contradicts {
            Reason::NumberContradicted
        } else {
            Reason::NumberNotVerified
        };
        return Verdict::ForAPerson(reason);
    }
    if is_renamed(evidence) && evidence.family == Unlike {
        return Verdict::ForAPerson(Reason::PerhapsRenamed);
    }
    let perhaps_twins = evidence.given == Unlike
        && evidence.gender != Unlike
        && evidence.family == Equal
        && evidence.born == Equal
        && evidence.reached_alike;
    if perhaps_twins {
        return Verdict::ForAPerson(Reason::PerhapsTwins);
    }
    let agrees = !contradicts
        && matches!(evidence.family, Equal | Close)
        && (evidence.born != Missing || evidence.reached_alike)
        && evidence.weakness() <= if evidence.reached_alike { 3 } else { 2 };
    if agrees {
        Verdict::ForAPerson(Reason::DemographicsAgree)
    } else {
        Verdict::Different
    }
}
