import Foundation

/// Numbers as a person reads them. Widths stay put where a column of a live display needs it.
enum Units {
  /// "1 step", "2 steps".
  static func count(_ number: Int, _ name: String) -> String { "\(number) \(name)\(number == 1 ? "" : "s")" }

  /// "0.4 s", "12 s", "3 min 05 s", "2 h 07 min".
  static func time(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "—" }
    if seconds < 10 { return String(format: "%.1f s", seconds) }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return String(format: "%d min %02d s", whole / 60, whole % 60) }
    return String(format: "%d h %02d min", whole / 3600, whole / 60 % 60)
  }

  /// "1:31", "2:07:00".
  static func clock(_ seconds: Double?) -> String {
    guard let seconds, seconds.isFinite, seconds < 1e9 else { return "—" }
    let whole = Int(seconds.rounded(.up))
    if whole < 3600 { return String(format: "%d:%02d", whole / 60, whole % 60) }
    return String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
  }

  /// "3.21 s/step", "131 s/step".
  static func pace(_ seconds: Double?) -> String {
    guard let seconds, seconds.isFinite else { return "— s/step" }
    return String(format: seconds < 100 ? "%.2f s/step" : "%.0f s/step", seconds)
  }

  /// "87 kB", "312 MB", "5.1 GB".
  static func bytes(_ bytes: Int) -> String {
    switch bytes {
    case ..<1_000_000: "\(bytes / 1000) kB"
    case ..<1_000_000_000: "\(bytes / 1_000_000) MB"
    default: String(format: "%.1f GB", Double(bytes) / 1_000_000_000)
    }
  }

  /// "87 KiB", "312 MiB", "5.10 GiB": memory.
  static func binary(_ bytes: Int) -> String {
    switch bytes {
    case ..<1_048_576: "\(bytes >> 10) KiB"
    case ..<1_073_741_824: "\(bytes >> 20) MiB"
    default: String(format: "%.2f GiB", Double(bytes) / 1_073_741_824)
    }
  }
}
