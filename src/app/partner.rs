//! The partner's customers.

use super::{App, Current, graph, tenant};
use crate::entra::scopes::Feature;
use crate::graph::client::TenantClient;
use crate::graph::partner;
pub use crate::graph::partner::Customer;
use crate::text::{Notice, faults};

/// Enters Partner Access in the person's home tenant.
pub async fn enter(app: App, current: &Current) -> tenant::Loaded<TenantClient> {
    tenant::enter(app, current, Feature::Partner).await
}

/// Reads the customers to the end; `each` gets the list as it grows.
///
/// # Errors
/// Why the list is not whole.
pub async fn customers(app: App, current: &Current, client: &TenantClient, each: impl Fn(Vec<Customer>)) -> Result<(), Notice> {
    let mut all: Vec<Customer> = Vec::new();
    let read = graph::pages(app, &current.account, client, Feature::Partner, partner::customers(), |items| {
        all.extend(items.into_iter().filter_map(|item| serde_json::from_value(item).ok()));
        each(all.clone());
        true
    });
    read.await.map_err(|fault| faults::graph(&fault, "Reading the customers", &[]))
}
