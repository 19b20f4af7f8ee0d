//! The audit log: no line, no permit, no read.
//!
//! A decision comes in by value and a proof goes out only when its line is on the disk. Refusals and
//! questions are lines too, and so is every read of the log itself.

mod checkpoints;
mod line;
mod past;
mod reading;
mod verify;
mod witness;
mod writer;

use tributary_model::{
    AccessAction, AccessNumber, AccessOutcome, Address, OdsCode, Origin, Part, PreferenceDecision,
    Purpose, Requester, SectionSet, Statement, Timestamp,
};
use tributary_policy::{
    Ask, AskConsent, Permitted, PermittedParts, Reader, Refused, ToRecord,
    choices::{Act, DeskAsk, PermittedChoice},
};

pub use checkpoints::{CheckpointError, ORIGIN as LOG};
pub use line::{AuditLine, Clear, Personal, Shown, Who, Whose};
pub use past::{PastDecision, PastDecisions};
pub use reading::Span;
pub use verify::{LogFault, LogSound};
pub use witness::{KeptNote, Witnessed, verifying_key};
pub(crate) use writer::{Durable, Writer};

use crate::{
    IdentityRow, Launched, Store, StoreError, StoreResult, consents,
    facts::{Gathered, View},
    limits,
    organisations::Agreement,
    permit::{
        ChoicePermit, Lines, MaintenancePermit, Permit, ReviewPermit, Reviewed, SearchPermit,
        SiftPermit,
    },
    schema::{Spread, Table, Which},
};
use line::Draft;
use writer::Opens;

/// The tables of this module.
pub(crate) const TABLES: &[Table] = &[
    Table {
        which: Which::Audit,
        name: "audit_head",
        columns: "id BIGINT NOT NULL, next BIGINT NOT NULL, frontier BYTEA NOT NULL, \
                  chain BYTEA NOT NULL, PRIMARY KEY (id)",
        spread: Spread::Here,
    },
    Table {
        which: Which::Audit,
        name: "audit_line",
        columns: "number BIGINT NOT NULL, at BIGINT NOT NULL, action TEXT NOT NULL, \
                  outcome TEXT NOT NULL, account BIGINT, organisation TEXT, flagged BIGINT, \
                  leaf BYTEA NOT NULL, leaf_hash BYTEA NOT NULL, chain BYTEA NOT NULL, \
                  sealed BYTEA NOT NULL, PRIMARY KEY (number)",
        spread: Spread::By("number"),
    },
    Table {
        which: Which::Audit,
        name: "audit_lookup",
        columns: "lookup BYTEA NOT NULL, number BIGINT NOT NULL, PRIMARY KEY (lookup, number)",
        spread: Spread::By("lookup"),
    },
    Table {
        which: Which::Audit,
        name: "audit_checkpoint",
        columns: "size BIGINT NOT NULL, at BIGINT NOT NULL, note TEXT NOT NULL, \
                  PRIMARY KEY (size)",
        spread: Spread::Here,
    },
    Table {
        which: Which::Audit,
        name: "audit_lease",
        columns: "id BIGINT NOT NULL, holder BIGINT NOT NULL, ends BIGINT NOT NULL, \
                  PRIMARY KEY (id)",
        spread: Spread::Here,
    },
];

/// What else a line says of an attempt, besides what was asked and decided.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// From where it came.
    pub origin: Origin,
    /// When.
    pub now: Timestamp,
    /// Name and version of the rulebook in force, as far as it is known.
    pub rulebook: String,
    /// Name and version of the sensitive code sets in force.
    pub sensitivity: String,
    /// Whether the part in the patient's care was stated with this very request, so that the record
    /// lies open from now on.
    pub opens: bool,
}

impl Circumstances {
    /// Of what the system does by itself, or by the hand of its operator.
    #[must_use]
    pub fn of_the_system(now: Timestamp) -> Self {
        Self {
            origin: Origin::default(),
            now,
            rulebook: String::new(),
            sensitivity: String::new(),
            opens: false,
        }
    }
}

