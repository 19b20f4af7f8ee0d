//! Every page is well-formed, has one heading, and holds nothing that the policy forbids.

use super::*;

/// Elements that have no end.
const VOID: [&str; 8] = ["meta", "link", "input", "br", "img", "hr", "path", "rect"];

#[test]
fn every_page_is_well_formed() {
    for Sample { name, html } in samples() {
        let mut open: Vec<&str> = Vec::new();
        for tag in html.split('<').skip(1) {
            let Some((inside, _)) = tag.split_once('>') else {
                panic!("{name}: a tag that does not end: {tag:.60}");
            };
            let element = inside
                .split([' ', '/', '\n'])
                .find(|part| !part.is_empty())
                .unwrap_or_default();
            if inside.starts_with('!') || inside.ends_with('/') || VOID.contains(&element) {
                continue;
            }
            if inside.starts_with('/') {
                assert_eq!(open.pop(), Some(element), "{name}: closed out of turn");
            } else {
                open.push(element);
            }
        }
        assert!(open.is_empty(), "{name}: left open: {open:?}");
    }
}

#[test]
fn every_page_keeps_the_house_rules() {
    for Sample { name, html } in samples() {
        assert_eq!(
            html.matches("<h1").count(),
            1,
            "{name}: one heading of the first level"
        );
        assert!(
            html.contains("<title>") && !html.contains("<title> –"),
            "{name}: a title"
        );
        assert!(!html.contains(" style="), "{name}: a style attribute");
        assert!(!html.contains("<style"), "{name}: an inline style sheet");
        assert!(
            html.matches("<script").count() == html.matches("<script type=\"module\" src=").count(),
            "{name}: an inline script"
        );
        assert!(
            !html.contains(" onclick") && !html.contains("javascript:"),
            "{name}: a handler"
        );
        assert!(
            html.contains("id=\"maincontent\""),
            "{name}: somewhere to skip to"
        );
        let title = html
            .split("<title>")
            .nth(1)
            .and_then(|rest| rest.split("</title>").next());
        let title = title.unwrap_or_default();
        assert!(
            !title.to_uppercase().contains("KOEPP"),
            "{name}: a patient in the title"
        );
        let mut ids: Vec<&str> = html
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        ids.sort_unstable();
        let before = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), before, "{name}: an id twice");
    }
}

#[test]
fn every_label_and_description_points_at_something() {
    for Sample { name, html } in samples() {
        for attribute in [
            " for=\"",
            " aria-describedby=\"",
            " aria-labelledby=\"",
            " data-aria-controls=\"",
        ] {
            let values = html
                .split(attribute)
                .skip(1)
                .filter_map(|rest| rest.split('"').next());
            for id in values.flat_map(str::split_whitespace) {
                assert!(
                    html.contains(&format!(" id=\"{id}\"")),
                    "{name}: {attribute}{id} points nowhere"
                );
            }
        }
        for anchor in html
            .split("href=\"#")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
        {
            assert!(
                html.contains(&format!(" id=\"{anchor}\"")),
                "{name}: #{anchor} points nowhere"
            );
        }
    }
}

#[test]
fn the_page_of_an_unknown_person_depends_on_nobody() {
    let unknown = |address, access| {
        let refusal = tributary_gatekeeper::Refusal {
            words: "anything".to_owned(),
            meaning: vec!["anything".to_owned()],
            unknown_person: true,
            may_say_yes_now: true,
            access: tributary_model::AccessNumber(access),
        };
        let address = Address(IdentityId(address));
        let page = RefusedPage::new(clinician(asking::now()), address, &refusal);
        (page.status(), page.render().unwrap())
    };
    assert_eq!(unknown(1, 10), unknown(2_222, 99_999));
}

#[test]
fn a_filter_never_hides_an_allergy() {
    for (name, record) in records::sample_records() {
        let open = open(record);
        let filter = Filter::of("NOSUCH", "3m");
        let page = RecordPage::new(clinician(open.record.as_at), &open, filter)
            .render()
            .unwrap();
        for section in open
            .record
            .sections
            .iter()
            .filter(|s| s.section == Section::Allergies)
        {
            for row in &section.rows {
                let link = format!("/entries/{}\"", row.key.slug());
                assert!(page.contains(&link), "{name}: {}", row.what);
            }
        }
    }
}

#[test]
fn a_withheld_record_says_so_once() {
    for (name, record) in records::sample_records() {
        let withheld = record.withheld;
        let html = record_page(record)();
        let marks = html
            .matches("Something in this record is not shown to you")
            .count();
        assert_eq!(marks, usize::from(withheld), "{name}");
    }
}
