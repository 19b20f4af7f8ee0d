//! What a clinician looks for in the first minute.

use tributary_model::{
    ClinicalDate, ClinicalEntry, Contact, Detail, Observation, Plan, ResourceKind, Section,
    SectionSet,
};
use tributary_record::{
    AllergySummary, CombinedRecord, FirstMinute, Lane, Row, SectionState, combine,
    samples::everything,
};

use crate::build::{
    HOSPITAL, OTHER, PRACTICE, allergy, at, flag, medicine, of, problem, record, result, section,
    sources,
};

fn first(entries: Vec<(usize, ClinicalEntry)>) -> FirstMinute {
    record(entries).first_minute
}

fn names(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.what.as_str()).collect()
}

fn contact(
    kind: ResourceKind,
    class: &str,
    words: &str,
    status: &str,
    dates: [&str; 2],
) -> ClinicalEntry {
    let detail = Detail::Contact(Contact {
        class: class.to_owned(),
        ..Contact::default()
    });
    let in_section = match kind {
        ResourceKind::Appointment => Section::Appointments,
        _ => Section::Contacts,
    };
    let entry = of(detail, kind, in_section, words);
    let [when, until] = dates.map(ClinicalDate::read);
    ClinicalEntry {
        status: status.to_owned(),
        when,
        until,
        ..entry
    }
}

#[test]
fn none_recorded_is_not_none_known_and_neither_is_not_supplied() {
    assert_eq!(first(Vec::new()).allergies, AllergySummary::NoneRecorded);
    let known = first(vec![(PRACTICE, allergy("716186003", "No known allergies"))]);
    assert!(matches!(known.allergies, AllergySummary::NoneKnown(from) if from.len() == 1));
    let mut without = sources(Vec::new());
    for identity in &mut without.identities {
        identity.supplies = SectionSet::all()
            .iter()
            .filter(|one| *one != Section::Allergies)
            .collect();
    }
    let record = combine(without.clone(), &everything());
    assert_eq!(record.first_minute.allergies, AllergySummary::NotSupplied);
    assert_eq!(
        section(&record, Section::Allergies).states,
        [SectionState::NotSupplied]
    );
    for identity in &mut without.identities {
        identity.supplies = SectionSet::all();
        identity.refreshed = None;
    }
    let record = combine(without, &everything());
    assert_eq!(
        record.first_minute.allergies,
        AllergySummary::NotSupplied,
        "never received"
    );
}

#[test]
fn alerts_are_known_by_code_and_by_words_and_come_most_pressing_first() {
    let first = first(vec![
        (PRACTICE, flag("", "High risk of falls")),
        (PRACTICE, flag("", "Diet: peanut-free")),
        (HOSPITAL, flag("", "MRSA carrier")),
        (OTHER, flag("342191000000101", "Plan of 2026")),
        (OTHER, flag("", "Recommended: safeguarding referral")),
        (
            PRACTICE,
            problem(
                "764841000000100",
                "Lives with foster family",
                "active",
                "2020",
            ),
        ),
        (PRACTICE, problem("", "Falls", "active", "2020")),
    ]);
    let kinds: Vec<&str> = first
        .alerts
        .iter()
        .map(|alert| alert.kind.as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "child protection",
            "looked-after child",
            "safeguarding",
            "infection",
            "falls",
            "alert"
        ]
    );
    assert_eq!(first.alerts[5].words, "Diet: peanut-free");
}

#[test]
fn an_alert_that_two_sources_raise_is_one_and_one_that_ended_is_none() {
    let mut ended = flag("", "Falls risk");
    ended.until = Some(at("2025-01-01"));
    let mut inactive = flag("", "MRSA");
    inactive.status = "inactive".to_owned();
    let dated = |when: &str| ClinicalEntry {
        when: Some(at(when)),
        ..flag("", "Interpreter needed")
    };
    let first = first(vec![
        (PRACTICE, ended),
        (PRACTICE, inactive),
        (PRACTICE, dated("2020-01-01")),
        (HOSPITAL, dated("2024-01-01")),
    ]);
    assert_eq!(first.alerts.len(), 1);
    assert_eq!(first.alerts[0].provenance.len(), 2);
    assert_eq!(first.alerts[0].since, Some(at("2024-01-01")));
}

