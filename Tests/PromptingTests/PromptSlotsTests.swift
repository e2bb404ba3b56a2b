import Foundation
import Testing

@testable import Prompting

@Suite struct PromptSlotsTests {
  @Test func whatWasTypedIsKeptByteForByte() throws {
    let slots = PromptSlots(subject: " 红 e\u{301} 👩‍👩‍👧\n", action: "a\tb", negative: "模糊")
    let again = try JSONDecoder().decode(PromptSlots.self, from: JSONEncoder().encode(slots))
    #expect(again == slots)
    #expect(Array(again[.subject].utf8) == Array(" 红 e\u{301} 👩‍👩‍👧\n".utf8))
  }

  @Test func jsonNamesTheFilledSlots() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let json = try encoder.encode(PromptSlots(subject: "a ball", camera: "pan"))
    #expect(String(decoding: json, as: UTF8.self) == #"{"camera":"pan","subject":"a ball"}"#)
    #expect(try JSONDecoder().decode(PromptSlots.self, from: Data("{}".utf8)) == PromptSlots())
  }

  @Test func anEmptiedSlotEqualsOneNeverFilled() {
    var slots = PromptSlots(subject: "a")
    slots[.subject] = ""
    #expect(slots == PromptSlots())
    #expect(slots.isBlank)
    #expect(PromptSlots(negative: "x").isBlank)
  }

  @Test(
    arguments: [
      ("a red ball", .en), ("红色的球", .zh), ("一个DJ在club里", .zh), ("the character 红 on a wall", .en), ("", nil),
      ("123 !", nil),
      ("👩‍👩‍👧", nil), ("cyberpunk 城市", .zh),
    ] as [(String, PromptLanguage?)])
  func theLanguageIsWhatThereIsMoreOf(text: String, language: PromptLanguage?) {
    #expect(PromptLanguage.detect(text) == language)
  }

  @Test func theNegativePromptHasNoVote() {
    #expect(PromptLanguage.detect(PromptSlots(subject: "a cat", negative: "模糊，变形，低质量")) == .en)
  }
}
