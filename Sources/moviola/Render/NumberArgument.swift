import ArgumentParser

/// Numbers on the command line. What is none is told together with what would be; whether one is too large is the
/// business of the recipe's own check.
///
///     @Option(parsing: .unconditional, transform: NumberArgument.whole("from 1 to 240, as in 16")) var fps: Int?
///
/// `.unconditional`, because "-5" is a number that is refused, and no option.
enum NumberArgument {
  static func whole<Number: FixedWidthInteger & Sendable>(_ needed: String) -> @Sendable (String) throws -> Number {
    { text in
      guard let number = Number(text) else { throw ValidationError("it must be a whole number \(needed)") }
      return number
    }
  }

  static func decimal(_ needed: String) -> @Sendable (String) throws -> Double {
    { text in
      guard let number = Double(text) else { throw ValidationError("it must be a number \(needed)") }
      return number
    }
  }
}
