import CFFmpeg
import Foundation
public import Rendering

/// What a clip says about itself.
///
///     let recipe = try ClipMetadata.recipe(of: "clip.mp4")
///     print(recipe.prompt, recipe.seed)
///     // Throws RenderError: `inputOutput` when the file cannot be read,
///     // `badRecipe` when it is not a clip of ours.
public enum ClipMetadata {
  /// The recipe that made the clip at `path`.
  public static func recipe(of path: String) throws -> Recipe {
    try recipe(in: ClipFile(path), path)
  }

  static func recipe(in file: ClipFile, _ path: String) throws -> Recipe {
    guard let comment = file.tag("comment"), comment.hasPrefix(prefix) else {
      throw RenderError(
        .badRecipe, "\(path) holds no recipe: it was not made by Moviola, or another program rewrote it",
        remedy: "give the prompt and settings yourself")
    }
    do {
      return try Recipe(json: String(comment.dropFirst(prefix.count)))
    } catch {
      throw RenderError(error.code, "\(path): \(error.what)", remedy: "give the prompt and settings yourself")
    }
  }

  /// The title is the prompt; the comment, the longest text that every MP4 tool keeps, holds the recipe.
  static func tags(for recipe: Recipe) throws -> KeyValuePairs<String, String> {
    ["title": recipe.prompt, "comment": prefix + (try recipe.json())]
  }

  private static let prefix = "moviola recipe "
}
