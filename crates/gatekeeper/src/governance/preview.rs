//! Last month's decisions under proposed settings: each is made again from the facts as they were,
//! and what would come out differently is counted and, for the Caldicott Guardian concerned, listed.
//!
//! Each decision stands by itself: what a person would have done after another answer is not
//! guessed. What they held then is taken as it would have been given under the proposed settings.

use std::collections::{BTreeMap, HashMap};

use tributary_model::{AccessNumber, AccessOutcome, Requester, Role, Section, Timestamp};
use tributary_policy::{AskedThen, DecidedAgain, OpenFor, Reader, Settings};
use tributary_store::{AuditLine, Circumstances, PastDecision, SearchPermit, SettingsVersion};

use super::{Preview, PreviewLine, PreviewRow};
use crate::{
    GateError, Gatekeeper,
    gate::{failed, unwritten},
    limits,
    lines::{access_line, own_address},
};

/// What was decided and what would be, the role, the organisation.
type Kind = (String, String, &'static str, String);

/// What has been counted so far.
#[derive(Default)]
struct Counted {
    replayed: usize,
    changed: usize,
    unknown: usize,
    kinds: BTreeMap<Kind, usize>,
    own: Vec<(AuditLine, String, String)>,
    more_own: bool,
}

impl Gatekeeper {
    /// Replays last month's decisions under a proposed version.
    pub(super) async fn replay_month(
        &self,
        requester: &Requester,
        proposed: &SettingsVersion,
        versions: &[SettingsVersion],
        circumstances: &Circumstances,
    ) -> Result<(Preview, AccessNumber), GateError> {
        let guardian = requester.role == Role::CaldicottGuardian;
        let own = guardian.then(|| requester.organisation.code.clone());
        let words = format!(
            "last month's decisions were replayed under settings version {}",
            proposed.number
        );
        let admitted = self
            .store()
            .admit_preview(requester, own, words, circumstances);
        let (permit, search) = admitted.await.map_err(unwritten)?;
        let since = circumstances.now.plus(-limits::MONTH);
        let rulebooks: HashMap<String, &Settings> = versions
            .iter()
            .filter(|one| one.in_force.is_some())
            .map(|one| (one.settings.rulebook.label(), &one.settings))
            .collect();
        let mut counted = Counted::default();
        let mut before = None;
        loop {
            let past = self.store().past_decisions(&permit, since, before).await;
            let past = past.map_err(failed)?;
            for decision in past.decisions {
                counted.count(decision, &rulebooks, &proposed.settings);
            }
            before = past.before;
            if before.is_none() || counted.replayed >= limits::REPLAYED {
                break;
            }
        }
        let lines = self
            .told(&search, requester, std::mem::take(&mut counted.own))
            .await?;
        let preview = Preview {
            since,
            replayed: counted.replayed,
            changed: counted.changed,
            unknown: counted.unknown,
            cut: before.is_some(),
            more_own: counted.more_own,
            rows: counted.rows(),
            own: guardian.then_some(lines),
        };
        Ok((preview, permit.access()))
    }

    /// The changed decisions of the reader's own organisation, with their patients.
    async fn told(
        &self,
        search: &SearchPermit,
        requester: &Requester,
        own: Vec<(AuditLine, String, String)>,
    ) -> Result<Vec<PreviewLine>, GateError> {
        let code = &requester.organisation.code;
        let addresses: Vec<_> = own
            .iter()
            .map(|(line, ..)| own_address(line, code))
            .collect();
        let mut identities: Vec<_> = addresses.iter().flatten().map(|one| one.0).collect();
        identities.sort_unstable();
        identities.dedup();
        let patients = self.own_patients(search, &identities).await?;
        let told = own
            .into_iter()
            .zip(addresses)
            .map(|((line, was, would), address)| {
                let patient = patients.iter().find(|one| Some(one.address) == address);
                PreviewLine {
                    line: access_line(&line, patient),
                    was,
                    would,
                }
            });
        Ok(told.collect())
    }
}

impl Counted {
    fn count(
        &mut self,
        past: PastDecision,
        rulebooks: &HashMap<String, &Settings>,
        proposed: &Settings,
    ) {
        let then = rulebooks.get(&past.rulebook);
        let (Some((recorded, asked)), Some(then)) = (&past.decided, then) else {
            self.unknown += 1;
            return;
        };
        self.replayed += 1;
        let was = recorded.decide_again(&then.rulebook, asked);
        let would = recorded.decide_under(&proposed.rulebook, asked);
        let (hidden_then, hidden_now) = (
            sets_withheld(then, asked, &was),
            sets_withheld(proposed, asked, &would),
        );
        let both = was.outcome == AccessOutcome::Permitted && was.outcome == would.outcome;
        if was == would && (!both || hidden_then == hidden_now) {
            return;
        }
        self.changed += 1;
        let mut would_words = words(&would, asked.at);
        if both {
            let later = compared(&was, &would, &hidden_then, &hidden_now);
            would_words.push_str(&later);
        }
        let was_words = words(&was, asked.at);
        let organisation = asked.requester.organisation.name.clone();
        let kind = (
            was_words.clone(),
            would_words.clone(),
            asked.requester.role.words(),
            organisation,
        );
        *self.kinds.entry(kind).or_default() += 1;
        if let Some(line) = past.line {
            if self.own.len() < limits::PREVIEWED {
                self.own.push((line, was_words, would_words));
            } else {
                self.more_own = true;
            }
        }
    }

    fn rows(self) -> Vec<PreviewRow> {
        let mut rows: Vec<_> = self
            .kinds
            .into_iter()
            .map(|((was, would, role, organisation), count)| PreviewRow {
                was,
                would,
                role: role.to_owned(),
                organisation,
                count,
            })
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.count));
        rows
    }
}

