//! What a provider's claims say of a person, in our words.

use serde_json::Value;
use tributary_model::{OdsCode, Register, RegisterEntry, Role};

use crate::{
    ProviderSettings, Style,
    jws::{Claims, text},
    limits,
};

/// Someone who signed in with a provider.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// How the provider names them, for good.
    pub subject: String,
    /// Their name.
    pub name: String,
    /// Every role the provider gives them that means something here, each once.
    pub roles: Vec<(Role, OdsCode)>,
    /// The place among them of the one they chose at the provider; then no other may be acted in.
    pub chosen: Option<usize>,
    /// Their register entry, where the provider vouches for it.
    pub register: Option<RegisterEntry>,
    /// The provider's name of this session.
    pub session: Option<String>,
}

/// Why somebody whom the provider let in is not let in here.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unfit {
    /// The token names nobody.
    #[error("the provider does not say who signed in")]
    Nobody,
    /// They signed in or were identified less surely than is needed here.
    #[error("{0} is below the level that is needed here")]
    Level(
        /// The claim that is too low.
        String,
    ),
    /// The provider gives them no role.
    #[error("the provider gives no role")]
    NoRole,
    /// The role they chose is not among those the provider gives them.
    #[error("the chosen role is not among the roles that the provider gives")]
    ChosenIsNotListed,
    /// None of their roles, or not the one chosen, means anything here.
    #[error("the role ({0}) means nothing here")]
    RoleUnknown(
        /// The code.
        String,
    ),
}

/// One role as a provider gives it.
struct Given<'c> {
    id: &'c str,
    code: &'c str,
    organisation: Option<OdsCode>,
}

impl Given<'_> {
    fn meant(&self, settings: &ProviderSettings) -> Option<(Role, OdsCode)> {
        Some((settings.role(self.code)?, self.organisation.clone()?))
    }
}

/// Reads claims. The id token's come first; what the userinfo endpoint said is looked up after them.
pub(crate) fn read(
    settings: &ProviderSettings,
    token: &Claims,
    userinfo: &Claims,
) -> Result<Person, Unfit> {
    let claim = |name: &str| token.get(name).or_else(|| userinfo.get(name));
    let subject = text(token, "sub").ok_or(Unfit::Nobody)?;
    levels(settings, &claim)?;
    let chosen = (settings.style == Style::Cis2)
        .then(|| claim("selected_roleid").and_then(Value::as_str))
        .flatten();
    let given = match settings.style {
        Style::Cis2 => cis2_roles(claim("nhsid_nrbac_roles")),
        Style::Mapped => mapped_roles(settings, &claim),
    };
    let (roles, chosen) = roles(settings, &given, chosen)?;
    let name = text(token, &settings.name_claim).or_else(|| text(userinfo, &settings.name_claim));
    Ok(Person {
        subject: subject.to_owned(),
        name: name.unwrap_or(subject).to_owned(),
        roles,
        chosen,
        register: settings
            .register_claim
            .as_ref()
            .and_then(|name| register_entry(claim(name)?.as_str()?)),
        session: text(token, "sid").map(str::to_owned),
    })
}

fn levels<'c>(
    settings: &ProviderSettings,
    claim: &impl Fn(&str) -> Option<&'c Value>,
) -> Result<(), Unfit> {
    if !settings.acr_values.is_empty() {
        let acr = claim("acr").and_then(Value::as_str).unwrap_or_default();
        if !settings.acr_values.iter().any(|accepted| accepted == acr) {
            return Err(Unfit::Level("acr".to_owned()));
        }
    }
    for (name, least) in &settings.levels {
        let level = match claim(name) {
            Some(Value::String(text)) => text.parse().ok(),
            Some(number) => number.as_u64(),
            None => None,
        };
        if level.is_none_or(|level| level < u64::from(*least)) {
            return Err(Unfit::Level(name.clone()));
        }
    }
    Ok(())
}

/// Roles, and the place of the chosen one among them.
type Roles = (Vec<(Role, OdsCode)>, Option<usize>);

