//! Customers: folded, merged, found, highlighted, written as CSV.

use crate::support::Bench;
use latchkey::customers::cache::{Chunk, Relationships};
use latchkey::customers::directory::{Directory, Matches};
use latchkey::customers::highlight::parts;
use latchkey::customers::merge::Merger;
use latchkey::customers::packed::Packed;
use latchkey::customers::{Customer, Gdap, GdapStatus, Guid, Note, csv};
use latchkey::domain::time::Instant;
use latchkey::entra::scopes::Scopes;
use latchkey::graph::batch;
use latchkey::graph::partner::{self, Contract, Relationship};
use latchkey_emulator::Options;
use latchkey_search::blocks::Runs;
use latchkey_search::fold::{fold, fold_with_origins};
use latchkey_search::ids::{IdWord, written};
use latchkey_search::index::Rank;
use proptest::prelude::*;
use std::collections::HashMap;

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

/// The directory of these customers, which come in any order.
fn directory(customers: &[Customer], notes: &HashMap<Guid, Note>) -> Directory {
    let mut directory = Directory::default();
    customers.iter().for_each(|customer| {
        directory.customers_mut().push(customer);
    });
    directory.customers_mut().settle();
    directory.note(notes);
    directory
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
    let directory = directory(&customers, &notes);
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
    let directory = directory(&customers, &HashMap::new());
    assert_eq!(found(&directory, &directory.search("cafe", None)), ["Alder", "Decafe"]);
}

#[test]
fn long_lists_are_found_in_all_their_pieces() {
    let syllables = ["north", "bay", "Über", "legal", "東京", "cafe", "wind", "gate"];
    let syllable = |number: usize| syllables[number % syllables.len()];
    let name =
        |number: usize| format!("{} {}{} {number} limited and its partners", syllable(number), syllable(number / 8), syllable(number / 3));
    let customers: Vec<Customer> = (0..4_000_usize)
        .map(|number| {
            let scattered = (number as u128 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c834);
            let domain = (number % 3 > 0).then(|| format!("customer{number}.example"));
            Customer { id: Guid(scattered), ..customer(0, &name(number), domain.as_deref()) }
        })
        .collect();
    let directory = directory(&customers, &HashMap::new());
    let ids = |matches: &Matches| matches.places.iter().filter_map(|place| directory.get(*place)).map(|one| one.id).collect::<Vec<_>>();
    let mut last = directory.search("", None);
    for query in ["n", "no", "north 39", "cafe", "ca", "de", "12", "partners", "e3 uber", "customer3998", "-4", "0-", "東"] {
        let matches = directory.search(query, Some(&last));
        assert_eq!(ids(&matches), by_the_book(&customers, &HashMap::new(), query), "{query}");
        assert!(!matches.places.is_empty(), "{query}");
        last = matches;
    }
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
        let longer = format!("{first}{more}");
        for notes in [notes, HashMap::new()] {
            // As if what a single one has were worth being looked for ahead of time.
            let mut prepared = directory(&customers, &notes);
            prepared.customers_mut().prepare(1);
            for directory in [directory(&customers, &notes), prepared] {
                let ids = |matches: &Matches| matches.places.iter().filter_map(|place| directory.get(*place)).map(|c| c.id).collect::<Vec<_>>();
                let before = directory.search(&first, None);
                prop_assert_eq!(ids(&before), by_the_book(&customers, &notes, &first));
                let narrowed = directory.search(&longer, Some(&before));
                prop_assert_eq!(ids(&narrowed), by_the_book(&customers, &notes, &longer));
            }
        }
    }

    #[test]
    fn a_word_is_in_an_id_as_it_is_in_its_text(id in any::<u128>(), digits in "[0-3]{32}", from in 0..36_usize, length in 1..37_usize, other in "[0-9a-f-]{1,6}") {
        for id in [id, u128::from_str_radix(&digits, 16).expect("digits")] {
            let text = Guid(id).to_string();
            let part: String = text.chars().skip(from).take(length).collect();
            for word in [&part, &other, "-", "--", &text] {
                prop_assert_eq!(IdWord::new(word).is_some_and(|word| word.is_in(id)), text.contains(word), "{} in {}", word, text);
            }
            prop_assert_eq!(&written(id)[..], text.as_bytes());
        }
        prop_assert!(IdWord::new("g1").is_none());
    }

    #[test]
    fn highlighting_changes_no_letter(text in ".{0,24}", query in ALPHABET) {
        let words: Vec<String> = fold(&query).split_whitespace().map(str::to_owned).collect();
        let whole: String = parts(&text, &words).into_iter().map(|(_, part)| part).collect();
        prop_assert_eq!(whole, text);
    }

    #[test]
    fn t21_csv_comes_back_as_it_was(rows in prop::collection::vec(prop::collection::vec("[^\r\u{feff}\0]{0,12}", 2..=2), 1..6)) {
        let text = csv::write(&["a", "b"], rows.clone());
        let read = csv::read(&text).expect("readable");
        prop_assert_eq!(&read[1..], &rows[..]);
    }
}