#[test]
fn decisions_stand_apart_from_alerts() {
    let plan = |words: &str| {
        of(
            Detail::Plan(Plan::default()),
            ResourceKind::CarePlan,
            Section::PlansAndAlerts,
            words,
        )
    };
    let first = first(vec![
        (PRACTICE, flag("450476008", "")),
        (PRACTICE, plan("ReSPECT form")),
        (PRACTICE, plan("Advance decision to refuse treatment")),
        (PRACTICE, flag("", "Lasting power of attorney: health")),
        (PRACTICE, plan("Diabetes care plan")),
    ]);
    let kinds: Vec<&str> = first
        .decisions
        .iter()
        .map(|alert| alert.kind.as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "resuscitation",
            "treatment escalation",
            "advance decision",
            "attorney"
        ]
    );
    assert!(first.alerts.is_empty());
}

#[test]
fn a_pregnancy_is_now_only_while_it_can_last() {
    let pregnant = |status: &str, when: &str| problem("72892002", "Normal pregnancy", status, when);
    for (entry, now) in [
        (pregnant("active", "2026-06-01"), true),
        (pregnant("active", "2024-06-01"), false),
        (pregnant("resolved", "2026-06-01"), false),
    ] {
        assert_eq!(first(vec![(PRACTICE, entry)]).pregnancy.is_some(), now);
    }
}

#[test]
fn weight_is_a_childs() {
    let weight = |when: &str| {
        let mut entry = result("27113001", "14", "kg", when);
        entry.section = Section::Observations;
        entry
    };
    let entries = || {
        vec![
            (PRACTICE, weight("2026-01-01")),
            (PRACTICE, weight("2026-09-01")),
        ]
    };
    assert_eq!(first(entries()).child_weight, None);
    let mut young = sources(entries());
    young.identities[0].demographics.born = Some(at("2023-08-30"));
    let weight = combine(young, &everything())
        .first_minute
        .child_weight
        .unwrap();
    assert_eq!(weight.when, Some(at("2026-09-01")));
}

#[test]
fn medicines_are_sorted_by_who_gives_them() {
    let course = |mut entry: ClinicalEntry, course: &str| {
        if let Detail::Medication(medication) = &mut entry.detail {
            medication.course = course.to_owned();
        }
        entry
    };
    let ended = |mut entry: ClinicalEntry, until: &str, status: &str| {
        entry.until = Some(at(until));
        entry.status = status.to_owned();
        entry
    };
    let given = |words: &str, when: &str| {
        let mut entry = medicine(words, "1 dose", when);
        entry.kind = ResourceKind::MedicationAdministration;
        entry.status = "completed".to_owned();
        entry
    };
    let say = |words: &str| medicine(words, "One daily", "2026-01-01");
    let first = first(vec![
        (PRACTICE, say("Ramipril 5mg capsules")),
        (PRACTICE, course(say("Prednisolone 5mg tablets"), "acute")),
        (
            PRACTICE,
            ended(say("Amoxicillin 500mg capsules"), "2026-11-29", "active"),
        ),
        (OTHER, say("Clozapine 100mg tablets")),
        (OTHER, given("Paliperidone 150mg", "2026-10-01T10:00:00Z")),
        (OTHER, given("Paliperidone 150mg", "2026-11-01T10:00:00Z")),
        (OTHER, given("Zuclopenthixol 200mg", "2025-01-01T10:00:00Z")),
        (PRACTICE, given("Influenza", "2026-11-01T10:00:00Z")),
        (
            PRACTICE,
            ended(say("Naproxen 500mg tablets"), "2026-07-01", "stopped"),
        ),
        (
            PRACTICE,
            ended(say("Codeine 30mg tablets"), "2020-07-01", "stopped"),
        ),
        (
            PRACTICE,
            ended(say("Ramipril 5mg capsules"), "2026-07-01", "stopped"),
        ),
        (
            PRACTICE,
            ended(
                say("Flucloxacillin 500mg capsules"),
                "2026-07-01",
                "completed",
            ),
        ),
    ]);
    assert_eq!(names(&first.repeat_medicines), ["Ramipril 5mg capsules"]);
    assert_eq!(
        names(&first.acute_medicines),
        ["Prednisolone 5mg tablets", "Amoxicillin 500mg capsules"]
    );
    assert_eq!(
        names(&first.hospital_medicines),
        ["Paliperidone 150mg", "Clozapine 100mg tablets"]
    );
    assert_eq!(
        first.hospital_medicines[0].when,
        Some(at("2026-11-01T10:00:00Z"))
    );
    assert_eq!(names(&first.stopped_medicines), ["Naproxen 500mg tablets"]);
}

