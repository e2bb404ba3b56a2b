/// A scene as a place in an English sentence: "a grid room" → "in a grid room", "night" → "at night".
enum EnglishPlace {
  static func phrase(_ scene: String) -> String {
    let words = TextWord.words(of: scene).map(\.text)
    guard let first = words.first else { return scene }
    if placed.contains(first) || first.hasSuffix("ward") || first.hasSuffix("wards") { return scene }
    if hours.contains(first) { return "at \(scene)" }
    return surfaces.contains(head(of: words)) ? "on \(scene)" : "in \(scene)"
  }

  /// The place already carries a remark after a comma, so what follows needs one too. "A dark, quiet room" does not.
  static func endsInClause(_ place: String) -> Bool {
    guard let comma = place.firstIndex(of: ",") else { return false }
    let before = TextWord.words(of: String(place[..<comma])).map(\.text)
    return before.count { !placed.contains($0) && !articles.contains($0) } > 1
  }

  /// The noun the phrase is about: the last word before a preposition. "a table by the window" → "table".
  private static func head(of words: [String]) -> String {
    let end = words.dropFirst().firstIndex { placed.contains($0) || $0 == "of" } ?? words.endIndex
    return words[..<end].last ?? ""
  }

  private static let articles: Set<String> = ["a", "an", "the", "one", "some"]

  /// Words a scene may begin with and need no preposition: prepositions, adverbs, participles.
  private static let placed: Set<String> = [
    "in", "at", "on", "over", "under", "above", "below", "beneath", "underneath", "inside", "outside", "near", "beside",
    "by", "across", "along", "against", "amid", "amidst", "among", "amongst", "around", "behind", "before", "between",
    "beyond", "during", "down", "from", "into", "onto", "through", "throughout", "toward", "towards", "within", "while",
    "with", "without", "where", "when", "as", "up", "upon", "atop", "off", "past", "next", "opposite", "alongside",
    "indoors", "outdoors", "underwater", "underground", "upstairs", "downstairs", "downtown", "home", "everywhere",
    "here", "there", "backstage", "offshore", "overhead", "midair", "mid-air", "high", "deep", "far",
    "surrounded", "covered", "lit", "filled", "framed", "facing", "overlooking", "standing", "sitting", "floating",
    "set", "seen",
  ]
  private static let hours: Set<String> = [
    "night", "nightfall", "dawn", "dusk", "sunset", "sunrise", "noon", "midnight", "midday", "twilight", "daybreak",
    "sea",
  ]
  private static let surfaces: Set<String> = [
    "beach", "rooftop", "roof", "stage", "table", "tabletop", "bridge", "hill", "hilltop", "hillside", "cliff", "shore",
    "island", "platform", "road", "highway", "lawn", "moon", "mars", "planet", "pier", "deck", "balcony", "terrace",
    "desk", "floor", "lake", "pond", "riverbank", "mountaintop", "mountain", "plain", "plains", "farm", "grass",
  ]
}