impl Store {
    /// Writes down a permitted access. The permit it returns is the only way to the entries.
    pub async fn admit(
        &self,
        permitted: Permitted,
        gathered: &Gathered,
        circumstances: &Circumstances,
    ) -> StoreResult<Permit> {
        let view = &gathered.view;
        let decided = permitted.into_parts();
        if view.patient() != Some(decided.patient) {
            return Err(StoreError::Inconsistent(
                "a permission is held for another patient".into(),
            ));
        }
        let mut clear = clear_of(&decided.ask, AccessOutcome::Permitted, circumstances);
        clear.rule = decided.rule;
        clear.rulebook.clone_from(&decided.rulebook);
        decided.basis.words().clone_into(&mut clear.basis);
        clear.flagged = decided.review.then(|| decided.basis.words().to_owned());
        let sections = if decided.live_sources_only {
            SectionSet::EMPTY
        } else {
            decided.sections
        };
        clear.sections = Some(sections);
        clear.sensitivity.clone_from(&circumstances.sensitivity);
        clear.state = Some(view.state().sum());
        let given = standing_consent(&decided, circumstances.now);
        let personal = personal_of(&decided.ask, gathered, circumstances, given);
        let opens = circumstances
            .opens
            .then(|| opens_of(&decided.ask))
            .flatten();
        let line = self.write(clear, &personal, opens).await?;
        Ok(Permit::of(line, view, sections))
    }

    /// Writes down that the requester has to ask the patient first. What it returns opens the
    /// demographics that the requester's own organisation holds, for the consent screen.
    pub async fn admit_question(
        &self,
        asked: &AskConsent,
        gathered: &Gathered,
        circumstances: &Circumstances,
    ) -> StoreResult<SearchPermit> {
        self.write_question(
            asked.ask(),
            asked.rule(),
            asked.rulebook(),
            gathered,
            circumstances,
        )
        .await
    }

    /// Writes down that a record could be opened, and that the requester has yet to say what part
    /// they have in the patient's care. The permission is given up.
    pub async fn admit_part_question(
        &self,
        permitted: Permitted,
        gathered: &Gathered,
        circumstances: &Circumstances,
    ) -> StoreResult<SearchPermit> {
        let PermittedParts {
            ask,
            rule,
            rulebook,
            ..
        } = permitted.into_parts();
        self.write_question(&ask, rule, &rulebook, gathered, circumstances)
            .await
    }

    /// Writes down a refusal.
    pub async fn admit_refusal(
        &self,
        refused: &Refused,
        gathered: &Gathered,
        circumstances: &Circumstances,
    ) -> StoreResult<SearchPermit> {
        let mut clear = clear_of(refused.ask(), AccessOutcome::Refused, circumstances);
        clear.rule = refused.rule();
        refused.rulebook().clone_into(&mut clear.rulebook);
        refused
            .words_for(Reader::PrivacyOfficer)
            .clone_into(&mut clear.basis);
        let mut personal = personal_of(refused.ask(), gathered, circumstances, Vec::new());
        // Whoever the address names, the same statement.
        let named = self.identity_rows(&[gathered.view.address().0]).await?;
        let named = named.into_values().next().map(|row| row.organisation);
        let own = &refused.ask().requester.organisation.code;
        if let Some(whose) = &mut personal.whose {
            whose.tried = named.filter(|code| code != own);
        }
        let line = self.write(clear, &personal, None).await?;
        Ok(SearchPermit::of(line, own.clone()))
    }

    /// Writes down that what a permit let through was withdrawn before anything was shown.
    pub async fn withdraw(
        &self,
        permit: Permit,
        ask: &Ask,
        circumstances: &Circumstances,
    ) -> StoreResult<AccessNumber> {
        let mut clear = clear_of(ask, AccessOutcome::Withdrawn, circumstances);
        clear.action = AccessAction::Withdraw;
        clear.rulebook.clone_from(&circumstances.rulebook);
        clear.about = Some(permit.access());
        let personal = Personal {
            who: Some(Who::of(&ask.requester)),
            origin: circumstances.origin.clone(),
            whose: Some(Whose {
                address: permit.address(),
                identities: permit.shown().to_vec(),
                ..Whose::default()
            }),
            words: String::new(),
        };
        Ok(self.write(clear, &personal, None).await?.number())
    }

