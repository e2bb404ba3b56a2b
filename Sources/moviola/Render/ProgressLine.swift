import Rendering

/// How the terminal wants to be written to.
struct TerminalStyle: Equatable {
  var hasColour = false
  var hasUnicode = true

  init(hasColour: Bool, hasUnicode: Bool) {
    self.hasColour = hasColour
    self.hasUnicode = hasUnicode
  }

  /// - Parameter environment: `NO_COLOR` set to anything means no colour; the locale says whether UTF-8 is understood.
  init(_ environment: [String: String]) {
    hasColour = environment["NO_COLOR", default: ""].isEmpty
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    hasUnicode = locale.lowercased().contains("utf-8") || locale.lowercased().contains("utf8")
  }
}

extension TerminalStyle {
  /// Full and empty cells for a part from 0 to 1.
  func bar(_ part: Double, width: Int) -> String {
    let filled = Int((min(max(part, 0), 1) * Double(width)).rounded(.down))
    let full = String(repeating: hasUnicode ? "━" : "=", count: filled)
    let empty = String(repeating: hasUnicode ? "╌" : "-", count: width - filled)
    return hasColour ? "\u{1B}[36m\(full)\u{1B}[0m\u{1B}[2m\(empty)\u{1B}[0m" : full + empty
  }
}

/// The line that is updated in place.
///
///     Denoising   12/40 ━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌  high-noise   3.21 s/step  ETA    1:31   5.1 GB
///
/// Every field has a width of its own, so nothing jumps; a narrow terminal loses fields from the right.
struct ProgressLine {
  var progress: RenderProgress
  var style: TerminalStyle
  /// Resident bytes of the process.
  var memory: Int
  var isCancelling = false

  /// - Parameters:
  ///   - columns: of the terminal; the last one stays free, where some terminals wrap.
  ///   - now: on the clock that `progress` was told.
  func text(columns: Int, now: Double) -> String {
    let room = max(columns - 1, 0)
    var left = title.padded(to: 10)
    if let counter { left += " " + counter }
    guard left.count <= room else { return String(left.prefix(room)) }
    // Without a count there is nothing to draw a bar of.
    let shortestBar = progress.total > 0 ? Self.shortestBar + 2 : 0
    var right = ""
    for field in fields(now) where left.count + shortestBar + right.count + 2 + field.count <= room {
      right += "  " + field
    }
    let barWidth = min(room - left.count - 2 - right.count, Self.longestBar)
    guard progress.total > 0, barWidth >= Self.shortestBar else { return left + dimmed(right) }
    return left + "  " + bar(barWidth) + dimmed(right)
  }

  private static let shortestBar = 8
  private static let longestBar = 40

  private var title: String {
    if isCancelling { return "Cancelling" }
    return switch progress.stage {
    case .preparing: "Preparing"
    case .loading: "Loading"
    case .encodingText: "Text"
    case .denoising: "Denoising"
    case .decoding: "Decoding"
    case .checking: "Checking"
    }
  }

  private var counter: String? {
    guard progress.total > 0 else { return nil }
    if case .loading = progress.stage {
      return Units.bytes(progress.done).leftPadded(to: 7) + "/" + Units.bytes(progress.total)
    }
    let total = "\(progress.total)"
    return "\(progress.done)".leftPadded(to: total.count) + "/" + total
  }

  /// The most important first; the order on the screen is the same.
  private func fields(_ now: Double) -> [String] {
    var fields: [String] = []
    if progress.stage == .denoising {
      fields.append("ETA " + clean(Units.clock(progress.secondsLeft(at: now))).leftPadded(to: 7))
      fields.append(clean(Units.pace(progress.secondsPerStep)).leftPadded(to: 12))
    }
    fields.append(Units.bytes(memory).leftPadded(to: 7))
    if case .loading(let component) = progress.stage {
      fields.append(component.title.padded(to: 17))
      if let rate = progress.bytesPerSecond.flatMap({ Int(exactly: $0.rounded()) }) {
        fields.append((Units.bytes(rate) + "/s").leftPadded(to: 9))
      }
    }
    if progress.stage == .denoising {
      fields.append((progress.expert?.title ?? "").padded(to: 17))
      // Its place stays, so that nothing jumps.
      if let sparing = progress.sparing { fields.append(sparing.rawValue.padded(to: 10)) }
    }
    return fields
  }

  private func clean(_ text: String) -> String {
    style.hasUnicode ? text : text.replacing("—", with: "-")
  }

  private func bar(_ width: Int) -> String {
    style.bar(progress.total > 0 ? Double(progress.done) / Double(progress.total) : 0, width: width)
  }

  private func dimmed(_ text: String) -> String { style.hasColour ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}

extension String {
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
  func leftPadded(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
