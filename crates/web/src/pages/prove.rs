//! Proving again who one is, before the record opens in an emergency.

use askama::Template;
use tributary_gatekeeper::{Prove, Question};
use tributary_model::Address;

use super::{Frame, permission::Typed, sign_in::Problem};

/// The form. What was typed before goes with it.
#[derive(Template)]
#[template(path = "prove.html")]
pub(crate) struct ProvePage {
    frame: Frame,
    address: Address,
    patient: String,
    typed: Typed,
    prove: Prove,
    problem: Option<String>,
}

impl ProvePage {
    pub(crate) fn new(
        frame: Frame,
        address: Address,
        question: &Question,
        typed: Typed,
        problem: &Problem,
    ) -> Self {
        let password = Prove::Password { code: false };
        Self {
            frame,
            address,
            patient: question.patient.name.clone(),
            typed,
            prove: question.prove.clone().unwrap_or(password),
            problem: problem.words(),
        }
    }
}
