//! The partner's customers: ids, names, relationships and roles, each a function of the seed. Their tenants are made on demand.

use super::generate::{CLOUD_APPLICATION_ADMINISTRATOR, DIRECTORY_READERS, PRIVILEGED_ROLE_ADMINISTRATOR, stable_id};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

#[derive(Default)]
pub struct Customers {
    seed: u64,
    ids: Vec<String>,
    by_id: HashMap<String, usize>,
    /// The status of the latest relationship; `None` where there is a contract only.
    statuses: Vec<Option<&'static str>>,
    related: Vec<usize>,
    contracted: Vec<usize>,
}

/// Every status that a relationship can have; the first one is by far the most frequent.
const STATUSES: &[&str] = &[
    "active",
    "expiring",
    "expired",
    "terminated",
    "terminationRequested",
    "terminating",
    "created",
    "approvalPending",
    "approved",
    "activating",
];

impl Customers {
    pub fn new(seed: u64, count: usize) -> Self {
        let ids: Vec<String> = (0..count).map(|index| stable_id(seed, "customer", index)).collect();
        let by_id = ids.iter().enumerate().map(|(index, id)| (id.clone(), index)).collect();
        let statuses: Vec<_> = (0..count).map(|index| status(seed, index)).collect();
        let related = (0..count).filter(|index| statuses[*index].is_some()).collect();
        let contracted = (0..count).filter(|index| statuses[*index].is_none() || index % 3 == 0).collect();
        Self { seed, ids, by_id, statuses, related, contracted }
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn id(&self, index: usize) -> String {
        self.ids[index].clone()
    }

    /// Returns the domain of a customer; the number in it counts from 1.
    pub fn domain(&self, index: usize) -> String {
        format!("customer{}.example", index + 1)
    }

    /// Returns a company name. The scripts alternate; some names repeat, and some differ in a sign only.
    pub fn name(&self, index: usize) -> String {
        let digest = Sha256::digest(format!("{}/name/{index}", self.seed));
        let draw = |byte: usize, words: &[&'static str]| words[usize::from(digest[byte]) % words.len()];
        let (stems, middles, kinds) = SCRIPTS[usize::from(digest[0]) % SCRIPTS.len()];
        let (stem, middle, kind) = (draw(1, stems), draw(2, middles), draw(3, kinds));
        match digest[4] % 8 {
            0 => format!("{stem} {kind}"),
            1 => format!("{stem}-{middle} {kind}"),
            2 => format!("{stem} {middle} {kind} {}", digest[5]),
            3 => format!("{} {middle} {kind}", stem.to_uppercase()),
            _ => format!("{stem} {middle} {kind}"),
        }
    }

    pub fn find(&self, id_or_domain: &str) -> Option<usize> {
        if let Some(index) = self.by_id.get(id_or_domain) {
            return Some(*index);
        }
        let number: usize = id_or_domain.strip_prefix("customer")?.split('.').next()?.parse().ok()?;
        (1..=self.ids.len()).contains(&number).then(|| number - 1)
    }

    pub fn index_of(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// Customers with any relationship of delegated administration.
    pub fn related(&self) -> &[usize] {
        &self.related
    }

    /// Customers with a reseller contract.
    pub fn contracted(&self) -> &[usize] {
        &self.contracted
    }

    /// Returns the status of each relationship, the latest first: some customers have an older one that ended.
    pub fn relationships(&self, index: usize) -> Vec<&'static str> {
        let mut found: Vec<_> = self.statuses[index].into_iter().collect();
        if !found.is_empty() && index >= 150 && index.is_multiple_of(10) {
            found.push("expired");
        }
        found
    }

    /// Returns the directory roles that the relationship may give.
    pub fn relationship_roles(&self, index: usize) -> Vec<&'static str> {
        match index + 1 {
            1..=20 => vec![CLOUD_APPLICATION_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR],
            21..=40 => vec![CLOUD_APPLICATION_ADMINISTRATOR],
            // Nothing that could write: the relationship lets the technician look only.
            41..=60 => vec![DIRECTORY_READERS],
            _ if index.is_multiple_of(4) => vec![DIRECTORY_READERS],
            _ => vec![CLOUD_APPLICATION_ADMINISTRATOR],
        }
    }

    /// Returns the directory roles that `tech@` holds in a customer; `None` without an active relationship.
    pub fn technician_roles(&self, index: usize) -> Option<Vec<&'static str>> {
        let works = matches!(self.statuses.get(index)?, Some("active" | "expiring"));
        works.then(|| self.relationship_roles(index))
    }
}

fn status(seed: u64, index: usize) -> Option<&'static str> {
    if index < 150 {
        return Some(STATUSES[0]);
    }
    let draw = usize::from(Sha256::digest(format!("{seed}/status/{index}"))[0]);
    match draw {
        0..24 => None,
        24..80 => Some(STATUSES[draw % STATUSES.len()]),
        _ => Some(STATUSES[0]),
    }
}

type Script = (&'static [&'static str], &'static [&'static str], &'static [&'static str]);

/// First, second and last words of company names in nine scripts.
const SCRIPTS: &[Script] = &[
    (
        &[
            "Northwind",
            "Alder",
            "Harbour",
            "Larkspur",
            "Milestone",
            "Brightwater",
            "Quarry",
            "Saltmarsh",
            "Kestrel",
            "Foundry",
            "Oakline",
            "Pinnacle",
            "Ribbon",
            "Tidal",
            "Umber",
        ],
        &["River", "Hill", "Bay", "West", "Union", "Valley", "Gate", "Field", "Stone", "Bridge", "Crown", "North"],
        &["Traders", "Clinic", "Legal", "Logistics", "Foods", "Partners", "Dental", "Schools", "Motors", "Energy"],
    ),
    (
        &["Müller", "Groß", "Østergård", "Señal", "Élan", "Çelik", "İnci", "Straße", "Łódź", "Ærø", "Kovač", "Ísland"],
        &["Bäcker", "Côte", "São", "Işık", "Über", "Žitný", "Ñandú", "Ðorđe"],
        &["GmbH", "& Søn", "S.A.", "Ltd. Şti.", "AG", "s.r.o.", "Oy"],
    ),
    (&["Северный", "Заря", "Восток", "Берёза", "Йолка", "Київ"], &["Дом", "Мост", "Свет", "Луч"], &["Банк", "Торг", "Завод", "Сервис"]),
    (&["Αθηναϊκή", "Όλυμπος", "Ήλιος", "Κύμα", "Φάρος"], &["Νέα", "Μέγας", "Κόσμος"], &["Εταιρεία", "Ναυτιλία", "Τεχνική", "Όμιλος"]),
    (&["النور", "الأمل", "الخليج", "مُحَمَّد", "البحر"], &["الذهبي", "الجديد", "الكبير"], &["للتجارة", "القابضة", "للبناء"]),
    (&["אור", "הגליל", "כוכב", "שָׁלוֹם", "הים"], &["חדש", "זהב", "צפון"], &["בע״מ", "שיווק", "טכנולוגיה"]),
    (&["東京", "富士", "さくら", "ﾐﾗｲ", "パリ", "Ｆｕｌｌ"], &["第一", "中央", "新"], &["商事", "工業", "システム", "株式会社"]),
    (&["भारत", "गंगा", "सूर्य", "हिंद"], &["नव", "महा", "राज"], &["उद्योग", "व्यापार", "सेवा"]),
    (&["대한", "한빛", "서울"], &["제일", "미래"], &["물산", "전자", "건설"]),
];
