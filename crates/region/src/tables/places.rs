//! Places that do not exist, in postcode districts that do not exist.

/// A town and its postcode district.
pub(crate) struct Town {
    pub(crate) name: &'static str,
    pub(crate) district: &'static str,
}

const fn town(name: &'static str, district: &'static str) -> Town {
    Town { name, district }
}

/// The towns; a practice stands in one of them.
#[rustfmt::skip]
pub(crate) const TOWNS: [Town; 24] = [
    town("Alderwick", "XC1"), town("Brookmere", "XC2"), town("Saltwich", "XC3"),
    town("Marlbeck", "XC4"), town("Nethercote Green", "XC5"), town("Wychbourne", "XC6"),
    town("Delamarsh", "XC7"), town("Tarnholt", "XC8"), town("Oakenhulme", "XC9"),
    town("Sandlache", "XC10"), town("Harrowmere", "XC11"), town("Peoverley", "XC12"),
    town("Winterley Moss", "XC14"), town("Kingsbeck", "XC15"), town("Thornwich", "XC16"),
    town("Lostmere", "XC17"), town("Barrowcliffe", "XC18"), town("Hollinwick", "XC19"),
    town("Weaverholt", "XC20"), town("Gowyford", "XC21"), town("Rushmere Green", "XC22"),
    town("Ashley Hulme", "XC23"), town("Danebridge Heath", "XC24"), town("Quarrybank", "XC25"),
];

/// What a practice is called after its town.
#[rustfmt::skip]
pub(crate) const PRACTICE_NAMES: [&str; 4] =
    ["Surgery", "Medical Centre", "Health Centre", "Family Practice"];

/// Streets.
#[rustfmt::skip]
pub(crate) const STREETS: [&str; 48] = [
    "Mill Lane", "Church Street", "Station Road", "Chapel Row", "High Street", "Orchard Close",
    "The Crescent", "Manor Drive", "Victoria Terrace", "Albert Road", "Canal Side", "Salt Works Lane",
    "Kiln Croft", "Meadow View", "Heron Way", "Kingfisher Drive", "Bluebell Grove", "Hawthorn Avenue",
    "Rowan Close", "Sycamore Road", "Beech Walk", "Priory Gardens", "Abbey Fields", "Market Place",
    "Nantmere Road", "Whitegate Lane", "Forge Bank", "Tannery Court", "Weaver Street", "Dane View",
    "Gower Street", "Cobbler's Yard", "Silk Mill Street", "Loom Lane", "Bobbin Close", "Quarry Hill",
    "Sandstone Rise", "Beacon Road", "Castle Mount", "Moat Lane", "Parkgate", "Drovers Way",
    "Shepherd's Fold", "Dairy Lane", "Cheese Hall Road", "Lime Avenue", "Maple Drive", "Elm Grove",
];

/// Wards of hospitals.
#[rustfmt::skip]
pub(crate) const WARDS: [&str; 12] = [
    "Acute Medical Unit", "Ward 3 (respiratory)", "Ward 5 (cardiology)", "Ward 6 (elderly care)",
    "Ward 7 (stroke)", "Ward 9 (surgery)", "Ward 10 (orthopaedics)", "Ward 12 (gastroenterology)",
    "Surgical Assessment Unit", "Ward 15 (elderly care)", "High Dependency Unit", "Frailty Unit",
];
