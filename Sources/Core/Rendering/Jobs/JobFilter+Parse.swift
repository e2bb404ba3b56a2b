public import Foundation

extension JobFilter {
  /// Reads a filter as typed. Never fails: what is not understood becomes a problem, what is not finished
  /// ("model:") does not count yet.
  /// - Parameter now: what `today` and `3d` count from.
  public init(_ text: String, now: Date = Date(), timeZone: TimeZone = .current) {
    self.init()
    let dates = FilterDates(now: now, timeZone: timeZone)
    for token in Self.tokens(of: text) {
      do {
        if let term = try Self.term(token, dates) { terms.append(term) }
      } catch {
        problems.append(Problem(term: token.typed, message: error.message))
      }
    }
  }

  /// The keys, for help and completion: `model:nano` — "a part of the model's name".
  public static let keys: [(key: String, example: String, meaning: String)] = [
    ("model", "model:nano", "a part of the model's name"),
    ("state", "state:done,failed", "queued, running, done, failed, cancelled, interrupted, or how they begin"),
    ("seed", "seed:7", "the seed"),
    ("after", "after:2026-11-01", "made on that day or later; also 2026-11, 2026, today, yesterday, 3d, 2h"),
    ("before", "before:2026-11-01", "made before that day"),
    ("on", "on:today", "made on that day, in that month or year"),
    ("tag", "tag:keep", "a whole tag"),
    ("is", "is:favourite", "favourites"),
    ("size", "size:160x96", "width × height"),
    ("frames", "frames:17", "the number of frames"),
    ("steps", "steps:20", "the number of steps"),
    ("sampler", "sampler:unipc", "unipc, dpm++ or euler"),
    ("precision", "precision:fast", "reference, fast or turbo"),
    ("id", "id:39", "that job; also #39"),
    ("from", "from:36", "made from that job"),
    ("batch", "batch:4", "variations of that batch"),
  ]
}

/// What is wrong with a term, as a clause.
private struct NotUnderstood: Error {
  var message: String
  init(_ message: String) { self.message = message }
}

extension JobFilter {
  struct Token: Hashable {
    /// As it stands in the text.
    var typed: String
    var isExcluded = false
    /// nil for words.
    var key: String?
    var value: String
  }

  /// Parts at spaces, except between double quotes. An open quote goes on to the end.
  static func tokens(of text: String) -> [Token] {
    var parts: [String] = []
    var part = ""
    var isQuoted = false
    for character in text {
      if character == "\"" { isQuoted.toggle() }
      if character.isWhitespace && !isQuoted {
        if !part.isEmpty { parts.append(part) }
        part = ""
      } else {
        part.append(character)
      }
    }
    if !part.isEmpty { parts.append(part) }
    return parts.map(token)
  }

  private static func token(_ typed: String) -> Token {
    var rest = typed[...]
    let isExcluded = rest.hasPrefix("!") || rest.hasPrefix("！")
    if isExcluded { rest = rest.dropFirst() }
    let key = rest.prefix { $0.isASCII && $0.isLetter }
    let afterKey = rest.dropFirst(key.count)
    guard !key.isEmpty, let colon = afterKey.first, colon == ":" || colon == "：" else {
      return Token(typed: typed, isExcluded: isExcluded, value: unquoted(rest))
    }
    return Token(
      typed: typed, isExcluded: isExcluded, key: key.lowercased(), value: unquoted(afterKey.dropFirst()))
  }

  private static func unquoted(_ text: Substring) -> String { text.filter { $0 != "\"" } }

  /// nil for a term that is still being typed.
  private static func term(_ token: Token, _ dates: FilterDates) throws(NotUnderstood) -> Term? {
    guard let test = try test(token, dates) else { return nil }
    return Term(test, isExcluded: token.isExcluded)
  }