#[test]
fn what_one_stopped_and_another_has_current_is_shown_as_both() {
    let mut stopped = medicine("Warfarin 5mg tablets", "One daily", "2020-01-01");
    stopped.status = "stopped".to_owned();
    stopped.until = Some(at("2026-11-01"));
    let current = || medicine("Warfarin 5mg tablets", "One daily", "2020-01-01");
    let both = first(vec![(HOSPITAL, stopped.clone()), (PRACTICE, current())]);
    assert_eq!(
        (both.stopped_medicines.len(), both.repeat_medicines.len()),
        (1, 1)
    );
    let again = first(vec![(PRACTICE, stopped), (PRACTICE, current())]);
    assert_eq!(
        (again.stopped_medicines.len(), again.repeat_medicines.len()),
        (0, 1)
    );
}

#[test]
fn in_hospital_now_and_what_comes_next() {
    use ResourceKind::{Appointment, Encounter};
    let first = first(vec![
        (
            HOSPITAL,
            contact(
                Encounter,
                "IMP",
                "Stay",
                "in-progress",
                ["2026-11-19T22:00:00Z", ""],
            ),
        ),
        (
            HOSPITAL,
            contact(
                Encounter,
                "AMB",
                "Clinic",
                "in-progress",
                ["2026-11-20T22:00:00Z", ""],
            ),
        ),
        (
            HOSPITAL,
            contact(
                Encounter,
                "IMP",
                "Earlier",
                "finished",
                ["2026-01-01", "2026-01-09"],
            ),
        ),
        (
            HOSPITAL,
            contact(
                Encounter,
                "IMP",
                "Later",
                "finished",
                ["2025-12-01", "2026-02-09"],
            ),
        ),
        (
            HOSPITAL,
            contact(
                Encounter,
                "EMER",
                "A and E",
                "finished",
                ["2026-10-01", "2026-10-01"],
            ),
        ),
        (
            PRACTICE,
            contact(Appointment, "", "Today", "booked", ["2026-11-22", ""]),
        ),
        (
            PRACTICE,
            contact(
                Appointment,
                "",
                "This morning",
                "booked",
                ["2026-11-22T08:00:00Z", ""],
            ),
        ),
        (
            PRACTICE,
            contact(
                Appointment,
                "",
                "Cancelled",
                "cancelled",
                ["2026-11-23", ""],
            ),
        ),
        (
            HOSPITAL,
            contact(Appointment, "", "Soon", "booked", ["2026-11-25", ""]),
        ),
        (
            HOSPITAL,
            contact(Encounter, "IMP", "Planned", "planned", ["2026-12-25", ""]),
        ),
    ]);
    assert_eq!(first.in_hospital.unwrap().what, "Stay");
    assert_eq!(first.last_discharge.unwrap().what, "Later");
    assert_eq!(
        names(&first.next_appointments),
        ["Today", "Soon", "Planned"]
    );
}

#[test]
fn results_to_note_are_the_newest_abnormal_of_each_test_and_those_not_back() {
    let marked = |code: &str, number: &str, when: &str, mark: &str| {
        let mut entry = result(code, number, "mmol/L", when);
        if let Detail::Observation(observation) = &mut entry.detail {
            observation.interpretation = vec![mark.to_owned()];
        }
        entry
    };
    let mut pending = result("9", "1", "mmol/L", "2026-11-21");
    pending.status = "registered".to_owned();
    pending.detail = Detail::Observation(Observation::default());
    let first = first(vec![
        (HOSPITAL, marked("1", "1", "2026-05-01", "H")),
        (HOSPITAL, marked("1", "2", "2026-09-01", "HH")),
        (HOSPITAL, marked("2", "3", "2026-08-01", "N")),
        (HOSPITAL, marked("3", "4", "2024-08-01", "L")),
        (HOSPITAL, pending),
    ]);
    let values: Vec<&str> = first
        .abnormal_results
        .iter()
        .map(|row| row.value.as_str())
        .collect();
    assert_eq!(values, ["2 mmol/L"]);
    assert_eq!(first.pending_results.len(), 1);
}

