/// Forms of an English verb: "bounce" → bounces, bouncing, bounced.
enum EnglishVerb {
  enum Form: Hashable { case base, present, participle }

  static func form(_ base: String, _ form: Form) -> String {
    switch form {
    case .base: base
    case .present: present(base)
    case .participle: participle(base)
    }
  }

  /// Each form of each verb, with the form it is.
  static func forms(of verbs: [String]) -> [String: Form] {
    var forms: [String: Form] = [:]
    for verb in verbs {
      for each in [Form.participle, .present, .base] { forms[form(verb, each)] = each }
    }
    return forms
  }

  private static func present(_ verb: String) -> String {
    if verb.hasSuffix("y"), let before = verb.dropLast().last, !isVowel(before) { return verb.dropLast() + "ies" }
    return ["o", "s", "x", "z", "sh", "ch"].contains(where: verb.hasSuffix) ? verb + "es" : verb + "s"
  }

  private static func participle(_ verb: String) -> String {
    if verb.hasSuffix("ie") { return verb.dropLast(2) + "ying" }
    if verb.hasSuffix("e"), !verb.hasSuffix("ee"), !verb.hasSuffix("ye") { return verb.dropLast() + "ing" }
    return doubled.contains(verb) ? verb + String(verb.suffix(1)) + "ing" : verb + "ing"
  }

  private static func isVowel(_ character: Character) -> Bool { "aeiou".contains(character) }

  private static let doubled: Set<String> = [
    "run", "spin", "hop", "skip", "drop", "swim", "sit", "get", "put", "cut", "chop", "stir", "drip", "flip", "jog",
    "zip", "nod", "wag", "hug", "clap", "tap", "step", "stop", "slip", "drag", "grab", "flap", "dig", "shut", "split",
    "spit", "wrap", "hum", "pat", "pet", "plug", "pop", "rub", "scrub", "set", "begin", "win", "bob", "whip", "sip",
    "dip",
  ]
}
