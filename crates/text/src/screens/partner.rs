//! Partner Access: the customers, what is known of one, and what is done with several at once.

use crate::{count_of, list, partner, thousands};
use customers::Note;

words! {
    /// The fixed texts around the list.
    PartnerAccess {
        /// Leads to the consent matrix.
        Consents => "Consents of your customers",
        /// Stands while the first customers are read.
        Asking => "Asking for the customers",
        Nobody => "Microsoft lists no customers for you.",
        WhyMissing => "Why a customer can be missing",
        ReadingStorage => "Reading what is kept…",
        Stop => "Stop",
        Refresh => "Refresh",
    }
}

words! {
    /// The fixed texts of the search and of the list.
    CustomerList {
        Search => "Search customers",
        /// What the search looks in.
        SearchIn => "Name, domain, tenant ID, your alias or tags",
        NobodyFits => "No customer fits. Every word must be in the name, the domain, the tenant ID, your alias or your tags.",
        Keys => "Keys: arrows move, Enter opens, Space selects, the right arrow shows details, letters search.",
        Customers => "Customers",
        Select => "Select",
        OpenSession => "Open session",
    }
}

words! {
    /// The fixed texts of the dialog about one customer.
    CustomerDetails {
        Relationship => "Relationship",
        RolesItMayGive => "Roles it may give",
        RolesYouHold => "Roles you hold",
        DefaultDomain => "Default domain",
        DomainNotTold => "Not told: only reseller contracts tell it",
        LastSession => "Last session",
        NoSession => "None in this browser",
        Alias => "Your alias",
        Tags => "Your tags, with commas between",
        Favorite => "Favorite: first in the list",
        StaysHere => "Alias and tags stay in this browser.",
    }
}

words! {
    /// The fixed texts of what is done with several customers.
    Selection {
        /// Names what is selected, for a screen reader; where people get access, too.
        Title => "Selection",
        SelectAllFound => "Select all found",
        SelectFromCsv => "Select from CSV",
        /// Names the choice of the application whose consent is asked for.
        AskFor => "Ask for the application",
        WriteMail => "Write mail",
        SetUp => "Set up an App session",
        ExportPowerShell => "Export PowerShell",
        Clear => "Clear",
        NoneHasGdap => "None of these customers has an active GDAP relationship, which Partner Center needs.",
    }
}

words! {
    /// The fixed texts where a customer's tenant did not open.
    StoppedCustomer {
        AskingTenant => "Asking the tenant…",
        HowToConsent => "Give consent now if your roles in this tenant allow it, or send the link to an administrator there. Then go on here.",
    }
}

/// How many customers were read so far.
#[must_use]
pub fn reading(found: usize) -> String {
    format!("Reading the customers: {} so far", thousands(found))
}

/// How many customers the search found, of all.
#[must_use]
pub fn found(shown: usize, all: usize) -> String {
    let customers = count_of(all, "customer", "customers");
    if shown == all { customers } else { format!("{} of {customers}", thousands(shown)) }
}

/// Which roles a relationship may give, by their names.
#[must_use]
pub fn roles(names: &[String]) -> String {
    list(names, "and")
}

/// What the last check of a customer found, and when it was.
#[must_use]
pub fn finding(note: &Note, checked: Option<&str>) -> String {
    let finding = partner::finding(note);
    match checked {
        Some(at) => format!("{finding}. Checked {at}"),
        None => finding,
    }
}

/// How many customers are selected.
#[must_use]
pub fn selected(customers: usize) -> String {
    format!("{} selected", thousands(customers))
}

/// How many customers of a file were selected.
#[must_use]
pub fn selected_from_file(customers: usize) -> String {
    match customers {
        0 => "The file names no customer of this list. It needs a column with tenant IDs or default domains.".to_owned(),
        customers => format!("{} selected", count_of(customers, "customer", "customers")),
    }
}

/// A file is not CSV from this line on.
#[must_use]
pub fn unreadable(line: u64) -> String {
    format!("Line {line} of the file can’t be read as CSV. Nothing was selected.")
}

/// Who asks a customer for consent, and of which company.
#[must_use]
pub fn asker(person: &str, company: &str) -> String {
    format!("{person} of {company}")
}

/// The columns of a selection that is exported as CSV.
pub const COLUMNS: [&str; 8] = ["Name", "Default domain", "Tenant ID", "Relationship", "Consent", "Alias", "Tags", "Consent URL"];
