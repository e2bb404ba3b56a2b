/// Undoes the commonest accident of encodings: UTF-8 that was read as Windows-1252 (or Latin-1), so that "schön"
/// became "schÃ¶n" and "✔" became "âœ”".
///
/// A pair "Ã¶" is turned back only if the characters as they stand are unlikely and what they stand for is likely;
/// a lone capital letter before a closing quote, as in "CAFÉ”", stays. If a whole line makes sense as misread
/// UTF-8, all of it is turned back, else only the places that show it by themselves.
enum Mojibake {
  /// Text may have been misread several times over.
  private static let maximumPasses = 4

  static func repair(_ line: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var line = line
    for _ in 0..<maximumPasses {
      guard line.contains(where: { $0.value >= 0x80 }), let repaired = repairOnce(line) else { break }
      line = repaired
    }
    return line
  }

  private static func repairOnce(_ line: [Unicode.Scalar]) -> [Unicode.Scalar]? {
    let strict = MisreadRun.find(in: line, spaceIsNoBreak: false)
    let evident = strict.filter { $0.isEvident(in: line) }
    let generous = MisreadRun.find(in: line, spaceIsNoBreak: true)
    guard !evident.isEmpty || generous.contains(where: { $0.isEvidentBeforeSpace(in: line) }) else { return nil }
    if MisreadRun.cover(generous, line) { return replace(generous, in: line) }
    if MisreadRun.cover(strict, line) { return replace(strict, in: line) }
    let starts = Set(evident.map(\.range.lowerBound))
    let places = generous.filter { $0.standsBeforeSpace(in: line) || $0.range.contains(where: starts.contains) }
    return replace(places, in: line)
  }

  private static func replace(_ runs: [MisreadRun], in line: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(line.count)
    var start = 0
    for run in runs {
      result += line[start..<run.range.lowerBound] + run.meant
      start = run.range.upperBound
    }
    return result + line[start...]
  }
}

/// Neighbouring characters that are UTF-8 when written as Windows-1252.
struct MisreadRun {
  var range: Range<Int>
  /// The characters that the bytes stand for.
  var meant: [Unicode.Scalar]

  /// All such runs.
  /// - Parameter spaceIsNoBreak: a space may stand for the byte A0, which many programs turn into one.
  static func find(in line: [Unicode.Scalar], spaceIsNoBreak: Bool) -> [MisreadRun] {
    var runs: [MisreadRun] = []
    var index = 0
    while index < line.count {
      guard let (meant, count) = misread(line, index, spaceIsNoBreak) else {
        index += 1
        continue
      }
      if let last = runs.last, last.range.upperBound == index {
        runs[runs.count - 1].range = last.range.lowerBound..<index + count
        runs[runs.count - 1].meant.append(meant)
      } else {
        runs.append(MisreadRun(range: index..<index + count, meant: [meant]))
      }
      index += count
    }
    return runs
  }

  /// Whether every character that is not ASCII lies in a run.
  static func cover(_ runs: [MisreadRun], _ line: [Unicode.Scalar]) -> Bool {
    let inside = runs.reduce(0) { count, run in count + line[run.range].count { $0.value >= 0x80 } }
    return inside == line.count { $0.value >= 0x80 }
  }

  /// The character that two to four characters at `start` stand for.
  private static func misread(_ line: [Unicode.Scalar], _ start: Int, _ spaceIsNoBreak: Bool)
    -> (Unicode.Scalar, count: Int)?
  {
    guard let lead = Windows1252.byte(line[start]), let length = length(lead), start + length <= line.count else {
      return nil
    }
    var bytes = [lead]
    var isLossy = false
    for (position, scalar) in line[start + 1..<start + length].enumerated() {
      if scalar == "\u{FFFD}" { isLossy = true }
      let isSpace = spaceIsNoBreak && scalar == " " && mayHoldSpace(lead, position)
      guard let byte = isSpace || scalar == "\u{FFFD}" ? 0xA0 : Windows1252.byte(scalar), 0x80...0xBF ~= byte else {
        return nil
      }
      bytes.append(byte)
    }
    if isLossy { return ("\u{FFFD}", length) }
    guard let meant = String(validating: bytes, as: UTF8.self)?.unicodeScalars.first else { return nil }
    // "Ã la carte": the space that follows à is the one between the words.
    let keepsSpace = lead == 0xC3 && line[start + 1] == " " && !(start + 2 < line.count && line[start + 2] == " ")
    return (meant, keepsSpace ? 1 : length)
  }

  private static func length(_ lead: UInt8) -> Int? {
    switch lead {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: nil
    }
  }

  /// Characters that have A0 at this place of their bytes and are common: à, Š, Π, Р, and signs from U+2000.
  private static func mayHoldSpace(_ lead: UInt8, _ position: Int) -> Bool {
    switch lead {
    case 0xC2, 0xC3, 0xC5, 0xCE, 0xD0, 0xD9: true
    case 0xE0, 0xE1: position == 1
    case 0xE2, 0xE3, 0xF0: true
    default: false
    }
  }
}
