//! Typed samples of every page type: ordinary, full, empty, late, withheld, conflicting and more.
//!
//! They are what tests render and what people look at, and are made of invented people only.

mod accesses;
mod asking;
mod desk;
mod governance;
mod reviews;
mod signing_in;

use std::collections::BTreeMap;

use askama::Template;
use tributary_gatekeeper::{OpenRecord, Permission, Setting, governance::NewAgreement};
use tributary_model::{Address, IdentityId, Section, Timestamp};
use tributary_record::{CombinedRecord, samples as records};

use crate::endpoints::review::Typed;
use crate::pages::{
    Frame,
    accesses::AccessesPage,
    desk as choices,
    entry::EntryPage,
    explain::ExplainPage,
    filter::Filter,
    find::FindPage,
    governance::{
        change::ChangePage, desk::DeskPage, partner::PartnerPage, rules::RulesPage,
        settings::SettingsPage, version::VersionPage,
    },
    permission::PermissionPage,
    privacy::PrivacyPage,
    problem::ProblemPage,
    ranking::RankingPage,
    record::RecordPage,
    refused::RefusedPage,
    report::ReportPage,
    review::ReviewPage,
    reviews::ReviewsPage,
    reviews_overdue::OverduePage,
    role::RolePage,
    section::SectionPage,
    sources::SourcesPage,
    timeline::TimelinePage,
    trend::TrendPage,
};

#[cfg(test)]
pub(crate) use asking::letter;

/// One page as a browser gets it.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Which page, and of which kind: `record-conflicting`.
    pub name: String,
    /// The page.
    pub html: String,
}

/// Every sample of every page.
#[must_use]
pub fn samples() -> Vec<Sample> {
    let mut all = Samples(Vec::new());
    all.of_everybody();
    all.of_asking();
    all.of_records();
    all.of_audit();
    all.of_governance();
    all.of_desks();
    all.0
}

/// The record page with so many rows, for measuring how fast it is rendered.
pub fn record_page(record: CombinedRecord) -> impl Fn() -> String {
    let open = open(record);
    move || {
        let page = RecordPage::new(clinician(open.record.as_at), &open, Filter::default());
        page.render().unwrap_or_default()
    }
}

struct Samples(Vec<Sample>);

impl Samples {
    fn add(&mut self, name: &str, page: &impl Template) {
        let html = page.render().unwrap_or_default();
        self.0.push(Sample {
            name: name.to_owned(),
            html,
        });
    }

    fn of_everybody(&mut self) {
        let now = asking::now();
        let nobody = || Frame::for_nobody(Some(NOTICE.to_owned()), now);
        self.of_signing_in();
        self.add(
            "privacy",
            &PrivacyPage::new(nobody(), "The Northmere partnership".to_owned()),
        );
        self.add("no-such-page", &ProblemPage::no_such_page());
        self.add("not-readable", &ProblemPage::not_readable());
        self.add("not-for-role", &ProblemPage::not_for_role());
        self.add("gone-on", &ProblemPage::gone_on());
        self.add("unavailable", &ProblemPage::unavailable());
        self.add("role", &RolePage::new(choosing(now), false));
        self.add("role-not-chosen", &RolePage::new(choosing(now), true));
    }

    fn of_asking(&mut self) {
        let now = asking::now();
        let frame = || clinician(now);
        self.add("find", &FindPage::blank(frame(), &asking::recent()));
        self.add(
            "find-nobody-lately",
            &FindPage::blank(frame(), &asking::nobody()),
        );
        let (typed, problems) = asking::mistyped();
        self.add(
            "find-mistyped",
            &FindPage::mistyped(frame(), typed, problems),
        );
        for (name, typed, found) in asking::searches() {
            self.add(name, &FindPage::found(frame(), typed, &found));
        }
        for (name, question, typed) in asking::questions() {
            let page = PermissionPage::new(frame(), ADDRESS, &question, typed);
            self.add(name, &page);
        }
        for (name, refusal) in asking::refusals() {
            self.add(name, &RefusedPage::new(frame(), ADDRESS, &refusal));
            if refusal.may_say_yes_now && !refusal.unknown_person {
                let page = RefusedPage::new(frame(), ADDRESS, &refusal);
                self.add(
                    "refused-no-incomplete",
                    &page.lacking(&asking::incomplete()),
                );
            }
        }
    }

    fn of_records(&mut self) {
        for (name, record) in records::sample_records() {
            let open = open(record);
            let frame = || clinician(open.record.as_at);
            let all = Filter::default;
            self.add(
                &format!("record-{name}"),
                &RecordPage::new(frame(), &open, all()),
            );
            self.add(
                &format!("timeline-{name}"),
                &TimelinePage::new(frame(), &open, all()),
            );
            self.add(
                &format!("sources-{name}"),
                &SourcesPage::new(frame(), &open),
            );
            for section in [Section::Medications, Section::Results] {
                let page = SectionPage::new(frame(), &open, section, &all());
                self.add(&format!("section-{}-{name}", section.name()), &page);
            }
        }
        let Some((_, full)) = records::sample_records()
            .into_iter()
            .find(|(n, _)| *n == "full")
        else {
            return;
        };
        let open = open(full);
        let frame = || clinician(open.record.as_at);
        let source = open
            .record
            .sources
            .first()
            .map(|one| one.organisation.code.to_string());
        let filtered = Filter::of(source.as_deref().unwrap_or_default(), "1y");
        self.add(
            "record-filtered",
            &RecordPage::new(frame(), &open, filtered.clone()),
        );
        self.add(
            "timeline-filtered",
            &TimelinePage::new(frame(), &open, filtered),
        );
        for (name, trend) in records::sample_trends() {
            self.add(
                &format!("trend-{name}"),
                &TrendPage::new(frame(), &open, &trend),
            );
        }
        for (name, entry) in records::sample_entries() {
            self.add(
                &format!("entry-{name}"),
                &EntryPage::new(frame(), &open, &entry),
            );
        }
        let letter = asking::letter_view(&open.record);
        if let Some(letter) = letter {
            self.add("entry-attachment", &EntryPage::new(frame(), &open, &letter));
        }
    }

