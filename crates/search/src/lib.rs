//! The search through the customers: a crate of its own, since it alone is compiled for speed and all else for size.
//!
//! ```
//! use latchkey_search::blocks::Blocks;
//! use latchkey_search::fold::fold;
//! use latchkey_search::index::{Entry, Index, Rank};
//!
//! let mut index = Index::default();
//! let mut ids: Blocks<u128> = Blocks::default();
//! for (name, domain, id) in [("Käse & Söhne", "kaese.example", 1), ("Contoso", "contoso.com", 2), ("Fund of Contoso", "a.example", 3)] {
//!     index.add(Entry { name: &fold(name), domain: &fold(domain), id, ..Entry::default() });
//!     ids.push(id);
//! }
//!
//! // By how well they fit: at the start of the name, at that of a word, and so on.
//! let found = index.search(&[fold("Conto")], &ids, None);
//! assert_eq!(found[Rank::StartOfName as usize], [1]);
//! assert_eq!(found[Rank::StartOfWord as usize], [2]);
//! // Accents and case are folded on both sides.
//! assert_eq!(index.search(&[fold("KASE")], &ids, None)[Rank::StartOfName as usize], [0]);
//! ```

pub mod blocks;
pub mod fold;
pub mod ids;
pub mod index;
mod letters;
