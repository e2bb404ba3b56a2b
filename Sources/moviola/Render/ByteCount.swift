import ArgumentParser

/// A number of bytes as a person writes it: "6GiB", "512 MiB", "6g", "800MB".
struct ByteCount: Hashable, ExpressibleByArgument {
  var bytes: Int

  init(_ bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let text = argument.lowercased().filter { !$0.isWhitespace && $0 != "_" }
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let number = Double(digits), let unit = Self.units[String(text.dropFirst(digits.count))] else { return nil }
    let bytes = number * unit
    guard bytes >= 1, bytes < Double(Int.max / 2) else { return nil }
    self.bytes = Int(bytes)
  }

  /// The same, with a sentence about what is no size.
  init(option argument: String) throws {
    guard let count = ByteCount(argument: argument) else {
      throw ValidationError("it must be a size of at least 1 byte, with or without a unit, as in 6GiB")
    }
    self = count
  }

  /// A letter alone is binary, as memory is sold.
  private static let units: [String: Double] = [
    "": 1, "b": 1, "k": 1024, "kib": 1024, "kb": 1e3, "m": 1_048_576, "mib": 1_048_576, "mb": 1e6,
    "g": 1_073_741_824, "gib": 1_073_741_824, "gb": 1e9, "t": 1_099_511_627_776, "tib": 1_099_511_627_776, "tb": 1e12,
  ]
}