#[test]
fn t21_csv_never_holds_a_formula() {
    let text = csv::write(&["name"], ["=1+1", "+1", "-1", "@x", "\tx", "'=1"].map(|field| vec![field.to_owned()]));
    assert_eq!(text, "\u{feff}\"name\"\r\n\"'=1+1\"\r\n\"'+1\"\r\n\"'-1\"\r\n\"'@x\"\r\n\"'\tx\"\r\n\"''=1\"\r\n");
    for trigger in "=+-@\t\r\n\0＝＋－＠".chars() {
        let text = csv::write(&["name"], [vec![format!("{trigger}1")]]);
        assert!(text.ends_with(&format!("\"'{trigger}1\"\r\n")), "{trigger:?}: {text:?}");
    }
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
    for directory in [directory(&customers, &HashMap::new()), directory(&customers, &notes)] {
        assert_eq!(directory.iter().collect::<Vec<_>>(), [2, 0, 3, 1].map(|at: usize| customers[at].clone()));
        for customer in &customers {
            assert_eq!(directory.find(customer.id).as_ref(), Some(customer));
        }
        assert_eq!(directory.find(Guid(9)), None);
    }
}

#[test]
fn a_chunk_comes_back_as_it_was() {
    let gdap = |ends: Option<i64>, roles: &[u128]| Gdap {
        status: GdapStatus::TerminationRequested,
        ends: ends.map(Instant),
        roles: roles.iter().map(|id| Guid(*id)).collect(),
    };
    let customers = [
        Customer {
            gdap: Some(gdap(Some(1_798_761_600_000), &[1, 2])),
            relationships: [(Guid(1), Guid(2)), (Guid(3), Guid(4))].into(),
            ..customer(1, "Ærø \"東\" 𝄞", None)
        },
        Customer { has_contract: true, ..customer(2, "", Some("Ærø.example")) },
        Customer { gdap: Some(gdap(None, &[])), ..customer(3, "Alder", None) },
        Customer { gdap: Some(gdap(Some(-1), &[1, 2])), relationships: [(Guid(u128::MAX), Guid(6))].into(), ..customer(4, "Birch", None) },
    ];
    let json = Chunk::new(Instant(1), 1, &customers).to_json().expect("text");
    insta::assert_snapshot!(json);
    let back: Chunk = serde_json::from_str(&json).expect("a chunk");
    assert_eq!((back.read, back.of), (Instant(1), 1));
    let apart = serde_json::to_string(&Relationships::new(customers.iter().cloned())).expect("text");
    insta::assert_snapshot!(apart);
    let apart: Relationships = serde_json::from_str(&apart).expect("relationships");
    let back: Vec<Customer> = back.customers().into_iter().map(|one| Customer { relationships: apart.of(one.id).into(), ..one }).collect();
    assert_eq!(back, customers);
    let broken: Chunk = serde_json::from_str(&json.replacen("\"of\":1", "\"of\":18446744073", 1)).expect("a chunk");
    assert!(broken.room() <= 1_000_000, "{}", broken.room());
    let of_before = r#"{"read":1,"of":1,"customers":[],"roleSets":[],"rolesOf":[]}"#;
    assert!(serde_json::from_str::<Chunk>(of_before).is_err(), "what another release kept is read anew");
}

fn relationship(of: Guid, half: u128, status: &str, ends: &str, name: &str) -> Relationship {
    serde_json::from_value(
        serde_json::json!({"id": format!("{}-63f017cb-9e0d-4f14-94bd-4871902b3409", Guid(half)), "displayName": name, "status": status,
            "customer": {"tenantId": of, "displayName": "Contoso of the relationship"}, "endDateTime": ends}),
    )
    .expect("a relationship")
}

fn contract(of: Guid, name: &str, domain: &str) -> Contract {
    serde_json::from_value(serde_json::json!({"customerId": of, "defaultDomainName": domain, "displayName": name})).expect("a contract")
}

