import Foundation
import Testing

@testable import Rendering

@Suite struct JobFilterTests {
  private static let utc = TimeZone(secondsFromGMT: 0) ?? .current
  /// 2026-11-23, 12:00.
  private static let noon = Date(timeIntervalSince1970: 1_795_435_200)

  private func filter(_ text: String) -> JobFilter { JobFilter(text, now: Self.noon, timeZone: Self.utc) }

  private static func day(_ days: Double) -> Date { noon.addingTimeInterval((days - 0.5) * 86400) }

  @Test(
    arguments: [
      ("", []), ("  ", []), ("!", []), ("model:", []), ("!state:", []), ("160x", [.init(.words(["160x"]))]),
      ("Star", [.init(.words(["star"]))]),
      ("star !snow", [.init(.words(["star"])), .init(.words(["snow"]), isExcluded: true)]),
      ("\"red  star\"", [.init(.words(["red", "star"]))]),
      ("!\"red star", [.init(.words(["red", "star"]), isExcluded: true)]),
      ("16:9", [.init(.words(["16", "9"]))]),
      ("红色 ！雪", [.init(.words(["红", "色"])), .init(.words(["雪"]), isExcluded: true)]),
      ("model:Nano", [.init(.model("nano"))]), ("model：nano", [.init(.model("nano"))]),
      ("model:\"my model\"", [.init(.model("my model"))]),
      ("state:done", [.init(.states([.done]))]), ("!state:d", [.init(.states([.done]), isExcluded: true)]),
      ("state:failed,int", [.init(.states([.failed, .interrupted]))]),
      ("seed:18446744073709551615", [.init(.seed(.max))]),
      ("#39", [.init(.id(39))]), ("id:#39", [.init(.id(39))]), ("from:36", [.init(.parent(36))]),
      ("batch:4", [.init(.batch(4))]), ("tag:Keep", [.init(.tag("keep"))]),
      ("is:favourite", [.init(.favourite)]), ("is:favorite", [.init(.favourite)]), ("is:f", [.init(.favourite)]),
      ("size:160x96", [.init(.size(width: 160, height: 96))]), ("size:160×96", [.init(.size(width: 160, height: 96))]),
      ("size:160x", []), ("size:160", []), ("frames:17", [.init(.frames(17))]), ("steps:20", [.init(.steps(20))]),
      ("sampler:dpm++", [.init(.sampler(.dpmpp))]), ("sampler:u", [.init(.sampler(.unipc))]),
      ("precision:ref", [.init(.precision(.reference))]),
      ("after:2026-11-20", [.init(.created(day(-3)..<Date.distantFuture))]),
      ("before:yesterday", [.init(.created(Date.distantPast..<day(-1)))]),
      ("on:today", [.init(.created(day(0)..<day(1)))]), ("on:2026-11", [.init(.created(day(-22)..<day(8)))]),
      ("after:2026", [.init(.created(day(-326)..<Date.distantFuture))]),
      ("after:2d", [.init(.created(noon.addingTimeInterval(-2 * 86400)..<Date.distantFuture))]),
    ] as [(String, [JobFilter.Term])])
  func whatIsTypedIsUnderstood(text: String, terms: [JobFilter.Term]) {
    let filter = filter(text)
    #expect(filter.terms == terms)
    #expect(filter.problems.isEmpty)
  }

  /// Beyond the first and the last date that there is.
  @Test(arguments: ["after:9999", "before:9999", "on:9999-12-31", "after:0001", "before:0001", "on:0001-01-01"])
  func farDatesAreDates(_ text: String) {
    for zone in ["Asia/Shanghai", "America/Los_Angeles"] {
      let filter = JobFilter(text, now: Self.noon, timeZone: TimeZone(identifier: zone) ?? .gmt)
      #expect(filter.terms.count == 1 && filter.problems.isEmpty)
    }
  }

  @Test(arguments: [
    ("colour:red", "there is no filter colour:"), ("state:finished", "there is no state finished"),
    ("seed:-1", "-1 is not a seed"), ("seed:x", "x is not a seed"), ("id:x", "x is not a job's number"),
    ("after:2026-13-01", "2026-13-01 is not a date"), ("after:26", "26 is not a date"), ("on:2026-02-30", "not a date"),
    ("size:big", "big is not a size"), ("size:1x2x3", "1x2x3 is not a size"), ("is:new", "is: knows only"),
    ("sampler:ddim", "unipc, dpm++, euler"), ("precision:int8", "reference, fast"), ("steps:many", "many is not"),
  ])
  func aBadTermIsNamedAndTheRestCounts(term: String, message: String) {
    let filter = filter("star \(term) !snow")
    #expect(filter.terms.count == 2)
    #expect(filter.problems.map(\.term) == [term])
    #expect(filter.problems.first?.message.contains(message) == true)
  }

  @Test func everyKeyHasAnExampleThatItUnderstands() {
    for (key, example, _) in JobFilter.keys {
      #expect(filter(example).terms.count == 1, "\(key)")
    }
  }

  @Test(arguments: [
    ("star", true), ("sta", true), ("tar", false), ("\"yellow star\"", true), ("\"star yellow\"", false),
    ("ETOILE", true), ("!snow", true), ("!sea", false), ("星星", true), ("色星", true), ("色的", false),
    ("🌟", true), ("keep", true), ("lovely", true), ("model:nano", true), ("seed:7 state:done", true),
    ("seed:8", false), ("!seed:8 tag:keep", true), ("is:favourite", false), ("が", true), ("か", true), ("き", false),
  ])
  func aJobPassesOrNot(text: String, passes: Bool) {
    var job = Job(
      id: 39, state: .done,
      recipe: Recipe(prompt: "A yellow star 🌟 spins over the sea, étoile, 红色星星 が", model: "wan-nano", seed: 7),
      createdAt: Self.noon)
    job.tags = ["Keep"]
    job.notes = "lovely light"
    #expect(filter(text).accepts(job) == passes)
  }
}

@Suite struct SearchWordsTests {
  @Test(arguments: [
    ("", []), ("  ,. ", []), ("Red, BALL!", ["red", "ball"]), ("Étoile ÉTOILE", ["etoile", "etoile"]),
    ("ＡＢ１", ["ab1"]), ("红色star球", ["红", "色", "star", "球"]), ("ひかり", ["ひ", "か", "り"]),
    ("don't", ["don", "t"]), ("🌟🌙", ["🌟", "🌙"]), ("\u{2600}\u{FE0F}", ["\u{2600}"]), ("a\"b", ["a", "b"]),
    ("\u{E000}x\0y", ["x", "y"]),
  ])
  func textIsCut(text: String, words: [String]) {
    #expect(SearchWords.cut(text) == words)
  }

  @Test func composedAndDecomposedAreTheSame() {
    #expect(SearchWords.cut("e\u{301}") == SearchWords.cut("é"))
    #expect(SearchWords.cut("별") == SearchWords.cut("별".decomposedStringWithCanonicalMapping))
  }
}
