//! Ends of credentials as a calendar that Outlook and others import (RFC 5545).

use domain::time::Instant;

/// The end of a credential.
pub struct End {
    /// Stays the same when the calendar is imported again.
    pub id: String,
    pub title: String,
    pub note: String,
    pub at: Instant,
}

/// Days before the end on which a calendar reminds.
const REMINDERS: [u32; 3] = [60, 30, 7];
/// The longest line, in bytes.
const LINE: usize = 73;

/// Returns the calendar, one all-day event an end.
#[must_use]
pub fn write(ends: &[End], now: Instant) -> String {
    let mut lines = vec!["BEGIN:VCALENDAR".to_owned(), "VERSION:2.0".into(), "PRODID:-//Latchkey//Credentials//EN".into()];
    for end in ends {
        let day: String = end.at.to_iso().chars().take(10).filter(|c| *c != '-').collect();
        let stamp: String = now.to_iso().chars().filter(|c| !matches!(c, '-' | ':')).collect();
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}@latchkey", end.id),
            format!("DTSTAMP:{stamp}"),
            format!("DTSTART;VALUE=DATE:{day}"),
        ]);
        lines.extend([
            format!("SUMMARY:{}", escaped(&end.title)),
            format!("DESCRIPTION:{}", escaped(&end.note)),
            "TRANSP:TRANSPARENT".into(),
        ]);
        for days in REMINDERS {
            let alarm = ["BEGIN:VALARM".to_owned(), "ACTION:DISPLAY".into(), format!("TRIGGER:-P{days}D")];
            lines.extend(alarm);
            lines.extend([format!("DESCRIPTION:{}", escaped(&end.title)), "END:VALARM".into()]);
        }
        lines.push("END:VEVENT".into());
    }
    lines.push("END:VCALENDAR".into());
    lines.iter().map(|line| folded(line) + "\r\n").collect()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\r', "").replace('\n', "\\n")
}

/// Long lines go on after a line break and a blank.
fn folded(line: &str) -> String {
    let mut folded = String::with_capacity(line.len() + 8);
    let mut room = LINE;
    for c in line.chars() {
        if c.len_utf8() > room {
            folded.push_str("\r\n ");
            room = LINE - 1;
        }
        room -= c.len_utf8();
        folded.push(c);
    }
    folded
}

/// The entry of a calendar for a credential that ends.
#[must_use]
pub fn title(name: &str) -> String {
    format!("The credential of {name} ends")
}

/// What the entry says more.
#[must_use]
pub fn note(name: &str, tenant: &str, credential: &str) -> String {
    format!("App session {name} in {tenant} {credential}. Rotate it in Latchkey before this day.")
}

/// The columns of the same as CSV.
pub const CSV_COLUMNS: [&str; 5] = ["App session", "Credential", "Tenant", "Client ID", "Ends"];
