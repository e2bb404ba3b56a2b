import Checkpoints
import Foundation
import Testing

/// Files under Goldens; its README says how they were made.
enum Goldens {
  static func path(_ name: String) throws -> String {
    let root = try #require(Bundle.module.resourcePath)
    return root + "/Goldens/" + name
  }
}
