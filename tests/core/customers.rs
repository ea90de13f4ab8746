//! Customers: folded, merged, found, highlighted, written as CSV.

use latchkey::customers::cache::Chunk;
use latchkey::customers::directory::{Directory, Matches};
use latchkey::customers::highlight::parts;
use latchkey::customers::merge::Merger;
use latchkey::customers::packed::Packed;
use latchkey::customers::{Customer, Gdap, GdapStatus, Guid, Note, csv};
use latchkey::domain::time::Instant;
use latchkey::graph::partner::{Contract, Relationship};
use latchkey_search::fold::{fold, fold_with_origins};
use latchkey_search::index::Rank;
use proptest::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

#[test]
fn folds_what_people_do_not_type() {
    for (original, folded) in [
        ("Müller GmbH", "muller gmbh"),
        ("Groß", "gross"),
        ("STRAẞE", "strasse"),
        ("İNCİ", "inci"),
        ("ışık", "isik"),
        ("ΟΔΟΣ", "οδοσ"),
        ("ὁδός", "οδοσ"),
        ("Ｆｕｌｌ", "full"),
        ("ﬁnance", "finance"),
        ("ﾐﾗｲ", "ミライ"),
        ("مُحَمَّد", "محمد"),
        ("שָׁלוֹם", "שלום"),
        ("Łódź", "lodz"),
        ("Østergård", "ostergard"),
        ("a\u{200d}b\u{1f}c", "abc"),
        ("Ёлка Йод", "елка иод"),
    ] {
        assert_eq!(fold(original), folded, "{original}");
        assert_eq!(fold_with_origins(original).0, folded, "{original} with origins");
    }
}

#[test]
fn highlights_the_original_at_the_right_place() {
    let marked = |text: &str, query: &str| {
        let words: Vec<String> = fold(query).split_whitespace().map(str::to_owned).collect();
        parts(text, &words).into_iter().map(|(found, part)| if found { format!("[{part}]") } else { part }).collect::<String>()
    };
    assert_eq!(marked("Groß & Søn", "ros"), "G[roß] & Søn");
    assert_eq!(marked("Groß & Søn", "ss son"), "Gro[ß] & [Søn]");
    assert_eq!(marked("E\u{301}lan Ltd.", "elan"), "[E\u{301}lan] Ltd.");
    assert_eq!(marked("مُحَمَّد الذهبي", "محمد"), "[مُحَمَّد] الذهبي");
    assert_eq!(marked("Alder Alder", "al der"), "[Alder] [Alder]");
    assert_eq!(marked("nothing", "x"), "nothing");
}

fn customer(number: u128, name: &str, domain: Option<&str>) -> Customer {
    Customer { id: Guid(number << 64 | number), name: name.into(), domain: domain.map(Into::into), ..Customer::default() }
}

fn found(directory: &Directory, matches: &Matches) -> Vec<String> {
    matches.places.iter().filter_map(|place| directory.get(*place)).map(|customer| customer.name.to_string()).collect()
}

#[test]
fn ranks_the_start_of_the_name_before_a_word_before_the_domain_before_the_inside() {
    let customers = [
        customer(1, "Great North", Some("great.example")),
        customer(2, "Truenorth", None),
        customer(3, "Northwind", None),
        customer(4, "Alder", Some("alder-north.example")),
        customer(5, "Beta (North)", None),
    ];
    let notes = HashMap::from([(customers[1].id, Note { tags: vec!["gold".into(), "Süd".into()], ..Note::default() })]);
    let directory = Directory::new(&customers, &notes);
    let search = |query: &str| found(&directory, &directory.search(query, None));
    assert_eq!(search("north"), ["Northwind", "Beta (North)", "Great North", "Alder", "Truenorth"]);
    assert_eq!(search("NORTH great"), ["Great North"]);
    assert_eq!(search("sud"), ["Truenorth"]);
    assert_eq!(search("00000000-0000-0003"), ["Northwind"]);
    assert_eq!(search("north nothing"), Vec::<String>::new());
    assert_eq!(search(" "), ["Alder", "Beta (North)", "Great North", "Northwind", "Truenorth"]);
}

#[test]
fn what_is_in_ids_keeps_its_place() {
    let customers = [customer(0xcafe, "Alder", None), customer(1, "Decafe", None)];
    let directory = Directory::new(&customers, &HashMap::new());
    assert_eq!(found(&directory, &directory.search("cafe", None)), ["Alder", "Decafe"]);
}