/// The roles that mean something here, and the place of the chosen one among them.
fn roles(
    settings: &ProviderSettings,
    given: &[Given<'_>],
    chosen: Option<&str>,
) -> Result<Roles, Unfit> {
    let Some(first) = given.first() else {
        return Err(Unfit::NoRole);
    };
    let mut roles: Vec<(Role, OdsCode)> = Vec::new();
    for meant in given.iter().filter_map(|one| one.meant(settings)) {
        if !roles.contains(&meant) {
            roles.push(meant);
        }
    }
    let Some(chosen) = chosen else {
        if roles.is_empty() {
            return Err(Unfit::RoleUnknown(first.code.to_owned()));
        }
        return Ok((roles, None));
    };
    let entry = given.iter().find(|one| one.id == chosen);
    let entry = entry.ok_or(Unfit::ChosenIsNotListed)?;
    let unknown = || Unfit::RoleUnknown(entry.code.to_owned());
    let meant = entry.meant(settings).ok_or_else(unknown)?;
    let place = roles.iter().position(|role| *role == meant);
    Ok((roles, Some(place.ok_or_else(unknown)?)))
}

fn cis2_roles(listed: Option<&Value>) -> Vec<Given<'_>> {
    let listed = listed.and_then(Value::as_array);
    let entries = listed.into_iter().flatten();
    let given = entries.filter_map(|entry| {
        Some(Given {
            id: entry.get("person_roleid")?.as_str()?,
            code: bounded(entry.get("role_code")?.as_str()?)?,
            organisation: entry.get("org_code")?.as_str()?.parse().ok(),
        })
    });
    given.collect()
}

fn mapped_roles<'c>(
    settings: &ProviderSettings,
    claim: &impl Fn(&str) -> Option<&'c Value>,
) -> Vec<Given<'c>> {
    let of_claim = settings
        .organisation_claim
        .as_ref()
        .and_then(|name| claim(name)?.as_str()?.parse().ok());
    let organisation: Option<OdsCode> = settings.organisation.clone().or(of_claim);
    let codes = match claim(&settings.role_claim) {
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(one)) => vec![one.as_str()],
        _ => Vec::new(),
    };
    let given = codes.into_iter().filter_map(|code| {
        Some(Given {
            id: "",
            code: bounded(code)?,
            organisation: organisation.clone(),
        })
    });
    given.collect()
}

/// `GMC:7990001`.
pub(crate) fn register_entry(text: &str) -> Option<RegisterEntry> {
    let (register, number) = bounded(text)?.split_once(':')?;
    let number = number.trim();
    (!number.is_empty()).then_some(RegisterEntry {
        register: Register::named(register.trim())?,
        number: number.to_owned(),
        valid_until: None,
    })
}