#[test]
fn contacts_are_next_of_kin_then_who_coordinates_then_teams() {
    let plan = |kind: ResourceKind, words: &str, people: &[(&str, &str, &str)]| {
        let people = people.iter().map(|(role, name, telephone)| {
            (
                (*role).to_owned(),
                (*name).to_owned(),
                (*telephone).to_owned(),
            )
        });
        let plan = Plan {
            people: people.collect(),
            ..Plan::default()
        };
        of(Detail::Plan(plan), kind, Section::PlansAndAlerts, words)
    };
    let first = first(vec![
        (
            OTHER,
            plan(
                ResourceKind::CareTeam,
                "Community team",
                &[("Team", "Community team", "01632 960001")],
            ),
        ),
        (
            OTHER,
            plan(
                ResourceKind::CarePlan,
                "Plan",
                &[
                    ("Care coordinator", "S", "01632 960002"),
                    ("Nurse", "T", ""),
                ],
            ),
        ),
        (
            PRACTICE,
            plan(
                ResourceKind::RelatedPerson,
                "Wife",
                &[("Next of kin (wife)", "Joy", "01632 960003")],
            ),
        ),
        (
            HOSPITAL,
            plan(
                ResourceKind::RelatedPerson,
                "Wife",
                &[("Next of kin (wife)", "Joy", "01632 960003")],
            ),
        ),
    ]);
    let names: Vec<&str> = first
        .contacts
        .iter()
        .map(|line| line.name.as_str())
        .collect();
    assert_eq!(names, ["Joy", "S", "Community team"]);
}

#[test]
fn a_timeline_has_lanes_by_kind_and_stays_that_end_on_another_day() {
    use ResourceKind::Encounter;
    let record: CombinedRecord = record(vec![
        (
            HOSPITAL,
            contact(
                Encounter,
                "IMP",
                "Stay",
                "finished",
                ["2026-01-01T10:00:00Z", "2026-01-09T09:00:00Z"],
            ),
        ),
        (
            PRACTICE,
            contact(
                Encounter,
                "AMB",
                "Visit",
                "finished",
                ["2026-02-01T10:00:00Z", "2026-02-01T10:10:00Z"],
            ),
        ),
        (
            OTHER,
            contact(
                Encounter,
                "AMB",
                "Therapy",
                "finished",
                ["2026-03-01T10:00:00Z", ""],
            ),
        ),
        (
            OTHER,
            contact(
                Encounter,
                "HH",
                "District nurse visit",
                "finished",
                ["2026-04-01", ""],
            ),
        ),
        (
            HOSPITAL,
            contact(
                Encounter,
                "AMB",
                "Not held",
                "cancelled",
                ["2026-05-01", ""],
            ),
        ),
        (
            HOSPITAL,
            contact(Encounter, "IMP", "Ahead", "planned", ["2026-12-01", ""]),
        ),
    ]);
    let items: Vec<_> = record
        .timeline
        .items
        .iter()
        .map(|item| (item.lane, item.what.as_str(), item.until.is_some()))
        .collect();
    assert_eq!(
        items,
        [
            (Lane::Hospital, "Stay", true),
            (Lane::Gp, "Visit", false),
            (Lane::MentalHealth, "Therapy", false),
            (Lane::Community, "District nurse visit", false),
        ]
    );
}

#[test]
fn a_death_is_said_with_who_reports_it() {
    let mut given = sources(Vec::new());
    given.identities[1].demographics.deceased = true;
    given.identities[2].demographics.died = Some(at("2026-10-30"));
    let banner = combine(given, &everything()).banner;
    let (died, by) = banner.deceased.unwrap();
    assert_eq!(died, Some(at("2026-10-30")));
    assert_eq!(by, ["Other", "Practice"]);
    assert_eq!(banner.age, "72y");
}

#[test]
fn a_late_source_has_not_been_received_since_it_last_was() {
    let mut given = sources(Vec::new());
    given.identities[1].late_since = Some(at("2026-11-21T06:00:00Z").sort);
    given.identities[1].refreshed = Some(at("2026-11-20T02:10:00Z").sort);
    let record = combine(given, &everything());
    let late = SectionState::Late {
        source: "Practice".to_owned(),
        since: at("2026-11-20T02:10:00Z").sort,
    };
    assert_eq!(
        section(&record, Section::Problems).states,
        [SectionState::NoneRecorded, late]
    );
}
