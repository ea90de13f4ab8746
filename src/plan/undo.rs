//! Undo is a plan of its own: it touches only what the run made.

use super::access::AccessStep;
use super::account::{AccessGrant, AccountStep};
use super::credentials::CredentialStep;
use super::exchange::ExchangeStep;
use super::record::{RunRecord, StepRecord, StepState};
use super::step::StepKind;
use super::upkeep::Upkeep;
use crate::domain::blueprint::Audience;
use crate::domain::ids::ObjectId;

/// Returns the steps that undo a run, the last first, each with the place of the step that it takes back; none when the run made
/// nothing that can be taken back. An application that the run created takes all that hangs on it along.
#[must_use]
pub fn steps(run: &RunRecord) -> Vec<(usize, StepKind)> {
    let is_done = |step: &StepRecord| step.state == StepState::Done || step.has_made();
    let done = || run.steps.iter().enumerate().filter(|(_, step)| is_done(step)).rev();
    let created = run
        .steps
        .iter()
        .position(|step| step.step == StepKind::CreateApplication && (is_done(step) || step.state == StepState::AlreadyInPlace));
    match (&run.facts.application, created) {
        (Some(id), Some(at)) => {
            // Whatever a stored or imported record says: only what carries the name of the run goes.
            let unique_name = Some(run.scene(run.started).unique_name());
            let application = (at, StepKind::DeleteApplication { id: id.clone(), name: run.blueprint.name.clone(), unique_name });
            // What is given to an account or by Exchange does not go with the application.
            let stays = |step: &StepRecord| matches!(step.step, StepKind::Exchange(_) | StepKind::Account(_));
            let others = done().filter(|(_, step)| stays(step));
            others.flat_map(|(at, step)| reverse(run, step).into_iter().map(move |step| (at, step))).chain([application]).collect()
        }
        _ => without_detours(done().flat_map(|(at, step)| reverse(run, step).into_iter().map(move |step| (at, step))).collect()),
    }
}

/// What was added for a while and taken out again needs nothing.
fn without_detours(steps: Vec<(usize, StepKind)>) -> Vec<(usize, StepKind)> {
    let has = |wanted: &StepKind| steps.iter().any(|(_, step)| step == wanted);
    let is_detour = |step: &StepKind| match step {
        StepKind::AddConsentRedirect { uri } => has(&StepKind::RemoveConsentRedirect { uri: uri.clone() }),
        StepKind::RemoveConsentRedirect { uri } => has(&StepKind::AddConsentRedirect { uri: uri.clone() }),
        _ => false,
    };
    steps.iter().filter(|(_, step)| !is_detour(step)).cloned().collect()
}

/// Returns the places of the steps of a run that were done and can't be taken back.
#[must_use]
pub fn stays(run: &RunRecord) -> Vec<usize> {
    let taken_back = steps(run);
    if taken_back.iter().any(|(_, step)| step.deletes()) {
        return Vec::new();
    }
    let is_kept = |at: &usize| !taken_back.iter().any(|(taken, _)| taken == at);
    (0..run.steps.len()).filter(|at| run.steps[*at].state == StepState::Done && run.steps[*at].has_made()).filter(is_kept).collect()
}

/// Notes in a run what an undo of it has taken back.
pub fn note(original: &mut RunRecord, back: &RunRecord) {
    let is_done = |step: &StepRecord| matches!(step.state, StepState::Done | StepState::AlreadyInPlace);
    for (at, kind) in steps(original) {
        if back.steps.iter().any(|step| step.step == kind && is_done(step)) {
            original.steps[at].state = StepState::Undone;
        }
    }
    let done = |is: fn(&StepKind) -> bool| back.steps.iter().any(|step| is(&step.step) && is_done(step));
    let mut all_went = |is_its: fn(&StepRecord) -> bool| {
        let went = original.steps.iter_mut().filter(|step| (step.is_over() || step.has_made()) && is_its(step));
        went.for_each(|step| step.state = StepState::Undone);
    };
    if done(|kind| matches!(kind, StepKind::DeleteApplication { .. })) {
        all_went(|step| !matches!(step.step, StepKind::Account(_) | StepKind::Exchange(_)));
    }
    if done(|kind| matches!(kind, StepKind::Account(AccountStep::Delete { .. }))) {
        // What was in place before stays.
        all_went(|step| matches!(step.step, StepKind::Account(_)) && step.state != StepState::AlreadyInPlace);
    }
    original.undone = steps(original).is_empty();
}

fn reverse(run: &RunRecord, step: &StepRecord) -> Vec<StepKind> {
    let made_account =
        |step: &StepRecord| matches!(step.step, StepKind::Account(AccountStep::Create { .. })) && step.secret.key_id.is_some();
    match &step.step {
        // The seat goes back with the account. Roles are taken first: Graph does not delete who holds one.
        // <https://learn.microsoft.com/graph/api/user-delete>
        StepKind::Account(AccountStep::AssignLicence { .. }) if run.steps.iter().any(made_account) => Vec::new(),
        // The service principal went along, and does not come back by itself.
        StepKind::DeleteApplication { id, name, .. } => {
            let restore = StepKind::Upkeep(Upkeep::Restore { id: id.clone(), name: name.clone() });
            vec![restore, restore_principal(run.facts.service_principal.as_ref())]
        }
        _ => reverse_one(run, step).into_iter().collect(),
    }
}

/// Returns the step that gives a restored application its service principal.
#[must_use]
pub fn restore_principal(known: Option<&ObjectId>) -> StepKind {
    known.map_or(StepKind::CreateServicePrincipal, |id| StepKind::Upkeep(Upkeep::RestorePrincipal { id: id.clone() }))
}

