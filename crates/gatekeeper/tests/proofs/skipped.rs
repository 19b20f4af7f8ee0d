//! Entries are read for a permit and for nothing else: not for a decision whose line is not
//! written, not for a patient, not for the proof of a search.

use tributary_model::PatientId;
use tributary_policy::Permitted;
use tributary_store::{SearchPermit, Store};

async fn without_a_line(store: &Store, permitted: &Permitted) {
    drop(store.read(permitted).await);
}

async fn for_a_patient(store: &Store, patient: PatientId) {
    drop(store.read(&patient).await);
}

async fn for_a_search(store: &Store, search: &SearchPermit) {
    drop(store.read(search).await);
}

async fn past_the_gate(store: &Store) {
    drop(store.open_persons(&[]).await);
}

fn main() {}
