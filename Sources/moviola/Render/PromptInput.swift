import Foundation
import Rendering

/// A prompt that comes through standard input.
enum PromptInput {
  static let limit = 1 << 20

  /// The whole text, without white space around it. What never ends is not read to its end.
  /// - Throws: ``RenderError``: `badRecipe` for what is no text of at most ``limit`` bytes, `inputOutput` if it cannot be
  ///   read.
  static func read(from descriptor: Int32 = STDIN_FILENO) throws(RenderError) -> String {
    let bytes = try bytes(descriptor, atMost: limit + 1)
    guard bytes.count <= limit, let text = String(validating: bytes, as: UTF8.self) else {
      throw RenderError(.badRecipe, "standard input is not a prompt: it must be UTF-8 text of at most 1 MiB")
    }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func bytes(_ descriptor: Int32, atMost most: Int) throws(RenderError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while bytes.count < most {
      let wanted = min(chunk.count, most - bytes.count)
      let count = chunk.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, wanted) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw RenderError(
          .inputOutput, "standard input cannot be read: \(String(cString: strerror(errno)))",
          remedy: "give the prompt as an argument, or pipe it in")
      }
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return bytes
  }
}
