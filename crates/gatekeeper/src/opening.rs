//! Opening a record: facts, decision, audit line, and only then what is read.

use std::sync::Arc;

use tributary_model::{
    AccessAction, Address, EntryKey, Purpose, Requester, SharingChoice, Timestamp,
};
use tributary_policy::{
    AgeBand, Ask, Basis, Decision, Grant, OpenFor, Permitted, PermittedParts, RefusalReason,
    Refused, RelationshipStanding, decide,
};
use tributary_record::{EntryView, Scope, Sources, Trend, combine, entry_view, trend};
use tributary_store::{Circumstances, Gathered, Opened, Permit, View};

use crate::{
    Disclosure, FhirRecord, GateError, Gatekeeper, OpenRecord, Opening, Outcome, Permission,
    asking::{Asked, lacking, refusal},
    bundling::bundle,
    gate::{failed, unwritten},
    in_force::{InForce, sensitivity},
    in_hand::Hand,
    limits,
    reading::{Marks, source_entry},
};

/// What a permit let through, and what it was given on.
struct Admitted {
    permit: Permit,
    opened: Opened,
    view: View,
    grounds: PermittedParts,
    in_force: Arc<InForce>,
    now: Timestamp,
    hand: Hand,
}

/// One decision, carried out as far as its audit line.
#[expect(
    clippy::large_enum_variant,
    reason = "one is made for each request and soon used up"
)]
enum Step {
    Admitted(Box<Admitted>),
    Ask(Disclosure<crate::Question>),
    Refused(crate::Refusal),
    /// Something the decision rests on changed meanwhile.
    Again,
}

impl Gatekeeper {
    /// Opens the combined record, or goes on with an open one.
    pub async fn open_record(
        &self,
        requester: &Requester,
        opening: Opening,
    ) -> Result<Outcome<OpenRecord>, GateError> {
        let address = opening.address;
        let action = AccessAction::OpenRecord;
        self.open(requester, opening, action, async |admitted| {
            let (sources, scope) = (self.sources(admitted), scope(requester, admitted));
            Ok(open_record(address, admitted, sources, &scope))
        })
        .await
    }

    /// Opens one entry in full, with the record it stands in.
    pub async fn open_entry(
        &self,
        requester: &Requester,
        opening: Opening,
        key: EntryKey,
    ) -> Result<Outcome<(OpenRecord, EntryView)>, GateError> {
        let address = opening.address;
        let action = AccessAction::OpenEntry;
        self.open(requester, opening, action, async |admitted| {
            let (sources, scope) = (self.sources(admitted), scope(requester, admitted));
            let forms = self
                .store()
                .read_history(&admitted.permit, key)
                .await
                .map_err(failed)?;
            let own = forms
                .iter()
                .find(|form| form.key == key)
                .ok_or(GateError::NoSuchPage)?;
            let earlier = forms.iter().filter(|form| form.key.version < key.version);
            let earlier = earlier.map(source_entry).collect();
            let record = open_record(address, admitted, sources.clone(), &scope);
            let entry = entry_view(sources, &scope, key, own.body.clone(), earlier);
            Ok((record, entry.ok_or(GateError::NoSuchPage)?))
        })
        .await
    }

    /// Opens the results of one test over time, with the record they stand in.
    pub async fn open_trend(
        &self,
        requester: &Requester,
        opening: Opening,
        slug: &str,
    ) -> Result<Outcome<(OpenRecord, Trend)>, GateError> {
        let address = opening.address;
        let action = AccessAction::OpenTrend;
        self.open(requester, opening, action, async |admitted| {
            let (sources, scope) = (self.sources(admitted), scope(requester, admitted));
            let record = open_record(address, admitted, sources.clone(), &scope);
            let results = trend(sources, &scope, slug).ok_or(GateError::NoSuchPage)?;
            Ok((record, results))
        })
        .await
    }

    /// Fetches the record as FHIR.
    pub async fn fetch_fhir(
        &self,
        requester: &Requester,
        opening: Opening,
    ) -> Result<Outcome<FhirRecord>, GateError> {
        let address = opening.address;
        let action = AccessAction::FetchFhir;
        self.open(requester, opening, action, async |admitted| {
            let (sources, scope) = (self.sources(admitted), scope(requester, admitted));
            let base = &self.config().fhir_base;
            Ok(FhirRecord {
                bundle: bundle(base, address, &admitted.opened, &sources, &scope),
            })
        })
        .await
    }

    /// Closes an open record: the next page of it asks for the requester's part again.
    pub async fn close_record(
        &self,
        requester: &Requester,
        address: Address,
    ) -> Result<(), GateError> {
        let code = &requester.organisation.code;
        let now = self.clock().now();
        self.store()
            .close_record(requester.account, code, address, now)
            .await
            .map_err(failed)
    }