#[test]
fn merges_the_lists_by_tenant() {
    let id = Guid::parse("8c3b1a52-6f0e-4d3f-9a57-1b2c3d4e5f60").expect("a GUID");
    let (mut all, mut merger) = (Packed::default(), Merger::default());
    merger.add_contract(&mut all, &contract(id, "Contoso of old", "contoso.com"));
    merger.add_relationship(&mut all, &relationship(id, 7, "expired", "2025-01-11T09:00:00Z", "old"));
    merger.add_relationship(&mut all, &relationship(id, 8, "active", "2027-01-11T09:00:00Z", "new"));
    merger.add_relationship(&mut all, &relationship(id, 9, "active", "2028-01-11T09:00:00Z", "newer"));
    merger.add_relationship(&mut all, &relationship(id, 10, "active", "2029-01-11T09:00:00Z", "MLT_leftover"));
    merger.add_customer(&mut all, id, "Contoso");
    assert_eq!(merger.count(), 1);
    merger.finish(&mut all);
    let [customer] = &all.range(0..9).collect::<Vec<_>>()[..] else { panic!("one customer") };
    assert_eq!((&*customer.name, customer.domain.as_deref(), customer.has_contract), ("Contoso", Some("contoso.com"), true));
    let gdap = customer.gdap.as_ref().expect("delegated administration");
    assert_eq!((gdap.status, gdap.ends.map(Instant::to_iso)), (GdapStatus::Active, Some("2028-01-11T09:00:00Z".into())));
    assert_eq!(*customer.relationships, [8, 9].map(|half| (Guid(half), Guid(0x63f0_17cb_9e0d_4f14_94bd_4871_902b_3409))));
    assert_eq!(customer.id, id);
    assert_eq!(GdapStatus::parse("approvalPending"), GdapStatus::ApprovalPending);
    assert_eq!(GdapStatus::parse("somethingNew"), GdapStatus::Unknown);
}

#[test]
fn what_was_known_stays_until_its_list_says_otherwise() {
    let [kept, ended, left, new] = [4, 3, 2, 1].map(Guid);
    let known = |of: Guid, name: &str, domain: Option<&str>, status: Option<GdapStatus>| Customer {
        id: of,
        has_contract: domain.is_some(),
        gdap: status.map(|status| Gdap { status, ends: None, roles: [Guid(5)].into() }),
        relationships: status.iter().map(|_| (Guid(6), Guid(7))).collect(),
        ..customer(0, name, domain)
    };
    let mut all = Packed::default();
    for one in [
        known(ended, "Alder", Some("alder.example"), Some(GdapStatus::Active)),
        known(left, "Birch", None, Some(GdapStatus::Active)),
        known(kept, "Cedar", Some("cedar.example"), Some(GdapStatus::Active)),
    ] {
        all.push(&one);
    }
    all.settle();
    let one = |all: &Packed, id: Guid| all.find(id).and_then(|place| all.get(place));
    let mut merger = Merger::of(&all);
    merger.add_contract(&mut all, &contract(kept, "Cedar of old", "cedar.example"));
    merger.add_contract(&mut all, &contract(ended, "Alder of old", "alder-wood.example"));
    merger.add_contract(&mut all, &contract(new, "Ash", ""));
    merger.add_customer(&mut all, kept, "Zelkova");
    assert_eq!(merger.count(), 3);
    // So far: the reading may stop here, and then this is what is known.
    merger.settle(&mut all);
    let names = |all: &Packed| all.range(0..9).map(|one| one.name.to_string()).collect::<Vec<_>>();
    assert_eq!(names(&all), ["Alder", "Ash", "Birch", "Zelkova"]);
    for id in [ended, left, kept] {
        assert_eq!(one(&all, id).and_then(|one| one.gdap).map(|gdap| gdap.status), Some(GdapStatus::Active), "{id}");
        assert_eq!(one(&all, id).map(|one| one.relationships.len()), Some(1), "{id}");
    }
    assert_eq!(one(&all, ended).and_then(|one| one.domain).as_deref(), Some("alder-wood.example"));
    // To the end: of the one, delegated administration is over; the other is no customer any more.
    merger.add_relationship(&mut all, &relationship(kept, 8, "expired", "2025-01-11T09:00:00Z", "old"));
    merger.finish(&mut all);
    assert_eq!(names(&all), ["Alder of old", "Ash", "Zelkova"], "who has no live name any more has that of the contract");
    assert_eq!(one(&all, ended), Some(Customer { has_contract: true, ..customer_of(ended, "Alder of old", Some("alder-wood.example")) }));
    assert_eq!(one(&all, new), Some(Customer { has_contract: true, ..customer_of(new, "Ash", None) }));
    let of_kept = one(&all, kept).expect("still a customer");
    assert_eq!((of_kept.gdap.map(|gdap| gdap.status), of_kept.relationships.len()), (Some(GdapStatus::Expired), 0));
}

fn customer_of(id: Guid, name: &str, domain: Option<&str>) -> Customer {
    Customer { id, ..customer(0, name, domain) }
}

