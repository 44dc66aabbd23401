//! Texts in constants, where `str` can hardly be compared.

/// The number of characters.
pub(super) const fn characters(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let (mut i, mut count) = (0, 0);
    while i < bytes.len() {
        if bytes[i] & 0xC0 != 0x80 {
            count += 1;
        }
        i += 1;
    }
    count
}

/// True for equal texts.
pub(super) const fn same(one: &str, two: &str) -> bool {
    let (one, two) = (one.as_bytes(), two.as_bytes());
    if one.len() != two.len() {
        return false;
    }
    let mut i = 0;
    while i < one.len() {
        if one[i] != two[i] {
            return false;
        }
        i += 1;
    }
    true
}
