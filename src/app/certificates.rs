//! Certificates that this page makes for a run, and those that are uploaded.

use super::{App, runs};
use crate::domain::certificate::PublicCertificate;
use crate::domain::ids::RunId;
use crate::domain::secret::Secret;
use crate::plan::engine::Event;
use crate::plan::record::{Need, RunRecord, StepState};
use crate::platform::certificates::{self, Trouble};
use crate::platform::page;
use crate::text::imported::too_large;
use crate::text::upkeep;
use leptos::prelude::*;
use std::rc::Rc;

/// The largest certificate file that is read, in bytes: a chain of them as PEM is a tenth of that.
const LONGEST: usize = 64 * 1024;

/// A certificate that waits until the person has its key.
#[derive(Clone)]
pub struct Made {
    pub run: RunId,
    pub public: PublicCertificate,
    /// Private key and certificate as PEM.
    pub pem: Rc<Secret>,
    pub is_saved: bool,
}

/// Says why there is no certificate.
#[must_use]
pub fn say(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Fault(fault) => upkeep::certificate_fault(*fault),
        Trouble::Browser(why) => upkeep::no_certificate(why),
    }
}

/// Makes the certificate of a run. Nothing is sent; the key lives in memory until it is saved.
///
/// # Errors
/// In words.
pub async fn make(app: App, run: &RunRecord, days: u32, bits: u32) -> Result<(), String> {
    if app.certificate.with_untracked(|made| made.as_ref().is_some_and(|made| made.run != run.id)) {
        return Err(upkeep::OTHER_KEY_UNSAVED.into());
    }
    let (public, pem) = certificates::make(run.blueprint.name.trim(), days, bits).await.map_err(|trouble| say(&trouble))?;
    // It was put off while the key was made.
    let is_awaited = |run: &RunRecord| {
        run.origin.is_here() && run.current().is_some_and(|at| run.steps[at].state == StepState::NeedsYou(Need::MakeCertificate))
    };
    if !app.runs.with_untracked(|runs| runs.get(&run.id).is_some_and(is_awaited)) {
        return Ok(());
    }
    app.certificate.try_set(Some(Made { run: run.id.clone(), public, pem: Rc::new(pem), is_saved: false }));
    Ok(())
}

/// Offers key and certificate as a file.
pub fn download(app: App) {
    let Some(made) = app.certificate.get_untracked() else { return };
    page::download("certificate.pem", "application/x-pem-file", made.pem.reveal());
    app.certificate.set(Some(Made { is_saved: true, ..made }));
}

/// The person has the key: the public part goes on into the run, and the key is forgotten.
pub fn saved(app: App) {
    let Some(made) = app.certificate.get_untracked() else { return };
    if runs::tell(app, &made.run, Event::CertificateMade(Box::new(made.public))) {
        app.certificate.set(None);
    } else {
        app.toast(upkeep::OTHER_TAB);
    }
}

/// Reads the certificate of the file that was chosen in the field of this event; `None` when none was.
pub async fn uploaded(event: &web_sys::Event) -> Option<Result<PublicCertificate, String>> {
    Some(match page::chosen_bytes(event, LONGEST).await? {
        Ok(bytes) => certificates::read(&bytes).await.map_err(|trouble| say(&trouble)),
        Err(page::TooLarge) => Err(too_large(LONGEST)),
    })
}