fn reverse_one(run: &RunRecord, step: &StepRecord) -> Option<StepKind> {
    Some(match &step.step {
        StepKind::GrantApplication { permission } => StepKind::Upkeep(Upkeep::RevokeApplication { permission: permission.clone() }),
        StepKind::GrantDelegated { resource, name, scopes } => {
            let ours: Vec<String> = scopes.iter().filter(|scope| !step.before.contains(scope)).cloned().collect();
            if ours.is_empty() {
                return None;
            }
            StepKind::Upkeep(Upkeep::RevokeDelegated { resource: resource.clone(), name: name.clone(), scopes: ours })
        }
        StepKind::AssignRole { role } => StepKind::Upkeep(Upkeep::RemoveRole { role: role.clone() }),
        StepKind::AddConsentRedirect { uri } => StepKind::RemoveConsentRedirect { uri: uri.clone() },
        StepKind::RemoveConsentRedirect { uri } => StepKind::AddConsentRedirect { uri: uri.clone() },
        StepKind::AddSecret { .. } => StepKind::Credential(CredentialStep::RemoveSecret {
            key_id: step.secret.key_id.clone()?,
            name: run.scene(run.started).secret_name(),
            ends: step.secret.ends,
        }),
        StepKind::Credential(CredentialStep::AddCertificate { certificate }) => StepKind::Credential(CredentialStep::RemoveCertificate {
            key_id: step.made.clone()?,
            name: certificate.subject.clone(),
            ends: Some(crate::domain::time::Instant(certificate.ends)),
        }),
        StepKind::Upkeep(Upkeep::ChangePermissions { add, remove }) => {
            let ours = |all: &[crate::domain::permission::Chosen], was_there: bool| {
                all.iter().filter(|p| step.before.contains(&p.id) == was_there).cloned().collect::<Vec<_>>()
            };
            StepKind::Upkeep(Upkeep::ChangePermissions { add: ours(remove, true), remove: ours(add, false) })
        }
        StepKind::Upkeep(Upkeep::RevokeApplication { permission }) => StepKind::GrantApplication { permission: permission.clone() },
        StepKind::Upkeep(Upkeep::RevokeDelegated { resource, name, scopes }) => StepKind::GrantDelegated {
            resource: resource.clone(),
            name: name.clone(),
            scopes: scopes.iter().filter(|scope| step.before.contains(scope)).cloned().collect(),
        },
        StepKind::Upkeep(Upkeep::SetAudience { .. }) => {
            let audience = step.before.first().and_then(|before| Audience::from_graph(before))?;
            StepKind::Upkeep(Upkeep::SetAudience { audience })
        }
        StepKind::Upkeep(Upkeep::Rename { from, to }) => StepKind::Upkeep(Upkeep::Rename { from: to.clone(), to: from.clone() }),
        StepKind::Upkeep(Upkeep::SetEnabled { enabled }) => StepKind::Upkeep(Upkeep::SetEnabled { enabled: !enabled }),
        StepKind::Upkeep(Upkeep::RemoveRole { role }) => StepKind::AssignRole { role: role.clone() },
        StepKind::Upkeep(Upkeep::Restore { id, name }) => {
            StepKind::DeleteApplication { id: id.clone(), name: name.clone(), unique_name: None }
        }
        StepKind::Access(AccessStep::Assign { role, holder }) => {
            StepKind::Access(AccessStep::Remove { role: role.clone(), holder: holder.clone() })
        }
        StepKind::Access(AccessStep::Remove { role, holder }) => {
            StepKind::Access(AccessStep::Assign { role: role.clone(), holder: holder.clone() })
        }
        StepKind::Access(AccessStep::RequireAssignment { required }) => {
            StepKind::Access(AccessStep::RequireAssignment { required: !required })
        }
        StepKind::Account(AccountStep::Create { upn }) => {
            StepKind::Account(AccountStep::Delete { id: run.facts.account.clone()?, upn: upn.clone() })
        }
        StepKind::Account(AccountStep::AssignLicence { licence }) => {
            StepKind::Account(AccountStep::RemoveLicence { licence: licence.clone() })
        }
        StepKind::Account(AccountStep::AssignRole { role }) => StepKind::Account(AccountStep::RemoveRole { role: role.clone() }),
        StepKind::Account(AccountStep::GrantAccess(grant)) => {
            let scopes: Vec<String> = grant.scopes.iter().filter(|scope| !step.before.contains(scope)).cloned().collect();
            if scopes.is_empty() {
                return None;
            }
            StepKind::Account(AccountStep::RevokeAccess(AccessGrant { scopes, ..grant.clone() }))
        }
        StepKind::Exchange(ExchangeStep::Assign { role, definition }) => {
            StepKind::Exchange(ExchangeStep::Remove { role: role.clone(), definition: definition.clone() })
        }
        // A removed credential can't come back, and what others may have come to rely on stays.
        StepKind::CreateApplication
        | StepKind::AdoptApplication { .. }
        | StepKind::CreateServicePrincipal
        | StepKind::AddResource { .. }
        | StepKind::Consent
        | StepKind::DeleteApplication { .. }
        | StepKind::Upkeep(Upkeep::RestorePrincipal { .. })
        | StepKind::Credential(_)
        | StepKind::Account(_)
        | StepKind::Exchange(_)
        | StepKind::Access(AccessStep::DefineRoles { .. }) => return None,
    })
}
