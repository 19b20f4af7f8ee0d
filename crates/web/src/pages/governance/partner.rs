//! One partner: its agreements, a new one, and the end of one. The same form brings in a new partner.

use askama::Template;
use tributary_gatekeeper::governance::{AgreementLine, AgreementState, NewAgreement, Partner};
use tributary_model::{OrganisationKind, Section};

use crate::pages::Frame;

/// Name, label, hint and value of a line of text.
type Text<'t> = (&'static str, &'static str, &'static str, &'t str);

/// One partner, or the form for a new one.
#[derive(Template)]
#[template(path = "governance/partner.html")]
pub(crate) struct PartnerPage<'a> {
    frame: Frame,
    partner: Option<&'a Partner>,
    typed: NewAgreement,
    problems: Vec<(String, String)>,
}

impl<'a> PartnerPage<'a> {
    pub(crate) const fn new(
        frame: Frame,
        partner: Option<&'a Partner>,
        typed: NewAgreement,
        problems: Vec<(String, String)>,
    ) -> Self {
        Self {
            frame,
            partner,
            typed,
            problems,
        }
    }

    fn title(&self) -> &str {
        self.partner
            .map_or("A new partner", |one| one.organisation.name.as_str())
    }

    fn problem(&self, field: &str) -> Option<&str> {
        let mut problems = self.problems.iter();
        problems
            .find(|(name, _)| name == field)
            .map(|(_, words)| words.as_str())
    }

    /// Where a problem's link leads: the first control of its field.
    fn anchor(field: &str) -> String {
        match field {
            "covers" => "feeds".to_owned(),
            "supplies" => "supplies-person".to_owned(),
            _ => field.to_owned(),
        }
    }

    /// Name, label, hint and value of the fields of a new partner.
    fn who(&self) -> [Text<'_>; 2] {
        [
            (
                "code",
                "ODS code",
                "1 to 12 letters and digits",
                &self.typed.code,
            ),
            ("name", "Name", "As people know it", &self.typed.name),
        ]
    }

    /// Those of the agreement's terms.
    fn terms(&self) -> [Text<'_>; 3] {
        let NewAgreement {
            from,
            until,
            signed_by,
            ..
        } = &self.typed;
        [
            (
                "from",
                "Its first day",
                "Such as 2026-12-01; today if left empty",
                from,
            ),
            (
                "until",
                "Its last day",
                "Such as 2027-11-30; open-ended if left empty",
                until,
            ),
            (
                "signed-by",
                "Signed by",
                "Names and offices, for both sides",
                signed_by,
            ),
        ]
    }

    fn supplies(&self, name: &str) -> bool {
        self.typed.supplies.iter().any(|one| one == name)
    }

    /// What everybody there may see at most.
    fn sees(partner: &Partner) -> String {
        let withheld: Vec<_> = partner.withheld.iter().map(Section::title).collect();
        if withheld.is_empty() {
            "Every section that the role may see".to_owned()
        } else {
            format!(
                "Every section that the role may see, but {}",
                withheld.join(", ")
            )
        }
    }

    fn sections(line: &AgreementLine) -> String {
        let names: Vec<_> = line.supplies.iter().map(Section::title).collect();
        if names.len() == Section::ALL.len() {
            "every section".to_owned()
        } else if names.is_empty() {
            "no section".to_owned()
        } else {
            names.join(", ")
        }
    }

    const fn may_end(line: &AgreementLine) -> bool {
        matches!(line.state, AgreementState::InForce | AgreementState::ToCome)
    }
}
