//! Tables as CSV that a spreadsheet opens as text: what looks like a formula is guarded, and the guard is taken off when read back.

/// Signs that a spreadsheet takes for the beginning of a formula.
const FORMULA: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'];

/// The longest table that is read, in bytes: 100,000 customers with all their columns.
pub const LONGEST: usize = 16 * 1024 * 1024;

/// Returns a table as CSV: with a byte order mark, so that Excel reads it as UTF-8, and every field in quotes.
#[must_use]
pub fn write(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut writer =
        csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    // A writer in memory has nothing to fail on but a row of another length, which is left out.
    let _ = writer.write_record(header);
    for row in rows {
        let _ = writer.write_record(row.iter().map(|field| guarded(field)));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    format!("\u{feff}{}", String::from_utf8(bytes).unwrap_or_default())
}

fn guarded(field: &str) -> String {
    // A field that begins with the guard itself gets one more, so that reading takes off exactly one.
    if field.starts_with(FORMULA) || field.starts_with('\'') { format!("'{field}") } else { field.to_owned() }
}

/// Reads CSV with commas or semicolons, as spreadsheets write it.
///
/// # Errors
/// The line that can't be read, from 1.
pub fn read(text: &str) -> Result<Vec<Vec<String>>, u64> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|fault| fault.position().map_or(0, csv::Position::line))?;
        rows.push(record.iter().map(|field| field.strip_prefix('\'').unwrap_or(field).to_owned()).collect());
    }
    Ok(rows)
}
