//! Reads that know what they are answered with: whoever asks gets values, never a body or a place in a batch.

use super::answer::{Outcome, OwnFault};
use super::request::GraphRequest;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A read, and how its answer is read.
#[derive(Clone, Debug)]
pub struct Ask<T> {
    request: GraphRequest,
    read: fn(Value) -> Option<T>,
}

/// What came of a read. The outcome of one that was not good is never [`Outcome::Ok`].
pub type Reply<T> = Result<T, Box<Outcome>>;

impl<T> Ask<T> {
    /// Reads the answer in a way of its own; `None` is for an answer that is not what Graph documents.
    #[must_use]
    pub fn read_by(request: GraphRequest, read: fn(Value) -> Option<T>) -> Self {
        Self { request, read }
    }

    /// Judges an answer. One that can't be read leaves everything unknown.
    ///
    /// # Errors
    /// What came in place of the value.
    pub fn reply(&self, outcome: Outcome) -> Reply<T> {
        match outcome {
            Outcome::Ok(body) => (self.read)(body).ok_or_else(|| Box::new(Outcome::Unknown(OwnFault::UnreadableAnswer.fault()))),
            other => Err(Box::new(other)),
        }
    }
}

impl<T: DeserializeOwned> Ask<T> {
    /// The answer is one object.
    #[must_use]
    pub fn object(request: GraphRequest) -> Self {
        Self::read_by(request, |body| serde_json::from_value(body).ok())
    }
}

impl<T: DeserializeOwned> Ask<Vec<T>> {
    /// The answer is a collection. One item that can't be read makes it unreadable: half a list is none.
    #[must_use]
    pub fn list(request: GraphRequest) -> Self {
        Self::read_by(request, |mut body| serde_json::from_value(body.get_mut("value")?.take()).ok())
    }
}

impl<T> From<Ask<T>> for GraphRequest {
    fn from(ask: Ask<T>) -> Self {
        ask.request
    }
}

/// Reads that go out together: a tuple of them is answered with a tuple, a vector with a vector.
pub trait Asks {
    /// What they are answered with, in the same places.
    type Replies;

    /// Returns the requests, in their order.
    fn requests(&self) -> Vec<GraphRequest>;

    /// Reads the answers, which come in the order of the requests. One that did not come leaves everything unknown.
    fn replies(self, outcomes: &mut dyn Iterator<Item = Outcome>) -> Self::Replies;
}

impl<T> Asks for Ask<T> {
    type Replies = Reply<T>;

    fn requests(&self) -> Vec<GraphRequest> {
        vec![self.request.clone()]
    }

    fn replies(self, outcomes: &mut dyn Iterator<Item = Outcome>) -> Reply<T> {
        self.reply(outcomes.next().unwrap_or_else(|| Outcome::Unknown(OwnFault::NoAnswer.fault())))
    }
}

impl<A: Asks> Asks for Vec<A> {
    type Replies = Vec<A::Replies>;

    fn requests(&self) -> Vec<GraphRequest> {
        self.iter().flat_map(Asks::requests).collect()
    }

    fn replies(self, outcomes: &mut dyn Iterator<Item = Outcome>) -> Self::Replies {
        self.into_iter().map(|ask| ask.replies(outcomes)).collect()
    }
}

/// What may be left out is not asked for, and not answered.
impl<A: Asks> Asks for Option<A> {
    type Replies = Option<A::Replies>;

    fn requests(&self) -> Vec<GraphRequest> {
        self.iter().flat_map(Asks::requests).collect()
    }

    fn replies(self, outcomes: &mut dyn Iterator<Item = Outcome>) -> Self::Replies {
        self.map(|ask| ask.replies(outcomes))
    }
}

macro_rules! together {
    ($($name:ident)+) => {
        impl<$($name: Asks),+> Asks for ($($name,)+) {
            type Replies = ($($name::Replies,)+);

            fn requests(&self) -> Vec<GraphRequest> {
                #[expect(non_snake_case, reason = "each place is called as its type")]
                let ($($name,)+) = self;
                [$($name.requests()),+].concat()
            }

            fn replies(self, outcomes: &mut dyn Iterator<Item = Outcome>) -> Self::Replies {
                #[expect(non_snake_case, reason = "each place is called as its type")]
                let ($($name,)+) = self;
                ($($name.replies(outcomes),)+)
            }
        }
    };
}

together!(A B);
together!(A B C);
together!(A B C D);

/// Takes what is not there for a value: `None`.
///
/// # Errors
/// What came in place of an answer.
pub fn if_there<T>(reply: Reply<T>) -> Reply<Option<T>> {
    match reply {
        Ok(value) => Ok(Some(value)),
        Err(outcome) if matches!(*outcome, Outcome::NotFound(_)) => Ok(None),
        Err(outcome) => Err(outcome),
    }
}
