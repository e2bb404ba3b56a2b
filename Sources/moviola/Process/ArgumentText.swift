import ArgumentParser
import Foundation

/// Arguments and places that are not UTF-8: Swift would put U+FFFD into them without a word, and two clips might have one
/// name then.
enum ArgumentText {
  /// - Throws: `ValidationError` that names the first one.
  static func check() throws {
    for number in 1..<max(Int(CommandLine.argc), 1) {
      guard let start = CommandLine.unsafeArgv[number] else { continue }
      if String(validatingCString: start) == nil {
        throw ValidationError(
          "argument \(number), \"\(String(cString: start))\", is not UTF-8: write it anew, or rename the file")
      }
    }
    for name in ["MOVIOLA_HOME", "HOME"] {
      if let start = getenv(name), String(validatingCString: start) == nil {
        throw ValidationError("the variable \(name) is not UTF-8: set it to another folder")
      }
    }
  }
}
