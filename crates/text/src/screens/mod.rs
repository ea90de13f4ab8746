//! What the screens say, a file each: headings, labels, buttons and the sentences around them. What is said of a step, a fault or a
//! session stands with those, in the modules beside this one.

/// Declares the fixed texts of a screen: a name for each, and what it is in English. Another language is another match over the same
/// names, from which the compiler lets none be left out.
macro_rules! words {
    ($(#[$about:meta])* $words:ident { $($(#[$note:meta])* $name:ident => $text:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $words {
            $($(#[$note])* $name,)+
        }

        impl $words {
            /// Returns what is shown.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

pub mod access;
pub mod app_session;
pub mod common;
pub mod consent;
pub mod consents;
pub mod controls;
pub mod history;
pub mod home;
pub mod import;
pub mod microsoft;
pub mod new;
pub mod partner;
pub mod permissions;
pub mod plan;
pub mod register;
pub mod rollout;
pub mod run;
pub mod settings;
pub mod shell;
pub mod wizard;

/// Splits a sentence that has a link in it, as `Select customers under [Partner Access] first.`: what is before the link, its own
/// words, and what follows.
#[must_use]
pub fn around_link(sentence: &'static str) -> [&'static str; 3] {
    let (before, rest) = sentence.split_once('[').unwrap_or((sentence, ""));
    let (link, after) = rest.split_once(']').unwrap_or((rest, ""));
    [before, link, after]
}
