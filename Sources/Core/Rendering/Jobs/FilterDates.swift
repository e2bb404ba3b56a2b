import Foundation

/// Dates as a filter writes them: a day, a month, a year, `today`, `yesterday`, `3d`, `2h`.
struct FilterDates {
  let now: Date
  private let calendar: Calendar

  init(now: Date, timeZone: TimeZone) {
    self.now = now
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = timeZone
    self.calendar = calendar
  }

  /// From its beginning to its end; nil for what is no date. What counts back from now ends with time itself.
  func range(_ text: String) -> Range<Date>? {
    switch text {
    case "today": return days(from: calendar.startOfDay(for: now), .day)
    case "yesterday":
      return calendar.date(byAdding: .day, value: -1, to: calendar.startOfDay(for: now)).flatMap {
        days(from: $0, .day)
      }
    default: return ago(text) ?? calendarRange(text)
    }
  }

  private func ago(_ text: String) -> Range<Date>? {
    let seconds: [Character: Double] = ["m": 60, "h": 3600, "d": 86400, "w": 7 * 86400]
    guard let unit = text.last.flatMap({ seconds[$0] }), let count = Int(text.dropLast()), (0...100_000).contains(count)
    else { return nil }
    return now.addingTimeInterval(-Double(count) * unit)..<Date.distantFuture
  }

  private func calendarRange(_ text: String) -> Range<Date>? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { $0.allSatisfy(\.isASCII) ? Int($0) : nil }
    guard numbers.count == parts.count, (1...3).contains(numbers.count), parts[0].count == 4 else { return nil }
    let month = numbers.count > 1 ? numbers[1] : 1
    let day = numbers.count > 2 ? numbers[2] : 1
    let components = DateComponents(year: numbers[0], month: month, day: day)
    guard components.isValidDate(in: calendar), let start = calendar.date(from: components) else { return nil }
    return days(from: start, [.year, .month, .day][numbers.count - 1])
  }

  private func days(from start: Date, _ unit: Calendar.Component) -> Range<Date>? {
    calendar.date(byAdding: unit, value: 1, to: start).map { start..<$0 }
  }
}