/// The sensitive sets that are withheld from what a decision lets through.
fn sets_withheld<'s>(
    settings: &'s Settings,
    asked: &AskedThen,
    decided: &DecidedAgain,
) -> Vec<&'s str> {
    let purpose = decided.basis.map_or(OpenFor::Care, OpenFor::of);
    let sets = settings
        .sensitive
        .withheld_from(asked.requester.role, purpose);
    sets.map(|set| set.name.as_str()).collect()
}

/// A decision in words, for people who govern.
fn words(decided: &DecidedAgain, at: Timestamp) -> String {
    let rule = decided.rule;
    match decided.outcome {
        AccessOutcome::Permitted => {
            let basis = decided.basis.map_or("", tributary_policy::Basis::words);
            let lasts = match decided.until {
                Some(_) if rule == 8 => " until it runs out".to_owned(),
                Some(until) => format!(" for {}", hours(until.since(at))),
                None => String::new(),
            };
            format!("Permitted{lasts} (rule {rule}): {}", lower_first(basis))
        }
        AccessOutcome::Asked => format!("Asked first (rule {rule})"),
        AccessOutcome::Refused | AccessOutcome::Withdrawn => {
            let why = decided
                .refusal
                .map(|why| why.words_for(Reader::PrivacyOfficer));
            format!("Refused (rule {rule}): {}", why.unwrap_or_default())
        }
    }
}

/// What differs between two permissions that their words do not say.
fn compared(was: &DecidedAgain, would: &DecidedAgain, then: &[&str], now: &[&str]) -> String {
    let mut parts = Vec::new();
    if let (8, 8, Some(before), Some(after)) = (was.rule, would.rule, was.until, would.until) {
        let apart = after.since(before);
        let which = if apart < 0 { "sooner" } else { "later" };
        if apart != 0 {
            parts.push(format!("which is {} {which}", hours(apart.abs())));
        }
    }
    let sections = |of: &DecidedAgain, without: &DecidedAgain| {
        let sections = of
            .sections
            .iter()
            .filter(|one| !without.sections.contains(*one));
        sections.map(Section::title).collect::<Vec<_>>()
    };
    let sets = |of: &[&str], without: &[&str]| {
        let sets = of.iter().filter(|one| !without.contains(one));
        sets.map(|one| format!("the set {one}")).collect::<Vec<_>>()
    };
    let mut less: Vec<String> = sections(was, would)
        .into_iter()
        .map(str::to_owned)
        .collect();
    less.extend(sets(now, then));
    let mut more: Vec<String> = sections(would, was)
        .into_iter()
        .map(str::to_owned)
        .collect();
    more.extend(sets(then, now));
    if !less.is_empty() {
        parts.push(format!("without {}", less.join(", ")));
    }
    if !more.is_empty() {
        parts.push(format!("and {} as well", more.join(", ")));
    }
    if was.review != would.review {
        let reviewed = if would.review {
            "to be reviewed"
        } else {
            "not reviewed"
        };
        parts.push(reviewed.to_owned());
    }
    parts.insert(0, String::new());
    parts.join(", ")
}

fn hours(micros: i64) -> String {
    match micros / Timestamp::HOUR {
        0 => "one view".to_owned(),
        1 => "1 hour".to_owned(),
        hours => format!("{hours} hours"),
    }
}

fn lower_first(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}
