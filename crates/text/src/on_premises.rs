//! What is wrong with a field of the on-premises settings.

use domain::on_premises::{Field, LONGEST_NOTE};

#[must_use]
pub fn fault(field: Field) -> String {
    match field {
        Field::Domain => "Enter the DNS name of the domain, such as corp.example.com.".into(),
        Field::Server => "Enter the name of a server, with a port if it is not the usual one, such as dc1.corp.example.com:636.".into(),
        Field::SearchBase => "Enter a distinguished name, such as OU=Staff,DC=corp,DC=example,DC=com.".into(),
        Field::UserNameAttribute => "Enter the name of an attribute, such as userPrincipalName or sAMAccountName.".into(),
        Field::ConnectServer => "Enter the name of a server, such as sync1.corp.example.com.".into(),
        Field::Note => format!("Keep the note to {LONGEST_NOTE} characters in one line."),
    }
}