/// The same rules written as plainly as they read.
fn by_the_book(customers: &[Customer], notes: &HashMap<Guid, Note>, query: &str) -> Vec<Guid> {
    let folded_query = fold(query);
    let words: std::collections::BTreeSet<&str> = folded_query.split_whitespace().collect();
    let mut ranked: Vec<(usize, String, Guid)> = Vec::new();
    for customer in customers {
        let note = notes.get(&customer.id).cloned().unwrap_or_default();
        let (name, alias, tags) = (fold(&customer.name), fold(&note.alias), fold(&note.tags.join(" ")));
        let domain = fold(customer.domain.as_deref().unwrap_or_default());
        let id = customer.id.to_string();
        let rank_of = |word: &str| -> Option<usize> {
            let starts_word = |text: &str| {
                text.match_indices(word)
                    .any(|(at, _)| text[..at].chars().next_back().is_none_or(|c| c.is_ascii() && !c.is_ascii_alphanumeric()))
                    || (1..text.len()).filter(|at| text.is_char_boundary(*at)).any(|at| {
                        text[at..].starts_with(word) && text[..at].ends_with(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric())
                    })
            };
            if name.starts_with(word) || alias.starts_with(word) {
                Some(Rank::StartOfName as usize)
            } else if starts_word(&name) || starts_word(&alias) || starts_word(&tags) {
                Some(Rank::StartOfWord as usize)
            } else if domain.contains(word) {
                Some(Rank::Domain as usize)
            } else {
                [&name, &alias, &tags, &id].iter().any(|text| text.contains(word)).then_some(Rank::Inside as usize)
            }
        };
        let ranks: Option<Vec<usize>> = words.iter().map(|word| rank_of(word)).collect();
        if let Some(ranks) = ranks {
            ranked.push((ranks.iter().sum(), name, customer.id));
        }
    }
    ranked.sort();
    ranked.into_iter().map(|(_, _, id)| id).collect()
}

const ALPHABET: &str = "[aAbBnN ßİıσςΣäé\u{301}\u{640}مהٱ東﷼ﬁ.\\-(1]{0,8}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn agrees_with_the_naive_search(
        names in prop::collection::vec((ALPHABET, prop::option::of("[ab.1]{1,5}"), ALPHABET, prop::collection::vec("[abn ]{0,3}", 0..3)), 0..90),
        first in ALPHABET,
        more in ALPHABET,
    ) {
        let customers: Vec<Customer> = names.iter().enumerate()
            .map(|(at, (name, domain, ..))| customer(at as u128 + 1, name, domain.as_deref()))
            .collect();
        let notes: HashMap<Guid, Note> = names.iter().zip(&customers)
            .map(|((_, _, alias, tags), customer)| (customer.id, Note { alias: alias.clone(), tags: tags.clone(), ..Note::default() }))
            .collect();
        // As if what a single one has were worth being looked for ahead of time.
        let mut prepared = Packed::sorted(&customers);
        prepared.prepare(1);
        let prepared = Arc::new(prepared);
        let longer = format!("{first}{more}");
        for notes in [notes, HashMap::new()] {
            for directory in [Directory::new(&customers, &notes), Directory::of(Arc::clone(&prepared), &notes)] {
                let ids = |matches: &Matches| matches.places.iter().filter_map(|place| directory.get(*place)).map(|c| c.id).collect::<Vec<_>>();
                let before = directory.search(&first, None);
                prop_assert_eq!(ids(&before), by_the_book(&customers, &notes, &first));
                let narrowed = directory.search(&longer, Some(&before));
                prop_assert_eq!(ids(&narrowed), by_the_book(&customers, &notes, &longer));
            }
        }
    }

    #[test]
    fn highlighting_changes_no_letter(text in ".{0,24}", query in ALPHABET) {
        let words: Vec<String> = fold(&query).split_whitespace().map(str::to_owned).collect();
        let whole: String = parts(&text, &words).into_iter().map(|(_, part)| part).collect();
        prop_assert_eq!(whole, text);
    }

    #[test]
    fn csv_comes_back_as_it_was(rows in prop::collection::vec(prop::collection::vec("[^\r\u{feff}\0]{0,12}", 2..=2), 1..6)) {
        let text = csv::write(&["a", "b"], rows.clone());
        let read = csv::read(&text).expect("readable");
        prop_assert_eq!(&read[1..], &rows[..]);
    }
}

#[test]
fn csv_never_holds_a_formula() {
    let text = csv::write(&["name"], ["=1+1", "+1", "-1", "@x", "\tx", "'=1"].map(|field| vec![field.to_owned()]));
    assert_eq!(text, "\u{feff}\"name\"\r\n\"'=1+1\"\r\n\"'+1\"\r\n\"'-1\"\r\n\"'@x\"\r\n\"'\tx\"\r\n\"''=1\"\r\n");
    assert_eq!(csv::read("a;b\n1;2\n").expect("readable"), [["a", "b"], ["1", "2"]]);
}

