import ArgumentParser
import Checkpoints
import Foundation
import Rendering

extension LoRAUse {
  /// "lightning.safetensors=0.8@high"; the path becomes a whole one, so that the recipe works from anywhere.
  init(argument: String) throws {
    let (rest, expert) = Self.expert(of: argument[...])
    let (file, strength) = Self.isFile(rest) ? (rest, nil) : Self.strength(of: rest)
    guard !file.isEmpty else {
      throw ValidationError("the LoRA \"\(argument)\" is not FILE, FILE=STRENGTH or FILE=STRENGTH@high")
    }
    if let name = Self.unknownExpert(file) {
      throw ValidationError("the LoRA \"\(argument)\" is for \"\(name)\", which is no expert: say @high or @low")
    }
    let number = strength.map { Double($0) } ?? 1
    guard let number, Self.strengths.contains(number) else {
      let (least, most) = (Int(Self.strengths.lowerBound), Int(Self.strengths.upperBound))
      throw ValidationError(
        "the strength \"\(strength ?? "")\" of the LoRA \"\(argument)\" is not a number from \(least) to \(most), "
          + "as in FILE=0.8 or FILE=0.8@high")
    }
    self.init(path: URL(filePath: String(file)).standardizedFileURL.path, strength: number, expert: expert)
  }

  private static func expert(of argument: Substring) -> (rest: Substring, expert: Component?) {
    for (suffix, component) in [("@high", Component.highNoiseExpert), ("@low", .lowNoiseExpert)]
    where argument.hasSuffix(suffix) {
      return (argument.dropLast(suffix.count), component)
    }
    return (argument, nil)
  }

  /// A sign of equality may be a part of the file's name.
  private static func strength(of argument: Substring) -> (file: Substring, strength: Substring?) {
    guard let sign = argument.lastIndex(of: "=") else { return (argument, nil) }
    let text = argument[argument.index(after: sign)...]
    return isPath(text) ? (argument, nil) : (argument[..<sign], text)
  }

  /// What stands behind the last @ of something that is no file.
  private static func unknownExpert(_ file: Substring) -> Substring? {
    guard !isFile(file), let sign = file.lastIndex(of: "@") else { return nil }
    let name = file[file.index(after: sign)...]
    // "@high" in front was the file's own name.
    return isPath(name) || file[..<sign].hasSuffix("/") ? nil : name
  }

  private static func isPath(_ text: Substring) -> Bool {
    text.contains("/") || ["safetensors", "gguf", "pt", "pth"].contains(String(text).fileExtension)
  }

  private static func isFile(_ path: Substring) -> Bool { FileManager.default.fileExists(atPath: String(path)) }
}
