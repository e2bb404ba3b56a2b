/// One line of `moviola doctor`.
struct Finding: Encodable, Equatable {
  enum Level: String, Encodable, Comparable, CaseIterable {
    case ok, warn, fail
    static func < (one: Level, other: Level) -> Bool {
      (allCases.firstIndex(of: one) ?? 0) < (allCases.firstIndex(of: other) ?? 0)
    }
  }

  var level: Level
  /// What was looked at: "kernels", "model wan-nano".
  var name: String
  /// What was found.
  var value: String
  /// What to do; nil where there is nothing to do.
  var advice: String?

  static func ok(_ name: String, _ value: String) -> Finding { Finding(level: .ok, name: name, value: value) }
  static func warn(_ name: String, _ value: String, _ advice: String) -> Finding {
    Finding(level: .warn, name: name, value: value, advice: advice)
  }
  static func fail(_ name: String, _ value: String, _ advice: String) -> Finding {
    Finding(level: .fail, name: name, value: value, advice: advice)
  }
}

/// Looks at one thing, or a few that belong together.
protocol Check: Sendable {
  func findings() async -> [Finding]
}
