//! What the region is made of: names, places, clinical terms. Codes are real where they are given;
//! where a code was not certain only the words are.

pub(crate) mod conditions;
pub(crate) mod events;
pub(crate) mod measures;
pub(crate) mod medicines;
pub(crate) mod names;
pub(crate) mod places;
pub(crate) mod texts;

/// A code of a code system with its display; without a code, words only.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Term {
    pub(crate) system: &'static str,
    pub(crate) code: &'static str,
    pub(crate) display: &'static str,
}

/// A SNOMED CT term.
pub(crate) const fn sct(code: &'static str, display: &'static str) -> Term {
    Term {
        system: "http://snomed.info/sct",
        code,
        display,
    }
}

/// A LOINC term.
pub(crate) const fn loinc(code: &'static str, display: &'static str) -> Term {
    Term {
        system: "http://loinc.org",
        code,
        display,
    }
}

/// A term of one of HL7's own code systems.
pub(crate) const fn coded(system: &'static str, code: &'static str, display: &'static str) -> Term {
    Term {
        system,
        code,
        display,
    }
}

/// Words without a code.
pub(crate) const fn words(display: &'static str) -> Term {
    Term {
        system: "",
        code: "",
        display,
    }
}