    /// Decides, writes the line, and shows what `show` makes of what was admitted.
    async fn open<T>(
        &self,
        requester: &Requester,
        opening: Opening,
        action: AccessAction,
        show: impl AsyncFnOnce(&Admitted) -> Result<T, GateError>,
    ) -> Result<Outcome<T>, GateError> {
        for _ in 0..limits::DECISIONS {
            match self.step(requester, &opening, action).await? {
                Step::Again => {}
                Step::Ask(question) => return Ok(Outcome::Ask(question)),
                Step::Refused(refusal) => return Ok(Outcome::Refused(refusal)),
                Step::Admitted(admitted) => {
                    let shown = show(&admitted).await?;
                    let Admitted { permit, hand, .. } = *admitted;
                    tracing::trace!(access = %permit.access(), "a view is read");
                    return Ok(Outcome::Disclosed(Disclosure::in_hand(
                        shown,
                        permit.access(),
                        hand,
                    )));
                }
            }
        }
        let restless = "what the decision rests on changed each time it was made";
        Err(GateError::Store(restless.into()))
    }

    async fn step(
        &self,
        requester: &Requester,
        opening: &Opening,
        action: AccessAction,
    ) -> Result<Step, GateError> {
        let mut circumstances = self.circumstances(&opening.origin);
        circumstances.opens = opening.part.is_some();
        let (ask, gathered, in_force) = self
            .ask(requester, opening, action, &mut circumstances)
            .await?;
        let rulebook = &in_force.settings.rulebook;
        match decide(rulebook, ask, &gathered.facts, circumstances.now) {
            Decision::Permitted(permitted) if permitted.ask().part.is_none() => {
                self.ask_for_part(permitted, &gathered, &circumstances)
                    .await
            }
            Decision::Permitted(permitted) if self.wants_proof(&permitted, opening) => {
                self.ask_for_proof(permitted, &gathered, &circumstances)
                    .await
            }
            Decision::Permitted(permitted) => {
                self.admit(permitted, gathered, in_force, &circumstances)
                    .await
            }
            Decision::AskConsent(asked) => {
                let written = self
                    .store()
                    .admit_question(&asked, &gathered, &circumstances);
                let written = written.await.map_err(unwritten)?;
                let asked = Asked {
                    offers: asked.offers(),
                    lacking: None,
                };
                let question = self
                    .question(written, &gathered, asked, circumstances.now)
                    .await?;
                Ok(Step::Ask(question))
            }
            Decision::Refused(refused) => self.refuse(&refused, &gathered, &circumstances).await,
        }
    }

    /// What is asked, and what is known. A further page goes on under the part stated at the
    /// opening.
    async fn ask(
        &self,
        requester: &Requester,
        opening: &Opening,
        action: AccessAction,
        circumstances: &mut Circumstances,
    ) -> Result<(Ask, Gathered, Arc<InForce>), GateError> {
        let (store, now) = (self.store(), circumstances.now);
        let (address, code) = (opening.address, &requester.organisation.code);
        let gathering = self.gathered(requester, address, circumstances);
        let opened = async {
            let opened = store.opened(requester.account, code, address);
            opened.await.map_err(failed)
        };
        let ((mut gathered, in_force), opened) = tokio::try_join!(gathering, opened)?;
        let standing_consent = in_force.settings.rulebook.standing_consent;
        if rests_on_demographics(&gathered, standing_consent) {
            let read = |body: &[u8]| self.reading().bearing(body);
            let found = store
                .age_and_life(&gathered.view, now, read)
                .await
                .map_err(failed)?;
            (gathered.facts.age, gathered.facts.life) = found;
            if let (Some(choice), false) = (
                gathered.when_grown,
                gathered.facts.age == AgeBand::UnderThirteen,
            ) {
                gathered.facts.preference = Some(choice).filter(|one| *one != SharingChoice::Ask);
            }
        }
        let ask = Ask {
            requester: requester.clone(),
            patient: gathered.view.patient(),
            address,
            purpose: Purpose::DirectCare,
            part: opening.part.or(opened.map(|opened| opened.part)),
            statement: opening.statement.clone(),
            action,
        };
        Ok((ask, gathered, in_force))
    }

    async fn admit(
        &self,
        permitted: Permitted,
        gathered: Gathered,
        in_force: Arc<InForce>,
        circumstances: &Circumstances,
    ) -> Result<Step, GateError> {
        let (store, now) = (self.store(), circumstances.now);
        let grounds = permitted.parts().clone();
        let admitted = store.admit(permitted, &gathered, circumstances).await;
        let mut permit = admitted.map_err(unwritten)?;
        tracing::trace!(access = %permit.access(), "a view is admitted");
        let hand = self.in_hand().take(gathered.view.identities());
        let kept = match grounds.record {
            Some(given) => {
                store
                    .keep_given(&mut permit, &grounds.ask, given, now)
                    .await
            }
            None => Ok(true),
        };
        let opened = if kept.map_err(failed)? {
            store.read(&permit).await.map_err(failed)?
        } else {
            None
        };
        let Some(mut opened) = opened else {
            let withdrawn = store.withdraw(permit, &grounds.ask, circumstances).await;
            withdrawn.map_err(unwritten)?;
            return Ok(Step::Again);
        };
        if grounds.live_sources_only {
            opened.entries.clear();
        }
        Ok(Step::Admitted(Box::new(Admitted {
            permit,
            opened,
            view: gathered.view,
            grounds,
            in_force,
            now,
            hand,
        })))
    }

