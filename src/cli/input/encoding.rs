//! The encodings that kubectl reads: UTF-8, and UTF-16 with a byte order mark, as editors on Windows save it.

const LITTLE_ENDIAN: [u8; 2] = [0xff, 0xfe];
const BIG_ENDIAN: [u8; 2] = [0xfe, 0xff];

/// Decodes a file. A mark of UTF-8 stays, because it is part of the author's text.
///
/// # Errors
/// A sentence for bytes that are not in the encoding that their mark names.
pub(super) fn decoded(bytes: Vec<u8>) -> Result<String, String> {
    match bytes.split_first_chunk() {
        Some((&LITTLE_ENDIAN, rest)) => utf_16(rest, u16::from_le_bytes),
        Some((&BIG_ENDIAN, rest)) => utf_16(rest, u16::from_be_bytes),
        _ => String::from_utf8(bytes).map_err(|error| error.to_string()),
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text: Result<String, _> = char::decode_utf16(pairs.iter().copied().map(unit)).collect();
    match text {
        Ok(text) if rest.is_empty() && !text.is_empty() => Ok(text),
        _ => Err("it begins with the mark of UTF-16, but is no valid UTF-16".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn utf_16_is_read_in_both_orders() {
        let text = "é: \u{1f980}\n";
        for (mark, bytes) in [([0xff, 0xfe], u16::to_le_bytes as fn(u16) -> [u8; 2]), ([0xfe, 0xff], u16::to_be_bytes)]
        {
            let encoded = [mark.to_vec(), text.encode_utf16().flat_map(bytes).collect()].concat();
            assert_eq!(decoded(encoded.clone()), Ok(text.to_owned()));
            assert!(decoded([encoded, vec![0]].concat()).is_err(), "half a unit");
            assert!(decoded([mark.to_vec(), bytes(0xd800).to_vec()].concat()).is_err(), "half a pair");
            assert!(decoded(mark.to_vec()).is_err(), "nothing but the mark");
        }
        assert_eq!(decoded("\u{feff}a".into()), Ok("\u{feff}a".to_owned()));
        assert!(decoded(vec![b'a', 0xff]).is_err());
    }
}
