//! The notes of an application and its reference in a service or asset management database; an empty text removes one.
//! <https://learn.microsoft.com/graph/api/resources/application>

use super::prelude::*;

/// What is `None` stays as it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SetNotes {
    /// `application.notes`; an empty text removes them.
    pub notes: Option<String>,
    /// `application.serviceManagementReference`; an empty text removes it.
    pub reference: Option<String>,
}

/// The members as a read brings them.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Found {
    notes: Option<String>,
    service_management_reference: Option<String>,
}

/// Whether what is there is what is wanted. Ends of lines and blanks around are nothing that anybody sees.
fn is_there(found: Option<&String>, wanted: Option<&String>) -> bool {
    let plain = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
    wanted.is_none_or(|wanted| plain(found.map(String::as_str).unwrap_or_default()) == plain(wanted))
}

impl Kind for SetNotes {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        let application = context.facts.application.as_ref()?;
        Some(vec![GraphRequest::get(format!("/applications/{application}?$select=id,notes,serviceManagementReference"))])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| {
            one::<Found>(answer, |found| {
                let reference = is_there(found.service_management_reference.as_ref(), self.reference.as_ref());
                is(is_there(found.notes.as_ref(), self.notes.as_ref()) && reference)
            })
        })
    }

    fn write(&self, context: &Context<'_>, _last_read: Option<&Value>) -> Option<GraphRequest> {
        let members = [("notes", &self.notes), ("serviceManagementReference", &self.reference)].into_iter().filter_map(|(name, wanted)| {
            let wanted = wanted.as_ref()?;
            Some((name.to_owned(), if wanted.is_empty() { Value::Null } else { json!(wanted) }))
        });
        Some(GraphRequest::patch(format!("/applications/{}", context.facts.application.as_ref()?), Value::Object(members.collect())))
    }

    fn undo(&self, past: &Past<'_>) -> Vec<StepKind> {
        let [notes, reference] = past.before else { return Vec::new() };
        let back = |changed: &Option<String>, before: &String| changed.as_ref().map(|_| before.clone());
        vec![Self { notes: back(&self.notes, notes), reference: back(&self.reference, reference) }.into()]
    }

    fn script(&self) -> Script<'_> {
        Script::Sends(Brings::Nothing)
    }

    fn before(&self, _context: &Context<'_>, last_read: &Value) -> Vec<String> {
        let found: Found = serde_json::from_value(last_read.clone()).unwrap_or_default();
        vec![found.notes.unwrap_or_default(), found.service_management_reference.unwrap_or_default()]
    }
}
