import Foundation

/// Numbers as a person reads them, with units; "—" for what is not known.
enum Numbers {
  /// "0.4 s", "12 s", "3 min 05 s", "2 h 07 min".
  static func time(_ seconds: Double?) -> String {
    guard let seconds, seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "—" }
    if seconds < 9.95 { return String(format: "%.1f s", seconds) }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return String(format: "%d min %02d s", whole / 60, whole % 60) }
    return String(format: "%d h %02d min", whole / 3600, whole / 60 % 60)
  }

  /// "0.4 s", "12 s", "3:05", "2:07:00": for places of a fixed width.
  static func clock(_ seconds: Double?) -> String {
    guard let seconds, seconds.isFinite, seconds >= 59.5, seconds < 1e9 else { return time(seconds) }
    let whole = Int(seconds.rounded())
    if whole < 3600 { return String(format: "%d:%02d", whole / 60, whole % 60) }
    return String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
  }

  /// "12 KiB", "312 MiB", "5.10 GiB".
  static func bytes(_ bytes: Int?) -> String {
    guard let bytes, bytes >= 0 else { return "—" }
    if bytes < 1 << 20 { return "\(bytes >> 10) KiB" }
    return bytes < 1 << 30 ? "\(bytes >> 20) MiB" : String(format: "%.2f GiB", gibibytes(bytes))
  }

  /// "0.31": gibibytes for columns that say GiB once.
  static func short(gibibytes bytes: Int) -> String {
    let value = gibibytes(bytes)
    return String(format: value < 10 ? "%.2f" : "%.1f", value)
  }

  private static func gibibytes(_ bytes: Int) -> Double { Double(bytes) / Double(1 << 30) }

  /// "5", "0.875".
  static func plain(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? "\(Int(value))" : "\(value)"
  }

  static func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

  /// "14:02" today, "11-03 14:02" before; both in the zone of the clock.
  static func moment(_ date: Date, now: Date, _ calendar: Calendar) -> String {
    let parts = calendar.dateComponents([.month, .day, .hour, .minute], from: date)
    // By hand, for it is in the header of every picture.
    func twoDigits(_ number: Int?) -> String { "\((number ?? 0) / 10)\((number ?? 0) % 10)" }
    let time = "\(twoDigits(parts.hour)):\(twoDigits(parts.minute))"
    if date == now || calendar.isDate(date, inSameDayAs: now) { return time }
    return "\(twoDigits(parts.month))-\(twoDigits(parts.day)) \(time)"
  }
}