    fn of_desks(&mut self) {
        for (name, role, desk) in desk::desks() {
            let frame = || {
                Frame::of(
                    &desk::at_a_desk(role),
                    Some(NOTICE.to_owned()),
                    asking::now(),
                )
            };
            self.add(
                &format!("desk-{name}"),
                &choices::DeskPage::new(frame(), &desk),
            );
            let page = choices::ConfirmationPage::new(frame(), &desk);
            self.add(&format!("confirmation-{name}"), &page);
            for action in &desk.steps {
                let page =
                    choices::StepPage::new(frame(), &desk, *action, choices::Typed::default());
                self.add(&format!("step-{name}-{}", action.name()), &page);
            }
            if let Some(action) = desk.steps.first() {
                let page = choices::StepPage::new(frame(), &desk, *action, desk::sent());
                self.add(&format!("step-{name}-incomplete"), &page);
            }
        }
    }

    fn of_audit(&mut self) {
        let now = asking::now();
        for (name, report) in accesses::reports() {
            self.add(name, &ReportPage::new(clinician(now), &report));
        }
        for (name, list) in accesses::lists() {
            self.add(name, &AccessesPage::new(privacy_officer(now), &list));
        }
        for (name, queue) in reviews::queues() {
            self.add(name, &ReviewsPage::new(privacy_officer(now), &queue));
        }
        let frame = || privacy_officer(now);
        for (name, review) in reviews::details() {
            let page = ReviewPage::new(frame(), &review, Typed::default(), Vec::new());
            self.add(name, &page);
            let problems = vec![("step", "Choose what you found or what comes next")];
            let page = ReviewPage::new(frame(), &review, Typed::default(), problems);
            if !review.next.is_empty() {
                self.add("review-incomplete", &page);
            }
        }
        let nothing = BTreeMap::new();
        for (name, trial) in reviews::trials() {
            let page = RankingPage::new(frame(), &trial, &nothing, Vec::new());
            self.add(name, &page);
            let page = RankingPage::new(frame(), &trial, &nothing, vec![Setting::DueDays]);
            if trial.looks > 0 {
                self.add("ranking-wrong", &page);
            }
        }
        for (name, overview) in reviews::overviews() {
            self.add(name, &OverduePage::new(clinician(now), &overview));
        }
        for (name, explained) in reviews::explanations() {
            self.add(name, &ExplainPage::new(frame(), &explained));
        }
    }
}

impl Samples {
    fn of_governance(&mut self) {
        let frame = || Frame::of(&asking::guardian(), Some(NOTICE.to_owned()), asking::now());
        for (name, desk) in governance::desks() {
            self.add(name, &DeskPage::new(frame(), &desk));
        }
        let (typed, problems) = governance::mistyped();
        let blank = NewAgreement::default;
        for (name, partner) in ["private", "practice", "council", "hospital", "ended"]
            .iter()
            .zip(governance::partners())
        {
            let page = PartnerPage::new(frame(), Some(&partner), blank(), Vec::new());
            self.add(&format!("governance-partner-{name}"), &page);
        }
        self.add(
            "governance-partner-new",
            &PartnerPage::new(frame(), None, blank(), Vec::new()),
        );
        self.add(
            "governance-partner-mistyped",
            &PartnerPage::new(frame(), None, typed, problems),
        );
        self.add(
            "governance-settings",
            &SettingsPage::new(frame(), &governance::rules()),
        );
        for (name, form) in governance::forms() {
            self.add(name, &ChangePage::new(frame(), &form));
        }
        for (name, view, problem) in governance::versions() {
            self.add(name, &VersionPage::new(frame(), &view, problem));
        }
        self.add(
            "governance-rules",
            &RulesPage::new(frame(), &governance::printed()),
        );
    }
}

const NOTICE: &str = "Demonstration: every person here is invented";
const ADDRESS: Address = Address(IdentityId(4_711));

fn clinician(now: Timestamp) -> Frame {
    Frame::of(&asking::clinician(), Some(NOTICE.to_owned()), now)
}

fn privacy_officer(now: Timestamp) -> Frame {
    Frame::of(&asking::privacy_officer(), Some(NOTICE.to_owned()), now)
}

fn choosing(now: Timestamp) -> Frame {
    Frame::of(&asking::choosing(), Some(NOTICE.to_owned()), now)
}

fn open(record: CombinedRecord) -> OpenRecord {
    OpenRecord {
        address: ADDRESS,
        permission: Permission {
            words: "Permission for today".to_owned(),
            until: Some(record.as_at.plus(Timestamp::DAY)),
            reviewed: false,
        },
        record,
    }
}

#[cfg(test)]
mod tests;