    /// Writes down a search among the patients of the requester's own organisation.
    pub async fn admit_search(
        &self,
        requester: &Requester,
        searched: String,
        circumstances: &Circumstances,
    ) -> StoreResult<SearchPermit> {
        let line = self
            .note(
                Some(requester),
                AccessAction::Search,
                searched,
                circumstances,
            )
            .await?;
        Ok(SearchPermit::of(line, requester.organisation.code.clone()))
    }

    /// Writes down that lines of the requester's own organisation are read, and which.
    pub async fn admit_review(
        &self,
        requester: &Requester,
        of: Lines,
        words: String,
        circumstances: &Circumstances,
    ) -> StoreResult<(ReviewPermit, SearchPermit)> {
        let action = AccessAction::ReadAccesses;
        let line = self
            .note(Some(requester), action, words, circumstances)
            .await?;
        let again = Durable::same_line(&line);
        let code = &requester.organisation.code;
        Ok((
            ReviewPermit::of(line, code.clone(), Reviewed::Organisation(of)),
            SearchPermit::of(again, code.clone()),
        ))
    }

    /// Writes down a choice that a person records, before it takes effect and so that a restore can
    /// do it again. The permit it returns is the only way to record it.
    pub async fn admit_choice(
        &self,
        permitted: PermittedChoice,
        view: &View,
        words: String,
        circumstances: &Circumstances,
    ) -> StoreResult<ChoicePermit> {
        if view.patient() != Some(permitted.patient()) {
            return Err(StoreError::Inconsistent(
                "a choice is permitted for another patient".into(),
            ));
        }
        let ask = permitted.ask();
        let decision = decision_of(&permitted, circumstances.now);
        let said = match permitted.act() {
            Act::Record(_) => ask.action.name().to_owned(),
            Act::Propose => format!("proposed: {}", ask.action.name()),
        };
        let mut clear = desk_line(ask, AccessOutcome::Permitted, circumstances);
        clear.basis = format!("{}, {}", said, ask.who.words().to_lowercase());
        let personal = Personal {
            who: Some(Who::of(&ask.requester)),
            origin: circumstances.origin.clone(),
            whose: Some(view.whose(decision.iter().cloned().collect())),
            words,
        };
        let line = self.write(clear, &personal, None).await?;
        Ok(ChoicePermit::of(line, permitted, decision))
    }

    /// Writes down that the choice of a patient was looked at, at the desk. What it returns opens
    /// the demographics that the requester's own organisation holds.
    pub async fn admit_desk(
        &self,
        requester: &Requester,
        view: &View,
        circumstances: &Circumstances,
    ) -> StoreResult<SearchPermit> {
        let action = AccessAction::ReadChoice;
        let clear = Clear::of(
            Some(requester),
            action,
            AccessOutcome::Permitted,
            circumstances.now,
        );
        let personal = desk_personal(requester, view, circumstances, String::new());
        let line = self.write(clear, &personal, None).await?;
        Ok(SearchPermit::of(line, requester.organisation.code.clone()))
    }

    /// Writes down that a choice could not be recorded, or looked at, and why.
    pub async fn admit_desk_refusal(
        &self,
        requester: &Requester,
        action: AccessAction,
        view: &View,
        words: &str,
        circumstances: &Circumstances,
    ) -> StoreResult<SearchPermit> {
        let mut clear = Clear::of(
            Some(requester),
            action,
            AccessOutcome::Refused,
            circumstances.now,
        );
        words.clone_into(&mut clear.basis);
        let personal = desk_personal(requester, view, circumstances, String::new());
        let line = self.write(clear, &personal, None).await?;
        Ok(SearchPermit::of(line, requester.organisation.code.clone()))
    }

