//! One customer out of several lists. Each list comes in pages, in any order, and may name a customer more than once.

use super::{Customer, Gdap, GdapStatus, Guid, RoleSets};
use crate::domain::time::Instant;
use crate::graph::partner::{Contract, Relationship};
use std::collections::HashMap;
use std::sync::Arc;

/// Leftovers of a transition that Microsoft made itself; they give nobody access.
const LEFTOVER: &str = "MLT_";

#[derive(Default)]
pub struct Merger {
    customers: Vec<Customer>,
    places: HashMap<Guid, usize>,
    role_sets: RoleSets,
}

impl Merger {
    #[must_use]
    pub fn customers(&self) -> &[Customer] {
        &self.customers
    }

    /// Ends the merging.
    #[must_use]
    pub fn take(&mut self) -> Vec<Customer> {
        self.places = HashMap::new();
        std::mem::take(&mut self.customers)
    }

    /// A customer with delegated administration. <https://learn.microsoft.com/graph/api/resources/delegatedadmincustomer>
    pub fn add_customer(&mut self, id: Guid, name: &str) {
        let customer = self.customer(id, name);
        customer.gdap.get_or_insert(Gdap { status: GdapStatus::Unknown, ends: None, roles: Arc::default() });
        // The live name wins over the copy of a contract.
        if !name.is_empty() {
            customer.name = name.into();
        }
    }

    pub fn add_contract(&mut self, contract: &Contract) {
        let customer = self.customer(Guid::from(&contract.customer_id), &contract.display_name);
        customer.has_contract = true;
        if !contract.default_domain_name.is_empty() {
            customer.domain = Some(contract.default_domain_name.as_str().into());
        }
    }

    /// The relationship that is worth most tells the status; of two that are worth the same, the one that ends later.
    pub fn add_relationship(&mut self, relationship: &Relationship) {
        if relationship.display_name.starts_with(LEFTOVER) {
            return;
        }
        let place = self.place(Guid::from(&relationship.customer.tenant_id), &relationship.customer.display_name);
        let customer = &mut self.customers[place];
        let ends = relationship.end_date_time.as_deref().and_then(Instant::from_iso);
        let roles = relationship.access_details.unified_roles.iter().filter_map(|role| Guid::parse(&role.role_definition_id)).collect();
        let found = Gdap { status: GdapStatus::parse(&relationship.status), ends, roles };
        if found.status.works()
            && let Some(id) = halves(&relationship.id)
            && !customer.relationships.contains(&id)
        {
            customer.relationships = customer.relationships.iter().copied().chain([id]).collect();
        }
        let worth = |gdap: &Gdap| (gdap.status, std::cmp::Reverse(gdap.ends));
        if customer.gdap.as_ref().is_none_or(|known| worth(&found) < worth(known)) {
            let set = self.role_sets.number(&found.roles);
            customer.gdap = Some(Gdap { roles: self.role_sets.get(set), ..found });
        }
    }

    fn customer(&mut self, id: Guid, name: &str) -> &mut Customer {
        let place = self.place(id, name);
        &mut self.customers[place]
    }

    fn place(&mut self, id: Guid, name: &str) -> usize {
        *self.places.entry(id).or_insert_with(|| {
            self.customers.push(Customer { id, name: name.into(), ..Customer::default() });
            self.customers.len() - 1
        })
    }
}

/// A relationship's id is two GUIDs with a hyphen between.
fn halves(id: &str) -> Option<(Guid, Guid)> {
    Some((Guid::parse(id.get(..36)?)?, Guid::parse(id.get(37..)?)?))
}
