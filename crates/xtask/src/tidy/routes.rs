//! Rules about the routes of `web`: all in one list, all asked without authority by a test.

use super::sources;
use crate::shell::{self, Outcome};

/// The list that both the router and the tests are made of.
const LIST: &str = "crates/web/src/routes.rs";

/// The routes that anyone may ask: what there is before a session, and no more. A checkpoint is there
/// for witnesses of other organisations and says nothing but how many audit lines there are.
const OPEN: [&str; 17] = [
    "get /audit/checkpoint",
    "get /",
    "get /sign-in",
    "post /sign-in",
    "get /sign-in/code",
    "post /sign-in/code",
    "get /sign-in/enrol",
    "post /sign-in/enrol",
    "get /sign-in/with/{provider}",
    "get /sign-in/back/{provider}",
    "post /sign-in/ended/{provider}",
    "get /launch",
    "post /sign-out",
    "get /privacy",
    "get /livez",
    "get /readyz",
    "get /assets/{name}",
];

/// The router is made of the list alone, and a test walks the list.
pub(super) fn all_asked() -> Outcome<Vec<String>> {
    let mut findings = Vec::new();
    let mut walked = false;
    for path in sources::rust_sources()? {
        let text = shell::read(&shell::root().join(&path))?;
        if path.starts_with("crates/web/src/") && path != LIST && text.contains(".route(") {
            findings.push(format!("{path} adds a route outside the list"));
        }
        walked |= path.contains("/tests/") && text.contains("ROUTES");
    }
    if !walked {
        findings.push("no integration test walks web::ROUTES".to_owned());
    }
    Ok(findings)
}

pub(super) fn open_ones_are_known() -> Outcome<Vec<String>> {
    let list = shell::read(&shell::root().join(LIST))?;
    let open = open_routes(&list);
    let fresh = open.iter().filter(|route| !OPEN.contains(&route.as_str()));
    let gone = OPEN
        .iter()
        .filter(|known| !open.iter().any(|route| route == *known));
    Ok(fresh
        .map(|route| format!("{route} is open to anyone"))
        .chain(gone.map(|known| format!("{known} is no longer open: take it off the list")))
        .collect())
}

/// Reads `Anyone get "/sign-in" => …`.
fn open_routes(list: &str) -> Vec<String> {
    list.lines()
        .filter_map(|line| {
            let (method, rest) = line.trim().strip_prefix("Anyone ")?.split_once(' ')?;
            let path = rest.split('"').nth(1)?;
            Some(format!("{method} {path}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::open_routes;

    #[test]
    fn open_routes_are_read() {
        let list =
            "routes! {\n    Anyone get \"/sign-in\" => a::b;\n    Acting get \"/find\" => c;\n}";
        assert_eq!(open_routes(list), ["get /sign-in"]);
    }
}
