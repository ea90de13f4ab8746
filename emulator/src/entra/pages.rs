//! The pages that a person sees at Microsoft. Plain, without script.

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>{title}</title>\
         <style>body{{font:14px/20px 'Segoe UI',sans-serif;background:#f2f2f2;margin:0}}main{{max-width:400px;margin:10vh auto;padding:32px;background:#fff;box-shadow:0 2px 6px #0003}}\
         h1{{font-size:22px;line-height:28px}}label{{display:block;margin:12px 0}}input[type=email],input[type=password]{{display:block;width:100%;box-sizing:border-box;padding:8px}}\
         button{{padding:8px 24px;margin:8px 8px 0 0}}[role=alert]{{color:#a00}}footer{{color:#555;margin-top:24px}}</style>\
         <main><h1>{title}</h1>{body}<footer>Emulated sign-in page. Nothing leaves this computer.</footer></main></html>"
    )
}

fn form(context: &str, fields: &str) -> String {
    format!("<form method=post action=\"/emulator/sign-in\"><input type=hidden name=ctx value=\"{context}\">{fields}</form>")
}

fn alert(text: Option<&str>) -> String {
    text.map(|text| format!("<p role=alert>{}</p>", escape(text))).unwrap_or_default()
}

pub fn email(context: &str, hint: &str, accounts: &[String], fault: Option<&str>) -> String {
    let known: String = accounts
        .iter()
        .map(|upn| {
            let upn = escape(upn);
            form(context, &format!("<input type=hidden name=step value=pick><button name=account value=\"{upn}\">{upn}</button>"))
        })
        .collect();
    let fields = format!(
        "<input type=hidden name=step value=email>{}<label>Email<input type=email name=Email value=\"{}\" autocomplete=username autofocus></label><button>Next</button>",
        alert(fault),
        escape(hint)
    );
    page("Sign in", &format!("{known}{}", form(context, &fields)))
}

pub fn password(context: &str, upn: &str, fault: Option<&str>) -> String {
    let upn = escape(upn);
    let fields = format!(
        "<input type=hidden name=step value=password><input type=hidden name=Email value=\"{upn}\"><p>{upn}</p>{}\
         <label>Password<input type=password name=Password autocomplete=current-password autofocus></label><button>Sign in</button>",
        alert(fault)
    );
    page("Enter password", &form(context, &fields))
}

/// What Microsoft asks before it goes on: another password.
pub fn update_password(context: &str, upn: &str, fault: Option<&str>) -> String {
    let upn = escape(upn);
    let fields = format!(
        "<input type=hidden name=step value=update><input type=hidden name=account value=\"{upn}\"><p>{upn}</p><p>You need to update your password because this is the first time you are signing in.</p>{}\
         <label>Current password<input type=password name=Current></label><label>New password<input type=password name=Password></label><button>Sign in</button>",
        alert(fault)
    );
    page("Update your password", &form(context, &fields))
}

/// What Microsoft asks before it goes on: a second factor.
pub fn more_information(context: &str, upn: &str) -> String {
    let upn = escape(upn);
    let fields = format!(
        "<input type=hidden name=step value=register><input type=hidden name=account value=\"{upn}\"><p>{upn}</p>\
         <p>Your organization needs more information to keep your account secure</p><button>Next</button>"
    );
    page("More information required", &form(context, &fields))
}

pub struct Consent<'a> {
    pub app: &'a str,
    pub tenant: &'a str,
    pub account: &'a str,
    /// Each permission in a sentence.
    pub permissions: &'a [String],
    /// Whether the account may choose to consent for everybody.
    pub offers_all: bool,
    /// Whether consent is for everybody in any case.
    pub for_all: bool,
}

pub fn consent(context: &str, consent: &Consent<'_>) -> String {
    let list: String = consent.permissions.iter().map(|permission| format!("<li>{}</li>", escape(permission))).collect();
    let whom = if consent.for_all {
        format!("<p>If you accept, this app gets access for all users of {}.</p>", escape(consent.tenant))
    } else {
        String::new()
    };
    let all = if consent.offers_all {
        "<label><input type=checkbox name=all value=1> Consent on behalf of your organization</label>"
    } else {
        ""
    };
    let account = escape(consent.account);
    let fields = format!(
        "<p>{account}</p><p><b>{}</b><br>unverified</p><p>This app would like to:</p><ul>{list}</ul>{whom}{all}\
         <input type=hidden name=step value=consent><input type=hidden name=account value=\"{account}\">\
         <button name=answer value=accept>Accept</button><button name=answer value=cancel>Cancel</button>",
        escape(consent.app)
    );
    page("Permissions requested", &form(context, &fields))
}

pub fn approval_needed(context: &str, app: &str, account: &str) -> String {
    let account = escape(account);
    let fields = format!(
        "<p>{account}</p><p><b>{}</b> needs permission to access resources in your organization that only an admin can grant.</p><p>AADSTS90094</p>\
         <input type=hidden name=step value=consent><input type=hidden name=account value=\"{account}\">\
         <button name=answer value=cancel>Return to the application without granting consent</button>",
        escape(app)
    );
    page("Need admin approval", &form(context, &fields))
}

/// A page that never goes back to the application.
pub fn error(text: &str, code: &str) -> String {
    page("Sorry, but we’re having trouble signing you in", &format!("<p>{}</p><p>{code}</p>", escape(text)))
}

pub fn signed_out() -> String {
    page("You signed out of your account", "<p>It’s a good idea to close all browser windows.</p>")
}
