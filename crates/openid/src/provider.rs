//! One provider: what it says of itself, the way to it and back, and the sessions it ends.

use std::{
    io,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use openidconnect::{
    AuthType, AuthenticationContextClass, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, ProviderMetadataWithLogout, RedirectUrl, Scope,
    TokenResponse as _,
    core::{CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreJsonWebKey},
};
use serde::{Deserialize, Serialize};
use tributary_model::Timestamp;

use crate::{
    Person, ProviderSettings, SettingsFault, Unfit, claims,
    http::Http,
    jws::{self, Claims, text},
    limits,
};

/// A provider that staff sign in with.
pub struct Provider {
    settings: ProviderSettings,
    secret: Option<ClientSecret>,
    back: RedirectUrl,
    http: Http,
    known: RwLock<Option<Arc<Known>>>,
}

/// What a provider says of itself.
struct Known {
    client: Client,
    keys: Vec<CoreJsonWebKey>,
    issuer: String,
    userinfo: Option<String>,
    ends_sessions_at: Option<String>,
    at: Timestamp,
}

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What has to be remembered between the way to a provider and the way back. Used once.
#[derive(Serialize, Deserialize)]
pub struct Attempt {
    state: String,
    nonce: String,
    verifier: String,
    began: Timestamp,
    afresh: bool,
}

/// Who came back.
#[derive(Debug)]
pub struct Came {
    /// The person.
    pub person: Person,
    /// The id token, for ending the session there later.
    pub id_token: String,
}

/// Whose sessions a provider has ended: those of a person, or one of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ended {
    /// The person.
    pub subject: Option<String>,
    /// The provider's name of the session.
    pub session: Option<String>,
}

/// Why nobody came back from a provider.
#[derive(Debug, thiserror::Error)]
pub enum ProviderFault {
    /// The provider could not be asked.
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    /// What came back is not what was begun here: another browser's, an old one, or a forged one.
    #[error("this is not the sign-in that was begun here")]
    NotBegunHere,
    /// The provider refused, or the person turned back.
    #[error("the provider refused: {0}")]
    Refused(String),
    /// A token is not to be believed.
    #[error("the provider's token is not to be believed: {0}")]
    Token(String),
    /// The provider let them in; here they are not.
    #[error(transparent)]
    Unfit(#[from] Unfit),
}

impl Provider {
    /// A provider from its settings. `base` is the address of the pages as people know it.
    pub fn new(settings: ProviderSettings, base: &str) -> Result<Self, SettingsFault> {
        let name = settings.name.clone();
        let fault = |what: String| SettingsFault {
            name: name.clone(),
            what,
        };
        if let Some(what) = settings.fault() {
            return Err(fault(what));
        }
        let read = |file: &Path| {
            let words = |error: io::Error| fault(format!("{}: {error}", file.display()));
            std::fs::read(file).map_err(words)
        };
        let secret = settings.client_secret_file.as_deref().map(read);
        let secret = secret
            .transpose()?
            .map(|bytes| ClientSecret::new(String::from_utf8_lossy(&bytes).trim().to_owned()));
        let authorities = settings.authorities_file.as_deref().map(read);
        let http = Http::new(&authorities.transpose()?.unwrap_or_default()).map_err(fault)?;
        let back = format!("{base}/sign-in/back/{}", settings.name);
        let back = RedirectUrl::new(back);
        let back = back.map_err(|_| fault(format!("{base} is no address of pages")))?;
        Ok(Self {
            settings,
            secret,
            back,
            http,
            known: RwLock::new(None),
        })
    }

    /// Its name in addresses and audit lines.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Its name as staff know it.
    #[must_use]
    pub fn words(&self) -> &str {
        &self.settings.words
    }

    /// The way to it, and what to remember for the way back. `afresh`: although they may still be
    /// signed in there, the person is to prove again who they are.
    pub async fn begin(
        &self,
        afresh: bool,
        now: Timestamp,
    ) -> Result<(String, Attempt), ProviderFault> {
        let known = self.known(now).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let mut way = known
            .client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .set_pkce_challenge(challenge)
            .add_scopes(self.settings.scopes.iter().cloned().map(Scope::new));
        for acr in &self.settings.acr_values {
            way = way.add_auth_context_value(AuthenticationContextClass::new(acr.clone()));
        }
        if afresh {
            way = way
                .add_prompt(CoreAuthPrompt::Login)
                .set_max_age(std::time::Duration::ZERO);
        }
        let (address, state, nonce) = way.url();
        let attempt = Attempt {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            began: now,
            afresh,
        };
        Ok((address.into(), attempt))
    }

