//! Bytes that are no text: `SQLite` casts them to text all the same, and nobody can read the value afterwards.

/// The starts of well-formed sequences in hexadecimal, by their length: table 3-7 of <https://www.unicode.org/versions/Unicode16.0.0/>.
const SEQUENCES: [(u8, &[&str]); 4] = [
    (1, &["[0-7]*"]),
    (2, &["C[2-9A-F][89AB]*", "D?[89AB]*"]),
    (3, &["E0[AB]?[89AB]*", "E[1-9A-CEF][89AB]?[89AB]*", "ED[89]?[89AB]*"]),
    (4, &["F0[9AB]?[89AB]?[89AB]*", "F[1-3][89AB]?[89AB]?[89AB]*", "F48?[89AB]?[89AB]*"]),
];

/// True for bytes that are no UTF-8. They are walked through sequence by sequence, unless all of them are ASCII.
pub(super) fn is_invalid(c: &str) -> String {
    // Within the walk a column of the same name would hide the user's own.
    let taken = c.to_ascii_lowercase().contains("fastdjango_at");
    let at = if taken { "fastdjango_here" } else { "fastdjango_at" };
    let here = format!("hex(substr({c}, {at}, 4))");
    let cases = SEQUENCES.map(|(length, starts)| {
        let starts: Vec<String> = starts.iter().map(|start| format!("{here} GLOB '{start}'")).collect();
        format!("WHEN {} THEN {length}", starts.join(" OR "))
    });
    format!(
        "typeof({c}) = 'blob' AND (instr({c}, x'00') > 0 OR CAST({c} AS text) GLOB '*[^' || char(1) || '-' || char(127) || ']*') \
         AND EXISTS (WITH RECURSIVE fastdjango_bytes ({at}) AS (SELECT 1 UNION ALL \
         SELECT {at} + CASE {} END FROM fastdjango_bytes WHERE {at} <= length({c})) \
         SELECT 1 FROM fastdjango_bytes WHERE {at} IS NULL)",
        cases.join(" ")
    )
}
