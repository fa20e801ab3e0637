//! Code pages of 8-bit strings.

macro_rules! code_pages {
    ($($(#[$attribute:meta])* $CodePage:ident = $number:literal;)*) => {
        /// The code page of 8-bit strings on a computer: in COM, the plain methods take and write such strings (OBS-88).
        ///
        /// These are the pages that Windows can use for 8-bit strings.
        ///
        /// ```
        /// use dbgeng_testkit::CodePage;
        ///
        /// assert_eq!(CodePage::default().number(), 1252);
        /// assert_eq!(CodePage::new(932), Some(CodePage::Japanese));
        /// assert_eq!(CodePage::new(7), None);
        /// ```
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum CodePage {
            $($(#[$attribute])* $CodePage = $number,)*
        }

        impl CodePage {
            /// Every code page.
            pub const ALL: &'static [CodePage] = &[$(CodePage::$CodePage),*];
        }
    };
}

code_pages! {
    /// 874.
    Thai = 874;
    /// 932, of one or two bytes for a character.
    Japanese = 932;
    /// 936, of one or two bytes for a character.
    SimplifiedChinese = 936;
    /// 949, of one or two bytes for a character.
    Korean = 949;
    /// 950, of one or two bytes for a character.
    TraditionalChinese = 950;
    /// 1250.
    CentralEuropean = 1250;
    /// 1251.
    Cyrillic = 1251;
    /// 1252, the page of English, French and German systems.
    #[default]
    Western = 1252;
    /// 1253.
    Greek = 1253;
    /// 1254.
    Turkish = 1254;
    /// 1255.
    Hebrew = 1255;
    /// 1256.
    Arabic = 1256;
    /// 1257.
    Baltic = 1257;
    /// 1258.
    Vietnamese = 1258;
    /// 65001, of one to four bytes for a character.
    Utf8 = 65001;
}

impl CodePage {
    /// Returns the code page with this number, such as 1252.
    pub fn new(number: u16) -> Option<CodePage> {
        Self::ALL.iter().copied().find(|page| page.number() == number)
    }

    /// Returns the number by which Windows knows it.
    pub const fn number(self) -> u16 {
        self as u16
    }
}