    async fn ask_for_part(
        &self,
        permitted: Permitted,
        gathered: &Gathered,
        circumstances: &Circumstances,
    ) -> Result<Step, GateError> {
        let (store, now) = (self.store(), circumstances.now);
        let written = store
            .admit_part_question(permitted, gathered, circumstances)
            .await;
        let lacking = Some(("part", "Choose your part in their care today"));
        let asked = Asked {
            offers: &[],
            lacking,
        };
        let question = self
            .question(written.map_err(unwritten)?, gathered, asked, now)
            .await?;
        Ok(Step::Ask(question))
    }

    /// The glass is broken by somebody who has just proved who they are, not by whoever finds a
    /// session open.
    fn wants_proof(&self, permitted: &Permitted, opening: &Opening) -> bool {
        let parts = permitted.parts();
        let breaks_glass = parts.record.is_some() && parts.basis == Basis::Grant(Grant::Emergency);
        let since = self.clock().now().since(opening.proved);
        breaks_glass && since >= self.config().proof_lasts
    }

    async fn ask_for_proof(
        &self,
        permitted: Permitted,
        gathered: &Gathered,
        circumstances: &Circumstances,
    ) -> Result<Step, GateError> {
        let (store, now) = (self.store(), circumstances.now);
        let account = permitted.ask().requester.account;
        let prove = self.how_to_prove(account).await?;
        let written = store
            .admit_part_question(permitted, gathered, circumstances)
            .await;
        let asked = Asked {
            offers: &[],
            lacking: None,
        };
        let question = self.question(written.map_err(unwritten)?, gathered, asked, now);
        Ok(Step::Ask(question.await?.map(|question| crate::Question {
            prove: Some(prove),
            ..question
        })))
    }

    async fn refuse(
        &self,
        refused: &Refused,
        gathered: &Gathered,
        circumstances: &Circumstances,
    ) -> Result<Step, GateError> {
        let (store, now) = (self.store(), circumstances.now);
        let written = store.admit_refusal(refused, gathered, circumstances).await;
        let written = written.map_err(unwritten)?;
        if refused.record_no() {
            store
                .keep_no(refused, &written, now)
                .await
                .map_err(failed)?;
            self.close_record(&refused.ask().requester, refused.ask().address)
                .await?;
        }
        if let RefusalReason::NotMet(_) = refused.reason() {
            let lacking = lacking(refused.reason());
            let asked = Asked {
                offers: refused.offers(),
                lacking,
            };
            return Ok(Step::Ask(
                self.question(written, gathered, asked, now).await?,
            ));
        }
        Ok(Step::Refused(refusal(refused, written.access())))
    }

    fn sources(&self, admitted: &Admitted) -> Sources {
        let view = &admitted.view;
        let marks = Marks {
            waiting: view.waiting(),
            hidden: view.hidden(),
            now: admitted.now,
        };
        self.reading()
            .sources(&admitted.opened, view.sources(), &marks)
    }
}

/// What the requester may see of what was admitted.
fn scope(requester: &Requester, admitted: &Admitted) -> Scope {
    let purpose = OpenFor::of(admitted.grounds.basis);
    Scope {
        sections: admitted.permit.sections(),
        sensitive: sensitivity(&admitted.in_force.settings, requester.role, purpose),
    }
}

/// Whether age and death can make a difference. They stand in sealed demographics, so they are only
/// looked up for a patient whom the organisation has to do with and who has decided nothing, or
/// whose choice rests on a parent's word.
fn rests_on_demographics(gathered: &Gathered, standing_consent: bool) -> bool {
    let facts = &gathered.facts;
    let related = match facts.relationship {
        RelationshipStanding::Current | RelationshipStanding::InGrace => true,
        RelationshipStanding::None
        | RelationshipStanding::Ended
        | RelationshipStanding::NotYetBegun => false,
    };
    let open = match facts.preference {
        None | Some(SharingChoice::Ask) => true,
        Some(SharingChoice::Consent) => !standing_consent || gathered.when_grown.is_some(),
        Some(SharingChoice::Block | SharingChoice::OptOut) => false,
    };
    related && open
}

fn open_record(
    address: Address,
    admitted: &Admitted,
    sources: Sources,
    scope: &Scope,
) -> OpenRecord {
    OpenRecord {
        address,
        record: combine(sources, scope),
        permission: permission(&admitted.grounds),
    }
}

fn permission(grounds: &PermittedParts) -> Permission {
    let words = match grounds.basis {
        Basis::StandingConsent => "Permission given for everyone involved in their care",
        Basis::Grant(Grant::ConsentToday) => "Permission given to you for today",
        Basis::Grant(Grant::Emergency) => "Emergency access",
        Basis::Grant(Grant::Legal(reason)) => reason.words(),
        Basis::Implied => "Permission implied by your part in their care",
    };
    let reviewed = matches!(
        grounds.basis,
        Basis::Grant(Grant::Emergency | Grant::Legal(_))
    );
    Permission {
        words: words.to_owned(),
        until: grounds.until,
        reviewed,
    }
}
