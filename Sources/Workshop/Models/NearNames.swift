/// The names that somebody who mistyped one may have meant.
///
///     NearNames.of("wan-nan", among: ["wan-nano", "a14b"])    // ["wan-nano"]
enum NearNames {
  /// At most three, the nearest first.
  static func of(_ name: String, among names: [String]) -> [String] {
    let wanted = name.lowercased()
    let ranked = names.map { (name: $0, distance: distance(wanted, $0.lowercased())) }.filter { candidate in
      candidate.distance <= max(2, wanted.count / 3) || candidate.name.lowercased().contains(wanted)
    }
    return ranked.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
  }

  /// Levenshtein's: how many letters must be put in, taken out or changed.
  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.prefix(200)), Array(b.prefix(200)))
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in b.enumerated() {
        let changed = diagonal + (letter == other ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(changed, row[j] + 1, diagonal + 1)
      }
    }
    return row[b.count]
  }
}
