//! Text in 8-bit strings, and back.

use std::borrow::Cow;

use encoding_rs::Encoding;

use crate::code_page::CodePage;

impl CodePage {
    fn encoding(self) -> &'static Encoding {
        match self {
            CodePage::Thai => encoding_rs::WINDOWS_874,
            CodePage::Japanese => encoding_rs::SHIFT_JIS,
            CodePage::SimplifiedChinese => encoding_rs::GBK,
            CodePage::Korean => encoding_rs::EUC_KR,
            CodePage::TraditionalChinese => encoding_rs::BIG5,
            CodePage::CentralEuropean => encoding_rs::WINDOWS_1250,
            CodePage::Cyrillic => encoding_rs::WINDOWS_1251,
            CodePage::Western => encoding_rs::WINDOWS_1252,
            CodePage::Greek => encoding_rs::WINDOWS_1253,
            CodePage::Turkish => encoding_rs::WINDOWS_1254,
            CodePage::Hebrew => encoding_rs::WINDOWS_1255,
            CodePage::Arabic => encoding_rs::WINDOWS_1256,
            CodePage::Baltic => encoding_rs::WINDOWS_1257,
            CodePage::Vietnamese => encoding_rs::WINDOWS_1258,
            CodePage::Utf8 => encoding_rs::UTF_8,
        }
    }

    /// Whether some characters take several bytes.
    pub(super) fn is_multibyte(self) -> bool {
        !self.encoding().is_single_byte()
    }

    /// Decodes a string. Bytes that the page does not define become U+FFFD.
    pub(super) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        self.encoding().decode_without_bom_handling(bytes).0
    }

    /// Whether the page has every character of a text.
    pub(super) fn can_express(self, text: &str) -> bool {
        text.is_ascii() || !self.encoding().encode(text).2
    }

    /// Returns the bytes of a character. One that the page lacks becomes a `?` for each UTF-16 unit (OBS-88).
    pub(super) fn encode(self, character: char) -> Vec<u8> {
        let mut buffer = [0; 4];
        let text = &*character.encode_utf8(&mut buffer);
        match self.encoding().encode(text) {
            (_, _, true) => vec![b'?'; character.len_utf16()],
            (bytes, _, false) => bytes.into_owned(),
        }
    }
}
