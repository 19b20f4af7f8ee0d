//! Every route, who may ask it, and the router made of the same list.

use axum::{Router, routing};

use crate::{endpoints, site::Site};

/// One route.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Route {
    /// `get` or `post`.
    pub method: &'static str,
    /// Its path, with parameters in braces.
    pub path: &'static str,
    /// Who may ask it.
    pub who: Who,
}

/// Who may ask a route. What they are then told is the gatekeeper's decision.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Who {
    /// Anyone; nothing of any person comes back.
    Anyone,
    /// A person who is signed in.
    SignedIn,
    /// A person who acts in a role.
    Acting,
    /// A privacy officer.
    PrivacyOfficer,
    /// A member of the governance group.
    Governance,
    /// A feed with its own credential.
    Feed,
}

macro_rules! routes {
    ($($who:ident $method:ident $path:literal => $handler:path;)*) => {
        /// Every route there is.
        pub const ROUTES: &[Route] =
            &[$(Route { method: stringify!($method), path: $path, who: Who::$who }),*];

        /// The router made of the list.
        pub(crate) fn router() -> Router<Site> {
            Router::new()
                $(.route($path, routing::$method($handler)))*
                .fallback(endpoints::no_such_page::show)
        }
    };
}

routes! {
    Anyone get "/" => endpoints::home::show;
    Anyone get "/sign-in" => endpoints::sign_in::show;
    Anyone post "/sign-in" => endpoints::sign_in::submit;
    Anyone get "/sign-in/code" => endpoints::sign_in::code::show;
    Anyone post "/sign-in/code" => endpoints::sign_in::code::submit;
    Anyone get "/sign-in/enrol" => endpoints::sign_in::enrol::show;
    Anyone post "/sign-in/enrol" => endpoints::sign_in::enrol::submit;
    Anyone get "/sign-in/with/{provider}" => endpoints::sign_in::with::show;
    Anyone get "/sign-in/back/{provider}" => endpoints::sign_in::back::show;
    Anyone post "/sign-in/ended/{provider}" => endpoints::sign_in::ended::submit;
    Anyone get "/launch" => endpoints::launch::show;
    Anyone post "/sign-out" => endpoints::sign_out::submit;
    Anyone get "/privacy" => endpoints::privacy::show;
    Anyone get "/livez" => endpoints::health::live;
    Anyone get "/readyz" => endpoints::health::ready;
    Anyone get "/audit/checkpoint" => endpoints::checkpoint::show;
    Anyone get "/assets/{name}" => endpoints::asset::show;
    SignedIn post "/sign-in/again" => endpoints::sign_in::again::submit;
    SignedIn get "/second-factor" => endpoints::second_factor::show;
    SignedIn post "/second-factor" => endpoints::second_factor::submit;
    SignedIn get "/role" => endpoints::role::show;
    SignedIn post "/role" => endpoints::role::submit;
    Acting get "/launch/open" => endpoints::launch::open;
    Acting get "/find" => endpoints::find::show;
    Acting post "/find" => endpoints::find::submit;
    Acting get "/patients/{address}/permission" => endpoints::permission::show;
    Acting post "/patients/{address}/permission" => endpoints::permission::submit;
    Acting get "/patients/{address}/record" => endpoints::record::show;
    Acting get "/patients/{address}/record/sections/{name}" => endpoints::section::show;
    Acting get "/patients/{address}/record/entries/{slug}" => endpoints::entry::show;
    Acting get "/patients/{address}/record/entries/{slug}/document" => endpoints::document::show;
    Acting get "/patients/{address}/record/trends/{slug}" => endpoints::trend::show;
    Acting get "/patients/{address}/record/timeline" => endpoints::timeline::show;
    Acting get "/patients/{address}/record/sources" => endpoints::sources::show;
    Acting post "/patients/{address}/record/say-no" => endpoints::say_no::submit;
    Acting post "/patients/{address}/record/close" => endpoints::close::submit;
    Acting get "/patients/{address}/report" => endpoints::report::show;
    Acting get "/patients/{address}/report.csv" => endpoints::report_csv::show;
    Acting get "/patients/{address}/report.fhir" => endpoints::report_fhir::show;
    Acting get "/patients/{address}/choice" => endpoints::choice::show;
    Acting get "/patients/{address}/choice/steps/{name}" => endpoints::choice_step::show;
    Acting post "/patients/{address}/choice/steps/{name}" => endpoints::choice_step::submit;
    Acting get "/patients/{address}/choice/confirmation" => endpoints::choice_confirmation::show;
    PrivacyOfficer get "/accesses" => endpoints::accesses::show;
    Governance get "/governance" => endpoints::governance::desk::show;
    Governance get "/governance/rules" => endpoints::governance::rules::show;
    Governance get "/governance/partner" => endpoints::governance::new_partner::show;
    Governance post "/governance/partner" => endpoints::governance::new_partner::submit;
    Governance get "/governance/partners/{ods}" => endpoints::governance::partner::show;
    Governance post "/governance/partners/{ods}" => endpoints::governance::partner::submit;
    Governance post "/governance/partners/{ods}/end" => endpoints::governance::end::submit;
    Governance get "/governance/settings" => endpoints::governance::settings::show;
    Governance get "/governance/settings/change" => endpoints::governance::change::show;
    Governance post "/governance/settings/change" => endpoints::governance::change::submit;
    Governance get "/governance/settings/{number}" => endpoints::governance::version::show;
    Governance post "/governance/settings/{number}/approve" => endpoints::governance::approve::submit;
    Governance post "/governance/settings/{number}/withdraw" => endpoints::governance::withdraw::submit;
    PrivacyOfficer get "/accesses.csv" => endpoints::accesses_csv::show;
    PrivacyOfficer get "/accesses.fhir" => endpoints::accesses_fhir::show;
    PrivacyOfficer get "/reviews" => endpoints::reviews::show;
    PrivacyOfficer get "/reviews/ranking" => endpoints::ranking::show;
    PrivacyOfficer post "/reviews/ranking" => endpoints::ranking::submit;
    PrivacyOfficer get "/reviews/{access}" => endpoints::review::show;
    PrivacyOfficer post "/reviews/{access}" => endpoints::review::submit;
    Governance get "/governance/reviews" => endpoints::reviews_overdue::show;
    Acting get "/explain/{access}" => endpoints::explain::show;
    Acting get "/fhir/Patient/{address}/$everything" => endpoints::fhir_everything::show;
    Feed post "/feeds/{ods}/submissions" => endpoints::submissions::submit;
    Feed get "/feeds/{ods}/requests" => endpoints::feed_requests::show;
}
