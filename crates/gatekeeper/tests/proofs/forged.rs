//! No proof has a maker outside the crate that earns it.

use tributary_gatekeeper::Disclosure;
use tributary_model::AccessNumber;
use tributary_policy::{Permitted, PermittedParts};

fn permitted(parts: PermittedParts) -> Permitted {
    Permitted::new(parts)
}

fn disclosure() -> Disclosure<&'static str> {
    Disclosure::new("a record", AccessNumber(1))
}

fn main() {}
