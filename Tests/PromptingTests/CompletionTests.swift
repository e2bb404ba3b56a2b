import Testing

@testable import Prompting

@Suite struct CompletionTests {
  private let vocabulary = Vocabulary(lists: [
    WordList(
      id: "moves", slot: .camera, title: Bilingual("Moves", "运镜"),
      words: [
        Bilingual("static shot", "固定镜头"), Bilingual("zoom in", "镜头推近"), Bilingual("zoom out", "镜头拉远"),
        Bilingual("Steadicam", ""),
      ])
  ])

  private func suggest(_ text: String, at cursor: Int? = nil, _ language: PromptLanguage = .en) -> String? {
    Completion(vocabulary: vocabulary).suggest(.camera, text: text, cursor: cursor ?? text.count, language)
  }

  @Test func thePhraseBegunIsFinished() {
    #expect(suggest("zoo") == "m in")
    #expect(suggest("close-up, st") == "atic shot")
    #expect(suggest("STE") == "adicam")
    #expect(suggest("镜头拉", .zh) == "远")
    #expect(suggest("特写，固", .zh) == "定镜头")
  }

  @Test func nothingIsOfferedWhereItWouldDisturb() {
    #expect(suggest("") == nil)
    #expect(suggest("z") == nil)
    #expect(suggest("zoom in") == nil)
    #expect(suggest("zoom in, ") == nil)
    #expect(suggest("zxy") == nil)
    #expect(suggest("zoom", at: 2) == nil)
    #expect(suggest("zo, static shot", at: 2) == "om in")
    #expect(suggest("zo", at: 7) == nil)
    #expect(suggest("zo", at: -1) == nil)
    #expect(Completion(vocabulary: vocabulary).suggest(.scene, text: "zo", cursor: 2, .en) == nil)
  }

  @Test func whatTheUserUsesComesFirst() {
    let used = Completion(
      vocabulary: vocabulary, frequency: ["zoom out": 2, "zoom in slowly": 3], own: [.camera: ["Zoom in slowly"]])
    #expect(used.suggest(.camera, text: "zo", cursor: 2, .en) == "om in slowly")
    let often = Completion(vocabulary: vocabulary, frequency: ["zoom out": 2])
    #expect(often.suggest(.camera, text: "zo", cursor: 2, .en) == "om out")
  }

  @Test func theHistoryTeachesPhrases() {
    let history = [
      PromptSlots(camera: "zoom out, whip pan"), PromptSlots(camera: "Zoom out"), PromptSlots(style: "zoetrope"),
    ]
    let taught = Completion(vocabulary: vocabulary, history: history)
    #expect(taught.suggest(.camera, text: "zo", cursor: 2, .en) == "om out")
    #expect(taught.suggest(.camera, text: "wh", cursor: 2, .en) == "ip pan")
    #expect(taught.suggest(.style, text: "zo", cursor: 2, .en) == "etrope")
  }
}
