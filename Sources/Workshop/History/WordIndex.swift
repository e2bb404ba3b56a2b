import GRDB
import Rendering

/// How words are found: FTS5 where SQLite has it, a scan where it has not.
///
/// ``SearchWords`` cuts the words; the table holds them with a space between, and its tokenizer (`ascii`: everything
/// beyond ASCII is a letter) splits nothing further, so that index and ``JobFilter/accepts(_:)`` agree.
enum WordIndex {
  case fullText, scan

  /// A word that every job has, so that "not snow" can be asked of the index alone.
  private static let everyJob = "\u{E000}"

  static func make(_ database: Database) throws {
    let hasFullText = try Bool.fetchOne(database, sql: "SELECT sqlite_compileoption_used('ENABLE_FTS5')") ?? false
    try database.execute(
      sql: hasFullText
        ? "CREATE VIRTUAL TABLE words USING fts5(text, tokenize = 'ascii', prefix = '1 2 3')"
        : "CREATE TABLE words (text TEXT NOT NULL)")
  }

  init(of database: Database) throws {
    let sql = try String.fetchOne(database, sql: "SELECT sql FROM sqlite_master WHERE name = 'words'")
    self = sql?.contains("fts5") == true ? .fullText : .scan
  }

  /// What the table holds for a job.
  static func row(for text: String) -> String {
    ([everyJob] + SearchWords.cut(text)).joined(separator: " ")
  }

  /// The condition on `words` that all terms together make; nil if none of them is about words.
  func condition(_ terms: [JobFilter.Term]) -> SQL? {
    let searches = terms.compactMap { term -> (words: [String], isExcluded: Bool)? in
      if case .words(let words) = term.test { (words, term.isExcluded) } else { nil }
    }
    guard !searches.isEmpty else { return nil }
    switch self {
    case .fullText: return "words MATCH \(Self.match(searches))"
    case .scan: return searches.map(Self.scan).joined(separator: " AND ")
    }
  }

  /// `"red sta" * AND "" NOT "snow" *`. Words hold no quotes: those are gaps.
  private static func match(_ searches: [(words: [String], isExcluded: Bool)]) -> String {
    func phrase(_ words: [String]) -> String { "\"\(words.joined(separator: " "))\" *" }
    let wanted = searches.filter { !$0.isExcluded }.map { phrase($0.words) }
    let unwanted = searches.filter(\.isExcluded).map { " NOT " + phrase($0.words) }
    let base = wanted.isEmpty ? "\"\(everyJob)\"" : wanted.joined(separator: " AND ")
    return "(\(base))" + unwanted.joined()
  }

  private static func scan(_ words: [String], _ isExcluded: Bool) -> SQL {
    let place: SQL = "instr(words.text, \(" " + words.joined(separator: " ")))"
    return isExcluded ? "\(place) = 0" : "\(place) > 0"
  }
}
