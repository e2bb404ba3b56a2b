import Foundation
import Models
import Rendering

/// The models in columns.
enum ModelTable {
  static func text(_ models: [FoundModel]) -> String {
    let rows = [["NAME", "SIZE", "TYPE", "WAN", "HEALTH"]] + models.map(row)
    let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = (0..<4).map { column in
        column == 1 ? row[1].leftPadded(to: widths[1]) : row[column].padded(to: widths[column])
      }
      return (cells + [row[4]]).joined(separator: "  ")
    }.joined(separator: "\n") + "\n"
  }

  private static func row(_ model: FoundModel) -> [String] {
    [
      Failure.oneLine(model.name), model.bytes > 0 ? Units.bytes(model.bytes) : "—",
      model.source == .builtIn ? "built-in" : model.format, model.variant ?? "—",
      Failure.oneLine(health(model) + alsoNamed(model)),
    ]
  }

  private static func alsoNamed(_ model: FoundModel) -> String {
    model.otherNames.isEmpty ? "" : "; also: " + model.otherNames.joined(separator: ", ")
  }

  private static func health(_ model: FoundModel) -> String {
    switch model.health {
    case .sound(let date): "sound (verified \(day(date)))"
    case .unverified: "not yet verified"
    case .changed(let file, let since): "changed since \(day(since)): \(file)"
    case .damaged(let why): "damaged: \(why)"
    }
  }

  static func day(_ date: Date) -> String { date.formatted(.iso8601.year().month().day()) }
}

/// A line of `models --json`.
enum ModelLine {
  private struct Line: Encodable {
    var name: String
    /// Further names of it.
    var also: [String]?
    var path: String
    var high: String?
    var low: String?
    var source: String
    var type: String
    var wan: String?
    var bytes: Int
    var health: String
    /// Why it is damaged, or which file has changed.
    var why: String?
    /// When it was verified, or when the changed file was last known.
    var since: Date?
  }

  static func make(_ model: FoundModel) -> String {
    var line = Line(
      name: model.name, also: model.otherNames.isEmpty ? nil : model.otherNames, path: model.location.path,
      high: model.location.experts?.high,
      low: model.location.experts?.low, source: model.source.rawValue, type: model.format, wan: model.variant,
      bytes: model.bytes, health: model.health.word)
    switch model.health {
    case .sound(let date): line.since = date
    case .changed(let file, let since): (line.why, line.since) = (file, since)
    case .damaged(let why): line.why = why
    case .unverified: break
    }
    return JSONLine.text(line)
  }
}

/// One JSON object on a line, keys in alphabetical order.
enum JSONLine {
  static func text(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Every value here is text, whole numbers and dates, which cannot fail to encode.
    return ((try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}") + "\n"
  }
}
