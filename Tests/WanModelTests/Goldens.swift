import Checkpoints
import Foundation
import Tensors
import Testing

/// Files under Goldens; its README says how they were made.
enum Goldens {
  static func path(_ name: String) throws -> String {
    let root = try #require(Bundle.module.resourcePath)
    return root + "/Goldens/" + name
  }

  /// Names of the cases that begin with `prefix`, sorted.
  static func cases(_ prefix: String) -> [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: path("cases"))) ?? []
    return all.filter { $0.hasPrefix(prefix) }.sorted()
  }
}

/// One case: parameters, inputs, and what should come out.
struct GoldenCase {
  let parameters: JSON
  let inputs: Checkpoint
  let expected: Checkpoint

  init(_ name: String) throws {
    let folder = try Goldens.path("cases/\(name)")
    parameters = try JSON(file: folder + "/case.json", part: "case")
    inputs = try Checkpoint(path: folder + "/inputs.safetensors")
    expected = try Checkpoint(path: folder + "/expected.safetensors")
  }

  private func limit(_ precision: String, _ measure: String) -> Double? {
    parameters["tolerance"]?[precision]?[measure]?.number
  }

  /// Checks values against the expected tensor of this name, within the tolerance of the case.
  /// - Parameters:
  ///   - count: how many of the golden's values count, from the first; nil for all.
  ///   - exactly: whether the limits for float32 arithmetic hold, or those for bfloat16.
  func check(
    _ values: [Float], _ name: String, first count: Int? = nil, exactly: Bool = true,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let all = try expected.tensor(named: name).floats()
    let golden = all.prefix(count ?? all.count)
    try #require(values.count == golden.count, sourceLocation: sourceLocation)
    let differences = zip(values, golden).map { Double($0) - Double($1) }
    let norm = golden.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    let distance = differences.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let precision = exactly ? "reference" : "fast"
    let relative = try #require(limit(precision, "rel_l2"), sourceLocation: sourceLocation)
    #expect(distance <= relative * norm, "\(name)", sourceLocation: sourceLocation)
    guard let absolute = limit(precision, "max_abs") else { return }
    #expect(differences.map(abs).max() ?? 0 <= absolute, "\(name)", sourceLocation: sourceLocation)
  }
}