fn bounded(text: &str) -> Option<&str> {
    (text.chars().count() <= limits::TEXT_CHARACTERS).then_some(text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::RoleCode;

    fn settings(style: Style) -> ProviderSettings {
        let role = |code: &str, role| RoleCode {
            code: code.to_owned(),
            role,
        };
        ProviderSettings {
            name: "cis2".to_owned(),
            words: "NHS Care Identity".to_owned(),
            issuer: "https://am.example".to_owned(),
            client_id: "tributary".to_owned(),
            client_secret_file: None,
            authorities_file: None,
            scopes: Vec::new(),
            acr_values: Vec::new(),
            levels: BTreeMap::new(),
            style,
            name_claim: "name".to_owned(),
            role_claim: "groups".to_owned(),
            organisation_claim: None,
            organisation: None,
            register_claim: None,
            roles: vec![
                role("R8000", Role::Doctor),
                role("S8:G8:R8001", Role::Nurse),
            ],
        }
    }

    fn claims(value: Value) -> Claims {
        serde_json::from_value(value).unwrap()
    }

    fn entry(id: &str, code: &str, organisation: &str) -> Value {
        json!({ "person_roleid": id, "role_code": code, "org_code": organisation,
                "role_name": "\"Clinical\":\"Clinical Provision\":\"Medical Practitioner\"" })
    }

    fn cis2(chosen: Option<&str>, entries: &[Value]) -> Result<Person, Unfit> {
        let mut token = claims(json!({ "sub": "555000000001", "sid": "s1" }));
        if let Some(chosen) = chosen {
            token.insert("selected_roleid".to_owned(), chosen.into());
        }
        let userinfo = claims(
            json!({ "sub": "555000000001", "name": "Thistlewood Amara Dr",
                                      "nhsid_nrbac_roles": entries }),
        );
        read(&settings(Style::Cis2), &token, &userinfo)
    }

    fn role(role: Role, code: &str) -> (Role, OdsCode) {
        (role, code.parse().unwrap())
    }

    #[test]
    fn the_chosen_role_comes_from_its_own_entry() {
        let entries = [
            entry("1", "S8000:G8000:R8000", "RXA"),
            entry("2", "S8:G8:R8001", "RXB"),
            entry("3", "S8000:G8000:R8000", "RXB"),
        ];
        let person = cis2(Some("2"), &entries).unwrap();
        assert_eq!(person.chosen, Some(1));
        assert_eq!(person.roles[1], role(Role::Nurse, "RXB"));
        assert_eq!(person.roles.len(), 3);
        assert_eq!(person.name, "Thistlewood Amara Dr");
        assert_eq!(person.session.as_deref(), Some("s1"));
    }

    #[test]
    fn no_role_several_roles_and_a_role_that_is_not_listed() {
        assert_eq!(cis2(None, &[]), Err(Unfit::NoRole));
        assert_eq!(cis2(Some("1"), &[]), Err(Unfit::NoRole));
        let entries = [
            entry("1", "S8000:G8000:R8000", "RXA"),
            entry("2", "S8:G8:R8001", "RXB"),
        ];
        let several = cis2(None, &entries).unwrap();
        assert_eq!((several.chosen, several.roles.len()), (None, 2));
        assert_eq!(cis2(Some("3"), &entries), Err(Unfit::ChosenIsNotListed));
        assert_eq!(cis2(Some(""), &entries), Err(Unfit::ChosenIsNotListed));
    }

    #[test]
    fn a_role_that_means_nothing_here_is_no_role_and_never_another_one() {
        let other = entry("1", "S8000:G8003:R8010", "RXA");
        let unknown = Err(Unfit::RoleUnknown("S8000:G8003:R8010".to_owned()));
        assert_eq!(cis2(Some("1"), std::slice::from_ref(&other)), unknown);
        let entries = [other, entry("2", "S8000:G8000:R8000", "RXA")];
        assert_eq!(
            cis2(Some("1"), &entries),
            unknown,
            "not the other entry's role"
        );
        let nowhere = entry("1", "S8000:G8000:R8000", "no code at all");
        assert!(cis2(Some("1"), &[nowhere]).is_err());
    }

    #[test]
    fn a_level_that_is_too_low_or_not_told_is_refused() {
        let mut settings = settings(Style::Cis2);
        settings
            .levels
            .insert("authentication_assurance_level".to_owned(), 2);
        settings.acr_values = vec!["AAL2_OR_AAL3_ANY".to_owned()];
        let user = claims(json!({ "nhsid_nrbac_roles": [entry("1", "R8000", "RXA")] }));
        let with = |acr: Value, level: Value| {
            let token = json!({ "sub": "1", "acr": acr, "authentication_assurance_level": level });
            read(&settings, &claims(token), &user)
        };
        assert!(with("AAL2_OR_AAL3_ANY".into(), "3".into()).is_ok());
        assert!(with("AAL2_OR_AAL3_ANY".into(), 2.into()).is_ok());
        for (acr, level) in [
            ("AAL1_USERPASS", json!("3")),
            ("AAL2_OR_AAL3_ANY", json!("1")),
            ("AAL2_OR_AAL3_ANY", json!("high")),
            ("AAL2_OR_AAL3_ANY", Value::Null),
        ] {
            assert!(matches!(with(acr.into(), level), Err(Unfit::Level(_))));
        }
    }

    #[test]
    fn a_council_maps_its_own_claims() {
        let mut settings = settings(Style::Mapped);
        settings.organisation = Some("C9901".parse().unwrap());
        settings.register_claim = Some("registration".to_owned());
        settings.roles = vec![RoleCode {
            code: "ASC-SW".to_owned(),
            role: Role::SocialWorker,
        }];
        let token = claims(
            json!({ "sub": "a@council.example", "name": "M. Brackenbury",
            "groups": ["everyone", "ASC-SW", "ASC-SW"], "registration": "SWE:SW99001",
            "selected_roleid": "not for this style" }),
        );
        let person = read(&settings, &token, &Claims::new()).unwrap();
        assert_eq!(person.roles, [role(Role::SocialWorker, "C9901")]);
        assert_eq!(person.register.unwrap().words(), "SWE SW99001");
        let token = claims(json!({ "sub": "a", "groups": "nothing" }));
        assert!(read(&settings, &token, &Claims::new()).is_err());
    }
}
