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
    do {
      self = try Self.decode(Data(json.utf8))
    } catch {
      throw RenderError(.badRecipe, "the recipe is damaged: \(Self.reason(error, json))")
    }
  }

  private static func decode(_ json: Data) throws -> Recipe {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Recipe.self, from: json)
  }

  private static func reason(_ error: any Error, _ json: String) -> String {
    func path(_ context: DecodingError.Context) -> String {
      context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    return switch error as? DecodingError {
    case .keyNotFound(let key, _): "\(key.stringValue) is missing"
    case .dataCorrupted(let context) where context.codingPath.isEmpty: misfit(json) ?? "it is not JSON"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      context.codingPath.isEmpty ? "it is not JSON of a recipe" : "\(path(context)) is not understood"
    default: "it is not JSON"
    }
  }

  /// A number that does not fit its field, such as 5.5 frames: the decoder does not say where it stands.
  /// - Returns: nil if it is no JSON.
  private static func misfit(_ json: String) -> String? {
    guard let fields = (try? JSONSerialization.jsonObject(with: Data(json.utf8))) as? [String: Any] else { return nil }
    let name = fields.keys.sorted().first { name in
      guard let number = fields[name] as? NSNumber else { return false }
      let other = fields.merging([name: number == 1 ? 2 : 1]) { $1 }
      return (try? JSONSerialization.data(withJSONObject: other)).flatMap { try? decode($0) } != nil
    }
    return name.map { "its \($0) cannot be \(fields[$0] ?? "")" } ?? "some of its numbers do not fit"
  }
}
