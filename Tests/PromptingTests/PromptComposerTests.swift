import Testing

@testable import Prompting

@Suite struct PromptComposerTests {
  @Test func theWordOrderOfTheIssue() {
    let slots = PromptSlots(
      subject: "a small red ball", action: "bounces twice", scene: "a grid room", style: "glowing",
      camera: "static shot")
    #expect(
      PromptComposer.compose(slots, .en) == "A small red ball in a grid room bounces twice, glowing, static shot.")
  }
}