    /// Takes the code that came back for what it is worth: a token, checked in every part.
    pub async fn finish(
        &self,
        attempt: &Attempt,
        state: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<Came, ProviderFault> {
        if blake3::hash(state.as_bytes()) != blake3::hash(attempt.state.as_bytes()) {
            return Err(ProviderFault::NotBegunHere);
        }
        let known = self.known(now).await?;
        let (id_token, access) = self.exchange(&known, attempt, code).await?;
        let known = self.known_with_key_of(known, &id_token, now).await?;
        self.check(&known, &id_token, attempt, now)?;
        let id_token = id_token.to_string();
        let token = jws::claims_of(&id_token)
            .ok_or_else(|| ProviderFault::Token("it has no claims".to_owned()))?;
        let userinfo = self.userinfo(&known, &access, &token).await?;
        let person = claims::read(&self.settings, &token, &userinfo)?;
        Ok(Came { person, id_token })
    }

    /// Whose sessions a logout token ends, if it is to be believed.
    pub async fn ended(&self, token: &str, now: Timestamp) -> Result<Ended, ProviderFault> {
        let fault = |what: &str| ProviderFault::Token(what.to_owned());
        let mut known = self.known(now).await?;
        let mut claims = jws::verified(token, &known.keys);
        if claims.is_none() && now.since(known.at) > limits::KEYS_ASKED_AGAIN_AFTER {
            known = self.discover(now).await?;
            claims = jws::verified(token, &known.keys);
        }
        let claims = claims.ok_or_else(|| fault("its signature"))?;
        let issued = jws::time(&claims, "iat").ok_or_else(|| fault("it has no time"))?;
        let age = now.since(issued);
        if text(&claims, "iss") != Some(&known.issuer) {
            return Err(fault("its issuer"));
        }
        if !jws::is_for(&claims, &self.settings.client_id) {
            return Err(fault("its audience"));
        }
        if !(-limits::CLOCKS_DIFFER..=limits::LOGOUT_ARRIVES_WITHIN).contains(&age)
            || jws::time(&claims, "exp").is_some_and(|ends| now >= ends)
        {
            return Err(fault("its age"));
        }
        let event = "http://schemas.openid.net/event/backchannel-logout";
        let events = claims.get("events").and_then(serde_json::Value::as_object);
        let is_logout = events.is_some_and(|events| events.contains_key(event));
        if !is_logout || claims.contains_key("nonce") || text(&claims, "jti").is_none() {
            return Err(fault("it is no logout token"));
        }
        let named = |name: &str| text(&claims, name).map(str::to_owned);
        let (subject, session) = (named("sub"), named("sid"));
        if subject.is_none() && session.is_none() {
            return Err(fault("it names nobody"));
        }
        Ok(Ended { subject, session })
    }

    /// Where a person signs out there too, if it has such a place; from there they are sent to `to`.
    pub async fn way_out(&self, id_token: &str, to: &str, now: Timestamp) -> Option<String> {
        let known = self.known(now).await.ok()?;
        let place = known.ends_sessions_at.as_ref()?;
        let mut place: openidconnect::url::Url = place.parse().ok()?;
        place
            .query_pairs_mut()
            .append_pair("id_token_hint", id_token)
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("post_logout_redirect_uri", to);
        Some(place.into())
    }

    async fn exchange(
        &self,
        known: &Known,
        attempt: &Attempt,
        code: &str,
    ) -> Result<(CoreIdToken, String), ProviderFault> {
        let asked = known
            .client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| ProviderFault::Token("it names no place for tokens".to_owned()))?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()))
            .request_async(&self.http)
            .await;
        let told = asked.map_err(|error| match error {
            openidconnect::RequestTokenError::Request(error) => {
                ProviderFault::Unreachable(chain(&error))
            }
            openidconnect::RequestTokenError::ServerResponse(told) => {
                ProviderFault::Refused(told.error().to_string())
            }
            _ => ProviderFault::Token("what it answered is no token".to_owned()),
        })?;
        let id_token = told.id_token().cloned();
        let id_token = id_token.ok_or_else(|| ProviderFault::Token("there is none".to_owned()))?;
        Ok((id_token, told.access_token().secret().clone()))
    }

    /// What is known, asked anew if the token is signed with a key that was not told yet.
    async fn known_with_key_of(
        &self,
        known: Arc<Known>,
        token: &CoreIdToken,
        now: Timestamp,
    ) -> Result<Arc<Known>, ProviderFault> {
        let there = token.signing_key(&known.client.id_token_verifier()).is_ok();
        if there || now.since(known.at) <= limits::KEYS_ASKED_AGAIN_AFTER {
            return Ok(known);
        }
        self.discover(now).await
    }

    fn check(
        &self,
        known: &Known,
        token: &CoreIdToken,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<(), ProviderFault> {
        let at = move || instant(now);
        let began = instant(attempt.began.plus(-limits::CLOCKS_DIFFER));
        let latest = instant(now.plus(limits::CLOCKS_DIFFER));
        let afresh = attempt.afresh;
        let verifier = known
            .client
            .id_token_verifier()
            .set_time_fn(at)
            .set_issue_time_verifier_fn(move |issued| {
                if issued < began || issued > latest {
                    return Err("it was not made for this sign-in".to_owned());
                }
                Ok(())
            })
            .set_auth_time_verifier_fn(move |proved| {
                if afresh && proved.is_none_or(|proved| proved < began) {
                    return Err("they did not prove again who they are".to_owned());
                }
                Ok(())
            });
        let nonce = Nonce::new(attempt.nonce.clone());
        let claims = token.claims(&verifier, &nonce);
        let claims = claims.map_err(|error| ProviderFault::Token(error.to_string()))?;
        match claims.authorized_party() {
            Some(party) if **party != self.settings.client_id => {
                Err(ProviderFault::Token("it was made for another".to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// What the provider says of the person besides, if it has a place to ask.
    async fn userinfo(
        &self,
        known: &Known,
        access: &str,
        token: &Claims,
    ) -> Result<Claims, ProviderFault> {
        let Some(place) = &known.userinfo else {
            return Ok(Claims::new());
        };
        let request = hyper::Request::get(place)
            .header(hyper::header::AUTHORIZATION, format!("Bearer {access}"))
            .header(hyper::header::ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(|error| ProviderFault::Unreachable(error.to_string()))?;
        let answer = self.http.send(request).await;
        let answer = answer.map_err(|error| ProviderFault::Unreachable(chain(&error)))?;
        let told: Option<Claims> = serde_json::from_slice(answer.body()).ok();
        let told = told.filter(|_| answer.status().is_success());
        // What is said of somebody else says nothing of this person.
        told.filter(|told| text(told, "sub").is_some() && told.get("sub") == token.get("sub"))
            .ok_or_else(|| ProviderFault::Token("userinfo is not about this person".to_owned()))
    }

    async fn known(&self, now: Timestamp) -> Result<Arc<Known>, ProviderFault> {
        let kept = self.known.read();
        let kept = kept.unwrap_or_else(PoisonError::into_inner).clone();
        match kept {
            Some(known) if now.since(known.at) < limits::METADATA_LASTS => Ok(known),
            _ => self.discover(now).await,
        }
    }

    async fn discover(&self, now: Timestamp) -> Result<Arc<Known>, ProviderFault> {
        let issuer = IssuerUrl::new(self.settings.issuer.clone())
            .map_err(|error| ProviderFault::Unreachable(error.to_string()))?;
        let told = ProviderMetadataWithLogout::discover_async(issuer, &self.http).await;
        let told = told.map_err(|error| ProviderFault::Unreachable(chain(&error)))?;
        let ends_sessions_at = told.additional_metadata().end_session_endpoint.clone();
        let userinfo = told.userinfo_endpoint().map(ToString::to_string);
        let (keys, issuer) = (told.jwks().keys().clone(), told.issuer().to_string());
        let id = ClientId::new(self.settings.client_id.clone());
        let client = Client::from_provider_metadata(told, id, self.secret.clone())
            .set_redirect_uri(self.back.clone())
            .set_auth_type(AuthType::BasicAuth);
        let known = Arc::new(Known {
            client,
            keys,
            issuer,
            userinfo,
            ends_sessions_at: ends_sessions_at.map(|place| place.to_string()),
            at: now,
        });
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        Ok(known)
    }
}

fn instant(at: Timestamp) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_micros(at.0).unwrap_or_default()
}

/// An error with what it was caused by.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(": ");
        words.push_str(&error.to_string());
        cause = error.source();
    }
    words
}