    /// Writes down that a patient's access report is made.
    pub async fn admit_report(
        &self,
        requester: &Requester,
        view: &View,
        circumstances: &Circumstances,
    ) -> StoreResult<(ReviewPermit, SearchPermit)> {
        let (action, permitted) = (AccessAction::ReadReport, AccessOutcome::Permitted);
        let mut clear = Clear::of(Some(requester), action, permitted, circumstances.now);
        clear.rulebook.clone_from(&circumstances.rulebook);
        clear.purpose = Some(Purpose::SubjectAccess);
        let personal = Personal {
            who: Some(Who::of(requester)),
            origin: circumstances.origin.clone(),
            whose: Some(view.whose(Vec::new())),
            words: String::new(),
        };
        let line = self.write(clear, &personal, None).await?;
        let again = Durable::same_line(&line);
        let of = Reviewed::Patient(view.identities());
        let organisation = requester.organisation.code.clone();
        Ok((
            ReviewPermit::of(line, organisation.clone(), of),
            SearchPermit::of(again, organisation),
        ))
    }

    /// Writes down that this process ranks lines for the privacy officers from now on.
    pub async fn admit_sifting(&self, circumstances: &Circumstances) -> StoreResult<SiftPermit> {
        let words = "looks are ranked for the privacy officers from here on".to_owned();
        let action = AccessAction::Administer;
        Ok(SiftPermit::of(
            self.note(None, action, words, circumstances).await?,
        ))
    }

    /// Writes down a step of the review of one of an organisation's lines, or of how it ranks.
    pub async fn admit_step(
        &self,
        requester: &Requester,
        about: Option<AccessNumber>,
        words: String,
        circumstances: &Circumstances,
    ) -> StoreResult<ReviewPermit> {
        let (action, permitted) = (AccessAction::Review, AccessOutcome::Permitted);
        let mut clear = Clear::of(Some(requester), action, permitted, circumstances.now);
        clear.purpose = Some(Purpose::AuditReview);
        clear.about = about;
        let personal = Personal {
            who: Some(Who::of(requester)),
            origin: circumstances.origin.clone(),
            whose: None,
            words,
        };
        let line = self.write(clear, &personal, None).await?;
        let of = about.map_or(Lines::All, Lines::About);
        let organisation = requester.organisation.code.clone();
        Ok(ReviewPermit::of(
            line,
            organisation,
            Reviewed::Organisation(of),
        ))
    }

    /// Writes lines that are already complete, many in one transaction: for filling a log to be
    /// measured.
    pub async fn write_in_bulk(&self, lines: Vec<(Clear, Personal)>) -> StoreResult<()> {
        let key = self.keys.audit;
        let half = lines.len().div_ceil(2).max(1);
        let mut drafting = Vec::new();
        let mut lines = lines.into_iter();
        loop {
            let some: Vec<_> = lines.by_ref().take(half).collect();
            if some.is_empty() {
                break;
            }
            drafting.push(tokio::task::spawn_blocking(move || {
                let drafts = some
                    .iter()
                    .map(|(clear, personal)| Draft::new(&key, clear.clone(), personal));
                drafts.collect::<StoreResult<Vec<_>>>()
            }));
        }
        let mut drafts = Vec::new();
        for drafted in drafting {
            drafts.extend(drafted.await.expect("making a line does not panic")?);
        }
        Writer::fill(self.audit.clone(), &key, drafts).await
    }

    /// Writes down an act of an operator that counts or checks and opens no body.
    pub async fn admit_maintenance(
        &self,
        act: &str,
        circumstances: &Circumstances,
    ) -> StoreResult<MaintenancePermit> {
        let action = AccessAction::Administer;
        let line = self
            .note(None, action, act.to_owned(), circumstances)
            .await?;
        Ok(MaintenancePermit::of(line))
    }

    /// Writes down something that happened and opens nothing: signing in and out, an act of an
    /// operator.
    pub async fn note_event(
        &self,
        requester: Option<&Requester>,
        action: AccessAction,
        outcome: AccessOutcome,
        words: String,
        circumstances: &Circumstances,
    ) -> StoreResult<AccessNumber> {
        let mut clear = Clear::of(requester, action, outcome, circumstances.now);
        clear.rulebook.clone_from(&circumstances.rulebook);
        let personal = Personal {
            who: requester.map(Who::of),
            origin: circumstances.origin.clone(),
            whose: None,
            words,
        };
        Ok(self.write(clear, &personal, None).await?.number())
    }

