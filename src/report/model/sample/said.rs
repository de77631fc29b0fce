//! Who the sample is about and what they say, attacks among it.

/// Code, name, population 2021 (Statistics Sweden).
pub(in crate::report) const REGIONS: [(&str, &str, i64); 21] = [
    ("01", "Region Stockholm", 2_408_360),
    ("03", "Region Uppsala", 393_165),
    ("04", "Region Sörmland", 301_222),
    ("05", "Region Östergötland", 469_107),
    ("06", "Region Jönköpings län", 366_700),
    ("07", "Region Kronoberg", 202_987),
    ("08", "Region Kalmar län", 246_965),
    ("09", "Region Gotland", 61_031),
    ("10", "Region Blekinge", 159_021),
    ("12", "Region Skåne", 1_399_684),
    ("13", "Region Halland", 339_728),
    ("14", "Västra Götalandsregionen", 1_742_917),
    ("17", "Region Värmland", 283_115),
    ("18", "Region Örebro län", 306_600),
    ("19", "Region Västmanland", 278_608),
    ("20", "Region Dalarna", 288_118),
    ("21", "Region Gävleborg", 287_858),
    ("22", "Region Västernorrland", 244_408),
    ("23", "Region Jämtland Härjedalen", 131_869),
    ("24", "Region Västerbotten", 274_301),
    ("25", "Region Norrbotten", 249_683),
];

/// Code, comment.
pub(in crate::report) const COMMENTS: [(&str, &str); 6] = [
    (
        "01",
        "Regionen ställer sig bakom projektet – under förutsättning att tidplanen 2027–2028 hålls.\r\n\r\nVi vill särskilt \
         lyfta:\r\n1. Att ”reservkort” kan ges ut på distans från start.\r\n2. Att supporten förstärks; i dag reser många \
         medarbetare över en timme för att få sin e-legitimation.",
    ),
    ("05", "=HYPERLINK(\"https://example.org/?x=\"&A1;\"Klicka här\")"),
    ("08", "<script>alert(1)</script><img src=x onerror=alert(2)> & 'citat' \"dubbelt\""),
    (
        "09",
        "Regionen är inte intresserad.\nSkäl: nyttan är för liten; vi har tre id-administratörer inom gångavstånd, och \
         kostnaden står inte i proportion till den.",
    ),
    ("12", "+46 är landsnumret; \"ja\" är svaret;\tSkåne"),
    ("18", "Nej\u{202E}.aj rävs råv\u{202C} Se bilaga\u{200B}."),
];

/// Code, column and row on the map of tiles.
pub(in crate::report) const TILES: [(&str, [u32; 2]); 21] = [
    ("25", [4, 1]),
    ("23", [3, 2]),
    ("24", [4, 2]),
    ("20", [2, 3]),
    ("21", [3, 3]),
    ("22", [4, 3]),
    ("17", [1, 4]),
    ("18", [2, 4]),
    ("19", [3, 4]),
    ("03", [4, 4]),
    ("14", [1, 5]),
    ("05", [2, 5]),
    ("04", [3, 5]),
    ("01", [4, 5]),
    ("13", [1, 6]),
    ("06", [2, 6]),
    ("08", [3, 6]),
    ("09", [4, 6]),
    ("12", [1, 7]),
    ("07", [2, 7]),
    ("10", [3, 7]),
];
