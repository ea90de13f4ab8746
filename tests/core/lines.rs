//! The sender alone, on a line that answers as a test wants.

use latchkey::graph::answer::{Fault, Outcome, OwnFault};
use latchkey::graph::ask::{Ask, Asks, if_there};
use latchkey::graph::batch::Noted;
use latchkey::graph::line::{self, Line};
use latchkey::graph::request::GraphRequest;
use latchkey::graph::{directory, users};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Answers each post with the next of its scripts, and notes what was asked.
#[derive(Default)]
struct Script {
    answers: RefCell<VecDeque<Vec<Outcome>>>,
    posted: RefCell<Vec<Vec<String>>>,
    refused: RefCell<Vec<Option<String>>>,
}

impl Script {
    fn of(answers: impl IntoIterator<Item = Vec<Outcome>>) -> Self {
        Self { answers: RefCell::new(answers.into_iter().collect()), ..Self::default() }
    }

    fn send(&self, requests: &[GraphRequest]) -> Vec<Outcome> {
        match pin!(line::send(self, requests)).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answers) => answers.into_iter().map(|(outcome, _)| outcome).collect(),
            Poll::Pending => panic!("a script keeps nobody waiting"),
        }
    }
}

impl Line for Script {
    fn graph(&self) -> &str {
        "https://graph.example"
    }

    async fn post(&self, requests: &[GraphRequest]) -> Vec<Noted> {
        self.posted.borrow_mut().push(requests.iter().map(|request| request.path.clone()).collect());
        let answers = self.answers.borrow_mut().pop_front().expect("an answer for each post");
        assert_eq!(answers.len(), requests.len());
        answers.into_iter().map(|outcome| (outcome, None)).collect()
    }

    async fn refused(&self, challenge: Option<&str>) {
        self.refused.borrow_mut().push(challenge.map(str::to_owned));
    }
}

fn get(path: &str) -> GraphRequest {
    GraphRequest::get(path)
}

fn ok(body: Value) -> Outcome {
    Outcome::Ok(body)
}

fn refused(claims: Option<&str>) -> Outcome {
    Outcome::Token {
        claims: claims.map(str::to_owned),
        fault: Fault { status: 401, code: "InvalidAuthenticationToken".into(), ..Fault::default() },
    }
}

#[test]
fn f35_what_a_token_was_not_accepted_for_is_sent_once_more_and_nothing_else_is() {
    let script = Script::of([vec![ok(json!(1)), refused(None), ok(json!(3))], vec![ok(json!(2))]]);
    let answers = script.send(&[get("/a"), get("/b"), get("/c")]);
    assert_eq!(answers, [ok(json!(1)), ok(json!(2)), ok(json!(3))]);
    assert_eq!(*script.posted.borrow(), [vec!["/a", "/b", "/c"], vec!["/b"]]);
    assert_eq!(*script.refused.borrow(), [None]);
}

#[test]
fn f36_a_challenge_goes_with_the_next_token_and_a_second_one_is_told() {
    let script = Script::of([vec![refused(None), refused(Some("{1}"))], vec![ok(json!(1)), refused(Some("{2}"))]]);
    let answers = script.send(&[get("/a"), get("/b")]);
    assert_eq!(answers[0], ok(json!(1)));
    assert!(matches!(&answers[1], Outcome::Token { claims: Some(claims), .. } if claims == "{2}"));
    assert_eq!(*script.refused.borrow(), [Some("{1}".to_owned()), Some("{2}".to_owned())]);
    assert_eq!(script.posted.borrow().len(), 2, "not a third time");
}

#[test]
fn forty_one_requests_are_three_batches() {
    let requests: Vec<GraphRequest> = (0..41).map(|at| get(&format!("/{at}"))).collect();
    let script = Script::of([20, 20, 1].map(|count| vec![ok(json!({})); count]));
    assert_eq!(script.send(&requests).len(), 41);
    assert_eq!(script.posted.borrow().iter().map(Vec::len).collect::<Vec<_>>(), [20, 20, 1]);
}

/// Whoever asks for several things gets each in its place and as what it is, and is told of what nobody can read or never came.
#[test]
fn reads_are_answered_as_they_were_asked() {
    let asks = (directory::my_groups(), Some(users::domains()), None::<Ask<Value>>, vec![directory::members_may_register(); 2]);
    let paths: Vec<String> = asks.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(paths[1..], ["/domains", "/policies/authorizationPolicy", "/policies/authorizationPolicy"]);
    let group = json!({"id": "2f6f3a7c-52c1-4a41-93f6-7a6a5e0d1b11"});
    let policy = json!({"defaultUserRolePermissions": {"allowedToCreateApps": false}});
    let came = [ok(json!({"value": [group]})), ok(json!({"domains": []})), ok(policy)];
    let (groups, domains, nothing, policies) = asks.replies(&mut came.into_iter());
    assert_eq!(groups.unwrap().len(), 1);
    let own = |outcome: Box<Outcome>| outcome.fault().and_then(Fault::own);
    assert_eq!(domains.unwrap().map_err(own), Err(Some(OwnFault::UnreadableAnswer)), "no list of domains");
    assert!(nothing.is_none(), "what is not asked for has no answer");
    assert_eq!(policies.into_iter().map(|reply| reply.map_err(own)).collect::<Vec<_>>(), [Ok(false), Err(Some(OwnFault::NoAnswer))]);
    // One item that is something else makes a list unreadable: who reads it as shorter takes away what is there.
    let odd = directory::my_groups().reply(Outcome::Ok(json!({"value": [group, {"id": 7}]})));
    assert_eq!(odd.map_err(own), Err(Some(OwnFault::UnreadableAnswer)));
    let gone = Outcome::NotFound(Fault { status: 404, ..Fault::default() });
    assert_eq!(if_there(users::by_upn("a@b.example").reply(gone)), Ok(None));
    let denied = Outcome::Denied(Fault { status: 403, ..Fault::default() });
    assert_eq!(if_there(users::by_upn("a@b.example").reply(denied.clone())), Err(Box::new(denied)));
}

#[test]
fn half_a_list_is_none_and_the_others_are_whole() {
    let next = |path: &str| format!("https://graph.example/v1.0{path}");
    let page = |values: Value, link: Option<String>| {
        let mut body = json!({ "value": values });
        if let Some(link) = link {
            body["@odata.nextLink"] = link.into();
        }
        ok(body)
    };
    let gone = Outcome::Unknown(OwnFault::NoAnswer.fault());
    let script = Script::of([
        vec![page(json!([1]), Some(next("/a?$skiptoken=2"))), page(json!([1]), Some(next("/b?$skiptoken=2")))],
        vec![page(json!([2]), None), gone.clone()],
    ]);
    let answers = script.send(&[get("/a"), get("/b")]);
    assert!(matches!(&answers[0], Outcome::Ok(body) if body["value"] == json!([1, 2])), "{answers:?}");
    assert_eq!(answers[1], gone);
}
