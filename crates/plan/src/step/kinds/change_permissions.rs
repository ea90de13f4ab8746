//! What the registration asks for; what is granted is a matter of its own.

use super::prelude::*;

/// Changes `application.requiredResourceAccess`. Nothing is granted or revoked by that.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ChangePermissions {
    /// What it asks for from then on, too.
    pub add: Vec<Chosen>,
    /// What it asks for no more.
    pub remove: Vec<Chosen>,
}

impl Kind for ChangePermissions {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![applications::by_id(context.facts.application.as_ref()?)])
    }

    fn judge(&self, _context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| {
            one::<Application>(answer, |app| is(self.add.iter().all(|p| app.asks_for(p)) && !self.remove.iter().any(|p| app.asks_for(p))))
        })
    }

    fn write(&self, context: &Context<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let access = changed(last_read?.get("requiredResourceAccess")?, &self.add, &self.remove);
        Some(GraphRequest::patch(
            format!("/applications/{}", context.facts.application.as_ref()?),
            json!({"requiredResourceAccess": access}),
        ))
    }

    fn undo(&self, past: &Past<'_>) -> Vec<StepKind> {
        let ours = |all: &[Chosen], was_there: bool| all.iter().filter(|p| past.before.contains(&p.id) == was_there).cloned().collect();
        vec![Self { add: ours(&self.remove, true), remove: ours(&self.add, false) }.into()]
    }

    fn script(&self) -> Script<'_> {
        Script::LeavesToPage
    }

    fn before(&self, _context: &Context<'_>, last_read: &Value) -> Vec<String> {
        let app = serde_json::from_value::<Application>(last_read.clone()).ok();
        let required = app.map(|app| app.required_resource_access).unwrap_or_default();
        required.into_iter().flat_map(|resource| resource.resource_access).map(|access| access.id).collect()
    }
}

/// Changes what is asked for; everything else goes back as it was read.
fn changed(access: &Value, add: &[Chosen], remove: &[Chosen]) -> Value {
    let kind = |permission: &Chosen| match permission.kind {
        PermissionKind::Application => "Role",
        PermissionKind::Delegated => "Scope",
    };
    let mut resources: Vec<Value> = access.as_array().cloned().unwrap_or_default();
    for resource in &mut resources {
        let id = resource["resourceAppId"].as_str().unwrap_or_default().to_owned();
        let goes =
            |access: &Value| remove.iter().any(|p| p.resource.as_str() == id && access["id"] == p.id.as_str() && access["type"] == kind(p));
        if let Some(list) = resource["resourceAccess"].as_array_mut() {
            list.retain(|access| !goes(access));
        }
    }
    for permission in add {
        let access = json!({"id": permission.id, "type": kind(permission)});
        let known = resources.iter_mut().find(|resource| resource["resourceAppId"] == permission.resource.as_str());
        match known.and_then(|resource| resource["resourceAccess"].as_array_mut()) {
            Some(list) if !list.contains(&access) => list.push(access),
            Some(_) => {}
            None => resources.push(json!({"resourceAppId": permission.resource.as_str(), "resourceAccess": [access]})),
        }
    }
    resources.retain(|resource| resource["resourceAccess"].as_array().is_some_and(|list| !list.is_empty()));
    Value::Array(resources)
}
