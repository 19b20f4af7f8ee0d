//! A proof is given up by value and cannot be copied: one decision, one line.

use tributary_gatekeeper::Disclosure;
use tributary_policy::Permitted;
use tributary_store::{Circumstances, Gathered, Permit, Store};

async fn twice(store: &Store, permitted: Permitted, gathered: &Gathered, circumstances: &Circumstances) {
    let first = store.admit(permitted, gathered, circumstances).await;
    let second = store.admit(permitted, gathered, circumstances).await;
    drop((first, second));
}

fn copied(permitted: &Permitted) -> Permitted {
    permitted.clone()
}

fn copied_permit(permit: &Permit) -> Permit {
    permit.clone()
}

fn copied_disclosure(disclosure: &Disclosure<String>) -> Disclosure<String> {
    disclosure.clone()
}

fn main() {}
