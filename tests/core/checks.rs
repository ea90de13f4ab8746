//! Checking the consent of many customers: the job, its pace, its waits, and what the grants mean.

use latchkey::customers::check::{Job, Pace, compare, wait};
use latchkey::customers::{ConsentState, Guid};
use latchkey::domain::ids::TenantId;
use latchkey::domain::time::Instant;
use latchkey::entra::consent;
use latchkey::text::partner::progress;
use std::collections::BTreeSet;

fn job(customers: u128) -> Job {
    let home = TenantId::parse("8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60").expect("a GUID");
    Job::new(home, (0..customers).map(Guid), Instant(0))
}

#[test]
fn nothing_gets_lost_on_the_way() {
    let mut job = job(5);
    job.succeeded(Guid(1));
    job.gave_up(Guid(3));
    assert_eq!((job.total(), job.done, job.failed.clone(), job.waiting.clone()), (5, 1, vec![Guid(3)], [0, 2, 4].map(Guid).into()));
    let kept: Job = serde_json::from_str(&serde_json::to_string(&job).expect("written")).expect("read");
    assert_eq!(kept, job);
    for id in [0, 2, 4] {
        job.succeeded(Guid(id));
    }
    job.retry_failed(Instant(1));
    assert_eq!((job.total(), job.waiting.clone()), (1, [Guid(3)].into()));
}

#[test]
fn waits_as_it_is_told_and_else_longer_each_time() {
    assert_eq!(wait(1, Some(7)), 7);
    assert_eq!((1..8).map(|tries| wait(tries, None)).collect::<Vec<_>>(), [2, 4, 8, 16, 30, 30, 30]);
    assert_eq!(wait(1, Some(100_000)), 300, "nobody waits for a day");
}

#[test]
fn says_how_far_it_is() {
    let mut job = job(1000);
    for id in 0..300 {
        job.succeeded(Guid(id));
    }
    let pace = Pace { done: 300, seconds: 60 };
    assert_eq!(progress(&job, pace, true, false), "300 of 1,000 customers checked, 300 a minute, about 2 min left.");
    assert_eq!(progress(&job, pace, false, false), "300 of 1,000 customers checked. Stopped; what was found is kept.");
    assert_eq!(Pace { done: 2, seconds: 60 }.per_minute(), None);
}

#[test]
fn compares_scopes_without_regard_to_case_and_order() {
    let granted: BTreeSet<String> = ["user.read", "Mail.Read", "openid"].map(str::to_owned).into();
    let ConsentState::Given { missing, extra } = compare(&["User.Read", "Directory.Read.All"], &granted) else { panic!("given") };
    assert_eq!((missing, extra), (vec!["Directory.Read.All".to_owned()], vec!["Mail.Read".to_owned()]));
}

#[test]
fn what_is_asked_for_is_what_the_features_ask_for() {
    use latchkey::entra::scopes::{NAMES, Scope, Scopes};
    let names = |scopes: Scopes| scopes.iter().map(Scope::name).collect::<Vec<_>>();
    assert_eq!(names(Scopes::of(&Scope::ALL)), NAMES);
    for looking in [Scopes::SIGN_IN, Scopes::LOOK, Scopes::PARTNER, Scopes::CONSENTS] {
        assert!(names(looking).iter().all(|name| !name.contains("Write")), "looking writes nothing: {:?}", names(looking));
    }
}

#[test]
fn the_landing_page_takes_nothing_from_its_link_but_whom_it_is_for() {
    use latchkey::domain::ids::AppId;
    use latchkey::entra::consent::read_landing;
    let own = AppId::parse("5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef").expect("a GUID");
    let said = read_landing(
        "#client=5A0C9A1E-3b7f-4f6e-8d21-90ab12cd34ef&asker=Tilo%20%28tech%40x.com%29&tenant=8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60",
        &own,
    );
    assert!(!said.is_other_app);
    assert_eq!(said.asker.as_deref(), Some("Tilo (tech@x.com)"));
    assert!(said.tenant.is_some());
    assert!(read_landing("client=11111111-3b7f-4f6e-8d21-90ab12cd34ef", &own).is_other_app);
    assert!(read_landing("client=nonsense", &own).is_other_app);
    let forged = read_landing(&format!("tenant=../../evil&asker=%00%E2%80%AE{}", "x".repeat(500)), &own);
    assert_eq!((forged.tenant, forged.asker.map(|asker| asker.len())), (None, Some(120)));
    assert_eq!(read_landing("", &own), latchkey::entra::consent::Landing::default());
}

#[test]
fn the_script_names_tenants_by_id_only() {
    let text = latchkey::text::partner::script(
        "5a0c9a1e-3b7f-4f6e-8d21-90ab12cd34ef",
        ["8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60".to_owned()].into_iter(),
    );
    insta::assert_snapshot!(text);
}

/// An answer that comes days later, without a state, or with one to which a browser added a title: no claim, no crash.
#[test]
fn f41_t12_a_damaged_consent_answer_claims_nothing() {
    let tenant = "8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60";
    for (query, expected) in [
        (format!("admin_consent=True&tenant={tenant}"), None),
        (format!("admin_consent=True&tenant={tenant}&state=abc+Sign+in+to+your+account"), Some("abc Sign in to your account")),
        (format!("admin_consent=True&tenant={tenant}&state="), Some("")),
        ("admin_consent=True".to_owned(), None),
        ("admin_consent=True&tenant=not-a-guid&state=%FF%00".to_owned(), Some("\u{fffd}\0")),
    ] {
        let (hint, state) = consent::read(&query);
        assert!(matches!(hint, consent::Hint::SaysAccepted { .. }), "{query}");
        assert_eq!(state.as_deref(), expected, "{query}");
    }
    for query in ["admin_consent=True&error=consent_required&error_description=AADSTS65001", "error=access_denied&admin_consent=True"] {
        assert!(matches!(consent::read(query).0, consent::Hint::SaysRefused(_)), "an error decides: {query}");
    }
    for query in ["", "tenant=x", "admin_consent=perhaps", "&&&=%"] {
        assert_eq!(consent::read(query).0, consent::Hint::Unclear, "{query}");
    }
}
