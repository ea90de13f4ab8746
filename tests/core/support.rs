//! A person at a browser, without the browser: signs in to the emulator with the page's own request builders.

use latchkey::domain::ids::Tenant;
use latchkey::domain::route::Route;
use latchkey::domain::time::Instant;
use latchkey::entra::attempt::ReturnTo;
use latchkey::entra::authorize::{self, Prompt, Wanted};
use latchkey::entra::callback;
use latchkey::entra::cloud::Config;
use latchkey::entra::id_token::{Expected, Nonce};
use latchkey::entra::scopes::{Scope, Scopes};
use latchkey::entra::token::{self, TokenFault, Tokens};
use latchkey::graph::answer::Answer;
use latchkey::graph::batch::claims_of_challenge;
use latchkey_emulator::{Options, Running, start_in_background};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};
use ureq::Agent;

/// Every scope that the page may ask for.
pub const EVERYTHING: Scopes = Scopes::of(&Scope::ALL);

pub struct Bench {
    pub running: Running,
    pub config: Config,
    pub agent: Agent,
}

pub struct Reply {
    pub status: u16,
    pub location: String,
    pub cookie: String,
    pub body: Vec<u8>,
}

impl Bench {
    /// Starts an emulator of its own.
    pub fn start(options: Options) -> Self {
        let running = start_in_background(options).expect("the emulator starts");
        let file = json!({"cloud": "emulator", "clientId": running.client_id, "redirectOrigin": running.app, "loginOrigin": running.login, "graphOrigin": running.graph});
        let config = Config::read(&file.to_string(), "emulator", &running.app).expect("the configuration is good");
        let agent = Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        Self { running, config, agent }
    }

    pub fn now(&self) -> Instant {
        let state = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Instant(i64::try_from(state.as_millis()).unwrap())
    }

