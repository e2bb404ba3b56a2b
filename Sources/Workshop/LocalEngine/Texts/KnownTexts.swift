import Checkpoints
import Rendering
import Tensors
import WanModel

/// What of a recipe's two texts is encoded already. What was found is held, so that it cannot vanish any more.
///
///     let texts = try KnownTexts(of: recipe, in: cache, folder, fingerprints)
///     texts.prompt          // [tokens, width], or nil
///     texts.keep(embeddings, .negative)
struct KnownTexts {
  enum Text: CaseIterable { case prompt, negative }

  /// Without padding, [tokens, width].
  private(set) var prompt: Tensor?
  private(set) var negative: Tensor?
  /// Sentences about entries that were of no use.
  private(set) var problems: [String] = []
  private var place: (cache: TextCache, keys: [Text: TextCache.Key])?

  /// Nothing is known, and nothing will be kept.
  init() {}

  /// - Throws: ``CheckpointError`` if the model's files cannot be read.
  init(of recipe: Recipe, in cache: TextCache?, _ folder: ModelFolder, _ fingerprints: FingerprintMemory) throws {
    guard let cache else { return }
    let encoder = try folder.textFingerprint(fingerprints)
    let arithmetic = CPU(precision: recipe.precision.arithmetic).arithmetic
    let width = try folder.textEncoderConfiguration().dModel
    func key(_ text: String) -> TextCache.Key { TextCache.Key(text, encoder: encoder, arithmetic: arithmetic) }
    let keys: [Text: TextCache.Key] = [.prompt: key(recipe.prompt), .negative: key(recipe.negativePrompt)]
    place = (cache, keys)
    prompt = find(.prompt, width: width)
    negative = find(.negative, width: width)
  }

  private mutating func find(_ text: Text, width: Int) -> Tensor? {
    guard let place, let key = place.keys[text] else { return nil }
    do throws(TextCache.Damaged) { return try place.cache.find(key, width: width) } catch {
      problems.append(error.sentence)
      return nil
    }
  }

  subscript(text: Text) -> Tensor? {
    switch text {
    case .prompt: prompt
    case .negative: negative
    }
  }

  /// So many have to be encoded.
  var unknown: Int { Text.allCases.count { self[$0] == nil } }

  /// Keeps what was encoded, and says of the others that they were used.
  /// - Returns: why something could not be kept; it is in nobody's way.
  func keep(_ encoded: [Text: Tensor]) -> String? {
    guard let place else { return nil }
    var problem: String?
    for text in Text.allCases {
      guard let key = place.keys[text] else { continue }
      guard let embeddings = encoded[text] else {
        place.cache.touch(key)
        continue
      }
      do { try place.cache.keep(embeddings, key) } catch {
        problem = "the encoded text cannot be kept for later: \(EngineFailure.renderError(error).sentence)"
      }
    }
    return problem
  }
}
