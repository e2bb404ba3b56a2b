import Testing

@testable import Prompting

@Suite struct PromptSplitterTests {
  @Test(arguments: [
    (
      "A red ball in a grid room bounces, pixel art, static shot.",
      PromptSlots(
        subject: "A red ball", action: "bounces", scene: "in a grid room", style: "pixel art", camera: "static shot")
    ),
    (
      "a blue star rises at night",
      PromptSlots(subject: "a blue star", action: "rises at night")
    ),
    (
      "Two dogs run quickly across a field in the rain. Camera follows them, cinematic",
      PromptSlots(
        subject: "Two dogs", action: "run quickly across a field in the rain", style: "cinematic",
        camera: "Camera follows them")
    ),
    (
      "a woman in a red coat walks slowly on the beach, hair blowing in the wind, golden hour",
      PromptSlots(
        subject: "a woman in a red coat", action: "walks slowly, hair blowing in the wind", scene: "on the beach",
        style: "golden hour")
    ),
    (
      "Close-up of a fox running in the snow, cinematic",
      PromptSlots(subject: "a fox", action: "running", scene: "in the snow", style: "cinematic", camera: "Close-up")
    ),
    (
      "Cinematic, the camera moves closer. A garden full of leaves sways",
      PromptSlots(
        subject: "A garden full of leaves", action: "sways", style: "Cinematic", camera: "the camera moves closer")
    ),
    (
      "一位站在竹筏上的渔夫在群山之间撑篙",
      PromptSlots(subject: "一位站在竹筏上的渔夫", action: "撑篙", scene: "在群山之间")
    ),
    ("in a forest", PromptSlots(scene: "in a forest")),
    ("a cat", PromptSlots(subject: "a cat")),
    ("bounces", PromptSlots(action: "bounces")),
    (
      "红色的球在房间里弹跳，像素风格，固定镜头。",
      PromptSlots(subject: "红色的球", action: "弹跳", scene: "在房间里", style: "像素风格", camera: "固定镜头")
    ),
    (
      "一只猫慢慢走来，镜头推近",
      PromptSlots(subject: "一只猫", action: "慢慢走来", camera: "镜头推近")
    ),
    (
      "飞翔的鸟在夜晚的天空中盘旋",
      PromptSlots(subject: "飞翔的鸟", action: "盘旋", scene: "在夜晚的天空中")
    ),
    ("", PromptSlots()),
    (" ,。\n", PromptSlots()),
  ])
  func aTextFallsIntoItsSlots(text: String, slots: PromptSlots) {
    #expect(PromptSplitter.split(text) == slots)
  }

  @Test func whatWasComposedComesApartAgain() {
    for language in PromptLanguage.allCases {
      let slots = LintTests.good(language)
      let again = PromptSplitter.split(PromptComposer.compose(slots, language))
      #expect(PromptComposer.compose(again, language) == PromptComposer.compose(slots, language))
    }
  }
}