    /// Writes down decisions that nobody who is signed in records, before they take effect and so
    /// that a restore can do them again: one line for as many as are filed together, found under
    /// each person.
    pub(crate) async fn note_decisions(
        &self,
        decisions: &[PreferenceDecision],
        words: &str,
        now: Timestamp,
    ) -> StoreResult<()> {
        for some in decisions.chunks(limits::DECISIONS_IN_A_LINE) {
            let Some(first) = some.first() else { continue };
            let source = first.by.organisation().clone();
            let whose = Whose {
                decisions: some.to_vec(),
                ..Whose::default()
            };
            let words = words.to_owned();
            self.note_act(AccessAction::RecordChoice, source, whose, words, now)
                .await?;
        }
        Ok(())
    }

    /// Writes down that what was held of identities is erased, before it is.
    pub(crate) async fn note_erasures(
        &self,
        erased: &[IdentityRow],
        reason: &str,
        now: Timestamp,
    ) -> StoreResult<()> {
        let shown = |row: &IdentityRow| Shown {
            identity: row.identity,
            version: row.version,
            organisation: row.organisation.clone(),
        };
        for some in erased.chunks(limits::DECISIONS_IN_A_LINE) {
            let Some(first) = some.first() else { continue };
            let (source, identities) = (first.organisation.clone(), some.iter().map(shown));
            let whose = Whose {
                identities: identities.collect(),
                ..Whose::default()
            };
            let words = format!("erased: {reason}");
            self.note_act(AccessAction::Administer, source, whose, words, now)
                .await?;
        }
        Ok(())
    }

    /// Writes down the terms of an agreement, before they are in force, and who settled them; the
    /// operator if nobody is signed in.
    pub(crate) async fn note_agreement(
        &self,
        requester: Option<&Requester>,
        agreement: &Agreement,
        circumstances: &Circumstances,
    ) -> StoreResult<()> {
        let terms = serde_json::to_string(agreement)
            .map_err(|_| StoreError::Inconsistent("an agreement cannot be written".to_owned()))?;
        let mut clear = Clear::of(
            requester,
            AccessAction::Administer,
            AccessOutcome::Permitted,
            circumstances.now,
        );
        clear.organisation = Some(agreement.organisation.clone());
        let personal = Personal {
            who: requester.map(Who::of),
            origin: circumstances.origin.clone(),
            whose: Some(Whose::default()),
            words: format!("agreement: {terms}"),
        };
        let _: AccessNumber = self.write(clear, &personal, None).await?.number();
        Ok(())
    }

    /// Writes down, flagged, that no feed confirmed a relationship which a link began.
    pub(crate) async fn note_unconfirmed(
        &self,
        launched: &Launched,
        who: Option<Who>,
        whose: Whose,
        now: Timestamp,
    ) -> StoreResult<AccessNumber> {
        let (action, permitted) = (AccessAction::Administer, AccessOutcome::Permitted);
        let mut clear = Clear::of(None, action, permitted, now);
        clear.account = Some(launched.account);
        clear.organisation = Some(launched.organisation.clone());
        clear.about = Some(launched.access);
        clear.flagged = Some("Opened by a link, and no feed confirmed it in 48 hours".to_owned());
        let personal = Personal {
            who,
            whose: Some(whose),
            ..Personal::default()
        };
        Ok(self.write(clear, &personal, None).await?.number())
    }

    /// Writes down what the system does by itself, or by the hand of its operator.
    async fn note_act(
        &self,
        action: AccessAction,
        organisation: OdsCode,
        whose: Whose,
        words: String,
        now: Timestamp,
    ) -> StoreResult<()> {
        let mut clear = Clear::of(None, action, AccessOutcome::Permitted, now);
        clear.organisation = Some(organisation);
        let personal = Personal {
            whose: Some(whose),
            words,
            ..Personal::default()
        };
        let _: AccessNumber = self.write(clear, &personal, None).await?.number();
        Ok(())
    }

    async fn write_question(
        &self,
        ask: &Ask,
        rule: u8,
        rulebook: &str,
        gathered: &Gathered,
        circumstances: &Circumstances,
    ) -> StoreResult<SearchPermit> {
        let mut clear = clear_of(ask, AccessOutcome::Asked, circumstances);
        clear.rule = rule;
        rulebook.clone_into(&mut clear.rulebook);
        let personal = personal_of(ask, gathered, circumstances, Vec::new());
        let line = self.write(clear, &personal, None).await?;
        Ok(SearchPermit::of(
            line,
            ask.requester.organisation.code.clone(),
        ))
    }

