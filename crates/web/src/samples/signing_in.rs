//! Samples of signing in: here, elsewhere, with a second factor, again, and by a link.

use tributary_gatekeeper::{AttemptToken, Enrolment, NotIn, Onward, Prove, Question};

use super::{ADDRESS, NOTICE, Samples, asking, clinician};
use crate::pages::{
    Frame,
    onward::{OnwardPage, ResumePage},
    permission::Typed,
    problem::ProblemPage,
    prove::ProvePage,
    second_factor::{CodePage, EnrolPage, OfferPage, RecoveryPage},
    sign_in::{Problem, SignInPage},
    telling::TellingPage,
};

fn nobody() -> Frame {
    Frame::for_nobody(Some(NOTICE.to_owned()), asking::now())
}

fn providers() -> Vec<(String, String)> {
    [
        ("cis2", "NHS Care Identity"),
        ("nhsmail", "NHSmail"),
        ("council", "Northmere Council"),
    ]
    .map(|(name, words)| (name.to_owned(), words.to_owned()))
    .to_vec()
}

fn enrolment() -> Enrolment {
    let secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    Enrolment {
        login: "amara.okafor".to_owned(),
        secret: secret.to_owned(),
        address: format!("otpauth://totp/Tributary:amara.okafor?secret={secret}&issuer=Tributary"),
    }
}

const REASONS: [(&str, NotIn); 9] = [
    ("not-in-unreachable", NotIn::Unreachable),
    ("not-in-not-begun-here", NotIn::NotBegunHere),
    ("not-in-turned-back", NotIn::TurnedBack),
    ("not-in-not-believed", NotIn::NotBelieved),
    ("not-in-level", NotIn::Level),
    ("not-in-no-role", NotIn::NoRole),
    ("not-in-role-not-listed", NotIn::RoleNotListed),
    ("not-in-closed", NotIn::Closed),
    ("not-in-somebody-else", NotIn::SomebodyElse),
];

impl Samples {
    pub(super) fn of_signing_in(&mut self) {
        self.add("sign-in", &SignInPage::new(nobody(), Vec::new(), None));
        self.add(
            "sign-in-providers",
            &SignInPage::new(nobody(), providers(), None),
        );
        for (name, problem) in [
            ("sign-in-refused", Problem::Refused),
            ("sign-in-too-many", Problem::TooMany(290)),
        ] {
            let page = SignInPage::new(nobody(), providers(), Some(&problem));
            self.add(name, &page);
        }
        self.of_the_second_factor();
        self.of_providers();
        self.of_links();
        let until = asking::at("2026-11-21T14:20:00");
        self.add("too-many-searches", &ProblemPage::too_many_searches(until));
    }

    fn of_the_second_factor(&mut self) {
        let wrong = Problem::WrongCode;
        self.add("code", &CodePage::new(nobody(), None));
        self.add("code-wrong", &CodePage::new(nobody(), Some(&wrong)));
        self.add("enrol", &EnrolPage::new(nobody(), enrolment(), None));
        self.add(
            "enrol-wrong",
            &EnrolPage::new(nobody(), enrolment(), Some(&wrong)),
        );
        let codes = ["bamo-tife-kudo-rina", "vizo-lapa-heni-fosa"];
        let codes = codes.iter().cycle().take(10);
        let codes = codes.map(|code| (*code).to_owned()).collect();
        let page = RecoveryPage::new(nobody(), enrolment().login, codes);
        self.add("recovery-codes", &page);
        let frame = || clinician(asking::now());
        self.add("second-factor", &OfferPage::new(frame(), false));
        self.add("second-factor-kept", &OfferPage::new(frame(), true));
    }

    fn of_providers(&mut self) {
        let onward = Onward {
            address: "https://login.example/authorize?client_id=tributary".to_owned(),
            words: "NHS Care Identity".to_owned(),
            attempt: AttemptToken(String::new()),
        };
        let frame = || clinician(asking::now());
        self.still("signed-in", &OnwardPage::signed_in(nobody()));
        self.still("to-provider", &OnwardPage::to_provider(frame(), onward));
        let place = "https://login.example/logout".to_owned();
        self.still("signed-out", &OnwardPage::signed_out(nobody(), place));
        for (name, why) in REASONS {
            self.add(name, &TellingPage::not_in(nobody(), &why));
        }
        let unknown = NotIn::RoleUnknown("S8000:G8003:R8010".to_owned());
        self.add(
            "not-in-role-unknown",
            &TellingPage::not_in(nobody(), &unknown),
        );
        let typed = || Typed::sent("emergency", "treating", "Found unconscious");
        let waiting = r#"{"address":"7","answer":"emergency","part":"treating"}"#;
        if let Some(page) = ResumePage::new(nobody(), waiting) {
            self.add("prove-resume", &page);
        }
        let words = "NHS Care Identity".to_owned();
        for (name, prove, problem) in [
            (
                "prove-password",
                Prove::Password { code: false },
                Problem::ProveFirst,
            ),
            (
                "prove-wrong",
                Prove::Password { code: true },
                Problem::WrongProof,
            ),
            ("prove-provider", Prove::At { words }, Problem::ProveFirst),
        ] {
            let question = Question {
                prove: Some(prove),
                ..asking::only_the_part()
            };
            let page = ProvePage::new(frame(), ADDRESS, &question, typed(), &problem);
            self.add(name, &page);
        }
    }

    fn of_links(&mut self) {
        let frame = || clinician(asking::now());
        self.still("link-taken", &OnwardPage::to_patient(nobody()));
        for (name, page) in [
            ("link-gone", TellingPage::link_not_followed(nobody())),
            ("link-for-another", TellingPage::link_for_another(frame())),
            ("link-to-nobody", TellingPage::link_to_nobody(frame())),
            (
                "link-for-another-organisation",
                TellingPage::link_for_another_organisation(frame(), "Elmhurst Surgery", true),
            ),
        ] {
            self.add(name, &page);
        }
    }

    /// A page that leads on by itself, held still to be looked at.
    fn still(&mut self, name: &str, page: &OnwardPage) {
        self.add(name, page);
        if let Some(sample) = self.0.last_mut() {
            let (before, rest) = sample
                .html
                .split_once("<meta http-equiv=\"refresh\"")
                .unwrap_or_default();
            let after = rest.split_once('>').map_or("", |(_, after)| after);
            sample.html = format!("{before}{after}");
        }
    }
}