  private static func test(_ token: Token, _ dates: FilterDates) throws(NotUnderstood) -> Test? {
    let value = token.value
    guard let key = token.key else { return try wordsOrNumber(value) }
    guard keys.contains(where: { $0.key == key }) else {
      throw NotUnderstood("there is no filter \(key):, and words with a colon are found in quotes")
    }
    if value.isEmpty { return nil }
    return switch key {
    case "model": .model(value.lowercased())
    case "state": .states(try states(value))
    case "seed": .seed(try whole(value, "a seed"))
    case "after": .created(min(try range(value, dates).lowerBound, .distantFuture)..<Date.distantFuture)
    case "before": .created(Date.distantPast..<max(try range(value, dates).lowerBound, .distantPast))
    case "on": .created(try range(value, dates))
    case "tag": .tag(value.lowercased())
    case "is": try favourite(value)
    case "size": try size(value)
    case "frames": .frames(try whole(value, "a number of frames"))
    case "steps": .steps(try whole(value, "a number of steps"))
    case "sampler": try choice(value, "sampler", SamplerName.allCases).map(Test.sampler)
    case "precision": try choice(value, "precision", Precision.allCases).map(Test.precision)
    case "id": .id(try jobNumber(value))
    case "from": .parent(try jobNumber(value))
    default: .batch(try whole(value, "a batch's number"))
    }
  }

  private static func wordsOrNumber(_ value: String) throws(NotUnderstood) -> Test? {
    if value.hasPrefix("#"), let id = Job.ID(value.dropFirst()) { return .id(id) }
    let words = SearchWords.cut(value)
    return words.isEmpty ? nil : .words(words)
  }

  private static func states(_ value: String) throws(NotUnderstood) -> Set<Job.State> {
    var states: Set<Job.State> = []
    for part in value.lowercased().split(separator: ",") {
      let meant = Job.State.allCases.filter { $0.rawValue.hasPrefix(part) }
      guard !meant.isEmpty else {
        throw NotUnderstood("there is no state \(part); use \(list(Job.State.allCases))")
      }
      states.formUnion(meant)
    }
    return states
  }

  private static func whole<Number: FixedWidthInteger>(
    _ value: String, _ what: String
  ) throws(NotUnderstood) -> Number {
    guard let number = Number(value) else { throw NotUnderstood("\(value) is not \(what)") }
    return number
  }

  private static func jobNumber(_ value: String) throws(NotUnderstood) -> Job.ID {
    try whole(value.hasPrefix("#") ? String(value.dropFirst()) : value, "a job's number")
  }

  private static func favourite(_ value: String) throws(NotUnderstood) -> Test? {
    let value = value.lowercased()
    if value == "favorite" || "favourite".hasPrefix(value) { return .favourite }
    if "favorite".hasPrefix(value) { return nil }
    throw NotUnderstood("is: knows only is:favourite")
  }

  private static func size(_ value: String) throws(NotUnderstood) -> Test? {
    let sides = value.lowercased().split(omittingEmptySubsequences: false) { "x×*".contains($0) }
    // "160x" is on its way to "160x96".
    if sides.count <= 2, sides.dropLast().allSatisfy({ Int($0) != nil }), sides.last?.isEmpty == true { return nil }
    if sides.count == 1, Int(sides[0]) != nil { return nil }
    guard sides.count == 2, let width = Int(sides[0]), let height = Int(sides[1]) else {
      throw NotUnderstood("\(value) is not a size; write size:160x96")
    }
    return .size(width: width, height: height)
  }

  /// nil while more than one is possible.
  private static func choice<Choice: RawRepresentable<String>>(
    _ value: String, _ what: String, _ choices: [Choice]
  ) throws(NotUnderstood) -> Choice? {
    let value = value.lowercased()
    if let exact = choices.first(where: { $0.rawValue == value }) { return exact }
    let meant = choices.filter { $0.rawValue.hasPrefix(value) }
    guard !meant.isEmpty else { throw NotUnderstood("there is no \(what) \(value); use \(list(choices))") }
    return meant.count == 1 ? meant[0] : nil
  }

  private static func list(_ choices: [some RawRepresentable<String>]) -> String {
    choices.map(\.rawValue).joined(separator: ", ")
  }

  private static func range(_ value: String, _ dates: FilterDates) throws(NotUnderstood) -> Range<Date> {
    guard let range = dates.range(value.lowercased()) else {
      throw NotUnderstood("\(value) is not a date; write 2026-11-01, 2026-11, 2026, today, yesterday, 3d or 2h")
    }
    return range
  }
}
