//! No proof can be put together from its parts.

use tributary_gatekeeper::Disclosure;
use tributary_model::AccessNumber;
use tributary_store::{Permit, SearchPermit};

fn permit(permit: Permit) -> Permit {
    Permit { ..permit }
}

fn search(permit: SearchPermit) -> SearchPermit {
    SearchPermit { ..permit }
}

fn disclosure() -> Disclosure<&'static str> {
    Disclosure { shown: "a record", access: AccessNumber(1), hand: None }
}

fn main() {}
