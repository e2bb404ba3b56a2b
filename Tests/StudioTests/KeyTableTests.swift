import Prompting
import Terminal
import Testing

@testable import Studio

/// The key table is what help says and what happens.
struct KeyTableTests {
  @Test func everyActionIsInTheTable() {
    let documented = Set(KeyTable.all.map(\.action))
    #expect(Action.allCases.filter { !documented.contains($0) } == [])
  }

  @Test func everyBindingSaysWhatItDoesInBothLanguages() {
    for binding in KeyTable.all {
      #expect(!binding.title.en.isEmpty && !binding.title.zh.isEmpty, "\(binding.action)")
      #expect(binding.title.en != binding.title.zh, "\(binding.action)")
    }
  }

  @Test func noKeyMeansTwoThingsInOneContext() {
    for context in KeyContext.allCases {
      let keys = KeyTable.all.filter { $0.context == context }.flatMap(\.keys)
      #expect(Set(keys).count == keys.count, "\(context)")
    }
  }

  /// A key that an inner context takes away would be documented and dead.
  @Test(arguments: [
    [KeyContext.text, .compose, .everywhere], [.settings, .compose, .everywhere],
    [.history, .list, .everywhere], [.queue, .list, .everywhere], [.models, .list, .everywhere],
  ])
  func keysReachTheirActions(contexts: [KeyContext]) {
    for context in contexts {
      for binding in KeyTable.all where binding.context == context {
        for key in binding.keys {
          let action = KeyTable.action(for: key, in: contexts)
          let inner = contexts.prefix { $0 != context }
          let isTaken = KeyTable.all.contains { inner.contains($0.context) && $0.keys.contains(key) }
          #expect(action == binding.action || isTaken && binding.keys.count > 1, "\(key) for \(binding.action)")
        }
      }
    }
  }

  @Test func everyTypedLetterIsTextInAField() {
    var state = Samples.state(100, 30)
    for letter in "er R=oyfdu?/123 +-" { _ = update(&state, .input(.key(.character(letter)))) }
    #expect(state.compose[.subject].text == "er R=oyfdu?/123 +-")
    #expect(state.layers.isEmpty)
  }

  @Test func helpAndPaletteAreMadeOfTheTable() {
    var state = Samples.state(100, 30)
    #expect(state.helpEntries(Menu()).count == KeyTable.all.count)
    #expect(state.helpEntries(Menu()).first?.context == .text)
    _ = update(&state, .input(.key(.function(3))))
    #expect(state.helpEntries(Menu()).first?.context == .history)
    let palette = state.paletteEntries(Menu())
    #expect(Set(palette.map(\.binding.action)).count == palette.count)
    #expect(palette.first { $0.binding.action == .open }?.disabled != nil, "nothing is selected")
    #expect(palette.first { $0.binding.action == .quit }?.disabled == nil)
  }
}
