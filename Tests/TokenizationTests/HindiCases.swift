import Testing
import Tokenization

@Suite("Hindi sentences")
struct HindiTests {
  static let cases: [LanguageCase] = [
    .init("नमस्ते दुनिया", ["नमस्ते", "दुनिया"], "vowel signs and virama stay with their letters"),
    .init(
      "हिन्दी में समाचार पढ़ना अच्छा है", ["हिन्दी", "में", "समाचार", "पढ\u{93C}ना", "अच्छा", "है"],
      "six words; scikit-learn finds two fragments, MALLET nothing"),
    .init("हिन्दी हिंदी", ["हिन्दी", "हिंदी"], "two spellings of the nasal remain two words"),
    .init("\u{958}लम", ["\u{915}\u{93C}लम"], "a code point with a nukta becomes letter and nukta"),
    .init("\u{915}\u{93C}लम", ["\u{915}\u{93C}लम"], "and letter and nukta do not change"),
    .init("\u{928}\u{93C} \u{929}", ["\u{929}", "\u{929}"], "but these have a composed form"),
    .init("फ\u{93C}िल्म \u{95E}िल्म", ["फ\u{93C}िल्म", "फ\u{93C}िल्म"], "a nukta before a vowel sign"),
    .init("सड\u{93C}क स\u{95C}क", ["सड\u{93C}क", "सड\u{93C}क"], "ड़ in both spellings"),
    .init("वर्ष २०२३", ["वर्ष", "2023"], "digits become ASCII"),
    .init("₹१,५००.५०", ["₹", "1,500.50"], "marks inside numbers stay, the rupee sign is a token"),
    .init("२०वीं सदी", ["20वीं", "सदी"], "an ordinal ending stays with its number"),
    .init("१०% लोग", ["10", "%", "लोग"], "a percent sign is a token"),
    .init("यह घर है।", ["यह", "घर", "है", "।"], "the danda is a token"),
    .init("राम॥ श्याम", ["राम", "॥", "श्याम"], "so is the double danda"),
    .init("घर|बाहर", ["घर", "|", "बाहर"], "and the bar that replaces it"),
    .init("क्\u{200D}ष", ["क्\u{200D}ष"], "a joiner between letters is kept"),
    .init("\u{200D}घर\u{200D} है", ["घर", "है"], "joiners at the ends of words are removed"),
    .init("क्\u{200C}\u{200C}ष", ["क्\u{200C}ष"], "a run of joiners becomes one"),
    .init("डॉ. सिंह", ["डॉ", ".", "सिंह"], "the period of an abbreviation is a token"),
    .init("बी.जे.पी.", ["बी.जे.पी", "."], "inner periods stay (WB6)"),
    .init("पं० नेहरू", ["पं0", "नेहरू"], "the abbreviation sign typed as a zero is a digit"),
    .init("कृ॰ प॰", ["कृ", "॰", "प", "॰"], "the abbreviation sign is a mark"),
    .init("ॐ नमः", ["ॐ", "नमः"], "om and visarga"),
    .init("चाँद चांद", ["चाँद", "चांद"], "candrabindu and anusvara are distinct"),
    .init("रु.500", ["रु", ".", "500"], "a period between a letter and a digit splits"),
    .init("टी-20 मैच", ["टी", "-", "20", "मैच"], "a hyphen splits"),
    .init("Blood Sugar: ब्लड शुगर", ["blood", "sugar", ":", "ब्लड", "शुगर"], "two scripts"),
    .init("डॉक्टर, ज़रूर", ["डॉक्टर", ",", "ज\u{93C}रूर"], "a nukta is kept"),
    .init("\"सच\" ‘झूठ’", ["\"", "सच", "\"", "‘", "झूठ", "’"], "quotation marks are tokens"),
    .init("आज\u{A0}कल", ["आज", "कल"], "a no-break space splits words"),
    .init("क्या?!", ["क्या", "?", "!"], "each mark is a token"),
    .init("मराठी बाळ", ["मराठी", "बाळ"], "letters of Marathi, in the same script"),
  ]

  @Test("Hindi", arguments: cases)
  func hindi(_ sentence: LanguageCase) throws { try sentence.check([.hi]) }
}