#[test]
fn a_directory_gives_back_what_was_put_in() {
    let gdap = |ends: Option<i64>, roles: &[u128]| {
        Some(Gdap { status: GdapStatus::Expiring, ends: ends.map(Instant), roles: roles.iter().map(|id| Guid(*id)).collect() })
    };
    let customers = [
        Customer {
            gdap: gdap(Some(-5), &[1, 2]),
            relationships: [(Guid(1), Guid(2)), (Guid(3), Guid(4))].into(),
            ..customer(4, "Ærø & Søn", Some("Aero.Example"))
        },
        Customer { has_contract: true, ..customer(3, "alder", None) },
        Customer { gdap: gdap(None, &[1, 2]), relationships: [(Guid(5), Guid(6))].into(), ..customer(2, "", Some("empty.example")) },
        Customer { gdap: gdap(None, &[]), ..customer(1, "Alder", Some("alder.example")) },
    ];
    let notes = HashMap::from([(Guid(3 << 64 | 3), Note { alias: "The third".into(), ..Note::default() })]);
    for directory in [Directory::new(&customers, &HashMap::new()), Directory::new(&customers, &notes)] {
        assert_eq!(directory.iter().collect::<Vec<_>>(), [2, 0, 3, 1].map(|at: usize| customers[at].clone()));
        for customer in &customers {
            assert_eq!(directory.find(customer.id).as_ref(), Some(customer));
        }
        assert_eq!(directory.find(Guid(9)), None);
    }
}

#[test]
fn a_chunk_comes_back_as_it_was() {
    let gdap = |roles: &[u128]| Gdap { status: GdapStatus::Active, ends: None, roles: roles.iter().map(|id| Guid(*id)).collect() };
    let customers: Vec<Customer> = [Some(gdap(&[1, 2])), None, Some(gdap(&[])), Some(gdap(&[1, 2]))]
        .into_iter()
        .zip(1..)
        .map(|(gdap, number)| Customer { gdap, ..customer(number, "Ærø \"東\" 𝄞", None) })
        .collect();
    let json = Chunk::new(Instant(1), 1, customers.clone()).to_json().expect("text");
    assert!(json.is_ascii(), "{json}");
    assert_eq!(json.matches(&Guid(2).to_string()).count(), 1, "a set is kept once");
    let back: Chunk = serde_json::from_str(&json).expect("a chunk");
    assert_eq!((back.read, back.of), (Instant(1), 1));
    assert_eq!(back.customers(), customers);
}

#[test]
fn merges_the_lists_by_tenant() {
    let id = "8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60";
    let relationship = |half: &str, status: &str, ends: &str, name: &str| -> Relationship {
        serde_json::from_value(
            serde_json::json!({"id": format!("{half}-63f017cb-9e0d-4f14-94bd-4871902b3409"), "displayName": name, "status": status,
            "customer": {"tenantId": id, "displayName": "Contoso"}, "endDateTime": ends}),
        )
        .expect("a relationship")
    };
    let contract: Contract =
        serde_json::from_value(serde_json::json!({"customerId": id, "defaultDomainName": "contoso.com", "displayName": "Contoso of old"}))
            .expect("a contract");
    let mut merger = Merger::default();
    merger.add_contract(&contract);
    merger.add_relationship(&relationship("72a7ae7e-4887-4e34-9755-2e1e9b26b943", "expired", "2025-01-11T09:00:00Z", "old"));
    merger.add_relationship(&relationship("82a7ae7e-4887-4e34-9755-2e1e9b26b943", "active", "2027-01-11T09:00:00Z", "new"));
    merger.add_relationship(&relationship("92a7ae7e-4887-4e34-9755-2e1e9b26b943", "active", "2028-01-11T09:00:00Z", "newer"));
    merger.add_relationship(&relationship("a2a7ae7e-4887-4e34-9755-2e1e9b26b943", "active", "2029-01-11T09:00:00Z", "MLT_leftover"));
    merger.add_customer(Guid::parse(id).expect("a GUID"), "Contoso");
    let [customer] = merger.customers() else { panic!("one customer") };
    assert_eq!((&*customer.name, customer.domain.as_deref(), customer.has_contract), ("Contoso", Some("contoso.com"), true));
    let gdap = customer.gdap.as_ref().expect("delegated administration");
    assert_eq!((gdap.status, gdap.ends.map(Instant::to_iso)), (GdapStatus::Active, Some("2028-01-11T09:00:00Z".into())));
    assert_eq!(customer.relationships.len(), 2);
    assert_eq!(customer.id.to_string(), id);
    assert_eq!(GdapStatus::parse("approvalPending"), GdapStatus::ApprovalPending);
    assert_eq!(GdapStatus::parse("somethingNew"), GdapStatus::Unknown);
}