    pub fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.running.control);
        let mut answer = match method {
            "GET" => self.agent.get(&url).call(),
            "DELETE" => self.agent.delete(&url).call(),
            _ => self.agent.post(&url).send(body.to_string()),
        }
        .expect("the control answers");
        assert!(answer.status().is_success(), "{method} {path}: {}", answer.status());
        let text = answer.body_mut().read_to_string().unwrap();
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    fn send(&self, request: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Reply {
        let mut answer = request.expect("the emulator answers");
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let (location, cookie) = (header("location"), header("set-cookie").split(';').next().unwrap_or_default().to_owned());
        Reply { status: answer.status().as_u16(), location, cookie, body: answer.body_mut().read_to_vec().unwrap() }
    }

    /// Whether Microsoft's page takes the password.
    pub fn can_sign_in(&self, upn: &str, password: &str) -> bool {
        let scope = "openid profile";
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("client_id", self.config.client_id.as_str()), ("response_type", "code"), ("scope", scope)])
            .extend_pairs([
                ("redirect_uri", format!("{}/auth", self.config.origin).as_str()),
                ("code_challenge", "x"),
                ("code_challenge_method", "S256"),
            ])
            .finish();
        let page = self.send(self.agent.get(format!("{}/organizations/oauth2/v2.0/authorize?{query}", self.config.login)).call());
        let page = String::from_utf8(page.body).unwrap();
        let context = page.split("name=ctx value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a form").to_owned();
        let form = [("ctx", context.as_str()), ("step", "password"), ("Email", upn), ("Password", password)];
        let reply = self.send(self.agent.post(format!("{}/emulator/sign-in", self.running.login)).send_form(form));
        !String::from_utf8_lossy(&reply.body).contains("account or password is incorrect") && !reply.cookie.is_empty()
    }

    /// Goes through Microsoft's pages; returns the fragment that comes back.
    pub fn sign_in_pages(&self, url: &str, upn: &str, accept: bool) -> String {
        let mut reply = self.send(self.agent.get(url).call());
        let mut cookie = String::new();
        for _ in 0..6 {
            if reply.status == 302 {
                return reply.location.split_once(['#', '?']).map(|(_, rest)| rest.to_owned()).unwrap_or_default();
            }
            let page = String::from_utf8(reply.body.clone()).unwrap();
            let context = page.split("name=ctx value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a form").to_owned();
            let form: Vec<(&str, &str)> = if page.contains("name=Password") {
                vec![("ctx", &context), ("step", "password"), ("Email", upn), ("Password", "emulator")]
            } else if page.contains("value=consent") {
                vec![("ctx", &context), ("step", "consent"), ("account", upn), ("answer", if accept { "accept" } else { "cancel" })]
            } else {
                vec![("ctx", &context), ("step", "email"), ("Email", upn)]
            };
            let target = format!("{}/emulator/sign-in", self.running.login);
            reply = self.send(self.agent.post(&target).header("cookie", &cookie).send_form(form));
            if !reply.cookie.is_empty() {
                cookie.clone_from(&reply.cookie);
            }
        }
        panic!("the pages of {url} did not end");
    }

    pub fn post(&self, request: &oauth2::HttpRequest, origin: Option<&str>) -> Reply {
        let mut builder = self.agent.post(request.uri().to_string());
        for (name, value) in request.headers() {
            builder = builder.header(name.as_str(), value.to_str().unwrap());
        }
        if let Some(origin) = origin {
            builder = builder.header("origin", origin);
        }
        self.send(builder.send(request.body().as_slice()))
    }

    /// Signs in as the page does.
    pub fn sign_in(&self, upn: &str, scopes: Scopes) -> Tokens {
        let now = self.now();
        let wanted = Wanted {
            authority: "organizations".into(),
            scopes,
            return_to: ReturnTo::Screen(Route::Home),
            prompt: Prompt::SelectAccount,
            claims: None,
            account: None,
        };
        let (url, attempt) = authorize::request(&self.config, wanted, now).unwrap();
        let fragment = self.sign_in_pages(url.as_str(), upn, true);
        assert_eq!(callback::state(&fragment).as_deref(), Some(attempt.state.as_str()));
        let answered = callback::judge(&fragment, Some(attempt), &self.config.login, now).expect("the answer is good");
        let request = token::code_request(&self.config, &answered).unwrap();
        let reply = self.post(&request, Some(&self.config.origin));
        let expected = Expected {
            login_origin: &self.config.login,
            client_id: &self.config.client_id,
            nonce: Nonce::Sent(&answered.attempt().nonce),
            tenant: None,
            account: None,
            now,
        };
        token::judge(reply.status, &reply.body, &expected).expect("tokens")
    }

    /// Redeems a refresh token in a tenant.
    pub fn refresh(&self, tokens: &Tokens, tenant: &latchkey::domain::ids::TenantId, scopes: Scopes) -> Result<Tokens, TokenFault> {
        self.refresh_meeting(tokens, tenant, scopes, None)
    }

    /// The same with what the tenant asked for in a challenge.
    pub fn refresh_meeting(
        &self,
        tokens: &Tokens,
        tenant: &latchkey::domain::ids::TenantId,
        scopes: Scopes,
        challenge: Option<&str>,
    ) -> Result<Tokens, TokenFault> {
        let now = self.now();
        let request = token::refresh_request(&self.config, tenant, scopes, tokens.refresh_token.as_deref().unwrap(), challenge).unwrap();
        let reply = self.post(&request, Some(&self.config.origin));
        let expected = Expected {
            login_origin: &self.config.login,
            client_id: &self.config.client_id,
            nonce: Nonce::Renewed(None),
            tenant: Some(tenant),
            account: Some(&tokens.account),
            now,
        };
        token::judge(reply.status, &reply.body, &expected)
    }

    /// Returns the tenant of a domain as the control knows it.
    pub fn tenant(&self, domain: &str) -> Tenant {
        let state = self.control("GET", "/state", &Value::Null);
        let (id, tenant) = state["tenants"].as_object().unwrap().iter().find(|(_, t)| t["domain"] == domain).expect("the tenant");
        Tenant {
            id: latchkey::domain::ids::TenantId::parse(id).unwrap(),
            name: tenant["displayName"].as_str().unwrap().into(),
            domain: domain.into(),
        }
    }

    pub fn tenant_state(&self, id: &latchkey::domain::ids::TenantId) -> Value {
        self.control("GET", "/state", &Value::Null)["tenants"][id.as_str()].clone()
    }

    /// Sends one batch to Graph, as the page does. `None` when no answer came.
    pub fn batch(&self, access_token: &str, body: &Value) -> Option<Value> {
        self.batch_at("/v1.0/$batch", access_token, body).map(|answer| answer.body)
    }

    /// The same for a path of one's own, with all that the page reads: some requests are known to the beta only.
    pub fn batch_at(&self, path: &str, access_token: &str, body: &Value) -> Option<Answer> {
        let url = format!("{}{path}", self.config.graph);
        let sent = self
            .agent
            .post(&url)
            .header("authorization", format!("Bearer {access_token}"))
            .header("content-type", "application/json")
            .header("origin", &self.config.origin)
            .send(body.to_string());
        let mut answer = sent.ok()?;
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (request_id, retry_after) = (header("request-id"), header("retry-after"));
        let claims = header("www-authenticate").as_deref().and_then(claims_of_challenge);
        let status = answer.status().as_u16();
        let text = answer.body_mut().read_to_string().ok()?;
        Some(Answer { status, request_id, retry_after, claims, body: serde_json::from_str(&text).unwrap_or(Value::Null) })
    }
}
