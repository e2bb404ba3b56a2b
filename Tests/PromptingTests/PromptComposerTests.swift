import Testing

@testable import Prompting

@Suite struct PromptComposerTests {
  @Test func theWordOrderOfTheField() {
    let english = PromptSlots(
      subject: "a small red ball", action: "bounces twice", scene: "a grid room", style: "glowing",
      camera: "static shot")
    #expect(
      PromptComposer.compose(english, .en) == "A small red ball in a grid room bounces twice, glowing, static shot.")
    let chinese = PromptSlots(subject: "红色的球", action: "弹跳", scene: "房间", style: "发光风格", camera: "固定镜头")
    #expect(PromptComposer.compose(chinese, .zh) == "红色的球在房间中弹跳，发光风格，固定镜头。")
  }

  @Test(arguments: [
    ("a grid room", "in a grid room"), ("in the sea", "in the sea"), ("at night", "at night"), ("night", "at night"),
    ("Over the sea", "Over the sea"), ("underwater", "underwater"), ("the beach", "on the beach"),
    ("a wooden table by a window", "on a wooden table by a window"),
    ("a rooftop garden at dusk", "in a rooftop garden at dusk"),
    ("surrounded by trees", "surrounded by trees"), ("the top of a hill", "in the top of a hill"), ("", ""),
  ])
  func englishPlacesGetOnePreposition(scene: String, place: String) {
    #expect(EnglishPlace.phrase(scene) == place)
  }

  @Test(arguments: [
    ("房间", "在房间中"), ("在雪地上", "在雪地上"), ("雪地", "在雪地上"), ("房间里", "在房间里"), ("海边", "在海边"), ("夜晚", "在夜晚"),
    ("天空", "在天空中"), ("日落时", "在日落时"), ("街头，霓虹闪烁", "在街头，霓虹闪烁"), ("森林, 有雾", "在森林中，有雾"), ("", ""),
  ])
  func chinesePlacesGetOnePrepositionAndOneLocaliser(scene: String, place: String) {
    #expect(ChinesePlace.phrase(scene) == place)
  }

  @Test(arguments: [
    (PromptSlots(), "", ""),
    (PromptSlots(subject: "a cat"), "A cat.", "a cat。"),
    (PromptSlots(action: "runs"), "Runs.", "runs。"),
    (PromptSlots(scene: "a room"), "In a room.", "在a room中。"),
    (PromptSlots(camera: "pan left"), "Pan left.", "pan left。"),
    (PromptSlots(action: "it rains", scene: "the city"), "In the city, it rains.", "在the city中it rains。"),
    (PromptSlots(subject: "a cat", style: "sketch"), "A cat, sketch.", "a cat，sketch。"),
    (PromptSlots(negative: "blurry"), "", ""),
  ])
  func slotsMayBeMissing(slots: PromptSlots, english: String, chinese: String) {
    #expect(PromptComposer.compose(slots, .en) == english)
    #expect(PromptComposer.compose(slots, .zh) == chinese)
  }

  @Test func theUsersOwnPunctuationIsNotDoubled() {
    let slots = PromptSlots(
      subject: " a  cat, ", action: "runs.\n", scene: "in\na room;", style: ", sketch。", camera: "close-up!")
    #expect(PromptComposer.compose(slots, .en) == "A cat in a room runs, sketch, close-up!")
  }

  @Test func aRemarkAfterTheSceneIsClosed() {
    let remark = PromptSlots(subject: "a cat", action: "runs", scene: "a small room, sun through the blinds")
    #expect(PromptComposer.compose(remark, .en) == "A cat in a small room, sun through the blinds, runs.")
    let adjectives = PromptSlots(subject: "a cat", action: "runs", scene: "a dark, quiet room")
    #expect(PromptComposer.compose(adjectives, .en) == "A cat in a dark, quiet room runs.")
    let chinese = PromptSlots(subject: "猫", action: "奔跑", scene: "街头，霓虹闪烁")
    #expect(PromptComposer.compose(chinese, .zh) == "猫在街头，霓虹闪烁，奔跑。")
  }

  @Test func capitalsThatAreMeantStay() {
    #expect(PromptComposer.compose(PromptSlots(subject: "iPhone"), .en) == "iPhone.")
    #expect(PromptComposer.compose(PromptSlots(subject: "élan"), .en) == "Élan.")
  }

  /// Composing reads the slots; it never fails and never leaves doubled spaces or commas.
  @Test(arguments: ["", " ", ",", "。。", "a", "中", "👩‍👩‍👧", "e\u{301}", "在", ", in ,", "\u{0}", "!?"])
  func nothingBreaksIt(text: String) {
    for language in PromptLanguage.allCases {
      let slots = PromptSlots(subject: text, action: text, scene: text, style: text, camera: text)
      let prompt = PromptComposer.compose(slots, language)
      #expect(!prompt.contains("  ") && !prompt.contains(",,") && !prompt.contains("，，"))
    }
  }
}