/// What a page says of a customer.
#[derive(Clone, Debug)]
enum Said {
    Customer(u8, String),
    Relationship(u8, u8, &'static str),
    Contract(u8, String, String),
    /// What came so far is put in order.
    Settle,
}

fn said() -> impl Strategy<Value = Said> {
    let name = "[abß][abß ]{0,3}";
    prop_oneof![
        (0..12_u8, name).prop_map(|(of, name)| Said::Customer(of, name)),
        (0..12_u8, 0..9_u8, prop::sample::select(vec!["active", "expired", "created", "terminating"]))
            .prop_map(|(of, half, status)| Said::Relationship(of, half, status)),
        (0..12_u8, name, "[ab.]{0,3}").prop_map(|(of, name, domain)| Said::Contract(of, name, domain)),
        Just(Said::Settle),
    ]
}

fn read(all: &mut Packed, pages: &[Said]) -> Merger {
    let mut merger = Merger::of(all);
    for said in pages {
        match said {
            Said::Customer(of, name) => merger.add_customer(all, Guid(u128::from(*of)), name),
            Said::Relationship(of, half, status) => {
                merger
                    .add_relationship(all, &relationship(Guid(u128::from(*of)), u128::from(*half), status, "2027-01-11T09:00:00Z", "one"));
            }
            Said::Contract(of, name, domain) => merger.add_contract(all, &contract(Guid(u128::from(*of)), name, domain)),
            Said::Settle => merger.settle(all),
        }
    }
    merger
}

proptest! {
    /// Reading into what is known, with what came so far put in order at any time, ends where reading into nothing ends, however another
    /// reading was interrupted; and what is found is what is there.
    #[test]
    fn a_list_that_is_read_again_is_as_if_read_for_the_first_time(
        before in prop::collection::vec(said(), 0..30),
        interrupted in prop::collection::vec(said(), 0..30),
        pages in prop::collection::vec(said(), 0..30),
    ) {
        let mut fresh = Packed::default();
        let unsettled: Vec<Said> = pages.iter().filter(|said| !matches!(said, Said::Settle)).cloned().collect();
        read(&mut fresh, &unsettled).finish(&mut fresh);
        let mut again = Packed::default();
        read(&mut again, &before).finish(&mut again);
        let known: Vec<Customer> = again.range(0..99).collect();
        read(&mut again, &interrupted).stop(&mut again);
        for one in &known {
            let after = again.find(one.id).and_then(|place| again.get(place)).expect("still there");
            let worth = |one: &Customer| one.gdap.as_ref().map(|gdap| gdap.status).unwrap_or(GdapStatus::Unknown);
            prop_assert!(worth(&after) <= worth(one), "{:?} became {:?}", one, after);
        }
        read(&mut again, &pages).finish(&mut again);
        let sorted = |all: &Packed| {
            let mut customers: Vec<Customer> = all.range(0..99).collect();
            customers.sort_by_key(|customer| customer.id);
            customers
        };
        prop_assert_eq!(sorted(&again), sorted(&fresh));
        let mut directory = Directory::default();
        *directory.customers_mut() = again;
        directory.note(&HashMap::new());
        let customers: Vec<Customer> = directory.iter().collect();
        let ids: Vec<Guid> = directory.search("", None).places.iter().filter_map(|place| directory.get(*place)).map(|one| one.id).collect();
        prop_assert_eq!(&ids, &by_the_book(&customers, &HashMap::new(), ""));
        for word in ["a", "ss", "b a", "0000000b"] {
            let ids: Vec<Guid> = directory.search(word, None).places.iter().filter_map(|place| directory.get(*place)).map(|one| one.id).collect();
            prop_assert_eq!(ids, by_the_book(&customers, &HashMap::new(), word));
        }
    }
}

#[test]
fn a_list_that_is_changed_again_and_again_takes_no_more_memory() {
    let mut runs = Runs::default();
    (0..100_u32).for_each(|number| runs.push(&[number]));
    for round in 0..1_000_u32 {
        for place in 0..100 {
            runs.set(place, &[round]);
            runs.set(place, &[round, round + 1]);
        }
        runs.tidy();
        assert!(runs.held() <= 500, "{} items are held in round {round}", runs.held());
    }
    assert_eq!((runs.get(0), runs.get(99)), (&[999, 1_000][..], &[999, 1_000][..]));
}

#[test]
fn relationships_read_again_are_the_same() {
    let bench = Bench::start(Options { customers: 30, ..Options::default() });
    let token = bench.sign_in("tech@partner.example", Scopes::PARTNER).access_token;
    let read = || {
        let answer = bench.batch(&token, &batch::body(&[partner::relationships().into()])).expect("an answer");
        let page = batch::answers(answer, 1).remove(0).expect("a page");
        serde_json::from_value::<Vec<Relationship>>(page.body["value"].clone()).expect("relationships")
    };
    let before = read();
    assert!(before.iter().any(|one| one.end_date_time.is_some()));
    bench.control("POST", "/clock", &serde_json::json!({"advanceSeconds": 90}));
    assert_eq!(read(), before);
}