    async fn note(
        &self,
        requester: Option<&Requester>,
        action: AccessAction,
        words: String,
        circumstances: &Circumstances,
    ) -> StoreResult<Durable> {
        let mut clear = Clear::of(
            requester,
            action,
            AccessOutcome::Permitted,
            circumstances.now,
        );
        clear.rulebook.clone_from(&circumstances.rulebook);
        let personal = Personal {
            who: requester.map(Who::of),
            origin: circumstances.origin.clone(),
            whose: None,
            words,
        };
        self.write(clear, &personal, None).await
    }

    async fn write(
        &self,
        clear: Clear,
        personal: &Personal,
        opens: Option<Opens>,
    ) -> StoreResult<Durable> {
        let draft = Draft::new(&self.keys.audit, clear, personal)?;
        self.log.write(draft, opens).await
    }
}

/// The decision that a permitted choice is; none for a proposal.
fn decision_of(permitted: &PermittedChoice, now: Timestamp) -> Option<PreferenceDecision> {
    let ask = permitted.ask();
    match permitted.act() {
        Act::Propose => None,
        Act::Record(by) => Some(PreferenceDecision {
            identity: ask.address.0,
            choice: ask.action.choice(),
            decided: Some(now),
            received: now,
            by: by.clone(),
            who: ask.who,
            stayed_from: None,
        }),
    }
}

fn desk_line(ask: &DeskAsk, outcome: AccessOutcome, circumstances: &Circumstances) -> Clear {
    let action = AccessAction::RecordChoice;
    Clear::of(Some(&ask.requester), action, outcome, circumstances.now)
}

fn desk_personal(
    requester: &Requester,
    view: &View,
    circumstances: &Circumstances,
    words: String,
) -> Personal {
    Personal {
        who: Some(Who::of(requester)),
        origin: circumstances.origin.clone(),
        whose: Some(view.whose(Vec::new())),
        words,
    }
}

fn clear_of(ask: &Ask, outcome: AccessOutcome, circumstances: &Circumstances) -> Clear {
    let mut clear = Clear::of(Some(&ask.requester), ask.action, outcome, circumstances.now);
    clear.purpose = Some(ask.purpose);
    clear.part = ask.part;
    clear
}

fn personal_of(
    ask: &Ask,
    gathered: &Gathered,
    circumstances: &Circumstances,
    decisions: Vec<PreferenceDecision>,
) -> Personal {
    Personal {
        who: Some(Who::of(&ask.requester)),
        origin: circumstances.origin.clone(),
        whose: Some(gathered.whose(ask, decisions)),
        words: stated_words(&ask.statement),
    }
}

/// The standing consent given with this very request: what a restore has to do again.
fn standing_consent(decided: &PermittedParts, now: Timestamp) -> Vec<PreferenceDecision> {
    let given = decided.record == Some(ToRecord::StandingConsent);
    given
        .then(|| consents::standing_consent(&decided.ask, now))
        .into_iter()
        .collect()
}

fn opens_of(ask: &Ask) -> Option<Opens> {
    let (address, part): (Address, Part) = (ask.address, ask.part?);
    let requester = &ask.requester;
    let organisation = requester.organisation.code.clone();
    Some(Opens {
        account: requester.account,
        organisation,
        address,
        part,
    })
}

/// The requester's own words, as a line keeps them.
fn stated_words(statement: &Statement) -> String {
    match statement {
        Statement::Nothing => String::new(),
        Statement::ConsentStanding => "The patient says yes, for everyone".to_owned(),
        Statement::ConsentToday => "The patient says yes, for today".to_owned(),
        Statement::SaysNo => "The patient says no".to_owned(),
        Statement::Emergency { reason, wishes, .. } if wishes.is_empty() => reason.clone(),
        Statement::Emergency { reason, wishes, .. } => {
            format!("{reason} (known of their wishes: {wishes})")
        }
        Statement::Legal { reason, words, .. } => format!("{}: {words}", reason.words()),
    }
}
