import Foundation

/// Mutates bytes for a while, always in the same way for the same seed.
///
///     try Fuzzer(seed: 1).run(on: [file]) { bytes in _ = try? parse(bytes) }
///
/// A test that fails names the seed and the round; a crash ends the test run. `MOVIOLA_FUZZ_SECONDS` makes it long,
/// `MOVIOLA_FUZZ_SEED` another one.
public struct Fuzzer {
  private var generator: SplitMix64
  private let seconds: Double

  public init(seed: UInt64) {
    let environment = ProcessInfo.processInfo.environment
    let other = environment["MOVIOLA_FUZZ_SEED"].flatMap(UInt64.init) ?? 0
    generator = SplitMix64(state: seed &+ other &* 0x1_0000_0001)
    seconds = environment["MOVIOLA_FUZZ_SECONDS"].flatMap(Double.init) ?? 1
  }

  /// Calls `body` with mutations of the samples until the time is over; returns how often.
  @discardableResult
  public mutating func run(on samples: [[UInt8]], _ body: ([UInt8]) throws -> Void) rethrows -> Int {
    let end = Date(timeIntervalSinceNow: seconds)
    var rounds = 0
    while rounds.isMultiple(of: 16) == false || Date() < end {
      var bytes = samples.randomElement(using: &generator) ?? []
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        mutate(&bytes, samples.randomElement(using: &generator) ?? [])
      }
      try body(bytes)
      rounds += 1
    }
    return rounds
  }

  private mutating func mutate(_ bytes: inout [UInt8], _ other: [UInt8]) {
    guard !bytes.isEmpty else {
      bytes = [UInt8.random(in: 0...255, using: &generator)]
      return
    }
    let place = Int.random(in: 0..<bytes.count, using: &generator)
    switch Int.random(in: 0..<10, using: &generator) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...16, using: &generator)))
    case 3: bytes.insert(contentsOf: bytes[place...].prefix(Int.random(in: 1...16, using: &generator)), at: place)
    case 4: bytes.removeSubrange(place...)
    case 5: bytes.replaceSubrange(place..., with: other.suffix(max(0, other.count - place)))
    case 6: insertToken(&bytes, place)
    case 7, 8: overwriteNumber(&bytes, place)
    default: replaceNumber(&bytes, place)
    }
  }

  private mutating func insertToken(_ bytes: inout [UInt8], _ place: Int) {
    let tokens = [
      "{", "}", "[", "]", "\"", ",", ":", "\\", "\\u", "\\ud800", "\\udc00", "null", "true", "-", "e", ".", "0",
      "1e999",
      "[[[[[[[[", "{\"a\":", "\u{0}", "é", "\u{FEFF}", "\"__metadata__\":{},", "\"shape\":[],", "\"dtype\":\"F32\",",
    ]
    bytes.insert(contentsOf: (tokens.randomElement(using: &generator) ?? "").utf8, at: place)
  }

  /// Two, four or eight bytes become a binary number that hurts.
  private mutating func overwriteNumber(_ bytes: inout [UInt8], _ place: Int) {
    let numbers: [UInt64] = [
      0, 1, 2, 8, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 32, 1 << 40, 1 << 62, .max, .max >> 1,
      UInt64(bytes.count), UInt64(bytes.count) - 1,
    ]
    let number = numbers.randomElement(using: &generator) ?? 0
    let size = [2, 4, 8].randomElement(using: &generator) ?? 8
    let little = withUnsafeBytes(of: number.littleEndian) { [UInt8]($0.prefix(size)) }
    bytes.replaceSubrange(place..<min(bytes.count, place + size), with: little)
  }

  /// The next run of digits becomes a number that hurts.
  private mutating func replaceNumber(_ bytes: inout [UInt8], _ place: Int) {
    let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
    guard let start = bytes[place...].firstIndex(where: isDigit) else { return }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    let numbers = [
      "0", "1", "-1", "4", "255", "2147483647", "4294967296", "9223372036854775807", "9223372036854775808",
      "-9223372036854775808", "18446744073709551615", "4611686018427387904", "99999999999999999999999", "1.5", "1e5",
    ]
    bytes.replaceSubrange(start..<end, with: (numbers.randomElement(using: &generator) ?? "").utf8)
  }
}

/// Steele, Lea and Flood 2014: small, fast, and the same everywhere.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
