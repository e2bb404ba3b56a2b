import Foundation

/// The one form in which a recipe is written down: inside a clip, beside kept frames, in events.
/// Keys in snake_case and in alphabetical order, everything on one line.
extension Recipe {
  /// - Throws: ``RenderError`` when a number is not finite.
  public func json() throws(RenderError) -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    } catch {
      throw RenderError(.badRecipe, "the recipe cannot be written down: one of its numbers is not finite")
    }
  }

  /// - Throws: ``RenderError`` naming what is missing or of the wrong type.
  public init(json: String) throws(RenderError) {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      self = try decoder.decode(Recipe.self, from: Data(json.utf8))
    } catch {
      throw RenderError(.badRecipe, "the recipe is damaged: \(Self.reason(error))")
    }
  }

  private static func reason(_ error: any Error) -> String {
    func path(_ context: DecodingError.Context) -> String {
      context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    return switch error as? DecodingError {
    case .keyNotFound(let key, _): "\(key.stringValue) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      context.codingPath.isEmpty ? "it is not JSON" : "\(path(context)) is not understood"
    default: "it is not JSON"
    }
  }
}
