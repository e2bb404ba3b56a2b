import Checkpoints
import Foundation
import Testing

@testable import WanModel

@Suite struct TextCleaningTests {
  @Test func generatedTextsAreCleanedAsThePipelinesDo() throws {
    let pairs = try JSON(file: Goldens.path("cleaning.json"), part: "list").array ?? []
    #expect(pairs.count > 400)
    for pair in pairs {
      let texts = pair.array?.compactMap(\.string) ?? []
      try #require(texts.count == 2)
      let cleaned = TextCleaning.clean(texts[0])
      // Strings of equal meaning but other normal form are equal in Swift: compare the characters themselves.
      #expect(Array(cleaned.unicodeScalars) == Array(texts[1].unicodeScalars), "\(texts[0])")
    }
  }

  @Test(arguments: [
    "CAFÉ”", "L’ÉTÉ…", "É»", "Å i ön", "MAÇÃ É BOA", "Ö—Ü", "naïve café", "10 € – 5 £", "à la carte", "Ça", "Œuvre",
    "3 × 4", "º ª ²", "Straße, Äpfel & Öl", "雪“引号”", "Привет", "👩‍👩‍👧‍👦",
  ])
  func goodTextLosesNothingButItsCurls(_ text: String) {
    var straight = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      straight.append("‘’".unicodeScalars.contains(scalar) ? "'" : "“”".unicodeScalars.contains(scalar) ? "\"" : scalar)
    }
    #expect(TextCleaning.clean(text) == String(straight))
  }

  @Test(arguments: [
    ("&amp;amp;lt;", "<"), ("&#x41;&#66;", "AB"), ("&#0;", "\u{FFFD}"), ("&#xD800;", "\u{FFFD}"), ("&#150;", "–"),
    ("&#99999999999999999999;", "\u{FFFD}"), ("&notit;", "¬it;"), ("&EACUTE;", "É"), ("&", "&"), ("&;", "&;"),
    ("&#;", "&#;"), ("&#x;", "&#x;"), ("a&b", "a&b"), ("&ampx", "&x"), ("&CounterClockwiseContourIntegral;", "∳"),
  ])
  func entitiesAreResolved(_ text: String, _ expected: String) {
    #expect(TextCleaning.clean(text) == expected)
  }

  @Test func misreadingsOfMisreadingsAreUndone() {
    #expect(TextCleaning.clean("dÃƒÂ©jÃƒÂ  vu") == "déjà vu")
    #expect(TextCleaning.clean("çŒ« and “quotes” ä½ å¥½").hasPrefix("猫 and \"quotes\""))
  }
}
