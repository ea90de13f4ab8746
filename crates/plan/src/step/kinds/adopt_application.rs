//! An application that is there, picked by name: what the blueprint asks for is added to what it has.

use super::prelude::*;
use domain::blueprint::Blueprint;

/// Adds the permissions and redirect URIs of the blueprint and our tag to an app registration that is there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AdoptApplication {
    /// The object id of the app registration.
    pub id: ObjectId,
    /// Its display name when it was picked, for words alone.
    pub name: String,
}

impl Kind for AdoptApplication {
    fn about(&self) -> About {
        About { protocol: Protocol::Ensure, subject: Subject::Application, stage: None, roles_needed: TO_CHANGE, writes_with: APPLICATIONS }
    }

    fn check(&self, _context: &Context<'_>) -> Option<Vec<GraphRequest>> {
        Some(vec![applications::by_id(&self.id)])
    }

    fn judge(&self, context: &Context<'_>, answers: &[Outcome]) -> Finding {
        first(answers, |answer| {
            one::<Application>(answer, |app| {
                let learned = Learned { application: Some((app.id.clone(), app.app_id.clone())), ..Learned::default() };
                if lacks(&app, context.blueprint) { Finding::Missing } else { Finding::Present(Box::new(learned)) }
            })
        })
    }

    fn write(&self, context: &Context<'_>, last_read: Option<&Value>) -> Option<GraphRequest> {
        let app = serde_json::from_value::<Application>(last_read?.clone()).ok()?;
        Some(adopt(&self.id, &app, context.blueprint))
    }

    /// What others may have come to rely on stays.
    fn undo(&self, _past: &Past<'_>) -> Vec<StepKind> {
        Vec::new()
    }

    fn script(&self) -> Script<'_> {
        Script::Adopts(&self.id)
    }
}

/// Whether an application lacks anything of the blueprint that its registration carries.
fn lacks(app: &Application, blueprint: &Blueprint) -> bool {
    !blueprint.permissions.iter().all(|permission| app.asks_for(permission))
        || !blueprint.redirect_uris.iter().all(|uri| app.redirect_uris().contains(uri))
        || !app.tags.iter().any(|tag| tag == applications::TAG)
}

/// Adds the blueprint to an application, keeping all that it has.
fn adopt(id: &ObjectId, app: &Application, blueprint: &Blueprint) -> GraphRequest {
    let mut resources: Vec<(String, Vec<Value>)> = app
        .required_resource_access
        .iter()
        .map(|resource| {
            let access = resource.resource_access.iter().map(|a| json!({"id": a.id, "type": a.kind}));
            (resource.resource_app_id.to_string(), access.collect())
        })
        .collect();
    for wanted in applications::required_resource_access(&blueprint.permissions).as_array().into_iter().flatten() {
        let resource = wanted["resourceAppId"].as_str().unwrap_or_default().to_owned();
        let list = match resources.iter().position(|(known, _)| *known == resource) {
            Some(at) => &mut resources[at].1,
            None => {
                resources.push((resource, Vec::new()));
                let last = resources.len() - 1;
                &mut resources[last].1
            }
        };
        for access in wanted["resourceAccess"].as_array().into_iter().flatten() {
            if !list.contains(access) {
                list.push(access.clone());
            }
        }
    }
    let access: Vec<Value> = resources.into_iter().map(|(id, list)| json!({"resourceAppId": id, "resourceAccess": list})).collect();
    let union = |have: &[String], want: &[String]| -> Vec<String> {
        let mut all = have.to_vec();
        all.extend(want.iter().filter(|item| !have.contains(item)).cloned());
        all
    };
    let uris = union(app.redirect_uris(), &blueprint.redirect_uris);
    let tags = union(&app.tags, &[applications::TAG.to_owned()]);
    GraphRequest::patch(
        format!("/applications/{id}"),
        json!({"requiredResourceAccess": access, "tags": tags, "web": {"redirectUris": uris}}),
    )
}
