import Testing

@testable import Prompting

@Suite struct PhrasesTests {
  @Test func englishIsFoundByWholeWordsAndTheLongestWins() {
    let phrases = Phrases(["night", "at night", "pan"])
    #expect(phrases.ranges(in: "A knight at Night, a pan") == [9..<17, 21..<24])
    #expect(!phrases.isFound(in: "panda, nightly"))
  }

  @Test func chineseIsFoundByCharacters() {
    #expect(Phrases(["夜", "夜晚", "3d渲染"]).ranges(in: "在夜晚，3D渲染") == [1..<3, 4..<8])
  }

  @Test(arguments: [
    ("bounce", "bounces", "bouncing"), ("run", "runs", "running"), ("fly", "flies", "flying"),
    ("splash", "splashes", "splashing"),
    ("play", "plays", "playing"), ("lie", "lies", "lying"), ("go", "goes", "going"), ("flee", "flees", "fleeing"),
  ])
  func verbsAreInflected(base: String, present: String, participle: String) {
    #expect(EnglishVerb.form(base, .present) == present)
    #expect(EnglishVerb.form(base, .participle) == participle)
  }

  @Test(arguments: [
    ("a, b, c", 3..<4, "a, c"), ("a, b", 3..<4, "a"), ("a, b", 0..<1, "b"), ("the the cat", 4..<7, "the cat"),
    ("红，绿，蓝", 2..<3, "红，蓝"), ("a street at night, rain", 9..<17, "a street, rain"), ("a", 0..<1, ""),
  ])
  func removingTakesTheCommaAlong(text: String, range: Range<Int>, rest: String) {
    #expect(text.removing(range) == rest)
  }
}
