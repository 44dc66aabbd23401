//! Bytes that are no text: `SQLite` casts them to text all the same, and nobody can read the value afterwards.

/// The starts of well-formed sequences in hexadecimal, by their length: table 3-7 of <https://www.unicode.org/versions/Unicode16.0.0/>.
const SEQUENCES: [(u8, &[&str]); 4] = [
    (1, &["[0-7]*"]),
    (2, &["C[2-9A-F][89AB]*", "D?[89AB]*"]),
    (3, &["E0[AB]?[89AB]*", "E[1-9A-CEF][89AB]?[89AB]*", "ED[89]?[89AB]*"]),
    (4, &["F0[9AB]?[89AB]?[89AB]*", "F[1-3][89AB]?[89AB]?[89AB]*", "F48?[89AB]?[89AB]*"]),
];

/// The bytes that the walk takes from the value at once: each look at the value itself may read all of it.
const PIECE: usize = 1024;

/// Where the next piece is taken: the last sequence that begins before is whole.
const LAST: usize = PIECE - 3;

/// True for bytes that are no UTF-8. They are walked through sequence by sequence, unless all of them are ASCII.
pub(super) fn is_invalid(c: &str) -> String {
    // Within the walk a column of the same name would hide the user's own.
    let taken = c.to_ascii_lowercase().contains("fastdjango_");
    let prefix = if taken { "fastdjango_own" } else { "fastdjango" };
    let [start, at, piece] = ["start", "at", "piece"].map(|name| format!("{prefix}_{name}"));
    let here = format!("hex(substr({piece}, {at}, 4))");
    let cases = SEQUENCES.map(|(length, starts)| {
        let starts: Vec<String> = starts.iter().map(|start| format!("{here} GLOB '{start}'")).collect();
        format!("WHEN {} THEN {length}", starts.join(" OR "))
    });
    let used_up = |then: &str, or: &str| format!("CASE WHEN {at} > {LAST} THEN {then} ELSE {or} END");
    let next = [
        used_up(&format!("{start} + {at} - 1"), &start),
        used_up("1", &format!("{at} + CASE {} END", cases.join(" "))),
        used_up(&format!("substr({c}, {start} + {at}, {PIECE})"), &piece),
    ];
    format!(
        "typeof({c}) = 'blob' AND (instr({c}, x'00') > 0 OR CAST({c} AS text) GLOB '*[^' || char(1) || '-' || char(127) || ']*') \
         AND EXISTS (WITH RECURSIVE fastdjango_bytes ({start}, {at}, {piece}) AS (SELECT 0, 1, substr({c}, 1, {PIECE}) UNION ALL \
         SELECT {} FROM fastdjango_bytes WHERE {at} <= length({piece})) \
         SELECT 1 FROM fastdjango_bytes WHERE {at} IS NULL)",
        next.join(", ")
    )
}
